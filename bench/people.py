"""Five thousand users from a workbook: reading, planning and storing them, beside a bare reader and a bare bulk insert.

Run by hand: `.venv/bin/python bench/people.py`. One process, SQLite in a temporary folder. The bare side reads the same cells
with calamine and writes person, account and office with executemany: no check, no history, no rights.
"""

import io
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import python_calamine
import xlsxwriter
from sqlalchemy import event, insert, select

from assessments.exchange.people import carry_out_people, plan_people, read_people
from assessments.exchange.tables import read_table
from assessments.models import Account, Appointment, Organization, Person
from bench import city
from portal import create_app
from portal.blueprints.account.people_import import LIMITS
from portal.config import ROOT, load
from portal.extensions import db
from portal.invitations import invite_all

PEOPLE = 5000


def sheet(code: str) -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, ("nama", "nip", "nama_pengguna", "surel", "kode_opd", "peran", "mulai"))
    for n in range(PEOPLE):
        page.write_row(n + 1, 0, (f"Pegawai {n}", "", f"pegawai.{n}", f"pegawai.{n}@contoh.invalid", code, "Operator OPD", ""))
    book.close()
    return made.getvalue()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        settings = load(instance=Path(folder) / "people")
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=600,
            env={**{name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")},
                 "PORTAL_INSTANCE": str(settings.instance)},
        )
        app = create_app(settings)
        with app.app_context():
            _measure()


def _measure() -> None:
    session, by = db.session, city._actor_of(db.session, "pengelola")
    root = session.scalars(select(Organization).where(Organization.instansi_id.is_(None), Organization.id == by.instansi_id)).one()
    agency = session.get_one(Organization, by.organization_id)
    content, count = sheet(agency.code or agency.slug), [0]
    event.listen(db.engine, "before_cursor_execute", lambda *_: count.__setitem__(0, count[0] + 1))

    def timed(label: str, deed):
        count[0], began = 0, time.perf_counter()
        found = deed()
        took[label] = (time.perf_counter() - began, count[0])
        return found

    took: dict[str, tuple[float, int]] = {}
    records, complaints, _ = timed("read", lambda: read_people(read_table(content, "pengguna.xlsx", LIMITS)))
    plan = timed("plan", lambda: plan_people(session, root, by, records))
    assert not complaints and not plan.complaints and len(plan.adds) == PEOPLE

    def store():
        made = carry_out_people(session, by, root, plan, {})
        invite_all(session, made, by)
        session.commit()

    timed("store", store)
    rows = timed("bare read", lambda: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())
    first = (session.scalar(select(Person.id).order_by(Person.id.desc()).limit(1)) or 0) + 1
    kept = agency.id
    session.commit()

    def bare():
        people = [{"id": first + n, "name": row[0], "home_org_id": kept, "local_id": f"x{n}"} for n, row in enumerate(rows[1:])]
        session.execute(insert(Person.__table__), people)
        session.execute(insert(Account.__table__), [
            {"person_id": first + n, "username": f"bare.{n}", "username_folded": f"bare.{n}", "email": f"b{n}@x.invalid",
             "email_folded": f"b{n}@x.invalid", "password": "!", "active": True, "must_change_password": True, "version": 1}
            for n in range(PEOPLE)
        ])
        session.execute(insert(Appointment.__table__), [
            {"person_id": first + n, "organization_id": kept, "role": "agency_operator", "starts_on": date(2026, 1, 1),
             "kind": "definitive", "version": 1} for n in range(PEOPLE)
        ])
        session.commit()

    timed("bare write", bare)
    print(f"{datetime.now(UTC):%d %B %Y}, SQLite, one process; load {', '.join(f'{one:.1f}' for one in os.getloadavg())}.\n")
    print("| what | ours, s | SQL | bare, s | ours / bare |\n|---|---|---|---|---|")
    for label, ours, floor in (("read 5,000 rows of a workbook", ("read",), "bare read"),
                               ("plan and store 5,000 people, accounts and offices", ("plan", "store"), "bare write")):
        spent = sum(took[name][0] for name in ours)
        print(f"| {label} | {spent:.2f} | {sum(took[name][1] for name in ours)} | {took[floor][0]:.2f} | **{spent / took[floor][0]:.1f}** |")


if __name__ == "__main__":
    main()
