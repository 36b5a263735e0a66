"""What an assessor finds of the criteria, level by level, and of the evidence: which file was looked at, what it bears.

Levels are cumulative (PermenPANRB 59/2020 hlm. 12-13): nothing counts above a level whose evidence was refused.
"""

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

from sqlalchemy import delete, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import object_session

from .actors import Actor
from .allowing import allow
from .clock import now
from .instruments import Item
from .ladder import Ladder, ladder_of
from .models import Citation, Claim, CriterionMark, FileSeen, Judgement
from .models.desk import CRITERION_MARKS
from .refusal import Refused

Version = tuple[int, int]  # (document, n)


def marks_of(judgement: Judgement | None) -> dict[int, str]:
    """{level: met, doubtful or unmet} of one judgement; what was not marked is not in it."""
    return {} if judgement is None else {mark.level: mark.mark for mark in judgement.criteria}


def readable_marks(scale, criteria: Mapping[int, str]) -> dict[int, str]:
    """The marks that say something; Refused where a level or a mark is none of this scale."""
    marks = {level: mark for level, mark in criteria.items() if mark}
    levels = {level.value for level in scale.levels}
    if not (set(marks) <= levels and set(marks.values()) <= CRITERION_MARKS.keys()):
        raise Refused("Tanda kriteria tidak dikenal. Pilih salah satu tanda pada halaman.", field="criteria")
    return marks


def set_marks(judgement: Judgement, marks: Mapping[int, str]) -> None:
    """Let these be the marks, and no others."""
    kept = {mark.level: mark for mark in judgement.criteria}
    for level, row in kept.items():
        if level not in marks:
            judgement.criteria.remove(row)
        else:
            row.mark = marks[level]
    for level in marks.keys() - kept.keys():
        judgement.criteria.append(CriterionMark(level=level, mark=marks[level]))


# ---------------------------------------------------------------- files looked at


def remember_seen(
    claim: Claim, by: Actor, shown: Collection[Version], seen: Collection[Version], already: Collection[Version]
) -> None:
    """Of the files `shown` on the page these were `seen`, and no others; `already` is what stood there before.

    Anybody's own note: two windows that say the same at once leave one row.
    """
    allow(by, "judge", claim)
    cited = {(citation.document_id, citation.n) for citation in claim.citations}
    new = sorted(set(seen) & set(shown) & cited - set(already))
    gone = sorted((set(already) & set(shown)) - set(seen))
    session = object_session(claim)
    if new:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        rows = [
            {"assessment_id": claim.assessment_id, "person_id": by.person_id, "document_id": document, "n": n, "at": now()}
            for document, n in new
        ]
        session.execute(insert(FileSeen).values(rows).on_conflict_do_nothing())
    if gone:
        session.execute(
            delete(FileSeen).where(
                FileSeen.assessment_id == claim.assessment_id, FileSeen.person_id == by.person_id,
                tuple_(FileSeen.document_id, FileSeen.n).in_(gone),
            ),
            execution_options={"synchronize_session": False},
        )


# ---------------------------------------------------------------- what the evidence bears


def borne(item: Item, value: Fraction | None, citations: Iterable[Citation], refused: Collection[int]) -> Ladder:
    """The ladder of the operator's page, climbed without the citations (ids) that were refused."""
    proofs: dict[int, list[str]] = {}
    for citation in citations:
        if citation.id not in refused:
            for level in citation.levels:
                proofs.setdefault(level, []).append(f"{item.number}.{citation.letter}")
    return ladder_of(item, value, proofs)


def said_of(ladder: Ladder, refused: Collection[str]) -> str:
    """What the evidence bears, in one sentence. `refused` are codes."""
    bears = f"bukti menunjang sampai tingkat {ladder.carried}"
    first = f"Tanpa {', '.join(refused)} yang tidak diterima, {bears}" if refused else f"{bears[0].upper()}{bears[1:]}"
    if not ladder.idle:
        return f"{first}."
    gap = next(rung.level.value for rung in ladder.rungs if not rung.stands)
    return f"{first}; {', '.join(ladder.idle)} tidak dihitung, karena tingkat {gap} di bawahnya tidak ditunjang bukti."
