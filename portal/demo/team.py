"""The demo's Tim Asesor Internal: a sample decision with its file in the city's library, and three functions nobody comes from."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import clock, library, team
from assessments.actors import Actor
from assessments.models import Assessment, Organization, Period, Person

from ..jobs import enqueue
from ..storage import Storage
from .documents import make_pdf

ZONE = "Asia/Makassar"
SIGNATORY = "Wali Kota Denpasar"
# user name -> (role in the team, function); procurement, archives and public service are left without anybody.
SEATED = {
    "koordinator": ("coordinator", None),
    "penanggung.jawab": ("responsible_officer", 3),
    "entri.data": ("entry_officer", 2),
    "pengelola": ("member", 1),
    "asesor.internal": ("member", 4),
    "kepala.hukum": ("member", 5),
    "operator.bappeda": ("member", 6),
    "operator.bpkad": ("member", 7),
    "kepala.bappeda": ("member", 8),
    "kepala.bpkad": ("member", 9),
    "inventaris": ("member", 11),
    "operator.bkpsdm": ("member", 12),
    "inspektorat": ("member", 14),
}


def build_team(
    session: Session, storage: Storage, city: Organization, period: Period, actors: dict[str, Actor], say: Callable[[str], None]
) -> None:
    """For the round that runs now; the decision is of the first working weeks of its year."""
    assessment = session.scalars(select(Assessment).where(Assessment.period_id == period.id)).one()
    by, dated = actors["koordinator"], min(date(period.year, 1, 19), clock.today(ZONE) - timedelta(days=20))
    number = f"188.45/12/HK/{dated.year}"
    decision = team.record_decision(session, assessment, by, team.Decree(
        number, dated, SIGNATORY, dated, subject="Contoh: Tim Asesor Internal SPBE Kota Denpasar",
        ends_on=date(max(period.year, dated.year), 12, 31),
    ))
    session.flush()
    with storage.receive() as incoming:
        incoming.write(make_pdf(
            "Keputusan Wali Kota tentang Tim Asesor Internal SPBE", number, dated, SIGNATORY,
            ("Tim Asesor Internal melaksanakan penilaian mandiri SPBE.",
             "Tim terdiri atas koordinator, penanggung jawab, satu pelaksana entri data, dan anggota dari unit terkait.",
             "Tim bertanggung jawab kepada Wali Kota."),
        ))
        kept = incoming.keep()
    blob = library.remember_blob(session, kept.sha256, kept.size, "application/pdf")
    session.flush()
    version = library.add_document(
        session, city, actors["pengelola"], title="Keputusan Wali Kota tentang Tim Asesor Internal SPBE", kind="regulation",
        blob=blob, file_name="keputusan-tim-asesor-internal.pdf", number=number, dated=dated, effective_on=dated, signatory=SIGNATORY,
    )
    session.flush()
    enqueue(session, "read_evidence", {"sha256": kept.sha256}, dedupe_key=f"read_evidence:{kept.sha256}")
    team.attach_file(decision, version)
    for name, (role, function) in SEATED.items():
        team.add_member(session, assessment, session.get_one(Person, actors[name].person_id), by, role=role, function=function)
        session.flush()
    say(f"  tim asesor internal {period.year}: {len(SEATED)} orang, tiga fungsi belum ada anggotanya")
