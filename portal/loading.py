"""How each kind of thing is fetched by what an address says of it, with what its page will need."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, defaultload, joinedload, lazyload, selectinload

from assessments import policies
from assessments.actors import Actor
from assessments.lint import BESIDE_CITED
from assessments.models import (
    Account,
    Application,
    Appointment,
    Assessment,
    Citation,
    Claim,
    ClaimRevision,
    Clarification,
    ClarificationFile,
    ClarificationReply,
    Contribution,
    ContributionRevision,
    Document,
    DocumentVersion,
    Organization,
    PanelMember,
    Period,
    Person,
    Plan,
    Progress,
    Proof,
    Question,
    Receipt,
    Recommendation,
    RecommendationOwner,
    Result,
    Seat,
    Subject,
    Submission,
    Upload,
    Verdict,
)

# An id in an address is a plain positive integer; larger ones exist nowhere.
LARGEST_ID = 2**31 - 1
UPLOAD_ID = 32


def by_id(kind: type, *options) -> Callable:
    def load(session: Session, user: Actor, id: int):
        return session.get(kind, id, options=options) if 0 < id <= LARGEST_ID else None

    return load


def _period(session: Session, user: Actor, slug: str) -> Period | None:
    return session.scalars(
        select(Period)
        .where(Period.slug == slug)
        .options(
            joinedload(Period.instrument_copy),
            joinedload(Period.organiser).joinedload(Organization.states),
            joinedload(Period.stages),
            joinedload(Period.extensions),
        )
    ).unique().one_or_none()


def _round_of(path):
    """Load the assessment behind `path` with its period: every rule and every page asks for these."""
    return (
        path.joinedload(Assessment.period).options(
            joinedload(Period.instrument_copy), joinedload(Period.stages), joinedload(Period.extensions)
        ),
        path.joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
    )


# Statements that every page of an agency begins with are put together once: that takes longer than running them.
_SUBMISSIONS = select(Submission).options(
    *_round_of(joinedload(Submission.assessment)),
    joinedload(Submission.organization).joinedload(Organization.states),
)
# What hangs on a contribution is fetched when it is asked for, once, with all that its page says of it.
_CONTRIBUTIONS = (
    select(Contribution)
    .join(Contribution.submission)
    .join(Submission.assessment)
    .join(Assessment.period)
    .options(
        contains_eager(Contribution.submission)
        .contains_eager(Submission.assessment)
        .contains_eager(Assessment.period)
        .options(joinedload(Period.instrument_copy), joinedload(Period.stages), joinedload(Period.extensions)),
        contains_eager(Contribution.submission).joinedload(Submission.organization).joinedload(Organization.states),
        defaultload(Contribution.revisions).joinedload(ContributionRevision.author),
        defaultload(Contribution.citations)
        .joinedload(Citation.cited)
        .options(joinedload(DocumentVersion.document), *BESIDE_CITED),
    )
)


def _submission(
    session: Session, user: Actor, id: int | None = None, period: str = "", organization: str = "", subject: str = ""
):
    """By id; or in a period (of a named subject) the part of a named organization, else of the actor's own."""
    if id is not None:
        found = _SUBMISSIONS.where(Submission.id == id)
        return session.scalars(found).unique().one_or_none() if 0 < id <= LARGEST_ID else None
    query = _SUBMISSIONS.join(Submission.assessment).join(Assessment.period).where(Period.slug == period)
    if subject:
        query = query.where(
            Assessment.subject.has(Subject.organization.has(Organization.slug == subject))
        )
    return session.scalars(_belonging(query, user, organization)).unique().first()


def _belonging(query, user: Actor, organization: str):
    if organization:
        return query.join(Organization, Organization.id == Submission.organization_id).where(
            Organization.slug == organization
        )
    return query.where(Submission.organization_id == (user.organization_id or 0))


def _contribution(session: Session, user: Actor, period: str, item: str, organization: str = ""):
    query = _CONTRIBUTIONS.where(Period.slug == period, Contribution.item == item)
    return session.scalars(_belonging(query, user, organization)).unique().first()


def _question(session: Session, user: Actor, id: int) -> Question | None:
    if not 0 < id <= LARGEST_ID:
        return None
    return session.scalars(
        select(Question)
        .where(Question.id == id)
        .options(
            joinedload(Question.contribution).joinedload(Contribution.submission).options(
                *_round_of(joinedload(Submission.assessment)),
                joinedload(Submission.organization).joinedload(Organization.states),
            ),
            selectinload(Question.replies),
        )
    ).unique().one_or_none()


def _citation(
    session: Session, user: Actor, id: int, period: str = "", item: str = "", organization: str = ""
) -> Citation | None:
    """By id; with an address of an item only when it is cited there."""
    if not 0 < id <= LARGEST_ID:
        return None
    query = select(Citation).where(Citation.id == id)
    if not item:
        return session.scalar(query.options(joinedload(Citation.contribution), joinedload(Citation.claim)))
    query = (
        query.join(Citation.contribution)
        .join(Contribution.submission)
        .join(Submission.assessment)
        .join(Assessment.period)
        .where(Period.slug == period, Contribution.item == item)
        .options(
            contains_eager(Citation.contribution)
            .contains_eager(Contribution.submission)
            .contains_eager(Submission.assessment)
            .contains_eager(Assessment.period)
            .joinedload(Period.instrument_copy),
            joinedload(Citation.cited).joinedload(DocumentVersion.document),
        )
    )
    return session.scalar(_belonging(query, user, organization))


def _assessment(session: Session, user: Actor, id: int | None = None, period: str = "", subject: str = ""):
    """By id; or in a period the assessment of a named subject, else the only one."""
    query = select(Assessment).options(
        joinedload(Assessment.period).options(
            joinedload(Period.instrument_copy), joinedload(Period.stages), joinedload(Period.extensions)
        ),
        joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
    )
    if id is not None:
        found = session.scalars(query.where(Assessment.id == id)) if 0 < id <= LARGEST_ID else None
        return found.unique().one_or_none() if found else None
    query = query.join(Assessment.period).where(Period.slug == period)
    if subject:
        query = query.join(Assessment.subject).join(Subject.organization).where(Organization.slug == subject)
    found = session.scalars(query).unique().all()
    return found[0] if len(found) == 1 else None


def _claim(session: Session, user: Actor, id: int | None = None, period: str = "", subject: str = "", item: str = ""):
    """By id; or by the item of the assessment of a named subject in a period, with what a desk shows of it."""
    if id is not None:
        return session.get(Claim, id, options=[joinedload(Claim.assessment)]) if 0 < id <= LARGEST_ID else None
    query = (
        select(Claim)
        .join(Claim.assessment)
        .join(Assessment.period)
        .join(Assessment.subject)
        .join(Organization, Organization.id == Subject.organization_id)
        .where(Period.slug == period, Organization.slug == subject, Claim.item == item)
        .options(
            contains_eager(Claim.assessment).options(
                contains_eager(Assessment.period).options(
                    joinedload(Period.instrument_copy), joinedload(Period.stages), joinedload(Period.extensions)
                ),
                contains_eager(Assessment.subject)
                .contains_eager(Subject.organization)
                .joinedload(Organization.states),
                defaultload(Assessment.panel).joinedload(PanelMember.person),
                defaultload(Assessment.seats).joinedload(Seat.person),
            ),
            defaultload(Claim.revisions).load_only(ClaimRevision.n, ClaimRevision.at),
            defaultload(Claim.citations).joinedload(Citation.cited).joinedload(DocumentVersion.document),
        )
    )
    return session.scalars(query).unique().one_or_none()


# What was said about a question with the documents that went along, in three statements however many there are.
WITH_WHAT_WAS_SAID = (
    joinedload(Clarification.batch),
    joinedload(Clarification.asked_by),
    selectinload(Clarification.replies)
    .selectinload(ClarificationReply.files)
    .joinedload(ClarificationFile.document_version)
    .joinedload(DocumentVersion.document)
    .joinedload(Document.owner_org)
    .joinedload(Organization.states),
)


def _clarification(session: Session, user: Actor, id: int) -> Clarification | None:
    if not 0 < id <= LARGEST_ID:
        return None
    return session.scalars(
        select(Clarification)
        .where(Clarification.id == id)
        .options(*_round_of(joinedload(Clarification.assessment)), *WITH_WHAT_WAS_SAID)
    ).unique().one_or_none()


# A round with all its results, their values and the two names below each: two statements, however many versions.
ROUND_WITH_RESULTS = select(Assessment).options(
    joinedload(Assessment.period).options(
        joinedload(Period.instrument_copy), lazyload(Period.stages), lazyload(Period.extensions)
    ),
    joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
    joinedload(Assessment.results).options(
        joinedload(Result.proposed_by), joinedload(Result.confirmed_by), selectinload(Result.values)
    ),
)


def _result(session: Session, user: Actor, period: str, subject: str = "", source: str = "", n: int | None = None):
    """The version that counts in a period (of a named subject): the official one first, else the portal's own."""
    query = ROUND_WITH_RESULTS.join(Assessment.period).where(Period.slug == period)
    if subject:
        query = query.where(Assessment.subject.has(Subject.organization.has(Organization.slug == subject)))
    assessments = session.scalars(query).unique().all()
    if len(assessments) != 1:
        return None
    found = [
        result
        for result in sorted(assessments[0].results, key=lambda each: (each.source, -each.n))
        if (not source or result.source == source) and (n is None or result.n == n)
    ]
    readable = (result for result in found if policies.entitled(user, "read", result))
    return next(readable, found[0] if found else None)


# Its owners and its round come along; plans, reports and verdicts are read when they are asked for, once each.
_RECOMMENDATION = (
    joinedload(Recommendation.instansi).lazyload(Organization.states),
    joinedload(Recommendation.owners).joinedload(RecommendationOwner.organization).joinedload(Organization.states),
    joinedload(Recommendation.assessment)
    .joinedload(Assessment.period)
    .options(joinedload(Period.instrument_copy), lazyload(Period.stages), lazyload(Period.extensions)),
    defaultload(Recommendation.verdicts).options(
        joinedload(Verdict.by), joinedload(Verdict.document_version).joinedload(DocumentVersion.document)
    ),
    defaultload(Recommendation.plans).joinedload(Plan.by),
    defaultload(Recommendation.progress).options(
        joinedload(Progress.by),
        selectinload(Progress.proofs).joinedload(Proof.cited).joinedload(DocumentVersion.document),
    ),
)


def _recommendation(session: Session, user: Actor, id: int) -> Recommendation | None:
    return session.get(Recommendation, id, options=_RECOMMENDATION) if 0 < id <= LARGEST_ID else None


def _application(session: Session, user: Actor, id: int | None = None, slug: str = "") -> Application | None:
    if id is not None and not 0 < id <= LARGEST_ID:
        return None
    named = Application.id == id if id is not None else Application.slug == slug
    return session.scalars(
        select(Application)
        .where(named)
        .options(
            joinedload(Application.instansi).joinedload(Organization.states),
            joinedload(Application.current_owner).joinedload(Organization.states),
            joinedload(Application.category),
            joinedload(Application.successor),
        )
    ).unique().one_or_none()


def _document_version(session: Session, user: Actor, document: int, n: int) -> DocumentVersion | None:
    if not (0 < document <= LARGEST_ID and 0 < n <= LARGEST_ID):
        return None
    return session.get(
        DocumentVersion, (document, n), options=[joinedload(DocumentVersion.document).joinedload(Document.owner_org)]
    )


def _upload(session: Session, user: Actor, id: str) -> Upload | None:
    return session.get(Upload, id, options=[joinedload(Upload.organization)]) if len(id) == UPLOAD_ID else None


def _organization(session: Session, user: Actor, id: int | None = None, slug: str = "") -> Organization | None:
    if id is not None:
        return session.get(Organization, id) if 0 < id <= LARGEST_ID else None
    return session.scalar(select(Organization).where(Organization.slug == slug))


def _receipt(session: Session, user: Actor, number: str) -> Receipt | None:
    return session.get(Receipt, number)


LOADERS: dict[type, Callable] = {
    Period: _period,
    Submission: _submission,
    Contribution: _contribution,
    Assessment: _assessment,
    Claim: _claim,
    Clarification: _clarification,
    Result: _result,
    Recommendation: _recommendation,
    Application: _application,
    Document: by_id(
        Document, joinedload(Document.owner_org), selectinload(Document.versions).joinedload(DocumentVersion.by)
    ),
    DocumentVersion: _document_version,
    Upload: _upload,
    Citation: _citation,
    Question: _question,
    Organization: _organization,
    Person: by_id(Person),
    Account: by_id(Account),
    Appointment: by_id(Appointment),
    Receipt: _receipt,
}
