"""What each actor may list: conditions on the rows of a kind, beside the questions on one row in `policies.py`."""

from collections.abc import Callable

from sqlalchemy import exists, or_, select, true

from .actors import Actor
from .models import (
    Account,
    Application,
    Appointment,
    Assessment,
    Benchmark,
    Claim,
    Clarification,
    Contribution,
    Document,
    Organization,
    Period,
    Person,
    Question,
    Recommendation,
    RecommendationOwner,
    Result,
    Share,
    Submission,
    Upload,
)
from .panel_questions import SENT, is_executive, is_external, panels_of
from .questions import is_team

AGENCY_ROLES = ("agency_operator", "agency_head")


def _periods(user: Actor):
    if is_external(user, Period):
        return Period.id.in_(select(Assessment.period_id).where(Assessment.id.in_(panels_of(user))))
    own = Period.organiser_id == user.instansi_id
    return own if user.role in ("round_manager", "system_admin") else own & (Period.state != "draft")


def _submissions(user: Actor):
    own = Submission.assessment.has(Assessment.period.has(_periods(user)))
    return own & (Submission.organization_id == user.organization_id) if user.role in AGENCY_ROLES else own


def _contributions(user: Actor):
    return Contribution.submission.has(_submissions(user))


def _assessments(user: Actor):
    if is_external(user, Assessment):
        return Assessment.id.in_(panels_of(user))
    return Assessment.period.has(_periods(user))


def _claims(user: Actor):
    if user.role not in AGENCY_ROLES:
        return Claim.assessment.has(_assessments(user))
    shared = exists().where(
        Share.assessment_id == Claim.assessment_id,
        Share.item == Claim.item,
        Share.organization_id == user.organization_id,
    )
    sent = Claim.assessment.has(Assessment.period.has(_periods(user)) & Assessment.state.in_(SENT))
    return sent & shared


def _clarifications(user: Actor):
    """Those that were sent; an agency sees those about items it holds. Drafts are listed by the panel's own page only."""
    out = (Clarification.state != "draft") & Clarification.assessment.has(Assessment.state.in_(SENT))
    if is_external(user, Clarification):
        return out & Clarification.assessment_id.in_(panels_of(user))
    inside = out & Clarification.assessment.has(Assessment.period.has(_periods(user)))
    if user.role not in AGENCY_ROLES:
        return inside
    return inside & exists().where(
        Share.assessment_id == Clarification.assessment_id,
        Share.item == Clarification.item,
        Share.organization_id == user.organization_id,
    )


def _results(user: Actor):
    if is_external(user, Result):
        return Result.assessment_id.in_(panels_of(user))
    own = Result.assessment.has(Assessment.period.has(Period.organiser_id == user.instansi_id))
    if is_team(user, Result) or is_executive(user, Result):
        return own
    return own & ((Result.source == "official") | Result.assessment.has(Assessment.state == "published"))


def _applications(user: Actor):
    own = Application.instansi_id == user.instansi_id
    return own & (Application.current_owner_id == user.organization_id) if user.role in AGENCY_ROLES else own


def _recommendations(user: Actor):
    if is_external(user, Recommendation):
        return Recommendation.assessment_id.in_(panels_of(user))
    own = (Recommendation.instansi_id == user.instansi_id) & Recommendation.released_at.is_not(None)
    if user.role not in AGENCY_ROLES:
        return own
    return own & Recommendation.owners.any(
        (RecommendationOwner.organization_id == user.organization_id) & RecommendationOwner.to_day.is_(None)
    )


def _documents(user: Actor):
    return _libraries(user) & Document.removed_at.is_(None)


def removed_documents(user: Actor):
    """Those that were taken out of the libraries this actor may read."""
    return _libraries(user) & Document.removed_at.is_not(None)


def _libraries(user: Actor):
    if user.role in AGENCY_ROLES:
        return Document.owner_org_id == user.organization_id
    return Document.owner_org_id.in_(_of_instansi(user))


def _uploads(user: Actor):
    if user.role in AGENCY_ROLES:
        return Upload.organization_id == user.organization_id
    return Upload.organization_id.in_(_of_instansi(user))


def _of_instansi(user: Actor):
    return select(Organization.id).where(
        or_(Organization.id == user.instansi_id, Organization.instansi_id == user.instansi_id)
    )


NARROWED: dict[type, Callable] = {
    Organization: lambda user: or_(Organization.id == user.instansi_id, Organization.instansi_id == user.instansi_id),
    Account: lambda user: Account.person.has(
        or_(
            Person.home_org_id.in_(_of_instansi(user)),
            Person.home_org_id.is_(None)
            & Person.appointments.any(Appointment.organization_id.in_(_of_instansi(user))),
        )
    ),
    Appointment: lambda user: Appointment.organization_id.in_(_of_instansi(user)),
    Period: _periods,
    Submission: _submissions,
    Contribution: _contributions,
    Assessment: _assessments,
    Share: lambda user: Share.assessment.has(_assessments(user)),
    Question: lambda user: Question.contribution.has(_contributions(user)),
    Claim: _claims,
    Clarification: _clarifications,
    Document: _documents,
    Upload: _uploads,
    Result: _results,
    Recommendation: _recommendations,
    Application: _applications,
    Benchmark: lambda user: true(),
}
