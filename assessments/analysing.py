"""What the panel writes before the result: eight analyses and one conclusion, proposed from the values (S60).

How the texts are made up follows Pedoman 3/2024 p.224-227: Pemenuhan names all items at levels 2 to 5, Kekuatan those at
4 and 5 from the highest down, Kelemahan those at 1 and 2 from the lowest up; level 3 is neither. The conclusion takes the
aspects with the highest and the lowest mean, and gives appreciation, or advice in order of priority to whoever stands
below the predicate Baik. What is proposed here is a beginning: people edit it, and nothing is stored unasked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from fractions import Fraction

from sqlalchemy import literal, select
from sqlalchemy.orm import Session, object_session

from .actors import Actor
from .allowing import allow
from .clock import now
from .comparing import Reason
from .consolidation_questions import OPEN_STATES, moved_at
from .instruments import Instrument, Item, Node, decimal_text
from .models import AspectAnalysis, Assessment, Conclusion, Recommendation
from .refusal import Refused, Stale, Together
from .scoring import Score
from .texts import clean
from .workflow import happened

LIMIT = 20_000  # an aspect of ten services with the facts of each
QUOTED = 500  # letters of the facts of one item in a proposed text
FULFILLED, STRONG, WEAK = 2, 4, 2
GOOD = 3  # the predicate Baik, below which suggestions are given (p.227)


@dataclass(frozen=True)
class AspectText:
    """Pemenuhan, Kekuatan and Kelemahan of one aspect."""

    fulfilment: str = ""
    strengths: str = ""
    weaknesses: str = ""


@dataclass(frozen=True)
class ConclusionText:
    """Ringkasan, Keunggulan, Kelemahan, and appreciation or advice."""

    summary: str = ""
    strength: str = ""
    weakness: str = ""
    advice: str = ""


LABELS = {"fulfilment": "Pemenuhan aspek", "strengths": "Kekuatan", "weaknesses": "Kelemahan"}
PARTS = {
    "summary": "Ringkasan",
    "strength": "Keunggulan",
    "weakness": "Kelemahan",
    "advice": "Apresiasi atau saran perbaikan",
}


def aspects(instrument: Instrument) -> list[Node]:
    """The nodes right above the items, each once, in the order of the instrument."""
    return list({item.parent.code: item.parent for item in instrument.items if item.parent is not None}.values())


# ---------------------------------------------------------------- what the values say


def level_of(item: Item, value: Fraction) -> int:
    return item.scale.level(value).value


def split(items: Sequence[Item], values: Mapping[str, Fraction]) -> tuple[list[Item], list[Item], list[Item]]:
    """(fulfilled, strong, weak) of one aspect, each in the order the guidance asks for."""
    fulfilled = [item for item in items if level_of(item, values[item.code]) >= FULFILLED]
    strong = [item for item in items if level_of(item, values[item.code]) >= STRONG]
    weak = [item for item in items if level_of(item, values[item.code]) <= WEAK]
    return (
        fulfilled,
        sorted(strong, key=lambda item: -values[item.code]),
        sorted(weak, key=lambda item: values[item.code]),
    )


def proposed_aspect(node: Node, values: Mapping[str, Fraction], why: Mapping[str, Reason]) -> AspectText:
    """The three texts of an aspect from its settled values and the words of the judgements behind them."""
    items = [item for item in node.items if item.code in values]
    fulfilled, strong, weak = split(items, values)
    return AspectText(
        "\n".join(_line(item, values) for item in fulfilled) or "Belum ada indikator pada tingkat 2 sampai 5.",
        "\n\n".join(_told(item, values, why, "facts") for item in strong) or "Belum ada indikator pada tingkat 4 atau 5.",
        "\n\n".join(_told(item, values, why, "justification") for item in weak) or "Tidak ada indikator pada tingkat 1 atau 2.",
    )


def _line(item: Item, values: Mapping[str, Fraction]) -> str:
    value = values[item.code]
    written = decimal_text(value, item.scale.decimals, ",") if item.scale.decimals else str(value)
    return f"Indikator {item.number} {item.short_name}: tingkat {written} ({item.scale.level(value).name})."


def _told(item: Item, values: Mapping[str, Fraction], why: Mapping[str, Reason], first: str) -> str:
    """The line of an item with what the judgement says: facts and reason of a strength, of a weakness the reason first.

    Of a value that was moved since, the words of who moved it: those of the judgement speak of another level.
    """
    reason = why.get(item.code)
    if reason is None:
        return _line(item, values)
    both = (reason.facts, reason.justification) if first == "facts" else (reason.justification, reason.facts)
    words = [reason.moved] if reason.moved else [text for text in both if text] or [reason.decided]
    return "\n".join([_line(item, values), *(_quoted(text) for text in words if text)])


def _quoted(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= QUOTED else plain[: QUOTED - 1].rsplit(" ", 1)[0] + "…"


def proposed_conclusion(
    instrument: Instrument, subject: str, found: Score, values: Mapping[str, Fraction], rule: str
) -> ConclusionText:
    """The four parts from index, predicate and the means of the aspects."""
    band, means = found.predicate(rule), {node.code: found.nodes[node.code] for node in aspects(instrument)}
    highest, lowest = max(means.values()), min(means.values())
    best = [node for node in aspects(instrument) if means[node.code] == highest]
    worst = [node for node in aspects(instrument) if means[node.code] == lowest]
    summary = (
        f"{subject} memperoleh {instrument.index_name} {decimal_text(found.index, 2, ',')} dengan predikat {band.name}. "
        f"{_counted(instrument, values)}"
    )
    strength = f"{_names(best)} memiliki nilai rata-rata tertinggi, {decimal_text(highest, 2, ',')}."
    weakness = f"{_names(worst)} memiliki nilai rata-rata terendah, {decimal_text(lowest, 2, ',')}."
    return ConclusionText(summary, strength, weakness, _advice(instrument, subject, band, values))


def _counted(instrument: Instrument, values: Mapping[str, Fraction]) -> str:
    levels = [level_of(item, values[item.code]) for item in instrument.items if item.code in values]
    strong, weak = sum(level >= STRONG for level in levels), sum(level <= WEAK for level in levels)
    return f"Dari {len(levels)} indikator, {strong} berada pada tingkat 4 atau 5 dan {weak} pada tingkat 1 atau 2."


def _names(nodes: Sequence[Node]) -> str:
    return " dan ".join(f"{node} {node.name}" for node in nodes)


def _advice(instrument: Instrument, subject: str, band, values: Mapping[str, Fraction]) -> str:
    """Appreciation from Baik on; below it what to mend, the heaviest of the lowest levels first."""
    if band.n >= GOOD:
        return f"Apresiasi kepada {subject} atas predikat {band.name}. Pertahankan capaian dan tingkatkan indikator yang masih rendah."
    weak = [item for item in instrument.items if item.code in values and level_of(item, values[item.code]) <= WEAK]
    weak.sort(key=lambda item: (values[item.code], -item.weight))
    lines = [f"{n}. Indikator {item.number} {item.short_name}." for n, item in enumerate(weak, start=1)]
    return "Saran perbaikan menurut prioritas untuk mencapai predikat Baik:\n" + "\n".join(lines)


# ---------------------------------------------------------------- what people write


def write_analysis(assessment: Assessment, node: str, by: Actor, text: AspectText, seen_version: int) -> AspectAnalysis:
    """Keep the texts of one aspect; `seen_version` is 0 where nothing was stored yet."""
    allow(by, "analyse", assessment)
    session = object_session(assessment)
    stored = session.get(AspectAnalysis, (assessment.id, node))
    made = stored or AspectAnalysis(assessment_id=assessment.id, node=node)
    return _keep(assessment, made, stored, text, LABELS, seen_version, by)


def write_conclusion(assessment: Assessment, by: Actor, text: ConclusionText, seen_version: int) -> Conclusion:
    """Keep the four parts of the conclusion, by the same rules."""
    allow(by, "analyse", assessment)
    stored = object_session(assessment).get(Conclusion, assessment.id)
    return _keep(assessment, stored or Conclusion(assessment_id=assessment.id), stored, text, PARTS, seen_version, by)


def _keep(assessment: Assessment, made, stored, text, labels: Mapping[str, str], seen_version: int, by: Actor):
    cleaned = {}
    with Together() as faults:
        for name, label in labels.items():
            with faults.noted():
                cleaned[name] = clean(getattr(text, name), LIMIT, label, name)
    if not any(cleaned.values()):
        raise Refused("Tulis sekurang-kurangnya satu bagian.", field=next(iter(labels)))
    if stored is not None and all(getattr(stored, name) == words for name, words in cleaned.items()) and not outdated(assessment, getattr(stored, "node", ""), stored.at):
        return stored
    if seen_version != (stored.version if stored is not None else 0):
        raise Stale(
            "Teks ini berubah sesudah Anda membukanya. Bandingkan, lalu simpan lagi.",
            theirs={name: getattr(stored, name) if stored is not None else "" for name in labels},
        )
    for name, words in cleaned.items():
        setattr(made, name, words)
    made.by_id, made.at = by.person_id, now()
    if stored is None:
        object_session(assessment).add(made)
        happened(assessment, "analyse", f"Menulis {'rekomendasi umum' if labels is PARTS else f'analisis {_node(made, assessment)}'}", by)
    return made


def _node(made: AspectAnalysis, assessment: Assessment) -> str:
    return str(assessment.period.instrument.node(made.node))


# ---------------------------------------------------------------- before the values are frozen


def outdated(assessment: Assessment, node: str, written_at: datetime) -> bool:
    """Whether a value the text speaks of was changed after somebody wrote or read it last; `node` "" is the conclusion."""
    instrument = assessment.period.instrument
    items = {item.code for item in (instrument.node(node).items if node else instrument.items)}
    return any(at > written_at for item, at in moved_at(assessment).items() if item in items)


def unfinished_texts(assessment: Assessment) -> list[str]:
    """What whoever settles an evaluation should know of its texts: they end with the proposal; one statement."""
    if assessment.period.kind != "evaluation" or assessment.state not in (*OPEN_STATES, "proposed_final"):
        return []
    texts, of = [getattr(Conclusion, name) for name in PARTS], assessment.id
    rows = object_session(assessment).execute(
        select(AspectAnalysis.node, AspectAnalysis.at, *(literal("") for _ in texts)).where(AspectAnalysis.assessment_id == of)
        .union_all(select(literal(""), Conclusion.at, *texts).where(Conclusion.assessment_id == of))
    )
    written = {node: (at, parts) for node, at, *parts in rows}
    names = {node.code: f"analisis {node}" for node in aspects(assessment.period.instrument)} | {"": "rekomendasi umum"}
    empty = [name for code, name in names.items() if code not in written]
    if "" in written and (lacking := [label.lower() for label, text in zip(PARTS.values(), written[""][1], strict=True) if not text]):
        empty.append(f"{names['']} ({', '.join(lacking)})")
    old = [name for code, name in names.items() if code in written and outdated(assessment, code, written[code][0])]
    found = []
    if empty:
        found.append(f"Belum ditulis: {', '.join(empty)}. Laporan hasil akan mencetaknya “belum diisi”, dan sesudah penetapan "
                     "teks tidak dapat ditulis lagi.")
    if old:
        found.append(f"Ditulis sebelum nilainya berubah: {', '.join(old)}. Sesuaikan dulu supaya teks dan nilai tidak bertentangan.")
    return found


def as_text(row, kind: type):
    """What a stored row says, as the text that is edited."""
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})


def recommendations_by_item(session: Session, assessment: Assessment) -> dict[str, list[tuple[int, str, str]]]:
    """{item: (id, number, text)} of what was recommended already."""
    rows = session.execute(
        select(Recommendation.item, Recommendation.id, Recommendation.number, Recommendation.text)
        .where(Recommendation.assessment_id == assessment.id, Recommendation.item.is_not(None))
        .order_by(Recommendation.id)
    )
    found: dict[str, list[tuple[int, str, str]]] = {}
    for item, id, number, text in rows:
        found.setdefault(item, []).append((id, number, text))
    return found
