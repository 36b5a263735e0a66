"""A form with a key is carried out once, whatever the hand or the network does."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import g
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

from assessments.actors import Actor
from assessments.clock import now
from assessments.models import Idempotency, Throttle
from portal.extensions import db
from portal.housekeeping import tidy
from portal.once import new_key, once
from portal.signing_in import SignedIn
from tests import builders

DEED = Throttle  # any table that is not audited serves to count deeds


@pytest.fixture
def account(session):
    made = builders.city(session).people["operator"].person.account.id
    session.commit()
    return made


def send(app, account, deed="satu", pause=0.0, **fields):
    """What a view with a key does, in a request of its own: (status, location or page)."""
    with app.test_request_context("/contoh", method="POST", data=fields):
        g._login_user = SignedIn(Actor(account_id=account, signed_in=True), "token", account)
        g.granted = True
        try:
            answer = once()
            db.session.add(DEED(key=new_key(), first_at=now()))
            db.session.flush()
            time.sleep(pause)
            if deed == "gagal":
                raise RuntimeError("in the middle")
            return 302, answer(f"/hasil/{deed}").location
        except HTTPException as stop:
            response = stop.get_response()
            return response.status_code, response.location or response.get_data(as_text=True)


def deeds(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(DEED))


def test_the_same_form_again_is_answered_as_the_first_time(app, session, account):
    key = new_key()
    assert send(app, account, key=key, teks="a") == (302, "/hasil/satu")
    assert send(app, account, deed="dua", key=key, teks="a", csrf_token="another page") == (302, "/hasil/satu")
    assert deeds(session) == 1


def test_another_body_under_the_same_key_is_refused(app, session, account):
    key = new_key()
    send(app, account, key=key, teks="a")
    status, page = send(app, account, key=key, teks="b")
    assert status == 422 and "isi lain" in page
    assert deeds(session) == 1


@pytest.mark.parametrize("key", ["", "pendek", "x" * 65, "spasi di dalam kuncinya", "'; DROP TABLE--------"])
def test_a_form_without_a_sound_key_is_refused(app, session, account, key):
    status, page = send(app, account, key=key)
    assert status == 422 and "belum disimpan" in page
    assert deeds(session) == 0


def test_a_deed_that_failed_leaves_its_key_free(app, session, account):
    key = new_key()
    with pytest.raises(RuntimeError):
        send(app, account, deed="gagal", key=key)
    assert deeds(session) == 0
    assert send(app, account, deed="kedua", key=key) == (302, "/hasil/kedua")


def test_a_key_belongs_to_one_account(app, session, account):
    other = session.scalar(select(func.max(Idempotency.account_id))) or account + 1
    session.rollback()
    key = new_key()
    send(app, account, key=key)
    assert send(app, other, deed="lain", key=key) == (302, "/hasil/lain")


def test_of_many_at_once_one_does_it_and_all_hear_the_same(app, session, account):
    key = new_key()
    session.rollback()
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda n: send(app, account, deed=f"ke-{n}", pause=0.02, key=key), range(16)))
    assert len(set(answers)) == 1 and answers[0][0] == 302
    assert deeds(session) == 1


def test_old_keys_are_forgotten_and_nothing_typed_is_kept(app, session, account):
    session.add(
        Idempotency(account_id=account, key=new_key(), body_hash="0" * 64, location="/", at=now() - timedelta(days=8))
    )
    session.commit()
    send(app, account, key=new_key(), password="rahasia sekali")
    tidy(app)
    session.rollback()
    (row,) = session.scalars(select(Idempotency)).all()
    assert row.location == "/hasil/satu" and len(row.body_hash) == 64 and "rahasia" not in row.body_hash
