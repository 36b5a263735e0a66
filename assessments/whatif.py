"""What a simulation starts from: the rounds somebody may play with, and of each only values that person may read anyway.

Never a judgement and never a result before its reader may read it: every SELECT here starts from `visible`. What a panel
decided stays in its room until the result is made, so only the panel sees how far it has confirmed the claims.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from .actors import Actor
from .instruments import Instrument
from .models import (
    Assessment,
    Claim,
    Contribution,
    Decision,
    Organization,
    PanelMember,
    Period,
    Result,
    Subject,
    Submission,
)
from .models.judgement import JUDGED_STAGES
from .narrowing import AGENCY_ROLES, NARROWED
from .panel_questions import is_external, on_panel, panels_of
from .policies import visible
from .results import item_values
from .scoring import score

MOST_ROUNDS = 60


@dataclass(frozen=True)
class Offer:
    """A round and what is evaluated in it; `filled` where a value of it may be read."""

    period: str
    title: str
    subject: str
    organization: Organization = field(repr=False)
    of_agencies: bool
    filled: bool


@dataclass(frozen=True)
class Span:
    """From the index of what is confirmed so far to the index of what is claimed; what is missing counts lowest in both."""

    confirmed: Fraction
    claimed: Fraction
    count: int
    total: int
    by_panel: bool


@dataclass(frozen=True)
class Known:
    """The values to start from: of a result, of the claims, of an agency's own items, or none.

    `whole` says whether the reader sees all there is; where not, other items may have values that are not his to read.
    """

    values: dict[str, Fraction]
    result: Result | None = None
    whole: bool = True
    span: Span | None = None


def offers(session: Session, by: Actor) -> list[Offer]:
    """The rounds of the own instansi, newest first (of an agency those it takes part in, of an assessor the led panels)."""
    found = _offers(session, by, lead=True)
    return found or (_offers(session, by, lead=False) if is_external(by, Assessment) else [])


def _offers(session: Session, by: Actor, lead: bool) -> list[Offer]:
    has_result = visible(by, Result).with_only_columns(Result.id).where(Result.assessment_id == Assessment.id).correlate(Assessment).exists()
    has_claim = (
        _claims(by).with_only_columns(Claim.id).where(Claim.assessment_id == Assessment.id, Claim.value.is_not(None))
        .correlate(Assessment).exists()
    )
    chosen = (
        select(Period.slug, Period.title, Period.subjects, Organization, (has_result | has_claim).label("filled"))
        .select_from(Assessment)
        .join(Period, Period.id == Assessment.period_id)
        .join(Subject, Subject.id == Assessment.subject_id)
        .join(Organization, Organization.id == Subject.organization_id)
        .where(Period.track != "rehearsal")
        .order_by(Period.year.desc(), Period.term.desc(), Period.id.desc(), Assessment.id)
        .limit(MOST_ROUNDS)
        .options(selectinload(Organization.states))
    )
    if is_external(by, Assessment):
        mine = panels_of(by)
        chosen = chosen.where(Assessment.id.in_(mine.where(PanelMember.role == "lead") if lead else mine))
    else:
        chosen = chosen.where(NARROWED[Assessment](by))
    if by.role in AGENCY_ROLES:
        chosen = chosen.where(
            select(Submission.id)
            .where(Submission.assessment_id == Assessment.id, Submission.organization_id == by.organization_id)
            .exists()
        )
    return [
        Offer(row.slug, row.title, row.Organization.slug, row.Organization, row.subjects == "agencies", row.filled)
        for row in session.execute(chosen)
    ]


def newest(found: Sequence[Offer]) -> Offer:
    """The one to begin with: the newest with values, of a whole instansi before a local figure; else the newest."""
    return min(found, key=lambda each: (not each.filled, each.of_agencies))


def known(session: Session, assessment: Assessment, by: Actor) -> Known:
    """The values of a round as far as `by` may read them: the result that counts, else the claims."""
    result = session.scalars(
        visible(by, Result)
        .where(Result.assessment_id == assessment.id)
        .order_by(Result.source, Result.n.desc())
        .limit(1)
        .options(selectinload(Result.values))
    ).first()
    if result is not None:
        return Known(item_values(result), result)
    rows = session.execute(
        _claims(by)
        .with_only_columns(Claim.item, Claim.value, Claim.state)
        .where(Claim.assessment_id == assessment.id, Claim.value.is_not(None))
    ).all()
    claims = {row.item: row.value for row in rows}
    if by.role in AGENCY_ROLES:
        return Known(_own(session, assessment, by) | claims, whole=False)
    approved = {row.item: row.value for row in rows if row.state == "approved"}
    return Known(claims, span=_span(session, assessment, claims, approved, by))


def _claims(by: Actor) -> Select:
    """Those this actor may read; of an agency's, which the table of the policy asks about one by one, the sent ones it holds."""
    return select(Claim).where(NARROWED[Claim](by)) if by.role in AGENCY_ROLES else visible(by, Claim)


def _own(session: Session, assessment: Assessment, by: Actor) -> dict[str, Fraction]:
    """What the agency itself put down."""
    rows = session.execute(
        visible(by, Contribution)
        .join(Submission, Submission.id == Contribution.submission_id)
        .with_only_columns(Contribution.item, Contribution.value)
        .where(Submission.assessment_id == assessment.id, Contribution.value.is_not(None))
    )
    return {row.item: row.value for row in rows}


def _span(session: Session, assessment: Assessment, claims: dict[str, Fraction], approved: dict[str, Fraction], by: Actor) -> Span | None:
    """Before sending what the penanggung jawab approved is confirmed; after it, for the panel alone, what it decided."""
    if not claims:
        return None
    if not assessment.sent:
        return span(assessment.period.instrument, approved, claims)
    if not on_panel(by, assessment):
        return None
    rows = session.execute(
        select(Decision.stage, Decision.item, Decision.value).where(Decision.assessment_id == assessment.id)
    ).all()
    decided: dict[str, Fraction] = {}
    for row in sorted(rows, key=lambda each: JUDGED_STAGES.index(each.stage)):
        decided[row.item] = row.value
    return span(assessment.period.instrument, decided, claims, by_panel=True)


def span(
    instrument: Instrument, confirmed: Mapping[str, Fraction], claims: Mapping[str, Fraction], by_panel: bool = False
) -> Span:
    """Both ends by the score of what there is."""
    low, high = (score(instrument, values, partial=True).index for values in (confirmed, claims))
    return Span(low, high, len(confirmed), len(instrument.items), by_panel)


def approval_span(session: Session, assessment: Assessment) -> Span | None:
    """The same of a round that is still being prepared, for those who may read its claims; one statement."""
    rows = session.execute(
        select(Claim.item, Claim.value, Claim.state).where(
            Claim.assessment_id == assessment.id, Claim.value.is_not(None)
        )
    ).all()
    if assessment.sent or not rows:
        return None
    return span(
        assessment.period.instrument,
        {row.item: row.value for row in rows if row.state == "approved"},
        {row.item: row.value for row in rows},
    )
