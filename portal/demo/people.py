"""The demo's offices: one account for each role, named by its role, nobody invented."""

import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from assessments import staffing
from assessments.actors import SYSTEM, Actor, acting
from assessments.models import Appointment, Organization

from ..passwords import hashed

SINCE = date(2020, 1, 1)
OUTSIDE = "external"  # the institution the assessors come from
KOMINFO, BAPPEDA, BPKAD, BKPSDM, INSPEKTORAT, HUKUM = "030801", "040201", "300005", "040301", "040101", "011201"


@dataclass(frozen=True)
class Seat:
    """One demo account: its user name, its role, where it sits (code; None is the city, OUTSIDE the assessors' institution) and what it can try."""

    username: str
    role: str
    code: str | None
    tries: str


SEATS = (
    Seat("operator.bappeda", "agency_operator", BAPPEDA, "mengisi indikator, melampirkan bukti, menyerahkan ke kepala"),
    Seat("kepala.bappeda", "agency_head", BAPPEDA, "membaca isian OPD; menandatangani setelah operator menyerahkan"),
    Seat("operator.bkpsdm", "agency_operator", BKPSDM, "melihat isian yang menunggu kepala"),
    Seat("kepala.bkpsdm", "agency_head", BKPSDM, "menandatangani atau mengembalikan isian"),
    Seat("operator.inspektorat", "agency_operator", INSPEKTORAT, "memperbaiki indikator yang dikembalikan"),
    Seat("kepala.inspektorat", "agency_head", INSPEKTORAT, "menandatangani lagi sesudah diperbaiki"),
    Seat("operator.kominfo", "agency_operator", KOMINFO, "melihat isian yang sedang diperiksa"),
    Seat("kepala.kominfo", "agency_head", KOMINFO, "melihat tanda terima"),
    Seat("operator.bpkad", "agency_operator", BPKAD, "melihat isian yang sudah diterima"),
    Seat("kepala.bpkad", "agency_head", BPKAD, "melihat tanda terima"),
    Seat("operator.hukum", "agency_operator", HUKUM, "mulai mengisi, menyalin isian tahun lalu"),
    Seat("kepala.hukum", "agency_head", HUKUM, "menunggu isian operator"),
    Seat("pengelola", "round_manager", KOMINFO, "membuka periode, membagi indikator, memeriksa, menyusun klaim"),
    Seat("asesor.internal", "internal_assessor", KOMINFO, "memeriksa isian Diskominfo butir demi butir"),
    Seat("entri.data", "entry_officer", KOMINFO, "menulis dan mengusulkan klaim"),
    Seat("penanggung.jawab", "responsible_officer", None, "menyetujui klaim, mengirim penilaian mandiri sesudah ditandatangani Koordinator"),
    Seat("koordinator", "coordinator", None, "menandatangani berita acara dan persetujuan publikasi, menerbitkan hasil"),
    Seat("inspektorat", "inspector", INSPEKTORAT, "memverifikasi tindak lanjut, memberi catatan mutu"),
    Seat("pimpinan", "executive", None, "membaca hasil, kemajuan, dan tindak lanjut"),
    Seat("asesor.ketua", "panel_lead", OUTSIDE, "menilai, memutuskan, mengusulkan hasil akhir"),
    Seat("asesor.anggota", "assessor", OUTSIDE, "menilai indikator di meja penilaian, menetapkan hasil"),
    Seat("asesor.reviu", "reviewer", OUTSIDE, "membaca ringkasan penilaian"),
    Seat("inventaris", "inventory_manager", KOMINFO, "mengelola inventaris aplikasi, sensus, dan direktori publik"),
    Seat("admin", "system_admin", None, "mengelola organisasi, pengguna, jabatan, dan data acuan"),
)


def seat_everybody(
    session: Session, city: Organization, agencies: dict[str, Organization], outside: Organization, say
) -> tuple[dict, dict]:
    """Appoint all seats; gives {username: Actor} and {username: password}."""
    actors: dict[str, Actor] = {}
    passwords: dict[str, str] = {}
    for seat in SEATS:
        organization = {None: city, OUTSIDE: outside, **agencies}[seat.code]
        person = staffing.add_person(session, name=_called(seat, organization), home=organization)
        session.flush()
        passwords[seat.username] = secrets.token_urlsafe(12)
        account = staffing.add_account(
            session, person, username=seat.username, password_hash=hashed(passwords[seat.username])
        )
        appointment: Appointment = staffing.appoint(
            session, person, organization, seat.role, SYSTEM, starts_on=SINCE
        )
        session.flush()
        actors[seat.username] = acting(appointment, account.id)
    say(f"  {len(SEATS)} akun demo, satu untuk tiap peran")
    return actors, passwords


def _called(seat: Seat, organization: Organization) -> str:
    """A person is called by the role: no names of people, real or made up."""
    first = seat.username.replace(".", " ").split()[0]
    short = organization.short_name.replace("Bag. ", "Bagian ")
    return f"{first.capitalize()} {short}" if seat.role.startswith("agency_") else seat.username.replace(".", " ").title()
