"""The small questions and conditions the policy is made of: each reads after "user" and knows one thing."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import object_session

from .actors import Actor
from .clock import now
from .models import (
    Account,
    Application,
    Appointment,
    Assessment,
    Citation,
    Claim,
    Clarification,
    ClarificationFile,
    Contribution,
    ContributionRevision,
    Document,
    DocumentVersion,
    Extension,
    MeetingPromise,
    Organization,
    OrganizationState,
    Period,
    Person,
    Proof,
    Receipt,
    Recommendation,
    Result,
    Share,
    Submission,
    Upload,
)
from .models import Question as Thread

Question = Callable[[Actor, Any], bool]
Condition = Callable[[Actor, Any], "str | None"]

# ---------------------------------------------------------------- roles


def role(*codes: str) -> Question:
    def holds(user: Actor, thing) -> bool:
        return user.role in codes

    holds.__name__ = "is_" + "_or_".join(codes)
    return holds


is_operator = role("agency_operator")
is_head = role("agency_head")
is_round_manager = role("round_manager")
is_responsible = role("responsible_officer")
is_coordinator = role("coordinator")
is_system_admin = role("system_admin")
checks_items = role("round_manager", "internal_assessor")
writes_claims = role("round_manager", "internal_assessor", "entry_officer")
is_team = role(
    "round_manager", "internal_assessor", "entry_officer", "responsible_officer", "coordinator", "inspector"
)
is_agency = role("agency_operator", "agency_head")
talks_for_team = role("round_manager", "internal_assessor", "entry_officer", "responsible_officer", "coordinator")
INSIDE = (
    "agency_operator",
    "agency_head",
    "round_manager",
    "internal_assessor",
    "entry_officer",
    "responsible_officer",
    "coordinator",
    "inspector",
    "executive",
    "inventory_manager",
    "system_admin",
)
is_inside = role(*INSIDE)
sees_rounds = role(*(code for code in INSIDE if code != "inventory_manager"))
runs_reference = role("round_manager", "system_admin")


def own_lendable_office(user: Actor, thing) -> bool:
    """The office somebody acts in right now, held by right and not lent: heads, penanggung jawab, koordinator."""
    is_own = thing is Appointment or thing.id == user.appointment_id
    return is_own and user.acting_kind == "definitive" and user.role in ("agency_head", "responsible_officer", "coordinator")


def own_lendable_office_lent(user: Actor, thing) -> bool:
    """What was lent out of the office somebody acts in by right."""
    return (
        own_lendable_office(user, Appointment) and thing.acting_for_id == user.person_id
        and (thing.organization_id, thing.role) == (user.organization_id, user.role)
    )


def anybody(user: Actor, thing) -> bool:
    return True


def signed_in(user: Actor, thing) -> bool:
    return user.signed_in


# ---------------------------------------------------------------- where a thing belongs


def instansi_of(thing) -> int | None:
    """The instansi a thing belongs to; a class belongs nowhere in particular and is narrowed by `visible()`."""
    match thing:
        case Organization():
            return thing.root_id
        case OrganizationState():
            return thing.organization.root_id
        case Account():
            return instansi_of(thing.person)
        case Person():
            if thing.home_org is not None:
                return thing.home_org.root_id
            return next((a.organization.root_id for a in thing.appointments), None)
        case Appointment():
            return thing.organization.root_id
        case Period():
            return thing.organiser_id
        case Extension() | Assessment():
            return thing.period.organiser_id
        case Share() | Claim() | Clarification():
            return thing.assessment.period.organiser_id
        case Submission():
            return thing.assessment.period.organiser_id
        case Contribution():
            return thing.submission.assessment.period.organiser_id
        case Thread():
            return instansi_of(thing.contribution)
        case Document():
            return thing.owner_org.root_id
        case Upload():
            return thing.organization.root_id
        case DocumentVersion():
            return thing.document.owner_org.root_id
        case Citation():
            return instansi_of(thing.contribution or thing.claim)
        case Receipt():
            return instansi_of(thing.submission or thing.assessment)
        case Result():
            return thing.assessment.period.organiser_id
        case Recommendation() | Application():
            return thing.instansi_id
    return None


def agency_of(thing) -> int | None:
    """The one agency a thing belongs to, where there is one."""
    match thing:
        case Organization():
            return thing.id
        case Submission():
            return thing.organization_id
        case Contribution():
            return thing.submission.organization_id
        case Thread():
            return agency_of(thing.contribution)
        case Document():
            return thing.owner_org_id
        case Upload():
            return thing.organization_id
        case Application():
            return thing.current_owner_id
        case DocumentVersion():
            return thing.document.owner_org_id
        case Citation() if thing.contribution is not None:
            return thing.contribution.submission.organization_id
        case Receipt() if thing.submission is not None:
            return thing.submission.organization_id
    return None


def of_same_instansi(user: Actor, thing) -> bool:
    return isinstance(thing, type) or (user.instansi_id is not None and instansi_of(thing) == user.instansi_id)


def of_same_agency(user: Actor, thing) -> bool:
    return isinstance(thing, type) or (user.organization_id is not None and agency_of(thing) == user.organization_id)


def own_account(user: Actor, thing: Account) -> bool:
    return user.account_id is not None and thing.id == user.account_id


def takes_part(user: Actor, thing) -> bool:
    """The agency has a submission in the assessment the thing belongs to."""
    assessment = thing if isinstance(thing, Assessment) else getattr(thing, "assessment", None)
    if assessment is None:
        return False
    return object_session(assessment).scalar(
        select(
            exists().where(
                Submission.assessment_id == assessment.id, Submission.organization_id == user.organization_id
            )
        )
    )


def period_of(thing) -> Period | None:
    """The round a thing belongs to, where it belongs to one."""
    match thing:
        case Period():
            return thing
        case Assessment():
            return thing.period
        case Submission() | Claim() | Share() | Clarification():
            return thing.assessment.period
        case Contribution():
            return thing.submission.assessment.period
        case Thread():
            return period_of(thing.contribution)
    return None


def round_has_begun(user: Actor, thing) -> bool:
    """Drafts of a round are the pengelola's own; everybody else sees it once it is open."""
    period = period_of(thing)
    return period is None or period.state != "draft" or user.role in ("round_manager", "system_admin")


def cited_somewhere(user: Actor, thing) -> bool:
    """The team reads the bytes of what an agency put forward, not of everything in its library."""
    if isinstance(thing, type):
        return True
    return object_session(thing).scalar(
        select(
            exists().where(Citation.document_id == thing.document_id, Citation.n == thing.n)
            | exists().where(Proof.document_id == thing.document_id, Proof.n == thing.n)
            | exists().where(ClarificationFile.document_id == thing.document_id, ClarificationFile.n == thing.n)
            | exists().where(MeetingPromise.document_id == thing.document_id, MeetingPromise.n == thing.n)
        )
    )


# ---------------------------------------------------------------- conditions, each with its sentence


def being_filled(user: Actor, thing) -> str | None:
    submission = thing if isinstance(thing, Submission) else thing.submission
    if submission.organization.ended_on is not None:
        return "Perangkat daerah ini sudah berakhir; isiannya dilanjutkan oleh penerusnya."
    if submission.state in ("empty", "filling"):
        return None
    if submission.state == "returned":
        if isinstance(thing, Submission) or thing.returned_n is not None:
            return None
        return "Indikator ini tidak dikembalikan, jadi tetap terkunci. Hanya indikator yang dikembalikan dapat diubah."
    return "Isian ini terkunci karena sudah diserahkan untuk diperiksa. Minta kepala OPD atau pengelola mengembalikannya."


def window_open(user: Actor, thing) -> str | None:
    submission = thing if isinstance(thing, Submission) else thing.submission
    if submission.assessment.sent:
        return "Penilaian ini sudah dikirim dan terkunci."
    period = submission.assessment.period
    if period.accepts("self_assessment", submission.assessment, submission):
        return None
    if period.state == "draft":
        return "Periode ini belum dibuka."
    stage = period.stage("self_assessment")
    if period.state == "open" and stage is not None and stage.opens_at > now():
        return "Pengisian belum dibuka."
    return "Pengisian sudah ditutup. Minta perpanjangan kepada pengelola penilaian."


def wrote_none_of_it(user: Actor, thing: Submission) -> str | None:
    """Nobody vouches for what they wrote, nor in the name of who did; one revision is enough (access.md)."""
    wrote = object_session(thing).scalar(
        select(
            exists().where(
                ContributionRevision.author_id.in_(user.stands_for),
                ContributionRevision.contribution_id == Contribution.id,
                Contribution.submission_id == thing.id,
            )
        )
    )
    return f"{writer_of(user)} ikut menulis isian ini, jadi orang lain yang harus menyatakannya benar." if wrote else None


def wrote_none_of_claim(user: Actor, thing: Claim) -> str | None:
    """Asked for all claims of a page at once, so it goes by the revisions that were loaded with them."""
    authors = {revision.author_id for revision in thing.revisions}
    if thing.contribution is not None:
        authors |= {revision.author_id for revision in thing.contribution.revisions}
    wrote = not authors.isdisjoint(user.stands_for)
    return f"{writer_of(user)} ikut menulis klaim ini, jadi orang lain yang harus menyetujuinya." if wrote else None


def writer_of(user: Actor) -> str:
    return "Anda" if user.acting_for_id is None else "Anda atau pejabat yang Anda wakili"


def round_open(user: Actor, thing) -> str | None:
    """People talk about answers while the round lasts."""
    return None if period_of(thing).state == "open" else "Periode ini tidak sedang dibuka, jadi percakapannya hanya dapat dibaca."


def thread_open(user: Actor, thing: Thread) -> str | None:
    return "Pertanyaan ini sudah ditutup. Buka lagi bila masih perlu dijawab." if thing.state == "closed" else None


def round_not_archived(user: Actor, thing: Assessment) -> str | None:
    return "Periode ini sudah diarsipkan." if thing.period.state == "archived" else None


def still_preparing(user: Actor, thing) -> str | None:
    assessment = thing if isinstance(thing, Assessment) else thing.assessment
    if assessment.period.state != "open":
        return "Periode ini tidak sedang dibuka."
    return "Penilaian ini sudah dikirim dan terkunci." if assessment.sent else None


def not_approved(user: Actor, thing: Claim) -> str | None:
    return "Klaim ini sudah disetujui penanggung jawab." if thing.state == "approved" else None


def not_sent(user: Actor, thing: Submission) -> str | None:
    return "Penilaian ini sudah dikirim dan terkunci." if thing.assessment.sent else None


def round_running(user: Actor, thing: Submission) -> str | None:
    """Papers move only while the round is open and nothing has been sent."""
    if thing.assessment.period.state != "open":
        return "Periode ini tidak sedang dibuka."
    return not_sent(user, thing)


def accepted_reopens_by_manager(user: Actor, thing: Submission) -> str | None:
    if thing.state == "accepted" and user.role != "round_manager":
        return "Isian yang sudah diterima hanya dapat dikembalikan oleh pengelola penilaian."
    return None


def is_signed(user: Actor, thing: Submission) -> str | None:
    return None if thing.state == "signed" else "Isian ini belum ditandatangani kepala OPD atau sudah diterima."


def round_in_hand(user: Actor, thing: Period) -> str | None:
    archived = not isinstance(thing, type) and thing.state == "archived"
    return "Periode ini sudah diarsipkan." if archived else None


def agency_lives(user: Actor, thing) -> str | None:
    """An agency that was merged or replaced takes nothing new in."""
    ended = not isinstance(thing, type) and thing.ended_on is not None
    return "Perangkat daerah ini sudah berakhir; pustakanya ada pada penerusnya." if ended else None


def share_not_signed(user: Actor, thing) -> str | None:
    if isinstance(thing, Assessment):
        return "Penilaian ini sudah dikirim dan terkunci." if thing.sent else None
    return "OPD ini sudah menandatangani isiannya." if thing.state in ("signed", "accepted") else None


def not_oneself(user: Actor, thing) -> str | None:
    person_id = thing.person_id if isinstance(thing, (Account, Appointment)) else None
    if person_id is not None and person_id == user.person_id:
        return "Anda tidak dapat mengubah akun atau jabatan Anda sendiri."
    return None


def contribution_citation_open(user: Actor, thing: Citation) -> str | None:
    if isinstance(thing, type) or thing.contribution is None:
        return None
    return being_filled(user, thing.contribution) or window_open(user, thing.contribution)


def claim_citation_open(user: Actor, thing: Citation) -> str | None:
    if isinstance(thing, type) or thing.claim is None:
        return None
    return still_preparing(user, thing.claim) or not_approved(user, thing.claim)


def of_contribution(user: Actor, thing: Citation) -> bool:
    return isinstance(thing, type) or thing.contribution is not None


def of_claim(user: Actor, thing: Citation) -> bool:
    return isinstance(thing, type) or thing.claim is not None
