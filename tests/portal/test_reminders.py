"""S44: reminders reach who can act, in words that can be changed, never twice a day and never at night without a reason."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select

from assessments import answering, attesting, chasing, clock, reminding, sharing, staffing
from assessments.models import Account, Holiday, Mail, NoticeChoice
from portal import reminder_jobs, reminder_words
from tests import builders as build
from tests.portal.chase_pages import WEDNESDAY, Notice, Reminder, as_, at, chased, go, pages, send

EVENING = datetime(2026, 11, 3, 12, 30, tzinfo=UTC)  # 20.30 WITA
SUNDAY = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def where(session):
    made = chased(session)
    operator = session.get(Account, made.city.people["operator"].person.account.id)
    operator.email = operator.email_folded = "operator@contoh.go.id"
    session.commit()
    return made


def part_of(session, where, agency: str = "bappeda") -> int:
    session.rollback()
    return build.submission(session, where.period, where.city.agencies[agency]).id


def rows(session, kind, **wanted) -> list:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(kind).filter_by(**wanted)))


def test_a_reminder_goes_to_the_operators_in_the_portal_and_by_letter(client, session, where):
    part = part_of(session, where)
    as_(client, session, where, "round_manager")
    with at(WEDNESDAY):
        page = pages(where)
        chosen = client.get(f"{page['remind']}?isian={part}").get_data(as_text=True)
        assert re.search(rf'value="{part}" id="isian-{part}" checked', chosen)
        shown = send(client, page["preview"], page["remind"], isian=str(part)).get_data(as_text=True)
        assert "2 dari 2 butir Penilaian mandiri SPBE 2026 belum siap (butir 1 dan 12)" in shown
        assert "Batas akhir: Sabtu, 14 November 2026 pukul 10.00 WITA (10 hari lagi)" in shown
        assert "/penilaian/2026" in shown and "https://wa.me/?text=" in shown and "operator kota-contoh (portal dan surel)" in shown
        assert "Alasan tetap mengirim" not in shown
        answer = go(client, where, part, texts={part: "Tolong lengkapi.\nLanjutkan di http://x/penilaian/2026"})
        assert answer.status_code == 302
        assert "1 orang pada 1 OPD diingatkan" in client.get(page["told"]).get_data(as_text=True)
    (notice,) = rows(session, Notice)
    assert (notice.sentence, notice.path) == ("Pengingat: Tolong lengkapi.", "/penilaian/2026")
    (letter,) = rows(session, Mail)
    assert letter.address == "operator@contoh.go.id" and letter.body.startswith("Tolong lengkapi.")
    assert {row.channel for row in rows(session, Reminder)} == {"portal", "email"}


def test_the_same_form_twice_and_another_one_on_the_same_day_remind_nobody_again(client, session, where):
    part = part_of(session, where)
    as_(client, session, where, "round_manager")
    with at(WEDNESDAY):
        page = pages(where)
        fields = {"isian": [str(part)], f"text-{part}": "Mohon dilengkapi.", "key": ["k" * 24]}
        first = send(client, page["remind"], page["told"], **fields)
        assert first.status_code == send(client, page["remind"], page["told"], **fields).status_code == 302
        go(client, where, part)
        html = client.get(page["remind"]).get_data(as_text=True)
        assert "Sudah diingatkan hari ini" in html and f'id="isian-{part}"' not in html
    assert len(rows(session, Reminder, channel="portal")) == len(rows(session, Notice)) == len(rows(session, Mail)) == 1
    with at(WEDNESDAY + timedelta(days=1)):
        go(client, where, part)
    assert len(rows(session, Reminder, channel="portal")) == 2


def test_two_who_send_at_once_remind_once(session, where):
    part = part_of(session, where)
    with at(WEDNESDAY):
        for _ in range(2):
            letters = reminding.letters(session, where.period, [part])
            stored = [reminding._store(session, [reminding._row(part, one.person_id, None, "portal", "x", "", where.period, clock.now())
                                                 for one in letters[0].people]) for _twice in range(2)]
        assert [len(each) for each in stored] == [0, 0]
    assert session.scalar(select(func.count()).select_from(Reminder)) == 1


@pytest.mark.parametrize(("moment", "sentence"), [(EVENING, "jam tenang"), (SUNDAY, "hari libur")])
def test_in_quiet_hours_and_on_days_off_only_with_a_reason(client, session, where, moment, sentence):
    part = part_of(session, where)
    as_(client, session, where, "round_manager")
    with at(moment):
        refused = go(client, where, part, texts={part: "Kata saya sendiri."})
        html = refused.get_data(as_text=True)
        assert refused.status_code == 422 and sentence in html and "Kata saya sendiri." in html and 'href="#reason"' in html
        assert 'id="reason-salah"' in html, "the fault stands at its field"
        assert rows(session, Reminder) == rows(session, Notice) == []
        assert go(client, where, part, reason="Batas akhir besok pagi.").status_code == 302
    assert rows(session, Reminder, channel="portal")[0].reason == "Batas akhir besok pagi."
    (letter,) = rows(session, Mail)
    if moment is EVENING:
        assert letter.not_before == datetime(2026, 11, 3, 23, 0, tzinfo=UTC), "letters wait for the morning"


def test_a_day_off_of_the_table_is_a_day_off(session, where):
    session.add(Holiday(day=WEDNESDAY.date(), name="Libur", kind="national"))
    session.flush()
    with at(WEDNESDAY):
        assert reminding.disturbs(session, where.period) == "Hari ini hari libur."


def test_who_is_done_is_left_alone_and_says_why(client, session, where):
    with at(WEDNESDAY):
        for item in build.TWO_ITEMS:
            build.answered(session, where.city, where.period, item)
        made = build.submission(session, where.period, where.city.agencies["bappeda"])
        answering.hand_to_head(made, where.city.actor("operator"))
        session.flush()
        letter = next(one for one in reminding.letters(session, where.period) if one.submission.id == made.id)
        assert [one.name for one in letter.people] == ["head kota-contoh"], "now it is the head's turn"
        assert reminder_words.path_of(letter, where.period) == f"/persetujuan/{made.id}"
        attesting.attest(made, where.city.actor("head"), attesting.frozen_submission(made).sha256)
        session.commit()
        as_(client, session, where, "round_manager")
        part, kominfo = made.id, part_of(session, where, "kominfo")
        html = client.get(pages(where)["remind"]).get_data(as_text=True)
        assert "Sudah selesai" in html and "Tidak ada operator dengan akun aktif" in html
        answer = go(client, where, part, kominfo)
        assert answer.status_code == 302
        assert "2 OPD tidak dikirimi" in client.get(pages(where)["told"]).get_data(as_text=True)
    assert rows(session, Reminder) == []


def test_wrong_words_keep_what_was_typed(client, session, where):
    part = part_of(session, where)
    as_(client, session, where, "round_manager")
    with at(WEDNESDAY):
        answer = go(client, where, part, texts={part: "x" * 2001})
        assert answer.status_code == 422 and "terlalu panjang" in answer.get_data(as_text=True) and "x" * 2001 in answer.get_data(as_text=True)
        assert send(client, pages(where)["preview"], pages(where)["remind"]).status_code == 422
        assert send(client, pages(where)["preview"], pages(where)["remind"], isian="999999").status_code == 404
        assert send(client, pages(where)["preview"], pages(where)["remind"], isian=["<b>", "1" * 30, "-1"]).status_code == 422


def test_AC_04_parts_of_elsewhere_cannot_be_reminded(client, session, where):
    abroad = build.city(session, "Kota Lain")
    other = build.opened(session, abroad, slug="luar")
    foreign = build.submission(session, other, abroad.agencies["bappeda"]).id
    as_(client, session, where, "round_manager")
    with at(WEDNESDAY):
        assert send(client, pages(where)["preview"], pages(where)["remind"], isian=str(foreign)).status_code == 404
        go(client, where, foreign)
        assert client.get("/pengelolaan/luar/pengingat").status_code == 404
    assert rows(session, Reminder) == []


def test_words_are_shared_by_whatsapp_by_a_person_and_that_is_remembered_once(client, session, where):
    part = part_of(session, where)
    where.city.people["operator"].person.phone = "0812-3456-789"
    session.commit()
    as_(client, session, where, "round_manager")
    with at(WEDNESDAY):
        go(client, where, part)
        html = client.get(pages(where)["told"]).get_data(as_text=True)
        link = re.search(r'href="(https://wa\.me/[^"]+)"', html).group(1)
        assert link.startswith("https://wa.me/628123456789?text=") and unquote(link).endswith("Mohon dilengkapi.")
        one = rows(session, Reminder, channel="portal")[0].id
        action = f"{pages(where)['told'].removesuffix('/riwayat')}/{one}/whatsapp"
        assert send(client, action, pages(where)["told"]).status_code == 302
        assert send(client, action, pages(where)["told"]).status_code == 409
        assert "lewat WhatsApp" in client.get(pages(where)["told"]).get_data(as_text=True)
    assert len(rows(session, Reminder, channel="whatsapp")) == 1


def test_who_chose_no_letters_gets_none_but_hears_of_it_in_the_portal(client, session, where):
    part = part_of(session, where)
    session.add(NoticeChoice(person_id=where.city.people["operator"].person_id, by_mail=True, daily=False, muted=["reminder"]))
    as_(client, session, where, "round_manager")
    with at(WEDNESDAY):
        go(client, where, part)
    assert len(rows(session, Notice)) == 1 and rows(session, Mail) == []


# ---------------------------------------------------------------- by themselves

CLOSES = datetime(2026, 11, 11, 15, 59, 59, tzinfo=UTC)  # Wednesday 11 November, 23.59 WITA


@pytest.mark.parametrize(("day", "sent"), [
    (datetime(2026, 11, 4, 1, 0, tzinfo=UTC), True),  # H-7, Wednesday 09.00 WITA
    (datetime(2026, 11, 5, 1, 0, tzinfo=UTC), False),
    (datetime(2026, 11, 6, 1, 0, tzinfo=UTC), True),  # H-3 is a Sunday: the Friday before
    (datetime(2026, 11, 8, 1, 0, tzinfo=UTC), False),
    (datetime(2026, 11, 10, 1, 0, tzinfo=UTC), True),  # H-1
    (datetime(2026, 11, 9, 23, 59, tzinfo=UTC), False),  # H-1, 07.59 WITA
    (datetime(2026, 11, 10, 12, 0, tzinfo=UTC), False),  # H-1, 20.00 WITA
    (datetime(2026, 11, 10, 23, 59, tzinfo=UTC), False),  # H-0, 07.59 WITA
    (datetime(2026, 11, 11, 0, 0, tzinfo=UTC), True),  # H-0, 08.00 WITA
    (datetime(2026, 11, 12, 1, 0, tzinfo=UTC), False),
])
def test_seven_three_one_and_no_days_before_the_incomplete_hear_of_it_once(session, where, day, sent):
    sharing.set_stage(where.period, "self_assessment", WEDNESDAY - timedelta(days=20), CLOSES)
    session.commit()
    with at(day):
        for _ in range(3):
            reminder_jobs.remind_round(session, where.period.id)
            session.commit()
    found = rows(session, Reminder, channel="portal")
    assert len(found) == len(rows(session, Notice)) == sent
    if sent:
        assert found[0].by_id is None and "belum siap" in found[0].text


def test_on_the_last_day_nobody_is_reminded_of_what_is_over(session, where):
    sharing.set_stage(where.period, "self_assessment", WEDNESDAY - timedelta(days=20), datetime(2026, 11, 11, 2, 0, tzinfo=UTC))
    session.commit()
    for hour in (2, 3):  # 10.00.01 and 11.00 WITA, after the end at 10.00
        with at(datetime(2026, 11, 11, hour, 0, 1, tzinfo=UTC)):
            reminder_jobs.remind_round(session, where.period.id)
            session.commit()
    assert rows(session, Reminder) == []


def test_a_longer_deadline_of_one_agency_moves_its_own_reminders(session, where):
    sharing.set_stage(where.period, "self_assessment", WEDNESDAY - timedelta(days=20), CLOSES)
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    with at(WEDNESDAY):
        sharing.extend(where.period, "self_assessment", CLOSES + timedelta(days=7), "Banjir.", where.city.actor("round_manager"), part)
    session.commit()
    with at(datetime(2026, 11, 4, 1, 0, tzinfo=UTC)):
        reminder_jobs.remind_round(session, where.period.id)
        session.commit()
    assert rows(session, Reminder) == []
    with at(datetime(2026, 11, 11, 1, 0, tzinfo=UTC)):
        reminder_jobs.remind_round(session, where.period.id)
        session.commit()
    assert len(rows(session, Reminder, channel="portal")) == 1


def test_a_run_for_many_takes_as_many_reading_statements_as_for_one(session, where):
    from tests.portal.round_pages import statements

    def count() -> int:
        with at(WEDNESDAY), statements() as seen:
            assert chasing.unready(session, [one.submission.id for one in reminding.letters(session, where.period)])
        return len(seen)

    before = count()
    made = []
    for n in range(40):
        agency = staffing.add_organization(session, build.SYSTEM, name=f"Dinas {n}", short_name=f"D{n}", kind="dinas",
                                           instansi=where.city.instansi, code=f"d-{n}")
        session.flush()
        build.office(session, f"petugas {n}", agency, "agency_operator")
        made.append(agency)
    sharing.share_out(session, build.assessment_of(session, where.period), "I12", where.city.agencies["bappeda"], made,
                      where.city.actor("round_manager"))
    session.commit()
    assert count() == before <= 12  # with the round itself, which a commit made it forget
