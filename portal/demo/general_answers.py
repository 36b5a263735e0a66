"""The running round of the demo has general questions: three are answered, one with a document, one still waits."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import general_questions, library
from assessments.actors import Actor
from assessments.models import Assessment, DocumentVersion, Organization, Period

from ..jobs import enqueue
from ..storage import Storage
from . import documents

ANSWERS = (
    ("Pelayanan penanaman modal, penanggulangan kemiskinan, dan penurunan stunting diselenggarakan dengan pendekatan "
    "reformasi birokrasi tematik. Ketiganya memakai data kependudukan yang sama dan dipantau lewat satu papan kinerja."),
    ("Pemerintah kota menyiapkan satu portal layanan warga yang menggabungkan perizinan, kependudukan, dan pengaduan. "
    "Tahap pertama menyatukan cara masuk; tahap kedua menyatukan pelacakan permohonan."),
    ("Layanan utama yang didukung SPBE: administrasi kependudukan, perizinan, pengaduan, kesehatan, pendidikan, perencanaan "
    "dan penganggaran, kepegawaian, kearsipan, pengadaan, dan pengelolaan barang milik daerah."),
)
TITLE = "Rencana Aksi Penyatuan Portal Layanan Kota"


def answer_general_questions(
    session: Session, storage: Storage, city: Organization, period: Period, actors: dict[str, Actor]
) -> None:
    """The four topics of the guidance as the manager of the round took them over."""
    manager = actors["pengelola"]
    general_questions.add_questions(session, period, general_questions.TOPICS, manager)
    assessment = session.scalar(select(Assessment).where(Assessment.period_id == period.id))
    for asked, text in zip(general_questions.asked_of(session, assessment), ANSWERS, strict=False):
        general_questions.answer(asked, assessment, text, 0, manager)
    plan = _plan(session, storage, city, period.year, manager)
    general_questions.attach(general_questions.asked_of(session, assessment)[1], assessment, plan, manager)
    session.flush()


def _plan(session: Session, storage: Storage, city: Organization, year: int, by: Actor) -> DocumentVersion:
    """A sample document in the library of the instansi, its bytes stored first."""
    day = date(year, 2, 2)
    body = (
        "Aplikasi layanan warga disatukan dalam satu portal secara bertahap menurut rencana ini.",
        "Setiap tahap punya penanggung jawab, anggaran, dan ukuran keberhasilan.",
    )
    with storage.receive() as incoming:
        incoming.write(documents.make_pdf(TITLE, f"060/7/{year}", day, "Sekretaris Daerah", body, 3))
        kept = incoming.keep()
    blob = library.remember_blob(session, kept.sha256, kept.size, "application/pdf")
    session.flush()
    version = library.add_document(
        session, city, by, title=TITLE, kind="plan", blob=blob, file_name="Rencana-Aksi-Portal-Layanan.pdf",
        number=f"060/7/{year}", dated=day, signatory="Sekretaris Daerah", secrecy="limited",
    )
    session.flush()
    enqueue(session, "read_evidence", {"sha256": kept.sha256}, dedupe_key=f"read_evidence:{kept.sha256}")
    return version
