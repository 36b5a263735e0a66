"""What the policy asks of a document in a library: whose it is, whether it was removed, and what holds it there."""

from sqlalchemy import exists, select
from sqlalchemy.orm import contains_eager, joinedload, object_session

from .actors import Actor
from .models import (
    ApplicationDocument,
    Assessment,
    Citation,
    ClarificationFile,
    Contribution,
    Document,
    DocumentReview,
    DocumentVersion,
    ExternalValue,
    GeneralFile,
    MeetingPromise,
    Objection,
    Organization,
    Period,
    Proof,
    Receipt,
    Snapshot,
    Submission,
    TeamDecision,
    Verdict,
)
from .questions import being_filled, role, window_open

keeps_instansi_library = role("round_manager", "entry_officer")


def is_own_instansi(user: Actor, thing: Organization) -> bool:
    return user.instansi_id is not None and thing.id == user.instansi_id


def of_instansi_library(user: Actor, thing) -> bool:
    """A document of the instansi itself, not of one of its agencies."""
    if isinstance(thing, type):
        return False
    document = thing.document if isinstance(thing, DocumentVersion) else thing
    return user.instansi_id is not None and document.owner_org_id == user.instansi_id


def still_there(user: Actor, thing: Document) -> str | None:
    if isinstance(thing, type) or thing.removed_at is None:
        return None
    return "Dokumen ini sudah dihapus dari pustaka. Kembalikan dulu bila masih diperlukan."


def was_removed(user: Actor, thing: Document) -> str | None:
    return "Dokumen ini tidak dihapus." if thing.removed_at is None else None


def bound_nowhere(user: Actor, thing: Document) -> str | None:
    """What somebody vouched for, checked, claimed, judged or decided by keeps its document."""
    return bound_now(user, thing) or _signed_before(thing)


def bound_now(user: Actor, thing: Document) -> str | None:
    """The same without looking into what was signed earlier, which takes longer than a page may."""
    return _elsewhere(thing) or _in_locked_answers(user, thing)


HOLDS = {
    "claim": "Dokumen ini menjadi bukti sebuah klaim, jadi tetap di pustaka.",
    "recommendation": "Dokumen ini menjadi bukti tindak lanjut rekomendasi, jadi tetap di pustaka.",
    "external": "Dokumen ini menjadi sumber nilai dari luar, jadi tetap di pustaka.",
    "application": "Dokumen ini menjadi bagian catatan inventaris, jadi tetap di pustaka. Lepas dulu dari catatannya.",
    "team": "Dokumen ini menjadi berkas keputusan tim asesor internal, jadi tetap di pustaka.",
    "general": "Dokumen ini menyertai jawaban pertanyaan umum, jadi tetap di pustaka.",
    "objection": "Dokumen ini menjadi bukti tanggapan nilai sementara, jadi tetap di pustaka.",
    "review": "Dokumen ini menjadi bukti sebuah reviu kebijakan, jadi tetap di pustaka.",
    "promise": "Dokumen ini diserahkan sesudah interviu atau visitasi, jadi tetap di pustaka.",
    "clarification": "Dokumen ini menyertai jawaban klarifikasi kepada tim asesor, jadi tetap di pustaka.",
}


def _elsewhere(document: Document) -> str | None:
    key = document.id
    held = object_session(document).execute(
        select(
            exists().where(Citation.document_id == key, Citation.claim_id.is_not(None)).label("claim"),
            (exists().where(Proof.document_id == key) | exists().where(Verdict.document_id == key)).label("recommendation"),
            exists().where(ExternalValue.document_id == key).label("external"),
            exists().where(ApplicationDocument.document_id == key).label("application"),
            exists().where(TeamDecision.document_id == key).label("team"),
            exists().where(GeneralFile.document_id == key).label("general"),
            exists().where(DocumentReview.proof_id == key).label("review"),
            exists().where(Objection.document_id == key).label("objection"),
            exists().where(ClarificationFile.document_id == key).label("clarification"),
            exists().where(MeetingPromise.document_id == key).label("promise"),
        )
    ).one()._mapping
    return next((sentence for name, sentence in HOLDS.items() if held[name]), None)


def _signed_before(document: Document) -> str | None:
    """A frozen copy of this agency names its bytes or its link, even where the citation was let go of afterwards."""
    marks = [f'"{version.sha256 or version.url}"'.encode() for version in document.versions]
    frozen = object_session(document).scalars(
        select(Snapshot.content)
        .join(Receipt, Receipt.snapshot_sha == Snapshot.sha256)
        .join(Submission, Submission.id == Receipt.submission_id)
        .where(Submission.organization_id == document.owner_org_id)
    )
    if any(mark in content for content in frozen for mark in marks):
        return "Dokumen ini termasuk dalam isian yang sudah ditandatangani, jadi tetap di pustaka."
    return None


def _in_locked_answers(user: Actor, document: Document) -> str | None:
    for citation in open_citations(document):
        answer = citation.contribution
        if being_filled(user, answer) or window_open(user, answer):
            period = answer.submission.assessment.period
            return (
                f"Dokumen ini dipakai pada indikator {period.instrument.item(answer.item).number}, {period.title}, "
                "yang isiannya sudah terkunci, jadi tetap di pustaka."
            )
    return None


def open_citations(document: Document) -> list[Citation]:
    """Where answers cite it, with what the rules ask of them; one statement."""
    return list(
        object_session(document).scalars(
            select(Citation)
            .join(Citation.contribution)
            .join(Contribution.submission)
            .join(Submission.assessment)
            .join(Assessment.period)
            .where(Citation.document_id == document.id)
            .options(
                contains_eager(Citation.contribution)
                .contains_eager(Contribution.submission)
                .contains_eager(Submission.assessment)
                .contains_eager(Assessment.period)
                .options(joinedload(Period.instrument_copy), joinedload(Period.stages), joinedload(Period.extensions)),
            )
            .order_by(Citation.id)
        ).unique()
    )
