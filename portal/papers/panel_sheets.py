"""What is printed on a paper of the panel, from the frozen copy and the signature alone; holes print as "belum diisi"."""

from collections.abc import Callable
from typing import Any

from assessments.models import PanelPaper
from assessments.models.panel_paper import PANEL_PAPER_KINDS

from .contents import HOLE, Sheet, _day, _frame, _frozen, _in_groups, _moment, _signature
from .result_sheets import report_sheet

PRESENCE = {True: "hadir", False: "tidak hadir", None: HOLE}


def panel_sheet(paper: PanelPaper, institution: str, address: str) -> Sheet:
    """The sheet of any paper of the panel; each kind has its own maker in `MAKERS`."""
    return MAKERS[paper.kind](paper, institution, address)


def minutes_sheet(paper: PanelPaper, institution: str, address: str) -> Sheet:
    """Berita acara of an interviu or a visitasi, from the JSON that was signed."""
    period, frozen = paper.assessment.period, _frozen(paper.snapshot)
    title, zone, visit = PANEL_PAPER_KINDS[paper.kind], period.zone, paper.kind == "visit_minutes"
    held = frozen.get("session") or {}
    content = _frame(paper.number, title, institution, "", address, period) | {
        "signature": _signature(paper.signature, zone) | {"nip": (frozen.get("lead") or {}).get("nip") or ""},
        "statement": paper.signature.statement,
        "fingerprint": _in_groups(paper.snapshot_sha),
        "visit": visit,
        "facts": [
            ["Yang dinilai", frozen.get("subject") or HOLE],
            ["Periode", frozen.get("title") or HOLE],
            ["Jenis", str(frozen.get("round_kind") or HOLE)],
            ["Dijadwalkan", _span(held.get("starts"), held.get("ends"), zone)],
            ["Berlangsung", _span(held.get("began"), held.get("ended"), zone)],
            ["Cara", held.get("mode") or HOLE],
            ["Tempat", held.get("place") or HOLE],
            *([["Surat pemberitahuan", _notice(held)]] if visit else []),
            *([["Catatan jadwal", held["note"]]] if held.get("note") else []),
        ],
        "people": [
            [each.get("name") or HOLE, each.get("office") or HOLE, each.get("side") or HOLE, PRESENCE[each.get("present")]]
            for each in frozen.get("people") or []
        ],
        "items": [_item(each, visit) for each in frozen.get("items") or []],
        "promises": [
            [str(each.get("number") or ""), each.get("text") or HOLE, each.get("organization") or HOLE, _moment(each.get("due"), zone)]
            for each in frozen.get("promises") or []
        ],
        "photos": [
            [str(each.get("number") or each.get("item") or ""), each.get("caption") or HOLE, _in_groups(each.get("sha256") or "")]
            for each in frozen.get("photos") or []
        ],
    }
    return Sheet("session_minutes.typ", f"{title} {paper.number}", content, paper.at)


def _item(each: dict, visit: bool) -> dict[str, Any]:
    """The title of an item and its (label, words) in the order of the page."""
    words = [["Pertanyaan", each.get("question") or HOLE]]
    if visit:
        words += [["Yang dilihat", each.get("seen") or HOLE], ["Tempat", each.get("location") or HOLE],
                  ["Temuan", each.get("finding") or HOLE]]
    words.append(["Keterangan" if visit else "Catatan", each.get("answer") or HOLE])
    if each.get("follow_up"):
        words.append(["Tindak lanjut", "diperlukan"])
    return {"title": f"{each.get('number') or ''} {each.get('name') or HOLE}".strip(), "words": words}


def _span(starts: str | None, ends: str | None, zone: str) -> str:
    return f"{_moment(starts, zone)} sampai {_moment(ends, zone)}" if starts or ends else HOLE


def _notice(held: dict) -> str:
    return f"Nomor {held.get('notice_no') or HOLE} tanggal {_day(held.get('notice_on'))}"


MAKERS: dict[str, Callable[[PanelPaper, str, str], Sheet]] = {
    "interview_minutes": minutes_sheet,
    "visit_minutes": minutes_sheet,
    "result_report": report_sheet,
}
