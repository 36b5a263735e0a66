"""Sixty agencies with 47 items each: progress and matrix beside a bare page of the same cells, and a reminder run for 500 people.

All in one process, without a server between: what is compared is the work of one answer. The bare side reads the same rows with
the driver, puts them into a Jinja page, or writes as many rows, and does nothing else.
"""

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from flask import Flask
from jinja2 import Environment
from sqlalchemy import Engine, event, select

from assessments import chasing, clock, reminding, sharing, staffing
from assessments.actors import SYSTEM
from assessments.models import Assessment, Contribution, Organization, Period, Reminder, Submission
from bench import city, report
from bench.machine import three
from portal import create_app
from portal.config import ROOT, load
from portal.extensions import db
from portal.reminder_jobs import carry
from portal.reminder_words import words

AGENCIES, PEOPLE = 60, 500
TIMES = 15
OFFICE_HOURS = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)
BARE = {
    "progress": "<table>{% for name, ready, total in rows %}<tr><th scope=row>{{ name }}</th><td>{{ ready }}</td><td>{{ total }}</td></tr>{% endfor %}</table>",
    "matrix": "<table>{% for name, cells in rows %}<tr><th scope=row>{{ name }}</th>{% for item, state in cells %}"
              "<td><a class='k-{{ state }}' href='matriks/{{ loop.index }}/{{ item }}'>{{ state[0] }}</a></td>{% endfor %}</tr>{% endfor %}</table>",
}


@dataclass
class Line:
    label: str
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    statements: int = 0
    octets: int = 0

    def written(self) -> str:
        ratio = sorted(self.ours)[len(self.ours) // 2] / sorted(self.bare)[len(self.bare) // 2]
        size = str(self.octets) if self.octets else "–"
        return f"| {self.label} | {len(self.ours)} | {three(self.ours)} | {three(self.bare)} | **{ratio:.1f}** | {self.statements} | {size} |"


def spend(folder: Path, quick: bool, say: Callable[[str], None]) -> str:
    """The figures as they stand in README.md."""
    settings = load(instance=folder / "chasing")
    say("building the demo and a round of sixty agencies with all items ...")
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=600,
        env={**{name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")}, "PORTAL_INSTANCE": str(settings.instance)},
    )
    app = create_app(settings)
    city.build(app, AGENCIES - 3)
    cookie = _fill(app)
    times = 3 if quick else TIMES
    lines = [_page(app, cookie, name, label, times) for name, label in (("progress", "progress, 60 agencies"), ("matrix", "matrix, 60 x 47 cells"))]
    lines.append(_reminders(app, times // 3))
    return "\n".join([
        f"{datetime.now(UTC):%d %B %Y}, SQLite, one process; load {', '.join(f'{one:.1f}' for one in os.getloadavg())}.", "",
        "| what | n | ours, ms | bare, ms | ours / bare | SQL | bytes |", "|---|---|---|---|---|---|---|",
        *(line.written() for line in lines),
    ])


def _fill(app: Flask) -> str:
    """All items to all agencies, in every state; eight operators and more for each; the cookie of the pengelola."""
    with app.app_context():
        session = db.session
        manager = city._actor_of(session, "pengelola")
        period = session.scalars(select(Period).where(Period.slug == city.SLUG)).one()
        assessment = session.scalars(select(Assessment).where(Assessment.period_id == period.id)).one()
        agencies = session.scalars(
            select(Organization).join(Submission, Submission.organization_id == Organization.id)
            .where(Submission.assessment_id == assessment.id).order_by(Organization.id)
        ).unique().all()
        sharing.share_all(session, assessment, {item.code: (agencies[0], agencies[1:]) for item in period.instrument.items}, manager)
        session.flush()
        for n, row in enumerate(session.scalars(
            select(Contribution).join(Contribution.submission).where(Contribution.submission.has(assessment_id=assessment.id))
        )):
            row.state = ("empty", "filling", "ready", "returned", "needs_review")[(n * 7 + n // 47) % 5]
        for n in range(PEOPLE - len(agencies)):
            home = agencies[n % len(agencies)]
            person = staffing.add_person(session, name=f"Petugas {n}", home=home)
            session.flush()
            account = staffing.add_account(session, person, username=f"petugas.{n}", password_hash="!")
            account.email = account.email_folded = f"petugas.{n}@contoh.invalid"
            staffing.appoint(session, person, home, "agency_operator", SYSTEM, starts_on=date(2020, 1, 1))
        sharing.set_stage(period, "self_assessment", OFFICE_HOURS - timedelta(days=30), clock.now() + timedelta(days=20))
        session.commit()
        account_id = manager.account_id
        session.remove()
    return city._cookie(app, account_id)


@dataclass
class Counter:
    count: int = 0

    def __call__(self, _connection, _cursor, statement, *_rest) -> None:
        self.count += not statement.startswith(("BEGIN", "PRAGMA"))


def _page(app: Flask, cookie: str, name: str, label: str, times: int) -> Line:
    line, client = Line(label), app.test_client(use_cookies=False)
    address = f"/pengelolaan/{city.SLUG}/{'kemajuan' if name == 'progress' else 'matriks'}"
    headers = {"Cookie": cookie, "User-Agent": city.AGENT, "Accept-Encoding": "gzip"}
    page = Environment(autoescape=True).from_string(BARE[name])
    with sqlite3.connect(app.config["SETTINGS"].instance / "portal.sqlite") as plain:
        for n in range(times + 1):
            counter = Counter()
            event.listen(Engine, "before_cursor_execute", counter)
            begun = time.perf_counter()
            answer = client.get(address, headers=headers)
            ours = time.perf_counter() - begun
            event.remove(Engine, "before_cursor_execute", counter)
            if answer.status_code != 200:
                raise SystemExit(f"{address} answers {answer.status_code}")
            begun = time.perf_counter()
            gzip.compress(page.render(rows=_bare_rows(plain, name)).encode(), 6)
            bare = time.perf_counter() - begun
            if n:  # the first one loads what is loaded once
                line.ours.append(ours * 1000)
                line.bare.append(bare * 1000)
            line.statements, line.octets = counter.count, len(answer.get_data())
    return line


def _bare_rows(plain: sqlite3.Connection, name: str) -> list:
    whose = f"""FROM contribution c JOIN submission s ON s.id = c.submission_id JOIN organization o ON o.id = s.organization_id
        JOIN assessment a ON a.id = s.assessment_id JOIN period p ON p.id = a.period_id WHERE p.slug = '{city.SLUG}'"""
    if name == "progress":
        return plain.execute(f"SELECT o.slug, sum(c.state = 'ready'), count(*) {whose} GROUP BY s.id").fetchall()
    found: dict[str, list] = {}
    for code, item, state in plain.execute(f"SELECT o.slug, c.item, c.state {whose} ORDER BY s.id, c.item"):
        found.setdefault(code, []).append((item, state))
    return list(found.items())


def _reminders(app: Flask, times: int) -> Line:
    """Portal, letter and history of 500 people in one transaction, undone again; bare: as many rows into a table, durable."""
    line = Line(f"reminder run, {PEOPLE} people (history, notice, letter)")
    with app.app_context(), clock.judged_at(OFFICE_HOURS), sqlite3.connect(app.config["SETTINGS"].instance / "bare.sqlite") as plain:
        plain.execute("PRAGMA synchronous=FULL")
        plain.execute("CREATE TABLE told (person INTEGER, text TEXT, at TEXT)")
        plain.commit()
        for _ in range(max(times, 1)):
            session, counter = db.session, Counter()
            event.listen(Engine, "before_cursor_execute", counter)
            begun = time.perf_counter()
            period = session.scalars(select(Period).where(Period.slug == city.SLUG)).one()
            letters = [one for one in reminding.letters(session, period) if not one.refusals]
            left = chasing.unready(session, [one.submission.id for one in letters])
            texts = {one.submission.id: words(one, period, left[one.submission.id]) for one in letters}
            sent = reminding.send(session, period, texts, None)
            carry(session, period, sent, None)
            session.flush()
            line.ours.append((time.perf_counter() - begun) * 1000)
            event.remove(Engine, "before_cursor_execute", counter)
            line.statements = counter.count
            if len({one.person_id for _letter, one, _text in sent}) != PEOPLE:
                raise SystemExit(f"{len(sent)} people were reminded, {PEOPLE} expected")
            assert session.scalar(select(Reminder.id).limit(1))
            session.rollback()
            begun = time.perf_counter()
            for way in ("portal", "notice", "mail"):
                plain.executemany("INSERT INTO told VALUES (?, ?, ?)", [(n, texts[letters[0].submission.id], way) for n in range(PEOPLE)])
            plain.commit()
            line.bare.append((time.perf_counter() - begun) * 1000)
        session.remove()
    return line


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        text = spend(Path(folder), "--quick" in sys.argv, lambda sentence: print(sentence, file=sys.stderr, flush=True))
    print(f"\n{text}\n")
    if "--quick" not in sys.argv:
        report.keep(text, "chasing")
    return 0


if __name__ == "__main__":
    sys.exit(main())
