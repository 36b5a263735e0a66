"""S37: an office is lent by a dated decision, one acting official at a time, and both names stand under what is signed."""

from fractions import Fraction

import pytest

from assessments import answering, delegating, staffing
from assessments.actors import acting
from assessments.models import Appointment, Period
from assessments.policies import may, obstacle
from assessments.refusal import Refused
from tests import builders as build

PAGE = "/akun/delegasi"


@pytest.fixture
def city(session):
    made = build.city(session)
    build.opened(session, made)
    session.commit()
    return made


def lent(session, city, to="operator_other", **more) -> Appointment:
    wish = {"kind": "plh", "starts_on": build.day(), "ends_on": build.day(5), "decision_no": "800/12/2026", "decision_on": build.day(-1)}
    return delegating.delegate(city.people["head"], city.people[to].person, city.actor("head"), **wish | more)


def send(client, **fields):
    wish = {"person": "", "other": "", "kind": "plh", "starts_on": build.day().isoformat(), "ends_on": build.day(5).isoformat(),
            "decision_no": "800/12/2026", "decision_on": build.day(-1).isoformat()}
    return client.post(PAGE, data=build.form(client, PAGE, **wish | fields))


def test_the_page_lends_an_office_and_takes_it_back(client, session, city):
    build.sign_in(client, session, city.people["head"])
    operator = city.people["operator"].person
    sent = send(client, person=str(operator.id))
    assert sent.status_code == 302, sent.get_data(as_text=True)
    page = client.get(PAGE).get_data(as_text=True)
    assert operator.name in page and "800/12/2026" in page and "sedang berlaku" in page
    made = session.query(Appointment).filter_by(kind="plh").one()
    assert (made.role, made.acting_for_id, made.organization_id) == (
        "agency_head", city.people["head"].person_id, city.people["head"].organization_id)
    ended = client.post(f"{PAGE}/{made.id}/akhir", data=build.form(client, PAGE))
    assert ended.status_code == 302
    session.expire_all()
    assert not made.held_on()
    assert "sudah berakhir" in client.get(PAGE).get_data(as_text=True)


def test_lending_to_who_wrote_the_answers_says_that_these_cannot_be_signed(client, session, city):
    period = session.query(Period).one()
    build.answered(session, city, period, "I12")
    session.commit()
    build.sign_in(client, session, city.people["head"])
    assert send(client, person=str(city.people["operator"].person_id)).status_code == 302
    assert f"ikut menulis isian {period.title}" in client.get(PAGE).get_data(as_text=True)
    made = session.query(Appointment).filter_by(kind="plh").one()
    client.post(f"{PAGE}/{made.id}/akhir", data=build.form(client, PAGE))
    assert send(client, other=city.people["operator_other"].person.account.username).status_code == 302
    assert "ikut menulis isian" not in client.get(PAGE).get_data(as_text=True)


def test_all_faults_are_said_at_once_with_what_was_typed(client, session, city):
    build.sign_in(client, session, city.people["head"])
    sent = send(client, starts_on=build.day(-3).isoformat(), ends_on="", decision_no=" ", decision_on="31-02-2026")
    page = sent.get_data(as_text=True)
    assert sent.status_code == 422
    for sentence in ("Pilih orang dari instansi ini", "paling awal mulai hari ini", "Tanggal selesai wajib diisi",
                     "Nomor keputusan wajib diisi", "Tanggal keputusan tidak dapat dibaca"):
        assert sentence in page
    assert "31-02-2026" in page
    session.rollback()
    assert session.query(Appointment).filter_by(kind="plh").count() == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [({"kind": "definitive"}, "kind"), ({"ends_on": -1}, "ends_on"), ({"ends_on": 400}, "ends_on"),
     ({"decision_on": 9}, "decision_on"), ({"to": "head"}, "person")])
def test_what_cannot_be_lent_names_its_field(session, city, more, field):
    wish = {name: build.day(value) if isinstance(value, int) else value for name, value in more.items()}
    with pytest.raises(Refused) as refused:
        lent(session, city, **wish)
    assert refused.value.field == field


def test_overlap_is_refused_and_the_day_after_is_free(session, city):
    lent(session, city)
    session.flush()
    with pytest.raises(Refused, match="sudah dijabat"):
        lent(session, city, to="operator", starts_on=build.day(5), ends_on=build.day(9))
    lent(session, city, to="operator", starts_on=build.day(6), ends_on=build.day(9))


def test_an_office_that_was_lent_is_not_lent_on(session, city):
    made = lent(session, city)
    session.flush()
    assert not may(acting(made), "delegate", made)


def test_people_of_another_instansi_do_not_act_here(client, session, city):
    abroad = build.city(session, "abroad")
    session.commit()
    build.sign_in(client, session, city.people["head"])
    stranger = build.account_of(abroad.people["operator"]).username
    sent = send(client, other=stranger)
    assert sent.status_code == 422 and "tidak ditemukan di instansi ini" in sent.get_data(as_text=True)


def test_nobody_takes_back_what_another_office_lent(client, session, city):
    made = lent(session, city)
    session.commit()
    build.sign_in(client, session, city.people["head_other"])
    assert client.post(f"{PAGE}/{made.id}/akhir", data=build.form(client, PAGE)).status_code == 404


def test_nobody_vouches_in_the_name_of_who_wrote(session, city):
    """One letter in one revision by the holder is enough, though the acting official wrote nothing."""
    running = session.query(Period).one()
    answer = build.contribution(session, running, city.agencies["bappeda"], "I12")
    head = city.people["head"]
    made = lent(session, city)
    session.flush()
    assert obstacle(acting(made), "attest", answer.submission) is None
    staffing.appoint(session, head.person, head.organization, "agency_operator", city.actor("round_manager"))
    session.flush()
    both = next(a for a in head.person.appointments if a.role == "agency_operator")
    answering.answer(answer, acting(both), Fraction(1), "x", "", answer.version)
    session.flush()
    for who in (head, made):
        sentence = obstacle(acting(who), "attest", answer.submission)
        assert sentence and "ikut menulis" in sentence
    assert "yang Anda wakili" in obstacle(acting(made), "attest", answer.submission)
