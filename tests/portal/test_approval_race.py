"""What happens when the head's signature meets itself or the operator's pen: once, and nothing in between."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from time import monotonic, sleep

import pytest
from flask import g
from sqlalchemy.orm.exc import StaleDataError

from assessments import answering
from assessments.attesting import attest, contents, frozen_submission, newest_receipt
from assessments.models import Contribution, Receipt, Signature, Snapshot, Submission
from assessments.refusal import Refused
from portal.access import actor, find
from portal.extensions import db
from portal.once import new_key
from portal.signing_in import SignedIn
from tests import builders
from tests.portal.approval_pages import at, city_with_passwords, counted, filled

ROUNDS, AT_LEAST = 200, 40
ENOUGH = 25  # seconds: a busy machine does fewer rounds than 200, and the test passes with AT_LEAST of them


@pytest.fixture
def where(session):
    return city_with_passwords(session)


@pytest.fixture
def part(session, where):
    return builders.ready(session, where, builders.opened(session, where))


@pytest.fixture
def head(client, session, where, part):
    return builders.sign_in(client, session, where.people["head"])



def test_BL_03_twenty_sends_at_once_are_one_signature_and_one_answer(app, head, session, part):
    sent = filled(head, part)
    assert both_sent(app, head, session, part, [sent] * 20) == {(302, at(part, "/bukti"))}
    for kind in (Receipt, Signature, Snapshot):
        assert counted(session, kind) == 1


def test_BL_03_two_tabs_and_back_again_lead_to_the_same_receipt(app, head, session, part):
    first, second = filled(head, part), filled(head, part)
    assert first["key"] != second["key"]
    assert both_sent(app, head, session, part, [first, second]) == {(302, at(part, "/bukti"))}
    again = head.post(at(part, "/pernyataan"), data=first)
    assert (again.status_code, again.location) == (302, at(part, "/bukti"))
    other = head.post(at(part, "/pernyataan"), data=first | {"key": new_key()})
    assert (other.status_code, other.location) == (302, at(part, "/bukti"))
    assert counted(session, Receipt) == 1


def both_sent(app, head, session, part, bodies):
    """All bodies at once, each through a client of its own with the same session."""
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = head.get_cookie(name).value

    def send(body):
        client = app.test_client()
        client.set_cookie(name, cookie)
        answer = client.post(at_path, data=body)
        return answer.status_code, answer.location

    at_path = at(part, "/pernyataan")
    with apart(app, session), ThreadPoolExecutor(8) as together:
        return set(together.map(send, bodies))


@contextmanager
def apart(app, session):
    """The test's own session keeps out of the way of threads: it holds no lock and is not theirs to commit."""
    session.rollback()
    kept = app.extensions.pop("test_session")
    try:
        yield
    finally:
        app.extensions["test_session"] = kept


def test_BL_05_an_edit_that_races_the_signature_is_in_the_receipt_or_refused(app, session, where, part):
    """The operator saves while the part goes to the head and is signed, as separate requests through the same doors."""
    operator, head, part_id = where.actor("operator"), where.actor("head"), part.id
    chance, outcomes, began = Random(5), Counter(), monotonic()
    for n in range(ROUNDS):
        if n >= AT_LEAST and monotonic() - began > ENOUGH:
            break
        version = make_it_open_again(session, part).version
        words, pause = f"Suntingan {n}.", chance.random() * 0.02
        with apart(app, session), ThreadPoolExecutor(2) as together:
            saving = together.submit(saved, app, operator, version, words, pause)
            signing = together.submit(handed_over_and_signed, app, operator, head, part_id)
            edited, signed = saving.result(), signing.result()
        outcomes[edited, signed] += 1
        session.expire_all()
        written = next(c for c in part.contributions if c.item == "I12").facts
        assert (written == words) == edited
        if signed:
            assert {line["item"]: line["facts"] for line in contents(newest_receipt(part))["items"]}["I12"] == written
    assert sum(outcomes.values()) >= AT_LEAST and outcomes[True, True] == 0
    assert outcomes[True, False] and outcomes[False, True], outcomes


def saved(app, operator, version, words, pause) -> bool:
    def deed():
        mine = find(Contribution, period="2026", item="I12", to="answer")
        answering.answer(mine, actor(), mine.value, words, mine.analysis, version)

    sleep(pause)
    return as_request(app, operator, deed)


def handed_over_and_signed(app, operator, head, part_id) -> bool:
    def hand_over():
        answering.hand_to_head(find(Submission, id=part_id, to="mark_ready"), actor())

    def vouch():
        mine = find(Submission, id=part_id, to="attest")
        attest(mine, actor(), frozen_submission(mine).sha256)

    return as_request(app, operator, hand_over) and as_request(app, head, vouch)


def make_it_open_again(session, part) -> Contribution:
    """All items ready and not yet handed over, by writing the states: only the race itself goes through the doors."""
    part.state = "filling"
    for each in part.contributions:
        each.state = "ready"
    session.commit()
    return next(c for c in part.contributions if c.item == "I12")


def as_request(app, who, deed) -> bool:
    """One request of this person; False when the rules refused it or somebody else was first."""
    with app.test_request_context("/", method="POST"):
        g._login_user = SignedIn(who, "token", who.account_id)
        try:
            deed()
            db.session.commit()
            return True
        except (Refused, StaleDataError):
            db.session.rollback()
            return False
