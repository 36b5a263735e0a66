"""Lembar Indikator (one page for each item) and the report of one assessor: made when they are asked for, never signed."""

from datetime import datetime
from typing import Any

from assessments.comparing import Line, Reason
from assessments.instruments import decimal_text
from assessments.member_report import Activities
from assessments.models import Assessment, Result
from assessments.models.judgement import PANEL_ROLES
from assessments.models.meeting import MEETING_MODES
from assessments.models.period import STAGES

from .. import formatting
from .contents import HOLE, REHEARSAL, Sheet

ELSEWHERE = "Fakta, analisis, justifikasi, dan bukti indikator ini hanya untuk perangkat daerah yang mengisinya."


def item_sheets(
    result: Result, institution: str, lines: list[Line], why: dict[str, Reason], evidence: dict[str, list[str]],
    hidden: frozenset[str], at: datetime,
) -> Sheet:
    """`why` and `evidence` {item: ..} are already what this reader may see; of `hidden` items the page says that there
    is more. An item that `evidence` does not name has no line about it."""
    period = result.assessment.period
    heading = "Lembar Indikator"
    content = _head(result.assessment, institution, heading, at) | {
        "facts": [
            ["Yang dinilai", result.assessment.subject.name],
            ["Periode", period.title],
            ["Instrumen", period.instrument.title],
            ["Versi hasil", f"{result.n}, ditetapkan {formatting.long_moment(result.at, period.zone)}"],
            ["Jumlah indikator", formatting.number(len(lines))],
        ],
        "sheets": [_sheet_of(line, why.get(line.code), evidence.get(line.code), line.code in hidden) for line in lines],
    }
    return Sheet("item_sheets.typ", f"{heading} {period.title}", content, at)


def _sheet_of(line: Line, why: Reason | None, evidence: list[str] | None, hidden: bool) -> dict[str, Any]:
    values = [["Nilai penilaian mandiri", _value(line, line.claim)], ["Nilai akhir", _value(line, line.result)]]
    if hidden:
        return {"title": f"Indikator {line.knot.number} {line.name}", "words": values, "note": ELSEWHERE}
    words = [
        ["Tahap", STAGES[why.stage] if why else HOLE],
        ["Fakta", (why and why.facts) or HOLE],
        ["Analisis", (why and why.analysis) or HOLE],
        ["Justifikasi hasil", (why and why.justification) or HOLE],
        *([["Keputusan ketua tim", why.decided]] if why and why.decided else []),
        *([["Diubah sesudah tahap penilaian", why.moved]] if why and why.moved else []),
        *([["Bukti", "\n".join(evidence) or HOLE]] if evidence is not None else []),
    ]
    return {"title": f"Indikator {line.knot.number} {line.name}", "words": values + words, "note": ""}


def _value(line: Line, value) -> str:
    return HOLE if value is None else decimal_text(value, line.knot.scale.decimals, ",")


def member_report(assessment: Assessment, institution: str, done: Activities, at: datetime) -> Sheet:
    """Laporan Anggota Tim Asesor Eksternal (59/2020 p.88): what one member did, from stored rows alone."""
    period, zone = assessment.period, assessment.period.zone
    items = {item.code: item for item in period.instrument.items}
    heading = "Laporan Anggota Tim Asesor Eksternal"
    content = _head(assessment, institution, heading, at) | {
        "facts": [
            ["Nama", done.name or HOLE],
            ["NIP", done.nip or HOLE],
            ["Peran", PANEL_ROLES.get(done.role, HOLE)],
            ["Pernyataan benturan kepentingan", formatting.long_moment(done.declared_at, zone) if done.declared_at else HOLE],
            ["Yang dinilai", assessment.subject.name],
            ["Periode", period.title],
        ],
        "judged": [
            [items[each.item].number, items[each.item].name, STAGES[each.stage],
             decimal_text(each.value, items[each.item].scale.decimals, ","), formatting.long_moment(each.sent_at, zone)]
            for each in sorted(done.judgements, key=lambda one: (list(items).index(one.item), one.sent_at))
        ],
        "sessions": [
            [STAGES[each.kind], formatting.long_moment(each.began_at or each.starts_at, zone), MEETING_MODES[each.mode],
             {True: "hadir", False: "tidak hadir", None: HOLE}[present]]
            for each, present in done.sessions
        ],
        "asked": [
            [items[each.item].number, each.text, formatting.long_moment(each.batch.at, zone)] for each in done.asked
        ],
        "reviewed": [
            [items[each.key].number if each.key in items else each.key or "Rekomendasi", "valid" if each.valid else "tidak valid",
             formatting.long_moment(each.at, zone)]
            for each in done.reviewed
        ],
        "done": [[formatting.long_moment(moment, zone), label] for moment, label in done.done],
    }
    return Sheet("member_report.typ", f"{heading} {done.name}", content, at)


def _head(assessment: Assessment, institution: str, heading: str, at: datetime) -> dict[str, Any]:
    """The letterhead of a paper that is not signed, and the sentence that says so."""
    period = assessment.period
    made = formatting.long_moment(at, period.zone)
    return {
        "institution": institution,
        "unit": "",
        "heading": heading,
        "footer": f"{heading}, {assessment.subject.name}, {period.title}",
        "rehearsal": REHEARSAL if period.track == "rehearsal" else "",
        "local": period.figure_label,
        "origin": f"Disusun portal dari catatan yang tersimpan pada {made}. Lembar ini tidak ditandatangani.",
    }
