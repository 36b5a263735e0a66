"""What a result says beside what was claimed: line by line, last year's value, another source, the next predicate.

Nothing here chooses who may read it: the callers hand in what the reader may see, and what is not handed in is not said.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from .actors import Actor
from .instruments import Band, Instrument, Item, Node, half_up
from .models import (
    Assessment,
    Claim,
    Decision,
    InstrumentCopy,
    Judgement,
    Objection,
    Period,
    Result,
    ResultValue,
    ReviewAnswer,
    ReviewNote,
    Share,
)
from .models.judgement import JUDGED_STAGES
from .narrowing import AGENCY_ROLES
from .panel_questions import SETTLED
from .results import item_values, node_values
from .scoring import score

LOWERED, KEPT, RAISED = "lowered", "kept", "raised"


def _apart(value: Fraction, other: Fraction | None) -> Fraction | None:
    """How far two values are apart as readers see them: the difference of the two-decimal numbers that are printed."""
    return None if other is None else half_up(value) - half_up(other)


@dataclass(frozen=True)
class Line:
    """One domain, aspect or item: the settled value beside the claim, last year's value and the other source's."""

    knot: Node | Item
    result: Fraction
    claim: Fraction | None = None
    before: Fraction | None = None
    other: Fraction | None = None

    @property
    def code(self) -> str:
        return self.knot.code

    @property
    def name(self) -> str:
        return self.knot.short_name if isinstance(self.knot, Item) else self.knot.name

    @property
    def place(self) -> str:
        """What it is called in the tree: "Aspek 3", "Indikator 12"."""
        return f"Indikator {self.knot.number}" if isinstance(self.knot, Item) else str(self.knot)

    @property
    def difference(self) -> Fraction | None:
        return _apart(self.result, self.claim)

    @property
    def direction(self) -> str | None:
        if self.claim is None:
            return None
        return KEPT if self.result == self.claim else LOWERED if self.result < self.claim else RAISED

    @property
    def change(self) -> Fraction | None:
        """Since the earlier round."""
        return _apart(self.result, self.before)

    @property
    def differs(self) -> bool:
        """From what the other source says."""
        return self.other is not None and self.other != self.result


@dataclass(frozen=True)
class Earlier:
    """The result of an earlier round as far as a reader may see it."""

    title: str
    year: int
    source: str
    index: Fraction
    predicate: str
    values: dict[str, Fraction]


@dataclass(frozen=True)
class Comparison:
    """A result with what stands beside it. `other` is the newest result of the other source, where there is one."""

    result: Result
    instrument: Instrument = field(repr=False)
    index: Fraction
    nodes: tuple[Line, ...] = field(repr=False)
    items: tuple[Line, ...] = field(repr=False)
    claim_index: Fraction | None = None
    earlier: Earlier | None = None
    other: Result | None = None

    @property
    def band(self) -> Band:
        return self.instrument.predicate(self.index, self.result.predicate_rule)

    @property
    def difference(self) -> Fraction | None:
        """Between result and claim."""
        return _apart(self.index, self.claim_index)

    @property
    def change(self) -> Fraction | None:
        """Since the earlier round."""
        return _apart(self.index, self.earlier.index if self.earlier else None)

    @property
    def next_band(self) -> Band | None:
        """The predicate above, none where there is no better one."""
        return next((band for band in sorted(self.instrument.bands, key=lambda each: each.n) if band.n > self.band.n), None)

    @property
    def distance(self) -> Fraction | None:
        """What is missing to the next predicate, by the rule that decides it."""
        if self.next_band is None:
            return None
        decided = half_up(self.index) if self.result.predicate_rule == "shown" else self.index
        return self.next_band.min - decided

    @property
    def rules_differ(self) -> bool:
        """Whether the exact value and the two decimals shown would give different predicates."""
        return len({self.instrument.predicate(self.index, rule).n for rule in ("exact", "shown")}) > 1

    @property
    def counts(self) -> Counter:
        """{direction: how many items}."""
        return Counter(line.direction for line in self.items if line.direction)

    @property
    def lowest_tier(self) -> list[Line]:
        """The nodes right above the items (aspects), in the order of the instrument."""
        return [
            line for line in self.nodes
            if isinstance(line.knot, Node) and any(isinstance(child, Item) for child in line.knot.children)
        ]

    def by_gap(self) -> list[Line]:
        """The same, the one that lost most first; without claims the lowest one first."""
        return sorted(self.lowest_tier, key=lambda line: (line.result if line.difference is None else line.difference))

    def largest_gaps(self, most: int = 3) -> list[Line]:
        """Where the result fell furthest behind the claim; without claims the weakest."""
        return [line for line in self.by_gap() if line.difference is None or line.difference < 0][:most]

    def of_direction(self, direction: str | None) -> list[Line]:
        return [line for line in self.items if direction is None or line.direction == direction]


def compare(
    result: Result,
    claims: Mapping[str, Fraction] | None = None,
    earlier: Earlier | None = None,
    other: Result | None = None,
) -> Comparison:
    """Lay them side by side. `claims` {item: value} count only when every item has one."""
    instrument = result.assessment.period.instrument
    values = item_values(result)
    knots = node_values(result)
    claimed = score(instrument, claims) if claims and len(claims) == len(instrument.items) else None
    past = score(instrument, earlier.values) if earlier and len(earlier.values) == len(instrument.items) else None
    theirs = ({**node_values(other), **item_values(other)}) if other else {}
    nodes = tuple(
        Line(node, knots[node.code], claimed.nodes[node.code] if claimed else None,
             past.nodes[node.code] if past else None, theirs.get(node.code))
        for node in instrument.nodes() if node.code in knots
    )
    items = tuple(
        Line(item, values[item.code], (claims or {}).get(item.code) if claimed else None,
             earlier.values.get(item.code) if earlier else None, theirs.get(item.code))
        for item in instrument.items if item.code in values
    )
    return Comparison(
        result, instrument, Fraction(result.index_exact), nodes, items, claimed.index if claimed else None, earlier, other
    )


def sent_claims(session: Session, assessment: Assessment) -> dict[str, Fraction] | None:
    """{item: claimed value} once they were sent; before that they are nobody's business."""
    if not assessment.sent:
        return None
    rows = session.execute(
        select(Claim.item, Claim.value).where(Claim.assessment_id == assessment.id, Claim.value.is_not(None))
    )
    return {row.item: row.value for row in rows}


def earlier_result(session: Session, assessment: Assessment, readable: Select) -> Earlier | None:
    """The newest of the `readable` results (a SELECT of them) of an earlier year: same subject, same instrument."""
    period = assessment.period
    newest = (
        readable.with_only_columns(Result.id)
        .join(Assessment, Assessment.id == Result.assessment_id)
        .join(Period, Period.id == Assessment.period_id)
        .join(InstrumentCopy, InstrumentCopy.sha256 == Period.instrument_sha)
        .where(
            Assessment.subject_id == assessment.subject_id,
            Period.year < period.year,
            Period.track != "rehearsal",
            InstrumentCopy.key == period.instrument_copy.key,
        )
        .order_by(Period.year.desc(), Period.term.desc(), Result.source, Result.n.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Period.title, Period.year, Result.source, Result.index_exact, Result.predicate,
            ResultValue.node, ResultValue.exact,
        )
        .select_from(Result)
        .join(Assessment, Assessment.id == Result.assessment_id)
        .join(Period, Period.id == Assessment.period_id)
        .join(ResultValue, ResultValue.result_id == Result.id)
        .where(Result.id == newest)
    ).all()
    if not rows:
        return None
    first, codes = rows[0], {item.code for item in period.instrument.items}
    values = {row.node: Fraction(row.exact) for row in rows if row.node in codes}
    return Earlier(first.title, first.year, first.source, Fraction(first.index_exact), first.predicate, values)


# ---------------------------------------------------------------- why


@dataclass(frozen=True)
class Reason:
    """Why an item has its value: what the assessor sent at the stage that set it, and the lead's word if there was one.

    `moved` is why it was changed after that: on an objection of the instansi, on the word of Tim Reviu, by a later version.
    """

    stage: str
    value: Fraction
    decided: str
    facts: str
    analysis: str
    justification: str
    moved: str = ""


def reasons(session: Session, readable: Sequence[Result], by: Actor) -> dict[str, Reason]:
    """{item: why} of a settled assessment, from sent judgements only and never with the team's notes.

    `readable` are the results this reader may see: without the portal's own one among them there is nothing to explain.
    An agency learns the reasons of the items that were shared with it.
    """
    own = next((result for result in readable if result.source == "portal"), None)
    if own is None or own.assessment.state not in SETTLED:
        return {}
    shared = None
    if by.role in AGENCY_ROLES:
        shared = select(Share.item).where(
            Share.assessment_id == own.assessment_id, Share.organization_id == (by.organization_id or 0)
        )
    found = reasons_so_far(session, own.assessment_id, shared)
    return _with_corrections(session, own, found) if own.n > 1 else found


def _with_corrections(session: Session, newest: Result, found: dict[str, Reason]) -> dict[str, Reason]:
    """The same; an item that a later version changed is explained by that version, one statement for any number."""
    rows = session.execute(
        select(Result.n, Result.reason, ResultValue.node, ResultValue.exact)
        .join(ResultValue, ResultValue.result_id == Result.id)
        .where(
            Result.assessment_id == newest.assessment_id, Result.source == newest.source, Result.n <= newest.n,
            ResultValue.node.in_(found),
        )
        .order_by(Result.n)
    )
    before: dict[str, str] = {}
    for n, why, item, exact in rows:
        if before.get(item, exact) != exact:
            found[item] = replace(found[item], moved=f"Diubah pada hasil versi {n}: {why}")
        before[item] = exact
    return found


def reasons_so_far(session: Session, assessment_id: int, only: Select | Collection[str] | None = None) -> dict[str, Reason]:
    """{item: why} with what changed a value after the stages; two statements."""
    found = reasons_of_decisions(session, assessment_id, only)
    for item, why in session.execute(_moves(assessment_id)):
        if item in found:
            found[item] = replace(found[item], moved=why)
    return found


def reasons_of_decisions(session: Session, assessment_id: int, only: Select | Collection[str] | None = None) -> dict[str, Reason]:
    """{item: why} as the stages left it, of sent judgements alone; `only` narrows it to some items."""
    rows = (
        select(
            Decision.item, Decision.stage, Decision.value, Decision.reason,
            Judgement.facts, Judgement.analysis, Judgement.justification,
        )
        .outerjoin(Judgement, (Judgement.id == Decision.judgement_id) & (Judgement.state == "sent"))
        .where(Decision.assessment_id == assessment_id, Decision.origin != "carried")
    )
    if only is not None:
        rows = rows.where(Decision.item.in_(only))
    found: dict[str, Reason] = {}
    for row in sorted(session.execute(rows), key=lambda each: JUDGED_STAGES.index(each.stage)):
        found[row.item] = Reason(
            row.stage, row.value, row.reason, row.facts or "", row.analysis or "", row.justification or ""
        )
    return found


def _moves(assessment_id: int):
    """(item, why) of every value that was changed after the decisions, the newest word last."""
    rulings = select(Objection.item.label("item"), Objection.ruling_reason.label("why"), Objection.ruled_at.label("at")).where(
        Objection.assessment_id == assessment_id, Objection.ruling == "changed"
    )
    answers = (
        select(ReviewNote.key, ReviewAnswer.text, ReviewAnswer.at)
        .join(ReviewAnswer, ReviewAnswer.note_id == ReviewNote.id)
        .where(ReviewNote.assessment_id == assessment_id, ReviewNote.about == "item", ReviewAnswer.value.is_not(None))
    )
    both = union_all(rulings, answers).subquery()
    return select(both.c.item, both.c.why).order_by(both.c.at)
