"""What is printed on a receipt or a paper, in plain words, from the frozen copy and the signature alone.

The frozen copy is read with `.get`: what it does not say is printed as "belum diisi", never left out in silence.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from assessments.instruments import Instrument
from assessments.models import Paper, Receipt, Signature, Snapshot
from assessments.models.paper import PAPER_KINDS

from .. import formatting
from .codes import square
from .printing import Verbatim
from .sealing import method_words

HOLE = "belum diisi"
RECEIPT_TITLES = {
    "attested": "Tanda terima pernyataan kebenaran isian",
    "sent": "Tanda terima penilaian mandiri",
}
REHEARSAL = "Gladi: bukan penilaian resmi"


@dataclass(frozen=True)
class Sheet:
    """What `printed` is called with."""

    template: str
    title: str
    content: dict[str, Any]
    at: datetime


def receipt_sheet(receipt: Receipt, earlier: list[Receipt], institution: str, unit: str, address: str) -> Sheet:
    """`earlier`: the receipts of the same thing before this one, newest first; `unit`: who handed it in, that day."""
    period = (receipt.submission or receipt.assessment).period
    zone, frozen = period.zone, _frozen(receipt.snapshot)
    answers = [_answer(period.instrument, line) for line in frozen.get("items") or []]
    counts = f"{formatting.number(len(answers))} indikator, {formatting.number(frozen.get('files') or 0)} berkas atau tautan"
    title = RECEIPT_TITLES[receipt.kind]
    content = _frame(receipt.number, title, institution, unit, address, period) | {
        "signature": _signature(receipt.signature, zone),
        "statement": receipt.signature.statement,
        "facts": [
            ["Perangkat daerah" if receipt.submission else "Yang dinilai", unit or institution],
            ["Periode", period.title],
            ["Diterima", formatting.long_moment(receipt.at, zone)],
            ["Isi", counts if answers else HOLE],
            *_general_fact(frozen),
        ],
        "general": [
            [str(each.get("number") or ""), each.get("question") or HOLE, each.get("answer") or "tidak dijawab",
             formatting.number(len(each.get("files") or []))]
            for each in frozen.get("general") or []
        ],
        "fingerprint": _in_groups(receipt.snapshot_sha),
        "answers": answers,
        "earlier": [
            [each.number, formatting.long_moment(each.at, zone), each.signature.name, formatting.fingerprint(each.snapshot_sha)]
            for each in earlier
        ],
    }
    return Sheet("receipt.typ", f"{title} {receipt.number}", content, receipt.at)


def paper_sheet(paper: Paper, institution: str, address: str) -> Sheet:
    """Berita acara or pernyataan, from the JSON that was signed."""
    period, frozen = paper.assessment.period, _frozen(paper.snapshot)
    title, zone = PAPER_KINDS[paper.kind], period.zone
    content = _frame(paper.number, title, institution, "", address, period) | {
        "signature": _signature(paper.signature, zone) | {"nip": (frozen.get("coordinator") or {}).get("nip") or ""},
        "statement": paper.signature.statement,
        "fingerprint": _in_groups(paper.snapshot_sha),
        "subject": frozen.get("subject") or HOLE,
        "period": frozen.get("title") or HOLE,
        "year": str(frozen.get("year") or HOLE),
    }
    if paper.kind == "minutes":
        content |= _minutes(frozen, zone)
    return Sheet(f"{paper.kind}.typ", f"{title} {paper.number}", content, paper.at)


def _minutes(frozen: dict, zone: str) -> dict[str, Any]:
    instrument, team, worked = frozen.get("instrument") or {}, frozen.get("team") or {}, frozen.get("worked") or {}
    index = frozen.get("index") or {}
    items = frozen.get("items") or []
    decided = (
        f"{team.get('subject') or 'Keputusan'} Nomor {team.get('number') or HOLE} tanggal {_day(team.get('dated'))}"
        f", ditetapkan oleh {team.get('signatory') or HOLE}"
    )
    return {
        "facts": [
            ["Yang dinilai", frozen.get("subject") or HOLE],
            ["Periode", frozen.get("title") or HOLE],
            ["Jenis", str(frozen.get("round_kind") or HOLE)],
            ["Instrumen", instrument.get("title") or HOLE],
            ["Dasar hukum", "\n".join(map(str, instrument.get("legal_basis") or [])) or HOLE],
            ["Tim Asesor Internal", decided if team else _unrecorded(frozen)],
            ["Masa kerja", f"{_moment(worked.get('starts'), zone)} sampai {_moment(worked.get('ends'), zone)}" if worked else HOLE],
            ["Dinilai", f"{frozen.get('assessed', HOLE)} dari {frozen.get('total', HOLE)} indikator, {frozen.get('files', HOLE)} berkas atau tautan"],
            *_general_fact(frozen),
        ],
        "index_name": instrument.get("index_name") or "Indeks",
        "index": _decimal(index.get("shown")),
        "predicate": frozen.get("predicate") or HOLE,
        "nodes": [
            {"tier": str(each.get("tier") or ""), "name": f"{each.get('label') or ''} {each.get('number') or ''} {each.get('name') or ''}".strip(),
             "shown": _decimal(each.get("shown"))}
            for each in frozen.get("nodes") or []
        ],
        "items": [
            [str(each.get("number") or ""), each.get("name") or HOLE, _level(each.get("level")), str(each.get("files") or 0)]
            for each in items
        ],
        "responsible": [
            [each.get("name") or HOLE, each.get("title") or HOLE, each.get("nip") or ""] for each in frozen.get("responsible") or []
        ],
        "answers": _in_groups(frozen.get("answers") or "") or HOLE,
    }


def _unrecorded(frozen: dict) -> str:
    """No decision about the team was on record; since edition 2 of the copy with the reason why it was signed all the same."""
    reason = frozen.get("without_team")
    return f"belum dicatat. Alasan Koordinator SPBE tetap menandatangani: {reason}" if reason else "belum dicatat"


def _general_fact(frozen: dict) -> list[list[str]]:
    """How many general questions were answered; nothing where the copy is of a time, or a round, that has none."""
    said = frozen.get("general")
    if not said:
        return []
    if isinstance(said, dict):
        asked, answered = said.get("questions") or 0, said.get("answered") or 0
    else:
        asked, answered = len(said), sum(bool(each.get("answer")) for each in said)
    return [["Pertanyaan umum", f"{formatting.number(answered)} dari {formatting.number(asked)} dijawab"]] if asked else []


def _frame(number: str, title: str, institution: str, unit: str, address: str, period) -> dict[str, Any]:
    return {
        "institution": institution,
        "unit": "" if unit == institution else unit,
        "heading": title,
        "number": number,
        "footer": f"{title} {number}",
        "address": Verbatim(address),
        "code": square(address),
        "rehearsal": REHEARSAL if period.track == "rehearsal" else "",
        "local": period.figure_label,
    }


def _signature(signature: Signature, zone: str) -> dict[str, str]:
    return {
        "name": signature.name,
        "title": signature.title,
        "for": signature.acting_for.name if signature.acting_for else "",
        "at": formatting.long_moment(signature.at, zone),
        "day": formatting.plain_date(signature.at, zone),
        "method": method_words(signature.method),
    }


def _frozen(snapshot: Snapshot) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(snapshot.content)
    return read


def _answer(instrument: Instrument, line: dict) -> list[str]:
    item = instrument.item(line["item"])
    return [item.number, item.short_name, _level(line.get("value")), formatting.number(len(line.get("citations") or []))]


def _level(value: str | None) -> str:
    return HOLE if value is None else formatting.number(Fraction(value))


def _decimal(shown: str | None) -> str:
    return HOLE if shown in (None, "") else str(shown).replace(".", ",")


def _day(iso: str | None) -> str:
    return formatting.plain_date(date.fromisoformat(iso), "UTC") if iso else HOLE


def _moment(iso: str | None, zone: str) -> str:
    return formatting.long_moment(datetime.fromisoformat(iso), zone) if iso else HOLE


def _in_groups(digest: str) -> str:
    """All 64 digits, eight at a time, so that two prints can be compared by eye."""
    return " ".join(digest[n : n + 8] for n in range(0, len(digest), 8))
