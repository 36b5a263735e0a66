"""Evidence promised in a session: what, by whom, until when; and the version the agency brought from its library."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload, object_session

from .actors import Actor
from .allowing import allow
from .clock import now
from .interviewing import why_locked
from .models import Assessment, DocumentVersion, Meeting, MeetingPromise, Organization, Share, Submission
from .refusal import Refused, Together
from .texts import clean, clean_line
from .workflow import happened

MOST_PROMISES = 100


def holders_of(session: Session, assessment: Assessment, item: str = "") -> list[tuple[Organization, bool]]:
    """Who may owe something: the agencies with a part in the assessment, by name, and whether it leads the item."""
    leads = exists().where(
        Share.assessment_id == assessment.id, Share.item == item, Share.part == "lead", Share.organization_id == Organization.id
    )
    rows = session.execute(
        select(Organization, leads)
        .where(exists().where(Submission.assessment_id == assessment.id, Submission.organization_id == Organization.id))
        .options(joinedload(Organization.states))
    ).unique()
    return sorted(((each, leading) for each, leading in rows), key=lambda row: row[0].name)


def promise(
    meeting: Meeting, item: str, by: Actor, organization: Organization | None, text: str, due_at: datetime | None
) -> MeetingPromise:
    """Write down what was promised on one item of the agenda."""
    allow(by, "hold_meetings", meeting.assessment)
    if sentence := why_locked(meeting):
        raise Refused(sentence)
    if len(meeting.promises) >= MOST_PROMISES:
        raise Refused(f"Paling banyak {MOST_PROMISES} bukti yang dijanjikan dalam satu sesi.")
    with Together() as faults:
        with faults.noted():
            text = clean(text, 1000, "Bukti yang dijanjikan", "text", required=True)
        with faults.noted():
            if organization is None:
                raise Refused("Pilih OPD yang menjanjikan.", field="organization")
        with faults.noted():
            if due_at is None:
                raise Refused("Isi tanggal batas penyerahan.", field="due_day")
            if due_at <= now():
                raise Refused("Batas penyerahan harus sesudah sekarang.", field="due_day")
    made = MeetingPromise(
        meeting=meeting, item=item, organization_id=organization.id, text=text, due_at=due_at, by_id=by.person_id, at=now()
    )
    session = object_session(meeting)
    session.add(made)
    session.flush()
    number = meeting.assessment.period.instrument.item(item).number
    happened(meeting.assessment, "promise", f"Bukti dijanjikan untuk indikator {number}, {organization.short_name}", by, text)
    return made


def withdraw(promised: MeetingPromise, by: Actor) -> None:
    """It was written down by mistake, or is no longer needed; what was delivered stays."""
    allow(by, "hold_meetings", promised.meeting.assessment)
    if promised.withdrawn_at is not None:
        return
    if promised.delivered_at is not None:
        raise Refused("Bukti ini sudah diserahkan, jadi catatannya tetap.")
    if sentence := why_locked(promised.meeting):
        raise Refused(sentence)
    promised.withdrawn_at = now()
    happened(promised.meeting.assessment, "promise", "Bukti yang dijanjikan tidak diperlukan lagi", by, promised.text)


def deliver(promised: MeetingPromise, by: Actor, version: DocumentVersion, locator: str) -> None:
    """One version of a document of the owing agency's library, pinned; late ones say so."""
    allow(by, "bring_promised", promised.meeting.assessment)
    if promised.withdrawn_at is not None:
        raise Refused("Bukti ini tidak diperlukan lagi.")
    given = (promised.document_id, promised.n)
    if given == (version.document_id, version.n):
        return
    if promised.delivered_at is not None:
        raise Refused("Bukti ini sudah diserahkan.")
    if version.document.owner_org_id not in libraries(promised) or version.document.removed_at is not None:
        raise Refused("Pilih dokumen dari pustaka OPD ini.", field="document")
    locator = clean_line(locator, 120, "Letak dalam dokumen", "locator")
    promised.document_id, promised.n, promised.locator = version.document_id, version.n, locator
    promised.delivered_at, promised.delivered_by_id = now(), by.person_id
    late = " (terlambat)" if promised.late else ""
    happened(promised.meeting.assessment, "promise", f"Bukti yang dijanjikan diserahkan{late}", by, promised.text)


def libraries(promised: MeetingPromise) -> set[int]:
    """Whose documents may answer it: the owing agency's and those of the instansi."""
    return {promised.organization_id, promised.meeting.assessment.period.organiser_id}


def owed_by(promises: Iterable[MeetingPromise], organization_id: int | None) -> list[MeetingPromise]:
    return [each for each in promises if each.organization_id == organization_id and each.withdrawn_at is None]
