"""`.venv/bin/python bench/task_list.py`: the pages of one agency with 47 items and 400 cited files.

All in one process, without a server between. Each page is asked before the files are there and with them; the floor is a
bare Jinja page of the same rows, read by the driver and packed the same way.
"""

import gzip
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from flask import Flask
from jinja2 import Environment
from sqlalchemy import Engine, event, select

from assessments import library
from assessments.actors import SYSTEM, acting
from assessments.models import Appointment, Citation, Contribution, Organization, Submission
from bench import city
from bench.chasing import Counter
from portal import create_app
from portal.config import ROOT, load
from portal.extensions import db

FILES, TIMES = 400, 15
PAGES = {"task list": f"/penilaian/{city.SLUG}", "review": f"/penilaian/{city.SLUG}/periksa", "library": "/bukti"}
BARE = Environment(autoescape=True).from_string(
    "<ul>{% for item, state, files in rows %}<li><a href='indikator/{{ item }}'>{{ item }}</a> {{ state }}"
    "<ul>{% for title, name in files %}<li>{{ title }} {{ name }}</li>{% endfor %}</ul></li>{% endfor %}</ul>"
)
ROWS = """SELECT c.item, c.state, d.title, v.file_name FROM contribution c JOIN submission s ON s.id = c.submission_id
    LEFT JOIN citation t ON t.contribution_id = c.id LEFT JOIN document_version v ON v.document_id = t.document_id AND v.n = t.n
    LEFT JOIN document d ON d.id = t.document_id WHERE s.id = ? ORDER BY c.item, t.id"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portal-tasks-") as folder:
        settings = load(instance=Path(folder) / "portal")
        own = {name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")}
        subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "prepare"], cwd=ROOT, check=True, timeout=600,
                       stdout=subprocess.DEVNULL, env=own | {"PORTAL_INSTANCE": str(settings.instance)})
        app = create_app(settings)
        full, _ = city.build(app, 0)
        seat = full[city.FULL[0]]
        lines = ["| page | cited files | ours, ms | bare, ms | ours / bare | SQL | bytes, packed |", "|---|---|---|---|---|---|---|"]
        lines += _measured(app, seat)
        _cite(app, seat.agency)
        lines += _measured(app, seat)
    load_now = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print("\n".join([*lines, "", f"SQLite, one process, medians of {TIMES}; load {load_now}."]))
    return 0


def _part(slug: str) -> Submission:
    return db.session.scalars(
        select(Submission).join(Submission.organization)
        .where(Organization.slug == slug, Submission.assessment.has(period_id=_period())).limit(1)
    ).one()


def _period() -> int:
    from assessments.models import Period

    return db.session.scalars(select(Period.id).where(Period.slug == city.SLUG)).one()


def _cite(app: Flask, slug: str) -> None:
    """Files by turns under every item until there are 400; only their facts are stored, no page opens their bytes."""
    with app.app_context():
        session, part = db.session, _part(slug)
        office = session.scalars(select(Appointment).where(Appointment.organization_id == part.organization_id)).first()
        by = acting(office, office.person.account.id) if office else SYSTEM
        answers = session.scalars(select(Contribution).where(Contribution.submission_id == part.id).order_by(Contribution.item)).all()
        have = sum(len(answer.citations) for answer in answers)
        for n in range(FILES - have):
            answer = answers[n % len(answers)]
            digest = sha256(str(n).encode()).hexdigest()
            blob = library.remember_blob(session, digest, 250_000 + n, "application/pdf")
            session.flush()
            version = library.add_document(session, part.organization, by, title=f"Laporan pelaksanaan {n}", kind="report", blob=blob,
                                           file_name=f"laporan-{n}.pdf")
            session.flush()
            answer.letters += 1
            session.add(Citation(contribution=answer, cited=version, levels=[2, 3], locator="hlm. 5", letter=f"z{answer.letters}"))
        session.commit()
        session.remove()


def _measured(app: Flask, seat: city.Seat) -> list[str]:
    client, lines = app.test_client(use_cookies=False), []
    headers = {"Cookie": seat.cookie, "User-Agent": city.AGENT, "Accept-Encoding": "gzip"}
    with app.app_context():
        part = _part(seat.agency)
        key, cited = part.id, sum(len(answer.citations) for answer in part.contributions)
        db.session.remove()
    with sqlite3.connect(app.config["SETTINGS"].instance / "portal.sqlite") as plain:
        for name, address in PAGES.items():
            ours, bare, counter = [], [], Counter()
            for n in range(TIMES + 1):
                counter = Counter()
                event.listen(Engine, "before_cursor_execute", counter)
                began = time.perf_counter()
                answer = client.get(address, headers=headers)
                took = time.perf_counter() - began
                event.remove(Engine, "before_cursor_execute", counter)
                if answer.status_code != 200:
                    raise SystemExit(f"{address} answers {answer.status_code}")
                began = time.perf_counter()
                rows: dict[str, tuple] = {}
                for item, state, title, file in plain.execute(ROWS, (key,)):
                    rows.setdefault(item, (item, state, []))[2].append((title, file))
                gzip.compress(BARE.render(rows=rows.values()).encode(), 6)
                if n:  # the first one loads what is loaded once
                    ours.append(took * 1000)
                    bare.append((time.perf_counter() - began) * 1000)
            one, other = statistics.median(ours), statistics.median(bare)
            lines.append(f"| {name} | {cited} | {one:.1f} | {other:.1f} | **{one / other:.1f}** | {counter.count} | {len(answer.get_data())} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
