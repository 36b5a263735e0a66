"""Two people settle the same result at the same moment, in two processes that meet at a barrier before their COMMIT.

One result comes of it, and the other hears 409 with the winner's name. `FINALISING_ROUNDS=200` runs as many rounds.
"""

import multiprocessing
import os
from collections import Counter
from fractions import Fraction

from sqlalchemy import func, select

from assessments import results, seating
from assessments.models import Proposal, Result
from assessments.recomputing import recompute
from portal import passwords
from portal.once import new_key
from tests import builders as build
from tests.portal.finalising import member
from tests.portal.room_pages import panel
from tests.portal.round_pages import _tokens

ROUNDS = int(os.environ.get("FINALISING_ROUNDS", "4"))
MEMBERS = ("assessor", "assessor_off")


def test_two_processes_that_settle_at_once_make_one_result_and_the_other_hears_who_was_first(client, session, app, tmp_path):
    where = _two_members(session)
    page = f"{where.base}/penetapan"
    crowd = {who: _signed_in(where, session, app, who) for who in MEMBERS}
    session.commit()
    spawn = multiprocessing.get_context("spawn")
    start, commit = spawn.Barrier(2), spawn.Barrier(2)
    wires, running = {}, []
    for who in MEMBERS:
        wires[who], far = spawn.Pipe()
        given = (app.config["SETTINGS"].database, str(tmp_path / who), crowd[who][0], far, start, commit)
        running.append(spawn.Process(target=member, args=given, daemon=True))
        running[-1].start()
    outcomes: Counter = Counter()
    try:
        for n in range(ROUNDS):
            seen = _propose(session, where, n)
            commit.reset()
            for who in MEMBERS:
                wires[who].send((f"{page}/pengesahan", crowd[who][1] | {"seen": [seen], "key": [new_key()]}))
            answers = {who: wires[who].recv() for who in MEMBERS}
            _one_won(session, where, answers, n)
            outcomes[next(who for who in MEMBERS if answers[who][0] == 302)] += 1
    finally:
        for who in MEMBERS:
            wires[who].send(None)
        for process in running:
            process.join(20)
    assert sum(outcomes.values()) == ROUNDS
    session.expire_all()
    assert recompute(session).differences == []


def _two_members(session):
    """A proposal is to be settled by either of two members who did not make it."""
    where = panel(session, "closed")
    by = where.city.actor("round_manager")
    seating.seat_member(where.assessment(session), where.outside.people["assessor_off"].person, "member", by)
    session.commit()
    seating.declare(where.assessment(session), where.outside.actor("assessor_off"), True)
    for who in MEMBERS:
        build.account_of(where.outside.people[who]).password = passwords.hashed(build.PASSWORD)
    session.commit()
    return where


def _signed_in(where, session, app, who: str) -> tuple[tuple[str, str], dict]:
    """(cookie, what every form of this person carries)."""
    client = where.as_(app.test_client(), session, who)
    carried = _tokens(client)
    cookie = next(iter(client._cookies.values()))
    return (cookie.key, cookie.value), carried | {"password": [build.PASSWORD]}


def _propose(session, where, n: int) -> str:
    """The first result, then a correction of it that turns one value to and fro; the fingerprint to settle."""
    assessment = where.assessment(session)
    change = {"I05": Fraction(4 if n % 2 else 3)} if n else None
    if n == 1:
        assert results.newest_result(assessment).n == 1
    made = results.propose(assessment, where.outside.actor("panel_lead"), change, "Dibaca ulang." if n else "")
    session.flush()
    seen = made.snapshot_sha
    session.commit()  # nothing is held while the two are at it
    return seen


def _one_won(session, where, answers: dict, n: int) -> None:
    codes = sorted(status for status, _body in answers.values())
    assert codes == [302, 409], (n, answers)
    winner = next(who for who in answers if answers[who][0] == 302)
    body = next(answers[who][1] for who in answers if answers[who][0] == 409)
    name = where.outside.people[winner].person.name
    assert f"Hasil sudah ditetapkan oleh {name}." in body, (n, body[:300])
    assessment = where.assessment(session)
    newest = results.newest_result(assessment)
    assert newest.n == n + 1 and newest.confirmed_by.name == name
    assert session.scalar(select(func.count()).select_from(Result)) == n + 1
    assert session.scalar(select(func.count()).select_from(Proposal).where(Proposal.state == "open")) == 0
    session.rollback()
