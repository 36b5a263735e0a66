"""The outbox against a real SMTP server: sent once, tried again, given up, never twice; quiet hours; what a header refuses."""

import socket
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from assessments import mailing, staffing
from assessments.clock import judged_at
from assessments.models import Holiday, Job, Mail
from assessments.refusal import Refused
from portal import postman
from portal.config import Unfit, load
from portal.jobs import carry_out, enqueue, run_due
from tests import builders as build
from tests.portal.smtp_server import mailbox

LOCAL = ZoneInfo("Asia/Makassar")
FROM = "spbe@kota.example"


@pytest.fixture
def server():
    with mailbox() as running:
        yield running


@pytest.fixture
def city(session):
    made = build.city(session)
    made.people["operator"].person.account.email = "operator@kota.example"
    session.commit()
    return made


@pytest.fixture
def office(make_app, server):
    """The portal with that server in its settings."""
    return make_app(smtp_url=server.url, mail_from=FROM)


def letter(session, city, key="satu", **more) -> Mail:
    wanted = {"subject": "Pengingat penilaian mandiri", "body": "Isian Anda belum lengkap.", "urgent": True} | more
    mailing.write(session, person=city.people["operator"].person, dedupe_key=key, **wanted)
    session.commit()
    return session.scalar(select(Mail).where(Mail.dedupe_key == key))


def work(office, session) -> None:
    """One round of the worker and everything that came of it; the test's own transaction is not in its way."""
    session.rollback()
    with office.app_context():
        postman.make_round()
        run_due()


def again(session, mail) -> Mail:
    session.rollback()
    session.refresh(mail)
    return mail


def make_due(session) -> None:
    session.execute(update(Mail.__table__).values(not_before=datetime.now(UTC) - timedelta(seconds=1)))
    session.commit()


def test_a_letter_is_sent_once_with_what_a_mail_program_needs(session, city, office, server):
    mail = letter(session, city)
    work(office, session)
    work(office, session)
    assert len(server.got) == 1
    sent = server.got[0]
    assert server.envelopes == [(FROM, ["operator@kota.example"])]
    assert sent["To"].addresses[0].addr_spec == "operator@kota.example"
    assert sent["Message-ID"] == f"<{mail.message_id}@127.0.0.1>"
    assert (sent["Subject"], sent["Auto-Submitted"]) == ("Pengingat penilaian mandiri", "auto-generated")
    assert sent.get_content_type() == "text/plain" and "Isian Anda belum lengkap." in sent.get_content()
    assert again(session, mail).state == "sent" and mail.sent_at is not None and mail.attempts == 1


def test_the_same_key_is_written_once(session, city, office, server):
    letter(session, city)
    letter(session, city, subject="Lain lagi")
    work(office, session)
    assert [sent["Subject"] for sent in server.got] == ["Pengingat penilaian mandiri"]


def test_what_is_refused_for_now_is_tried_again_later_with_growing_pauses(session, city, office, server):
    server.answers = ["451 sibuk", "451 sibuk"]
    mail = letter(session, city)
    pauses = []
    for _ in range(3):
        work(office, session)
        work(office, session)  # not due yet: nothing more is tried
        pauses.append(again(session, mail).not_before - datetime.now(UTC))
        make_due(session)
    assert server.tried == 3 and len(server.got) == 1
    assert timedelta(seconds=30) < pauses[0] < timedelta(minutes=2) < pauses[1] < timedelta(minutes=5)
    assert (again(session, mail).state, mail.attempts, mail.error) == ("sent", 3, "")


def test_it_is_given_up_after_eight_attempts_with_the_reason(session, city, office, server):
    server.answers = ["451 antrean penuh"] * 20
    mail = letter(session, city)
    for _ in range(10):
        work(office, session)
        make_due(session)
    assert (again(session, mail).state, mail.attempts) == ("given_up", postman.MOST_ATTEMPTS)
    assert "antrean penuh" in mail.error and server.tried == postman.MOST_ATTEMPTS


@pytest.mark.parametrize("where", ["recipient", "data"])
def test_what_is_refused_for_good_is_given_up_at_once(session, city, office, server, where):
    if where == "recipient":
        server.refuses["operator@kota.example"] = "550 kotak surat tidak ada"
    else:
        server.answers = ["554 ditolak"]
    mail = letter(session, city)
    work(office, session)
    assert again(session, mail).state == "given_up" and mail.attempts == 1
    assert mail.error.startswith("55")


def test_a_server_that_is_down_loses_nothing(session, city, make_app):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    mail = letter(session, city)
    work(make_app(smtp_url=f"smtp://127.0.0.1:{port}", mail_from=FROM), session)
    assert again(session, mail).state == "waiting" and "refused" in mail.error


def test_two_workers_at_once_send_one_letter(session, city, office, server):
    server.delay = 0.3
    mail = letter(session, city)
    ids = [enqueue(session, "send_mail", {"id": mail.id}) for _ in range(6)]
    session.commit()

    def worker(job_id):
        with office.app_context():
            carry_out(job_id)

    threads = [threading.Thread(target=worker, args=(job_id,)) for job_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.rollback()
    assert {job.state for job in session.scalars(select(Job).where(Job.id.in_(ids)))} == {"done"}
    assert len(server.got) == 1 and again(session, mail).state == "sent"


def test_a_crash_after_the_servers_yes_sends_the_same_message_again_and_no_other(session, city, office, server, monkeypatch):
    """The window that cannot be closed: both copies are one message to a mail program."""
    mail = letter(session, city)

    def dies(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(postman, "_store", dies)
    with pytest.raises(KeyboardInterrupt):
        work(office, session)
    monkeypatch.undo()
    session.execute(update(Job.__table__).values(state="failed"))
    session.commit()
    work(office, session)
    assert len(server.got) == 1 and again(session, mail).state == "waiting"  # for a quarter of an hour nobody takes it
    make_due(session)
    work(office, session)
    assert len(server.got) == 2 and len({sent["Message-ID"] for sent in server.got}) == 1
    assert again(session, mail).state == "sent"


def test_without_a_mail_server_nothing_is_tried(app, session, city):
    mail = letter(session, city)
    work(app, session)
    assert (again(session, mail).state, mail.attempts) == ("waiting", 0)


# ---------------------------------------------------------------- T11: nothing typed becomes a header


@pytest.mark.parametrize(
    "address",
    ["a@kota.example\r\nBcc: x@evil.example", "a@kota.example\nBcc:x@evil.example", "a@kota.example,b@evil.example",
     "a@kota.example b@evil.example", "<a@kota.example>", "a,b@kota.example", "a@kota.example\x00", "a\u2028b@kota.example",
     '"a b"@kota.example', "a@kota", "a" * 50_000 + "@kota.example", "@kota.example", "a@b@kota.example"],
)
def test_T11_an_address_that_could_be_two_is_refused(session, city, address):
    account = city.people["operator"].person.account
    with pytest.raises(Refused):
        staffing.free_email(session, address)
    account.email = address[:200]
    if mailing.usable(account.email):
        return
    with pytest.raises(Refused):
        mailing.write(session, person=account.person, subject="Satu", body="Dua", dedupe_key="tiga")
    session.rollback()


@pytest.mark.parametrize("subject", ["Satu\r\nBcc: x@evil.example", "Satu\nDua", "Satu\x00", "Satu\u2028Dua", "", "x" * 201])
def test_T11_a_subject_of_two_lines_is_refused(session, city, subject):
    with pytest.raises(Refused):
        mailing.write(session, person=city.people["operator"].person, subject=subject, body="Isi", dedupe_key="satu")


def test_T11_a_name_with_line_ends_never_becomes_a_header(session, city, office, server):
    person = city.people["operator"].person
    mail = letter(session, city)
    person.name = "Ni Contoh\r\nBcc: x@evil.example"
    session.commit()
    work(office, session)
    assert server.got == [] and again(session, mail).state == "given_up" and mail.error


def test_a_body_is_smaller_than_15_kb(session, city):
    with pytest.raises(Refused):
        letter(session, city, body="😀" * 4000)
    session.rollback()
    assert letter(session, city, body="x" * 15_000).body == "x" * 15_000


def test_whoever_has_no_address_or_a_dead_account_gets_no_letter(session, city):
    account = city.people["operator"].person.account
    account.active = False
    assert letter(session, city) is None
    account.active, account.email = True, None
    assert letter(session, city) is None


# ---------------------------------------------------------------- quiet hours and working days


@pytest.mark.parametrize(
    ("at", "goes"),
    [((3, 19, 59, 59), (3, 19, 59, 59)), ((3, 20, 0), (4, 7, 0)), ((3, 23, 30), (4, 7, 0)), ((4, 0, 0), (4, 7, 0)),
     ((4, 6, 59, 59), (4, 7, 0)), ((4, 7, 0), (4, 7, 0)), ((31, 22, 0), (32, 7, 0))],
)
def test_nobody_is_written_to_at_night(session, city, at, goes):
    day, hour, minute, *second = at
    moment = datetime(2026, 3, day, hour, minute, *second, tzinfo=LOCAL).astimezone(UTC)
    with judged_at(moment):
        assert letter(session, city, "diam", urgent=False).not_before == (
            datetime(2026, 3, 1, goes[1], goes[2], *goes[3:], tzinfo=LOCAL) + timedelta(days=goes[0] - 1)
        )
        assert letter(session, city, "aman", urgent=True).not_before == moment


def test_a_reminder_waits_for_a_working_day(session, city):
    session.add(Holiday(day=datetime(2026, 3, 9).date(), name="Libur", kind="national"))
    session.flush()
    friday_evening = datetime(2026, 3, 6, 21, tzinfo=LOCAL).astimezone(UTC)
    assert mailing.in_office_hours(session, city.instansi, friday_evening) == datetime(2026, 3, 10, 7, tzinfo=LOCAL)
    tuesday = datetime(2026, 3, 10, 10, tzinfo=LOCAL).astimezone(UTC)
    assert mailing.in_office_hours(session, city.instansi, tuesday) == tuesday


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    "given",
    [{"smtp_url": "smtp://u:rahasia@mail"}, {"mail_from": FROM}, {"smtp_url": "http://u:rahasia@mail", "mail_from": FROM},
     {"smtp_url": "smtp://u:rahasia@mail:x", "mail_from": FROM}, {"smtp_url": "smtp://mail", "mail_from": "a@b.id\r\nBcc: c@d.id"}],
)
def test_a_wrong_mail_setting_is_refused_and_its_password_never_repeated(given):
    with pytest.raises(Unfit) as unfit:
        load(**given)
    assert "rahasia" not in str(unfit.value) and "PORTAL_" in str(unfit.value)
