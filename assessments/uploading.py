"""Files on their way in, piece by piece: begun, grown, and what becomes of them at the end.

The bytes are the portal's; here is what they are meant for. A file that was begun is always kept when it is whole and
what it says it is: under its answer while that may still be written, else in the library alone, and its row says why.
"""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, object_session

from .actors import Actor
from .answering import cite
from .clock import now
from .library import add_document, add_version, known_in_library, titles_alike
from .models import Blob, Contribution, Document, DocumentVersion, Organization, Submission, Upload
from .policies import entitled, obstacle
from .refusal import Refused

LIFE = timedelta(days=7)  # since the last piece
SHOWN_FOR = timedelta(days=30)  # what is over stays in the list
AFTER_THE_DEADLINE = timedelta(minutes=60)
TITLE_LENGTH = 200
NOTE_LENGTH = 400


def begin(
    session: Session, by: Actor, organization_id: int, *, id: str, file_name: str, length: int, fingerprint: str | None,
    contribution: Contribution | None = None, replaces: Document | None = None,
) -> Upload:
    """Say that a file of this length is coming, for an answer, as a newer version of a document, or for the library."""
    moment = now()
    upload = Upload(
        id=id, organization_id=organization_id, by_id=by.person_id, file_name=file_name, length=length, received=0,
        fingerprint=fingerprint, contribution=contribution, replaces=replaces, state="receiving", began_at=moment,
        touched_at=moment, expires_at=moment + LIFE,
    )
    session.add(upload)
    return upload


def begun_already(
    session: Session, organization_id: int, *, fingerprint: str | None, length: int,
    contribution: Contribution | None = None, replaces: Document | None = None,
) -> Upload | None:
    """The same file for the same purpose that is still coming in, so that picking it again goes on."""
    if not fingerprint:
        return None
    return session.scalar(
        select(Upload)
        .where(
            Upload.organization_id == organization_id,
            Upload.state == "receiving",
            Upload.fingerprint == fingerprint,
            Upload.length == length,
            Upload.contribution_id.is_(None) if contribution is None else Upload.contribution_id == contribution.id,
            Upload.replaces_id.is_(None) if replaces is None else Upload.replaces_id == replaces.id,
            Upload.expires_at > now(),
        )
        .order_by(Upload.began_at.desc())
        .limit(1)
    )


def hold(session: Session, id: str) -> None:
    """Let nobody else write this upload, nor the part its answer belongs to, until the transaction ends."""
    target = session.scalar(select(Upload.contribution_id).where(Upload.id == id).with_for_update())
    if target is not None:
        session.scalar(
            select(Submission.id)
            .where(Submission.id == select(Contribution.submission_id).where(Contribution.id == target).scalar_subquery())
            .with_for_update()
        )


def grown(upload: Upload, received: int) -> None:
    """So much of it is on the disk."""
    moment = now()
    upload.received, upload.touched_at, upload.expires_at = received, moment, moment + LIFE


def refuse(upload: Upload, sentence: str) -> None:
    """It came whole and is not what can be kept."""
    grown(upload, upload.length)
    upload.state, upload.note, upload.finished_at = "refused", sentence[:NOTE_LENGTH], now()


def finish(upload: Upload, by: Actor, blob: Blob, kind: str) -> DocumentVersion:
    """The bytes lie in the store: give them their document, and cite it where it was meant for an answer."""
    session = object_session(upload)
    version, notes = _versioned(session, upload, by, blob, kind)
    session.flush()
    if upload.contribution is not None:
        notes.append(_attach(upload, by, version))
    grown(upload, upload.length)
    upload.state, upload.finished_at = "complete", now()
    upload.sha256, upload.document_id = blob.sha256, version.document_id
    upload.note = " ".join(filter(None, notes))[:NOTE_LENGTH] or None
    return version


def why_not_attached(upload: Upload, by: Actor) -> str | None:
    """Why the file may not go under its answer any more; what was begun in time may, until the grace has ended."""
    answer = upload.contribution
    if not entitled(by, "answer", answer):
        return "Isian ini bukan lagi wewenang jabatan Anda."
    ends = answer.submission.period.closes_at("self_assessment", answer.submission.assessment, answer.submission)
    if ends is not None and now() > ends + AFTER_THE_DEADLINE:
        return "Pengisian sudah ditutup lebih dari 60 menit."
    return obstacle(by, "answer", answer)


def over(session: Session) -> list[str]:
    """Forget what nobody goes on with and what was done long ago; the names whose bytes may go."""
    moment = now()
    abandoned = list(
        session.scalars(delete(Upload).where(Upload.state == "receiving", Upload.expires_at < moment).returning(Upload.id))
    )
    session.execute(delete(Upload).where(Upload.state != "receiving", Upload.finished_at < moment - SHOWN_FOR))
    return abandoned


def _versioned(
    session: Session, upload: Upload, by: Actor, blob: Blob, kind: str
) -> tuple[DocumentVersion, list[str]]:
    owner: Organization = upload.organization
    document = upload.replaces
    if document is not None and document.removed_at is None:
        same = next((version for version in document.versions if version.sha256 == blob.sha256), None)
        if same is not None:
            return same, [f"Isinya sama dengan versi {same.n}, jadi tidak ditambahkan."]
        other = known_in_library(session, owner, blob.sha256)
        notes = [f"Berkas yang sama juga ada di pustaka sebagai “{other.document.title}”."] if other else []
        return add_version(document, by, blob=blob, file_name=upload.file_name), notes
    known = known_in_library(session, owner, blob.sha256)
    if known is not None:
        return known, [f"Sudah ada di pustaka sebagai “{known.document.title}”, dipakai ulang."]
    title = upload.file_name.rpartition(".")[0][:TITLE_LENGTH] or upload.file_name
    alike = titles_alike(session, owner, title)
    notes = [f"Ada dokumen berjudul mirip: “{alike[0][1]}”."] if alike else []
    return add_document(session, owner, by, title=title, kind=kind, blob=blob, file_name=upload.file_name), notes


def _attach(upload: Upload, by: Actor, version: DocumentVersion) -> str:
    reason = why_not_attached(upload, by)
    if reason is None:
        try:
            cite(upload.contribution, version, by)
            return ""
        except Refused as refusal:
            reason = refusal.sentences[0]
    return f"Berkas tersimpan di pustaka, tetapi tidak dilampirkan: {reason}"
