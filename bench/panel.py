"""What the second half of a year sends: an assessor's desk and judgements, the board of all agencies, a result as a table.

The desk is the rehearsal of the demo, the table its settled round of last year, the board the round of the crowd.
"""

import itertools
import queue

from flask import Flask
from sqlalchemy import select

from assessments import clock
from assessments.models import Account, Organization
from portal.extensions import db

from .city import SLUG, ZONE, _actor_of, _cookie
from .client import Answer, Ask, Connection, form
from .desks import ANALYSIS, FACTS, HIDDEN, plain

ITEMS = tuple(f"I{n:02d}" for n in range(5, 24))  # the lead's seats that nobody judged yet
PEOPLE = ("asesor.ketua", "pengelola", "pimpinan")


class Panel:
    """The lead of the rehearsal's panel, the pengelola and the leadership, signed in."""

    def __init__(self, app: Flask, port: int):
        with app.app_context():
            session = db.session
            accounts = {name: session.scalar(select(Account.id).where(Account.username_folded == name)) for name in PEOPLE}
            subject = session.get_one(Organization, _actor_of(session, "pengelola").instansi_id).slug
            self.cookies = {name: _cookie(app, account) for name, account in accounts.items()}
            session.remove()
            db.engine.dispose()
        year = clock.today(ZONE).year
        self._room = f"/asesmen/{year}-gladi/{subject}/butir"
        self._table = f"/hasil/{year - 1}/{subject}/tabel.xlsx"
        self._turn = itertools.cycle(ITEMS)
        self._free: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._tokens: dict[str, str] = {}
        self._enter(port)

    def _enter(self, port: int) -> None:
        """Open the desk as a browser does, keep cookie and tokens, and begin every item, so that each save is its next version."""
        connection = Connection(port, self.cookies["asesor.ketua"])
        answer = connection.send(Ask("GET", f"{self._room}/{ITEMS[0]}", 200))
        if cookie := answer.headers.get("Set-Cookie"):
            self.cookies["asesor.ketua"] = cookie.partition(";")[0]
            connection.close()
            connection = Connection(port, self.cookies["asesor.ketua"])
        self._tokens = dict(HIDDEN.findall(plain(answer).decode()))
        for item in ITEMS:
            connection.send(self._judgement(item, "0", "pertama"))
            page = plain(connection.send(Ask("GET", f"{self._room}/{item}", 200))).decode()
            self._free.put((item, dict(HIDDEN.findall(page))["version"]))
        connection.close()

    def desk(self) -> Ask:
        return Ask("GET", f"{self._room}/{next(self._turn)}", 200)

    def board(self) -> Ask:
        return Ask("GET", f"/pengelolaan/{SLUG}", 200)

    def table(self) -> Ask:
        return Ask("GET", self._table, 200)

    def judge(self) -> Ask:
        """One draft stored; requests for the same item never overlap."""
        item, version = self._free.get()

        def settle(answer: Answer | None) -> None:
            stored = answer is not None and answer.status == 302
            self._free.put((item, str(int(version) + 1) if stored else version))

        ask = self._judgement(item, version, f"ke-{version}")
        return Ask("POST", ask.path, 302, ask.body, settle=settle)

    def _judgement(self, item: str, version: str, mark: str) -> Ask:
        fields = self._tokens | {
            "version": version, "value": "3", "facts": f"{FACTS}{mark}", "analysis": ANALYSIS, "justification": "Sesuai.",
            "team_note": "", "then": "simpan",
        }
        return Ask("POST", f"{self._room}/{item}", 302, form(fields))
