"""Rounds in which each agency is evaluated on its own: many of them moved at once, and the table of what came out.

The figures are local ones: there is no official index of an agency (PermenPANRB 59/2020 p.21-24, 87). They are computed
by the same `score()` from what the head vouched for, the internal team agreed to and the penanggung jawab approved.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer, joinedload, load_only, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from .actors import Actor
from .attesting import AS_FROZEN, send_all
from .claiming import approve_listed
from .instruments import Band, Node
from .local_questions import barred, senders
from .models import (
    Assessment,
    Claim,
    ClaimRevision,
    Contribution,
    ContributionRevision,
    Organization,
    Period,
    Recommendation,
    Result,
    ResultValue,
    Subject,
    Submission,
)
from .policies import entitled, obstacle
from .refusal import Refused
from .results import publish, settle_claims
from .workflow import Forbidden, Look, blockers, look

# ---------------------------------------------------------------- where they are


@dataclass(frozen=True)
class Standing:
    """One agency of the round: its part, its claims by state, and `words`: how many revisions its claims have, which
    says later whether something was rewritten since."""

    assessment: Assessment
    part: Submission | None
    claims: Counter = field(default_factory=Counter)
    words: int = 0

    @property
    def agency(self) -> Organization:
        return self.assessment.subject.organization

    @property
    def part_look(self) -> Look | None:
        return look(self.part) if self.part else None

    @property
    def total(self) -> int:
        return len(self.assessment.period.instrument.items)

    @property
    def waiting(self) -> int:
        """Claims that wait for the penanggung jawab."""
        return self.claims["proposed"]

    @property
    def index(self) -> Fraction | None:
        """*Sementara*: what the claims so far amount to."""
        return Fraction(self.assessment.cached_index) if self.assessment.cached_index else None


def standings(session: Session, period: Period, readable: Select) -> list[Standing]:
    """The agencies of a round among the `readable` assessments, by code and name: four statements for any number."""
    assessments = session.scalars(
        readable.where(Assessment.period_id == period.id).options(
            joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states)
        )
    ).unique().all()
    ids = [each.id for each in assessments]
    parts = {part.assessment_id: part for part in session.scalars(select(Submission).where(Submission.assessment_id.in_(ids)))}
    claims: dict[int, Counter] = {each: Counter() for each in ids}
    for assessment_id, state, count in session.execute(
        select(Claim.assessment_id, Claim.state, func.count())
        .where(Claim.assessment_id.in_(ids))
        .group_by(Claim.assessment_id, Claim.state)
    ):
        claims[assessment_id][state] = count
    words = dict(
        session.execute(
            select(Claim.assessment_id, func.count())
            .join(ClaimRevision, ClaimRevision.claim_id == Claim.id)
            .where(Claim.assessment_id.in_(ids))
            .group_by(Claim.assessment_id)
        ).all()
    )
    found = [Standing(each, parts.get(each.id), claims[each.id], words.get(each.id, 0)) for each in assessments]
    return sorted(found, key=lambda one: (one.agency.code is None, one.agency.code or "", one.agency.name))


# ---------------------------------------------------------------- many at once

NOT_LISTED = "Pilih OPD dari daftar."


@dataclass
class Outcome:
    """What was done: the agencies it was done for, how many claims that were, and {agency: why not} of the others.

    `numbers` are those of the receipts that came about.
    """

    done: list[str] = field(default_factory=list)
    claims: int = 0
    left: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)


# What a step looks at besides the assessments: who wrote in each claim; the claims as they would be frozen; the figures.
_CLAIMS = selectinload(Assessment.claims)
_WRITERS = _CLAIMS.options(
    defer(Claim.facts), defer(Claim.analysis),
    joinedload(Claim.revisions).load_only(ClaimRevision.author_id),
    joinedload(Claim.contribution).options(
        load_only(Contribution.submission_id, Contribution.item),
        joinedload(Contribution.submission),
        selectinload(Contribution.revisions).load_only(ContributionRevision.author_id),
    ),
)
_FIGURES = (_CLAIMS, selectinload(Assessment.proposals), selectinload(Assessment.results))


def _chosen(session: Session, period: Period, slugs: Collection[str], *looked_at) -> list[Assessment]:
    """The chosen agencies' assessments as they are stored now, with everything the step looks at: the same statements
    for any number. Their round is the one at hand."""
    if any("\0" in slug for slug in slugs):  # PostgreSQL refuses the parameter
        raise Refused(NOT_LISTED, field="agencies")
    found = session.scalars(
        select(Assessment)
        .join(Assessment.subject)
        .join(Subject.organization)
        .where(Assessment.period_id == period.id, Organization.slug.in_(slugs))
        .order_by(Assessment.id)
        .options(
            joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states), *looked_at
        )
    ).unique().all()
    if not found or len(found) != len(set(slugs)):
        raise Refused(NOT_LISTED, field="agencies")
    for assessment in found:
        set_committed_value(assessment, "period", period)
    return list(found)


def _name(assessment: Assessment) -> str:
    return assessment.subject.organization.short_name


def approve_all(session: Session, period: Period, by: Actor, seen: Mapping[str, int]) -> Outcome:
    """Say yes to every proposed claim of the agencies, {slug: how many revisions its claims had on the page}."""
    outcome = Outcome()
    for assessment in _chosen(session, period, seen, _WRITERS):
        if not entitled(by, "approve", assessment):
            raise Forbidden("approve")
        name, words = _name(assessment), sum(len(claim.revisions) for claim in assessment.claims)
        if words != seen[assessment.subject.organization.slug]:
            outcome.left[name] = "klaimnya berubah sesudah Anda membuka halaman ini. Periksa lagi."
            continue
        waiting = {claim.item: claim.revision_n for claim in assessment.claims if claim.state == "proposed"}
        approved, refused = approve_listed(assessment, by, waiting)
        outcome.claims += len(approved)
        if refused:
            outcome.left[name] = f"{len(refused)} klaim tidak disetujui. {next(iter(refused.values()))}"
        elif not approved:
            outcome.left[name] = "tidak ada klaim yang menunggu."
        else:
            outcome.done.append(name)
    return outcome


def send_chosen(
    session: Session, period: Period, by: Actor, slugs: Collection[str], method: str = "password"
) -> Outcome:
    """Send those whose claims are all approved; each gets a receipt of its own, signed by this `method`."""
    outcome, ready = Outcome(), []
    for assessment in _chosen(session, period, slugs, AS_FROZEN):
        in_the_way = blockers(assessment, "send")
        if assessment.sent:
            outcome.left[_name(assessment)] = "sudah dikirim."
        elif in_the_way:
            outcome.left[_name(assessment)] = in_the_way[0]
        else:
            ready.append(assessment)
    if ready:
        receipts = send_all(ready, by, method, loaded=True)
        outcome.done = [_name(receipt.assessment) for receipt in receipts]
        outcome.numbers = [receipt.number for receipt in receipts]
    return outcome


def settle_all(session: Session, period: Period, by: Actor, slugs: Collection[str]) -> Outcome:
    """Settle the figures of those that were sent. Who sent one, or wrote in it, does not settle it."""
    outcome, chosen = Outcome(), _chosen(session, period, slugs, *_FIGURES)
    if period.track == "rehearsal":
        raise Refused("Putaran gladi tidak dapat menjadi hasil.")
    sent_by = senders(session, chosen)
    not_these = barred(session, chosen, by, sent_by)
    for assessment in chosen:
        if not entitled(by, "settle_figure", assessment):
            raise Forbidden("settle_figure")
        why = not_these.get(assessment.id) or next(iter(blockers(assessment, "settle_figure")), None)
        if assessment.state != "sent":
            why = f"statusnya {look(assessment).label.lower()}."
        if why:
            outcome.left[_name(assessment)] = why
            continue
        settle_claims(assessment, by, sent_by[assessment.id][0])
        outcome.done.append(_name(assessment))
    return outcome


def publish_all(session: Session, period: Period, by: Actor, slugs: Collection[str]) -> Outcome:
    """Let the instansi read the figures of those that are settled."""
    outcome, chosen = Outcome(), _chosen(session, period, slugs, selectinload(Assessment.results))
    advised = set(
        session.scalars(
            select(Recommendation.assessment_id).where(Recommendation.assessment_id.in_([each.id for each in chosen]))
        )
    )
    for assessment in chosen:
        why = obstacle(by, "publish", assessment)
        if assessment.state != "final":
            why = f"statusnya {look(assessment).label.lower()}."
        if why:
            outcome.left[_name(assessment)] = why
            continue
        publish(assessment, by, with_recommendations=assessment.id in advised)
        outcome.done.append(_name(assessment))
    return outcome


# ---------------------------------------------------------------- what came out


@dataclass(frozen=True)
class Figure:
    """The settled local figure of one agency: `place` among those of the round that the same reader sees."""

    result: Result
    index: Fraction
    band: Band
    place: int
    domains: tuple[Fraction | None, ...]

    @property
    def agency(self) -> Organization:
        return self.result.assessment.subject.organization


def tiers(period: Period) -> list[Node]:
    """The knots whose values stand in the columns of the table: the first tier of the instrument."""
    return [node for node in period.instrument.nodes() if not node.path]


def figures(session: Session, period: Period, readable: Select) -> list[Figure]:
    """The newest version for each agency among the `readable` results, the highest first; equal indices share a place."""
    results = session.scalars(
        readable.join(Assessment, Assessment.id == Result.assessment_id)
        .where(Assessment.period_id == period.id)
        .order_by(Result.assessment_id, Result.source.desc(), Result.n.desc())
        .options(
            joinedload(Result.assessment).joinedload(Assessment.subject).joinedload(Subject.organization)
            .joinedload(Organization.states)
        )
    ).unique()
    newest: dict[int, Result] = {}
    for result in results:
        newest.setdefault(result.assessment_id, result)
    columns = [node.code for node in tiers(period)]
    values = {
        (result_id, node): Fraction(exact)
        for result_id, node, exact in session.execute(
            select(ResultValue.result_id, ResultValue.node, ResultValue.exact).where(
                ResultValue.result_id.in_([each.id for each in newest.values()]), ResultValue.node.in_(columns)
            )
        )
    }
    indices = {each.id: Fraction(each.index_exact) for each in newest.values()}
    found = [
        Figure(
            result, index := indices[result.id], period.instrument.predicate(index, result.predicate_rule),
            1 + sum(other > index for other in indices.values()),
            tuple(values.get((result.id, code)) for code in columns),
        )
        for result in newest.values()
    ]
    return sorted(found, key=lambda each: (each.place, each.agency.name))
