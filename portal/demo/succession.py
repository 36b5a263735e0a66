"""An earlier change of organizations, to be seen on the page of the agency that came out of it. A sample, and it says so."""

from collections.abc import Callable
from datetime import date

from sqlalchemy.orm import Session

from assessments import staffing
from assessments.actors import SYSTEM, Actor
from assessments.models import Organization
from assessments.succeeding import succeed
from assessments.succession_plan import Wish

SINCE, MERGED_ON, DECIDED_ON = date(2008, 1, 1), date(2024, 1, 2), date(2023, 11, 20)
HEIR = "040701"  # Dinas Perpustakaan dan Kearsipan
OFFICES = (("Kantor Perpustakaan Kota (contoh)", "Kantor Perpustakaan"), ("Kantor Arsip Kota (contoh)", "Kantor Arsip"))


def build_succession(session: Session, city: Organization, agencies: dict[str, Organization], by: Actor, say: Callable[[str], None]) -> None:
    """Two small offices that were merged into a dinas at the beginning of 2024."""
    offices = [
        staffing.add_organization(
            session, SYSTEM, name=name, short_name=short, kind="other", instansi=city, valid_from=SINCE
        )
        for name, short in OFFICES
    ]
    session.flush()
    succeed(session, Wish(tuple(offices), (agencies[HEIR],), "merge", MERGED_ON, "Perda contoh 8/2023", DECIDED_ON,
                          "Contoh pada data demo, bukan peristiwa sebenarnya."), by)
    say("  dua kantor contoh digabung pada 2024")
