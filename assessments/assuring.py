"""The inspectorate's look at the consolidated self-assessment: notes and one sign-off, never a level (process.md 9)."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, object_session

from .actors import Actor
from .clock import now
from .models import Assessment, QaNote
from .policies import entitled, obstacle
from .refusal import Refused
from .texts import clean
from .workflow import Forbidden, happened


def note_quality(assessment: Assessment, by: Actor, note: str, sign_off: bool) -> QaNote:
    """Add a note; `sign_off` says that the quality was looked at and nothing stands open in the inspectorate's eyes."""
    if not entitled(by, "write_qa", assessment):
        raise Forbidden("write_qa")
    sentence = obstacle(by, "write_qa", assessment)
    if sentence:
        raise Refused(sentence)
    note = clean(note, 4000, "Catatan mutu", "note", required=True)
    given = QaNote(
        assessment=assessment, by_id=by.person_id, note=note, at=now(), signed_off_at=now() if sign_off else None
    )
    object_session(assessment).add(given)
    happened(assessment, "qa", "Catatan mutu ditandatangani" if sign_off else "Catatan mutu ditulis", by)
    return given


def signed_off(assessment: Assessment) -> QaNote | None:
    """The newest sign-off, where there is one."""
    return object_session(assessment).scalar(
        select(QaNote)
        .where(QaNote.assessment_id == assessment.id, QaNote.signed_off_at.is_not(None))
        .options(joinedload(QaNote.by))
        .order_by(QaNote.id.desc())
        .limit(1)
    )
