"""The demo's inventory: the public list of Kota Denpasar's applications, read as an upload would be, partly published.

Names, owners, addresses and purposes are those of the list (2019-2020). Who may use one, how to open it and whom to ask
are samples where the list says nothing; the two decisions are samples too, on lines whose addresses the list has twice.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assessments import clock
from assessments.actors import Actor
from assessments.exchange.applications import carry_out_applications, plan_applications, read_applications
from assessments.exchange.tables import read_table
from assessments.inventory import keeping, living, publishing
from assessments.inventory.categories import likely_category, make_first_categories
from assessments.models import Application, Category, Organization

LIST = Path(__file__).parent / "applications_kota_denpasar.csv"
# Well known ones that citizens open by themselves, by the number of the list.
SHOWN = frozenset(
    ["5", "8", "11", "12", "13", "27", "50", "53", "56", "60", "63", "72", "76", "78", "79", "84", "89", "91", "93", "96", "105", "110", "112", "113", "116", "118", "121", "124", "125", "142", "144", "145", "146", "147", "154", "155", "156", "158", "174", "175", "179", "193", "194", "195", "197"]
)
# What replaces what, and why: {number: (number of the successor, reason)}
REPLACED = {
    "106": ("12", "Alamat dan fungsinya sama dengan Rumah Belanja Denpasar."),
    "148": ("11", "Tercatat dua kali; alamatnya sama dengan Rujukan Online."),
}
# Where words say nothing, and where they point elsewhere than people would look.
OTHERS = "pengaduan-informasi"
PLACED = {"13": "transportasi", "53": "kesehatan", "56": "pekerjaan-pegawai", "84": "transportasi", "118": "perizinan-usaha"}


def build_inventory(session: Session, city: Organization, by: Actor, say: Callable[[str], None]) -> None:
    """Bring the list in, give categories, publish what citizens use, and end the two that are there twice."""
    make_first_categories(session)
    records, complaints, _ = read_applications(read_table(LIST))
    plan = plan_applications(session, city, records)
    if complaints or plan.complaints:
        raise RuntimeError(f"the demo's list of applications has faults: {complaints or plan.complaints}")
    carry_out_applications(session, by, city, plan)
    found = {
        application.code: application
        for application in session.scalars(
            select(Application)
            .where(Application.instansi_id == city.id)
            .options(joinedload(Application.current_owner).joinedload(Organization.states))
        ).unique()
    }
    categories = {category.slug: category for category in session.scalars(select(Category))}
    with session.no_autoflush:
        for code, application in found.items():
            shown = code in SHOWN or code in REPLACED
            slug = PLACED.get(code) or likely_category(application) or (OTHERS if shown else None)
            told = _told(application) if shown else {}
            keeping.change(application, by, told, None, application.version, categories.get(slug))
        session.flush()
        for code in (*SHOWN, *REPLACED):
            publishing.publish(found[code], by)
        session.flush()
        for n, (code, (successor, reason)) in enumerate(REPLACED.items(), start=1):
            given = living.Given(
                {
                    "reason": reason, "decision_no": f"CONTOH-{n}", "data_fate": "Data dipindahkan ke penggantinya.",
                    "account_fate": "Akun ditutup.",
                },
                clock.today(city.clock_zone) - timedelta(days=60 * n), found[successor],
            )
            living.change_state(found[code], "retire", by, given, found[code].version)
    session.flush()
    say(f"  {len(found)} aplikasi, {len(SHOWN)} di direktori publik, {len(REPLACED)} dihentikan dengan pengganti")


def _told(application: Application) -> dict[str, object]:
    """What the list does not say, so that citizens find their way."""
    owner = application.current_owner.name
    if application.url:
        how = "Buka alamat resminya dengan peramban di ponsel atau komputer. Sebagian layanan meminta Anda mendaftar dulu."
    elif "mobile" in application.platforms:
        how = "Pasang aplikasinya dari toko aplikasi di ponsel, lalu cari dengan namanya."
    else:
        how = f"Tidak ada alamat di internet. Datang ke loket {owner}."
    return {
        "purpose": application.purpose or f"Layanan {application.name}.",
        "audience": "Warga Kota Denpasar dan siapa pun yang memerlukan layanannya.",
        "how_to_open": how,
        "helpdesk": f"Kantor {owner}, hari kerja 08.00–16.00 WITA",
    }
