"""What an agency keeps beside its answers goes to its successor: documents, applications, recommendations, files on their
way, units below it, and the people who work on all that. Each leaves a line in its own history."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from . import staffing
from .actors import Actor
from .clock import today
from .inventory.searching import remember_words
from .models import (
    Application,
    ApplicationDocument,
    ApplicationOwner,
    ApplicationUser,
    Appointment,
    Assessment,
    Citation,
    Contribution,
    Document,
    DocumentVersion,
    Organization,
    OrganizationState,
    Period,
    Person,
    Recommendation,
    RecommendationOwner,
    Submission,
    Upload,
)
from .moving_parts import OPEN
from .refusal import Refused
from .workflow import happened

# ---------------------------------------------------------------- finding them


def documents_of(session: Session, ids: list[int]) -> list[Document]:
    """Every document of their libraries, removed ones too: they can be put back."""
    return list(session.scalars(
        select(Document).where(Document.owner_org_id.in_(ids)).options(joinedload(Document.owner_org))
        .order_by(Document.title, Document.id)
    ).unique())


def applications_of(session: Session, ids: list[int]) -> list[Application]:
    """What they answer for in the inventory; retired and merged records are history and keep the old name."""
    return list(session.scalars(
        select(Application)
        .where(Application.current_owner_id.in_(ids), Application.state.not_in(("retired", "merged")))
        .options(joinedload(Application.current_owner), selectinload(Application.owners), joinedload(Application.instansi),
                 joinedload(Application.category))
        .order_by(Application.name, Application.id)
    ).unique())


def recommendations_of(session: Session, ids: list[int]) -> list[Recommendation]:
    """What they must still carry out."""
    owned = Recommendation.owners.any(RecommendationOwner.organization_id.in_(ids) & RecommendationOwner.to_day.is_(None))
    found = session.scalars(
        select(Recommendation).where(owned)
        .options(selectinload(Recommendation.owners), selectinload(Recommendation.verdicts))
        .order_by(Recommendation.number)
    ).unique()
    return [recommendation for recommendation in found if not recommendation.closed]


def uploads_of(session: Session, ids: list[int]) -> list[Upload]:
    """Files that are still arriving."""
    return list(session.scalars(select(Upload).where(Upload.organization_id.in_(ids), Upload.state == "receiving")))


def offices_of(session: Session, ids: list[int]) -> list[Appointment]:
    """The offices held there today or later."""
    found = session.scalars(
        select(Appointment).where(Appointment.organization_id.in_(ids))
        .options(joinedload(Appointment.person).joinedload(Person.account), joinedload(Appointment.organization))
        .order_by(Appointment.role, Appointment.id)
    ).unique()
    return [office for office in found if office.ends_on is None or office.ends_on >= today(office.organization.clock_zone)]


def units_below(session: Session, ids: list[int]) -> list[Organization]:
    """Organizations that stand under them now."""
    return list(session.scalars(
        select(Organization).join(OrganizationState, OrganizationState.organization_id == Organization.id)
        .where(OrganizationState.parent_id.in_(ids), OrganizationState.valid_to.is_(None), Organization.id.not_in(ids))
        .order_by(Organization.id)
    ).unique())


# ---------------------------------------------------------------- moving them


def move_document(document: Document, target: Organization, by: Actor, note: str) -> None:
    """Another library holds it; what cites it goes on citing it."""
    before = document.owner_org.short_name
    document.owner_org = target
    happened(document, "succeed", f"Pindah dari pustaka {before} ke {target.short_name}", by, note)


def share_documents(
    session: Session, documents: list[Document], wanted: dict[int, Organization], heirs: Iterable[Organization], by: Actor, note: str
) -> tuple[int, int]:
    """After a part of the work went elsewhere: (documents that moved, documents of which the other side got a copy).

    `wanted` says where a document should go ({id: agency}). One that is cited by an answer which went elsewhere goes along;
    where both sides cite it both hold it: the successor gets a copy of the record with the same bytes. Who is no heir has
    no part in this change: where such an agency cites it, the document stays.
    """
    heir_ids = {heir.id for heir in heirs}
    by_id = {document.id: document for document in documents}
    citing: dict[int, list[tuple[Citation, Organization | None]]] = {}
    rows = session.scalars(
        select(Citation).join(Citation.contribution).join(Contribution.submission).join(Submission.assessment)
        .join(Assessment.period).where(Citation.document_id.in_(by_id), Period.state.in_(OPEN))
        .options(contains_eager(Citation.contribution).contains_eager(Contribution.submission).joinedload(Submission.organization))
        .execution_options(populate_existing=True)
    ).unique()
    for citation in rows:
        agency = citation.contribution.submission.organization
        citing.setdefault(citation.document_id, []).append((citation, agency if agency.id in heir_ids else None))
    went = copied = 0
    for document in documents:
        cited = citing.get(document.id, [])
        targets = {agency.id: agency for _citation, agency in cited if agency is not None}
        stays = any(agency is None for _citation, agency in cited)
        chosen = wanted.get(document.id)
        owner = None if stays else chosen or next(iter(targets.values()), None)
        if chosen is not None:
            targets.setdefault(chosen.id, chosen)
        if owner is not None:
            move_document(document, owner, by, note)
            went += 1
        for agency in targets.values():
            if agency is owner:
                continue
            copy = _copied(session, document, agency, by, note)
            copied += 1
            for citation, other in cited:
                if other is agency:
                    citation.cited = next(version for version in copy.versions if version.n == citation.n)
                    citation.document_id = copy.id
    return went, copied


def _copied(session: Session, document: Document, target: Organization, by: Actor, note: str) -> Document:
    copy = Document(owner_org=target, title=document.title, kind=document.kind, secrecy=document.secrecy,
                    tags=list(document.tags), removed_at=document.removed_at)
    session.add(copy)
    for version in document.versions:
        copy.versions.append(DocumentVersion(
            n=version.n, sha256=version.sha256, url=version.url, number=version.number, dated=version.dated,
            effective_on=version.effective_on, valid_until=version.valid_until, signatory=version.signatory,
            file_name=version.file_name, by_id=version.by_id, at=version.at,
        ))
    session.flush()
    happened(copy, "succeed", f"Disalin dari pustaka {document.owner_org.short_name}", by, note)
    happened(document, "succeed", f"Disalin ke pustaka {target.short_name}", by, note)
    return copy


def move_application(session: Session, application: Application, target: Organization, day: date, by: Actor, note: str) -> None:
    """Another agency answers for it from a day on, never before the present one began."""
    newest = application.owners[-1] if application.owners else None
    day = max(day, newest.from_day) if newest is not None else day
    if newest is not None and newest.from_day == day:
        newest.organization = target
    else:
        if newest is not None:
            newest.to_day = day
        application.owners.append(ApplicationOwner(organization=target, from_day=day))
    application.current_owner = target
    remember_words(session, application)
    happened(application, "succeed", f"Pemilik menjadi {target.short_name}", by, note)


def documents_with(session: Session, applications: Iterable[int]) -> dict[int, int]:
    """{document: application} of attachments and frozen records: they belong to whoever answers for it."""
    rows = session.execute(
        select(ApplicationDocument.document_id, ApplicationDocument.application_id).where(
            ApplicationDocument.application_id.in_(list(applications))
        )
    )
    return dict(rows.all())


def use_instead(session: Session, before: list[int], target: Organization) -> None:
    """Who used an application under the old name uses it under the new one."""
    rows = session.scalars(select(ApplicationUser).where(ApplicationUser.organization_id.in_(before))).all()
    there = set(session.scalars(select(ApplicationUser.application_id).where(ApplicationUser.organization_id == target.id)))
    for row in rows:
        if row.application_id not in there:
            there.add(row.application_id)
            session.add(ApplicationUser(application_id=row.application_id, organization_id=target.id))
        session.delete(row)


def move_recommendation(
    recommendation: Recommendation, before: set[int], target: Organization, day: date, by: Actor, note: str
) -> None:
    """Its owner rows end on the day and begin under the new agency; a lead stays a lead."""
    part = "supporting"
    for owner in recommendation.current_owners:
        if owner.organization_id in before:
            part = "lead" if owner.part == "lead" else part
            owner.to_day = max(day, owner.from_day)
    there = next((owner for owner in recommendation.current_owners if owner.organization_id == target.id), None)
    if there is not None:
        there.part = "lead" if part == "lead" else there.part
    else:
        taken = {owner.from_day for owner in recommendation.owners if owner.organization_id == target.id}
        while day in taken:
            day += timedelta(days=1)
        recommendation.owners.append(RecommendationOwner(organization=target, from_day=day, part=part))
    happened(recommendation, "succeed", f"Pelaksana menjadi {target.short_name}", by, note)


def move_unit(session: Session, unit: Organization, target: Organization, day: date, by: Actor, note: str) -> None:
    """It stands under another organization from a day on; nothing stands below itself."""
    if unit in _above(session, target):
        raise Refused(f"{target.short_name} berada di bawah {unit.short_name}, jadi {unit.short_name} tidak dapat berada di bawahnya.")
    unit.rename(max(day, unit.states[-1].valid_from), parent_id=target.id)
    happened(unit, "succeed", f"Kini di bawah {target.short_name}", by, note)


def lift(session: Session, heir: Organization, before: set[int], day: date, by: Actor, note: str) -> None:
    """A successor that stood somewhere below one that is no more stands where the topmost of them stood."""
    ended = [each for each in _above(session, heir) if each.id in before]
    place = ended[-1].states[-1].parent_id if ended else None
    if place is not None:
        move_unit(session, heir, session.get_one(Organization, place), day, by, note)


def _above(session: Session, organization: Organization) -> list[Organization]:
    """What it stands under now, the nearest first."""
    found: list[Organization] = []
    above = organization.states[-1].parent_id
    while above is not None and all(above != each.id for each in (organization, *found)):
        found.append(session.get_one(Organization, above))
        above = found[-1].states[-1].parent_id
    return found


def move_person(session: Session, office: Appointment, target: Organization | None, by: Actor, note: str) -> None:
    """The office ends today; with a target the person holds the same one there from today on.

    An office that was lent (Plh., Plt.) ends with the one it was lent from: only its holder lends.
    """
    person, role, title = office.person, office.role, office.title or ""
    staffing.end_appointment(session, office, by)
    session.flush()
    where = f"pindah ke {target.short_name}" if target is not None else "berakhir"
    happened(office, "succeed", f"Jabatan {where}", by, note)
    if target is None or office.kind != "definitive":
        return
    held = any(
        other.organization_id == target.id and other.role == role and other.held_on() for other in person.appointments
    )
    if held:
        return
    try:
        made = staffing.appoint(session, person, target, role, by, title=title)
    except Refused as refusal:
        raise Refused(*refusal.sentences, field="people") from None
    session.flush()
    happened(made, "succeed", f"Pindah dari {office.organization.short_name}", by, note)


def rivals(session: Session, heir: Organization) -> set[tuple[int, str]]:
    """{(agency, role)} of the successor's offices that only one person holds, and that somebody holds now."""
    day = today(heir.clock_zone)
    rows = session.execute(
        select(Appointment.organization_id, Appointment.role).where(
            Appointment.organization_id == heir.id, Appointment.role.in_(staffing.ONE_HOLDER),
            Appointment.kind == "definitive", Appointment.starts_on <= day,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
        )
    )
    return {(agency, role) for agency, role in rows}
