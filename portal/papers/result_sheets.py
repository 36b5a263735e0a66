"""What is printed on a Laporan Hasil, from the frozen copy and the signature alone; holes print as "belum diisi"."""

from typing import Any

from assessments.analysing import LABELS, PARTS
from assessments.models import PanelPaper
from assessments.models.period import PREDICATE_RULES
from assessments.result_report import title_for

from .contents import HOLE, Sheet, _decimal, _frame, _frozen, _in_groups, _moment, _signature

TIERS = {"domain": "domain", "aspect": "aspek"}


def report_sheet(paper: PanelPaper, institution: str, address: str) -> Sheet:
    """Laporan Hasil Pemantauan or Evaluasi (forms.md 18), from the JSON that was signed."""
    period, frozen = paper.assessment.period, _frozen(paper.snapshot)
    title, zone = title_for(frozen), period.zone
    instrument, result, index = (frozen.get(part) or {} for part in ("instrument", "result", "index"))
    content = _frame(paper.number, title, institution, "", address, period) | {
        "signature": _signature(paper.signature, zone) | {"nip": (frozen.get("lead") or {}).get("nip") or ""},
        "statement": paper.signature.statement,
        "fingerprint": _in_groups(paper.snapshot_sha),
        "facts": [
            ["Yang dinilai", frozen.get("subject") or HOLE],
            ["Periode", frozen.get("title") or HOLE],
            ["Tahun", str(frozen.get("year") or HOLE)],
            ["Instrumen", instrument.get("title") or HOLE],
            ["Dasar hukum", "\n".join(map(str, instrument.get("legal_basis") or [])) or HOLE],
            ["Versi hasil", f"{result.get('n') or HOLE}, ditetapkan {_moment(result.get('at'), zone)}"],
            *_amends(result),
        ],
        "index": [
            [instrument.get("index_name") or "Indeks", _decimal(index.get("shown"))],
            ["Predikat", frozen.get("predicate") or HOLE],
            ["Predikat menurut", PREDICATE_RULES.get(frozen.get("predicate_rule") or "", HOLE).lower()],
        ],
        "tiers": _tiers(frozen.get("nodes") or []),
        "items": [
            [str(each.get("number") or ""), each.get("name") or HOLE, _decimal(each.get("shown"))] for each in frozen.get("items") or []
        ],
        "evaluation": "recommendation" in frozen,
        "analyses": [
            {"title": _called(each), "words": [[label, each.get(part) or HOLE] for part, label in LABELS.items()]}
            for each in frozen.get("analyses") or []
        ],
        "texts_note": (
            "Teks di bawah ditulis untuk hasil versi 1. Nilai indikator "
            f"{', '.join(str(each['number']) for each in result['changed'])} diubah sesudahnya; yang berlaku nilai pada tabel di atas."
        ) if result.get("changed") else "",
        "recommendation": [[label, (frozen.get("recommendation") or {}).get(part) or HOLE] for part, label in PARTS.items()],
    }
    return Sheet("result_report.typ", f"{title} {paper.number}", content, paper.at)


def _amends(result: dict) -> list[list[str]]:
    """Of a later version: why it is there, and the report it stands in for."""
    if not result.get("reason"):
        return []
    changed = [f"Indikator {each['number']}: {_decimal(each['before'])} menjadi {_decimal(each['shown'])}" for each in result.get("changed") or []]
    told = [["Nilai yang diubah", "\n".join(changed)]] if changed else []
    return [["Alasan perubahan", result["reason"]], *told, ["Menggantikan", result.get("replaces") or f"hasil versi {result['n'] - 1}"]]


def _tiers(nodes: list[dict]) -> list[dict[str, Any]]:
    """The nodes of each tier together, the highest first: {title, rows [[name, value]]}."""
    found: dict[str, list[list[str]]] = {}
    for each in nodes:
        found.setdefault(str(each.get("tier") or ""), []).append([_called(each), _decimal(each.get("shown"))])
    return [{"title": f"Indeks {TIERS.get(tier, tier)}".strip(), "rows": rows} for tier, rows in found.items()]


def _called(each: dict) -> str:
    return f"{each.get('label') or ''} {each.get('number') or ''} {each.get('name') or HOLE}".strip()
