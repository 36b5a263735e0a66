"""Jobs: rows first, work after the commit, at least once, never lost."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from assessments.models import Job
from portal import jobs
from portal.jobs import MOST_ATTEMPTS, enqueue, run_due


@pytest.fixture
def done(monkeypatch):
    """Jobs of kind "note" leave their argument here; "break" always fails."""
    kinds: dict = {}
    monkeypatch.setattr(jobs, "_kinds", kinds)
    notes: list = []

    @jobs.job("note")
    def note(session, word):
        notes.append(word)

    @jobs.job("break")
    def fail(session):
        raise RuntimeError("putus")

    return notes


def row(session, job_id) -> Job:
    session.rollback()
    return session.get_one(Job, job_id)


def bells(app) -> int:
    return app.extensions["queue"].pending_count()


def test_a_job_rings_after_the_commit_and_not_before(app, session, done):
    enqueue(session, "note", {"word": "a"})
    assert bells(app) == 0
    session.commit()
    assert bells(app) == 1


def test_a_job_of_a_rolled_back_change_neither_rings_nor_stays(app, session, done):
    enqueue(session, "note", {"word": "a"})
    session.rollback()
    session.commit()
    assert bells(app) == 0
    assert run_due() == 0


def test_the_end_of_a_savepoint_is_no_commit(app, session, done):
    with session.begin_nested():
        enqueue(session, "note", {"word": "a"})
    assert bells(app) == 0
    session.commit()
    assert bells(app) == 1


def test_a_job_is_carried_out_once(session, done):
    job_id = enqueue(session, "note", {"word": "a"})
    session.commit()
    assert (run_due(), run_due()) == (1, 0)
    assert done == ["a"]
    told = row(session, job_id)
    assert (told.state, told.attempts, told.error) == ("done", 1, None)
    assert told.done_at is not None


def test_what_a_bell_starts_is_the_job(app, session, done):
    enqueue(session, "note", {"word": "a"})
    session.commit()
    queue = app.extensions["queue"]
    queue.execute(queue.dequeue())
    assert done == ["a"]


def test_a_queue_that_is_down_loses_no_job(app, session, done, monkeypatch):
    monkeypatch.setitem(app.extensions, "bell", None)
    enqueue(session, "note", {"word": "a"})
    session.commit()
    assert run_due() == 1


def test_a_waiting_job_with_the_same_key_is_kept_and_no_second_one_added(session, done):
    first = enqueue(session, "note", {"word": "a"}, dedupe_key="k")
    assert enqueue(session, "note", {"word": "b"}, dedupe_key="k") == first
    session.commit()
    assert enqueue(session, "note", {"word": "c"}, dedupe_key="k") == first
    session.commit()
    run_due()
    assert done == ["a"]


def test_a_change_made_while_its_job_runs_gets_a_job_of_its_own(app, session, done):
    @jobs.job("recount")
    def recount(own):
        if not done:
            enqueue(own, "recount", dedupe_key="k")
        done.append("counted")

    enqueue(session, "recount", dedupe_key="k")
    session.commit()
    assert run_due() == 2


def test_work_and_outcome_are_stored_together_or_not_at_all(session, done):
    @jobs.job("half")
    def half(own):
        enqueue(own, "note", {"word": "never"})
        raise RuntimeError("setelah separuh")

    enqueue(session, "half")
    session.commit()
    run_due()
    assert session.scalars(select(Job.kind)).all() == ["half"]


def test_a_failing_job_is_tried_again_later_and_later_and_then_given_up(session, done):
    with time_machine.travel(datetime(2026, 3, 2, 8, tzinfo=UTC), tick=False) as clock:
        job_id = enqueue(session, "break")
        session.commit()
        waits = []
        for _ in range(MOST_ATTEMPTS - 1):
            assert (run_due(), run_due()) == (1, 0)
            told = row(session, job_id)
            assert (told.state, told.error) == ("waiting", "RuntimeError: putus")
            waits.append((told.not_before - datetime.now(UTC)).total_seconds())
            session.rollback()
            clock.move_to(told.not_before)
            session.rollback()
        assert run_due() == 1
        assert waits == [10, 20, 40, 80]
        assert row(session, job_id).state == "failed"
        clock.shift(timedelta(days=1))
        session.rollback()
        assert run_due() == 0


def test_a_job_of_an_unknown_kind_fails_with_its_name(session, done):
    job_id = enqueue(session, "unheard-of")
    session.commit()
    run_due()
    assert "unheard-of" in row(session, job_id).error


def test_a_job_waits_for_its_hour(session, done):
    enqueue(session, "note", {"word": "a"}, not_before=datetime.now(UTC) + timedelta(hours=1))
    session.commit()
    assert run_due() == 0


def lose_the_worker(session, job_id, attempts=1):
    """The row as a worker that was killed leaves it."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    session.execute(update(Job).where(Job.id == job_id).values(state="running", attempts=attempts, lease_until=past))
    session.commit()


def test_the_work_of_a_killed_worker_is_taken_over_when_its_lease_ran_out(app, session, done):
    job_id = enqueue(session, "note", {"word": "a"})
    session.commit()
    lose_the_worker(session, job_id)
    app.extensions["queue"].flush()
    jobs.ring_due()
    assert bells(app) == 1
    assert run_due() == 1
    assert row(session, job_id).attempts == 2


def test_a_job_that_killed_its_worker_at_every_attempt_is_given_up(app, session, done):
    job_id = enqueue(session, "note", {"word": "a"})
    session.commit()
    lose_the_worker(session, job_id, attempts=MOST_ATTEMPTS)
    jobs.ring_due()
    assert row(session, job_id).state == "failed"
    assert done == []


def test_who_lost_the_lease_does_not_store_over_the_one_who_took_it(session, done):
    @jobs.job("slow")
    def slow(own, again):
        enqueue(own, "note", {"word": "late"})
        own.execute(update(Job).where(Job.kind == "slow").values(attempts=Job.attempts + 1))

    job_id = enqueue(session, "slow", {"again": False})
    session.commit()
    run_due(1)
    told = row(session, job_id)
    assert (told.state, told.attempts) == ("running", 1)
    assert session.scalars(select(Job.kind)).all() == ["slow"]


def test_the_lease_of_what_still_runs_is_renewed(session, done):
    leases = []

    @jobs.job("long")
    def long(own):
        own.rollback()
        job = select(Job.lease_until).where(Job.kind == "long")
        leases.append(own.scalar(job))
        own.rollback()
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=30)):
            jobs.renew_leases()
        leases.append(own.scalar(job))

    enqueue(session, "long")
    session.commit()
    run_due()
    assert leases[1] - leases[0] >= timedelta(seconds=29)


def test_two_workers_never_take_the_same_job(app, session, done):
    for _ in range(5):
        enqueue(session, "note", {"word": "a"})
    session.commit()

    def work():
        with app.app_context():
            run_due()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert done == ["a"] * 5


def test_two_functions_for_one_kind_are_refused(done):
    with pytest.raises(ValueError, match="note"):
        jobs.job("note")(lambda session: None)


def test_the_sign_of_life_grows_old(app, session):
    assert not jobs.worker_alive()
    jobs.beat()
    assert jobs.worker_alive()
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=31)):
        assert not jobs.worker_alive()
