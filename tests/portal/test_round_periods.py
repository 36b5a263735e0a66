"""S45: rounds, their calendar, more time, opening and closing; who may, and what nobody can type."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from assessments import sharing, subjects
from assessments.models import Assessment, Contribution, Event, Extension, Period, Share, Submission
from assessments.workflow import advance
from portal.formatting import plain_date
from portal.moments import closing, opening
from tests import builders as build
from tests.portal.round_pages import as_, begun, drafted, hidden, send, statements

NEW = "/kelola/periode/baru"
FILLED = {
    "kind": "evaluation", "track": "local", "subjects": "instansi", "year": "2027", "term": "1", "title": "", "slug": "",
    "instrument": "permenpanrb-59-2020|pedoman-3-2024", "zone": "Asia/Makassar", "predicate_rule": "exact",
    "claim_rule": "adopt_lead", "papers": "track", "readers": "one", "self_opens_day": "2027-03-01", "self_opens_clock": "08:00",
    "self_closes_day": "2027-04-30", "self_closes_clock": "23:59", "check_opens_day": "", "check_opens_clock": "08:00",
    "check_closes_day": "", "check_closes_clock": "23:59",
}


def periods(session) -> list[Period]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Period)))


def made(client, session, **fields):
    return send(client, NEW, **(FILLED | fields))


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize("who", ["operator", "head", "round_manager", "coordinator", "inspector", "executive", "system_admin"])
def test_everybody_inside_reads_the_open_round(client, session, who):
    where = begun(session)
    as_(client, session, where, who)
    assert where.period.title in client.get("/kelola/periode").get_data(as_text=True)
    page = client.get(where.calendar)
    assert page.status_code == 200 and "WITA" in page.get_data(as_text=True)
    assert ("Perpanjang batas" in page.get_data(as_text=True)) == (who == "round_manager")


def test_the_inventory_has_no_rounds_and_a_draft_is_the_pengelolas_own(client, session, app):
    where = drafted(session)
    assert as_(client, session, where, "inventory_manager").get("/kelola/periode").status_code == 404
    operator = as_(app.test_client(), session, where, "operator")
    assert where.period.title not in operator.get("/kelola/periode").get_data(as_text=True)
    assert operator.get(where.calendar).status_code == 404


def test_rounds_of_another_instansi_do_not_exist(client, session):
    where = begun(session)
    abroad = build.city(session, "Kota Lain")
    build.opened(session, abroad, slug="luar", title="Putaran luar")
    session.commit()
    as_(client, session, where, "round_manager")
    assert "Putaran luar" not in client.get("/kelola/periode").get_data(as_text=True)
    assert client.get("/kelola/periode/luar").status_code == client.get("/kelola/periode/tidakada").status_code == 404
    assert client.get(f"/pengelolaan/luar/{abroad.instansi.slug}").status_code == 404


def test_criteria_that_were_not_checked_are_marked(client, session):
    where = begun(session, key="permenpanrb-8-2026")
    page = as_(client, session, where, "round_manager").get(where.calendar).get_data(as_text=True)
    assert "Kriteria belum dicek ke naskah" in page


# ---------------------------------------------------------------- making


def test_a_round_is_made_with_proposed_name_and_address(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    answer = made(client, session)
    assert answer.status_code == 302 and answer.location.endswith("/kelola/periode/2027")
    period = next(period for period in periods(session) if period.slug == "2027")
    assert period.title == "Evaluasi SPBE 2027" and period.instrument.guidance == "pedoman-3-2024"
    stage = period.stage("self_assessment")
    assert stage.opens_at == datetime(2027, 3, 1, 0, 0, tzinfo=UTC)
    assert stage.closes_at.replace(microsecond=0) == datetime(2027, 4, 30, 15, 59, 59, tzinfo=UTC)
    assert period.stage("internal_check") is None
    assert session.scalar(select(func.count()).where(Assessment.period_id == period.id)) == 1


def test_the_same_form_twice_makes_one_round(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    key = "k" * 20
    first, again = made(client, session, key=key), made(client, session, key=key)
    assert first.location == again.location and len(periods(session)) == 2
    assert made(client, session, key=key, year="2028").status_code == 422


def test_a_national_twin_is_refused_at_the_field_and_nothing_is_lost(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    assert made(client, session, track="national").status_code == 302
    twin = made(client, session, track="national", kind="monitoring", slug="2027-b", title="Nama yang diketik")
    text = twin.get_data(as_text=True)
    assert twin.status_code == 422 and "sudah punya periode nasional" in text
    assert "Nama yang diketik" in text and 'href="#track"' in text
    assert made(client, session, track="rehearsal", kind="monitoring").status_code == 302


BAD = [
    ("year", "1e3"), ("year", "٢٠٢٧"), ("year", "-1"), ("year", "9" * 400), ("year", "2017"), ("year", ""), ("term", "0"),
    ("term", "2,5"), ("term", "99"), ("kind", "audit"), ("track", ""), ("zone", "Mars/Base"), ("instrument", "x|y"),
    ("instrument", "permenpanrb-59-2020"), ("slug", "../../etc"), ("slug", "BARU"), ("slug", "baru"), ("slug", "a" * 41),
    ("slug", "2027\u0000"), ("title", "x" * 121), ("title", "a\u202eb"), ("title", "a\u0000b"), ("self_opens_day", ""),
    ("self_opens_day", "30-02-2027"), ("self_opens_day", "0001-01-01"), ("self_closes_day", "2027-02-01"),
    ("self_closes_clock", "25:00"), ("self_closes_clock", "٢٣:٥٩"), ("check_opens_day", "2027-03-01"),
    ("predicate_rule", "[]"), ("claim_rule", "null"), ("subjects", "x"),
]


@pytest.mark.parametrize(("name", "text"), BAD, ids=lambda value: value[:20])
def test_IN_01_IN_03_what_cannot_be_is_told_at_its_field(client, session, name, text):
    where = begun(session)
    as_(client, session, where, "round_manager")
    answer = made(client, session, **{name: text})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'class="errors"' in page and "Not a valid" not in page
    assert len(periods(session)) == 1


def test_AC_06_extra_fields_are_ignored(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    assert made(client, session, state="archived", organiser_id="999", id="5", version="9").status_code == 302
    period = next(period for period in periods(session) if period.slug == "2027")
    assert period.state == "draft" and period.organiser_id == where.city.instansi.id


@pytest.mark.parametrize("who", ["operator", "internal_assessor", "responsible_officer", "executive", "system_admin"])
def test_only_the_pengelola_touches_the_calendar(client, session, who):
    where = begun(session)
    as_(client, session, where, who)
    assert client.get(NEW).status_code == 403
    assert client.get(f"{where.calendar}/perpanjangan").status_code == 403
    for door in ("tahap", "perpanjangan", "penutupan"):
        assert send(client, f"{where.calendar}/{door}", where.calendar, note="x").status_code == 403
    assert periods(session)[0].state == "open"


# ---------------------------------------------------------------- the calendar


def test_BL_01_one_instant_whatever_the_zone():
    from datetime import date, time

    day = date(2026, 8, 26)
    for zone, hours in (("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)):
        end = closing(day, time(23, 59), zone)
        assert end == datetime(2026, 8, 26, 23, 59, 59, 999999, tzinfo=UTC) - timedelta(hours=hours)
        assert opening(day, None, zone) == datetime(2026, 8, 26, tzinfo=UTC) - timedelta(hours=hours)


def test_the_deadline_is_shown_in_both_zones_where_they_differ(client, session):
    where = begun(session, zone="Asia/Jayapura")
    page = as_(client, session, where, "round_manager").get(where.calendar).get_data(as_text=True)
    assert "WIT (" in page and "WITA)" in page


def test_a_stage_is_set_moved_and_remembered(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    dates = {"stage": "interview", "opens_day": "2027-05-01", "opens_clock": "08.00", "closes_day": "2027-05-02",
             "closes_clock": "16:30", "grace": "15"}
    door = f"{where.calendar}/tahap"
    assert send(client, door, where.calendar, **dates).status_code == 302
    stage = periods(session)[0].stage("interview")
    assert (stage.closes_at.hour, stage.closes_at.minute, stage.grace_s) == (8, 30, 900)
    assert send(client, door, where.calendar, **(dates | {"closes_day": "2027-05-04"})).status_code == 302
    labels = list(session.scalars(select(Event.label).where(Event.thing == "period", Event.verb == "stage")))
    assert labels == ["Jadwal Interviu ditetapkan", "Jadwal Interviu dipindahkan"]
    page = client.get(f"{where.calendar}?tahap=interview").get_data(as_text=True)
    assert 'value="2027-05-04"' in page and 'value="16:30"' in page


@pytest.mark.parametrize(
    ("name", "text"),
    [("stage", "pesta"), ("opens_day", ""), ("opens_day", "besok"), ("closes_day", "2027-04-30"), ("closes_clock", "24:00"),
     ("grace", "-5"), ("grace", "1e9"), ("grace", "99999999999999999999")],
)
def test_a_stage_that_cannot_be_is_refused_with_the_text_kept(client, session, name, text):
    where = begun(session)
    as_(client, session, where, "round_manager")
    dates = {"stage": "interview", "opens_day": "2027-05-01", "opens_clock": "08:00", "closes_day": "2027-05-02",
             "closes_clock": "16:30", "grace": "0"} | {name: text}
    answer = send(client, f"{where.calendar}/tahap", where.calendar, **dates)
    assert answer.status_code == 422 and "Kesalahan" in answer.get_data(as_text=True)
    assert periods(session)[0].stage("interview") is None


def extension(**fields) -> dict:
    later = build.day(30).isoformat()
    return {"extended": "self_assessment", "whom": "semua", "until_day": later, "until_clock": "23:59",
            "reason": "Listrik padam."} | fields


def looked(client, where, fields: dict) -> str:
    """The address that shows whom a wish touches."""
    return f"{where.calendar}/perpanjangan?{urlencode({name: text for name, text in fields.items() if name != 'reason'})}"


def given(client, where, **more):
    """Look first, then give, as a person does."""
    fields = extension(**more)
    return send(client, f"{where.calendar}/perpanjangan", looked(client, where, fields), **fields)


def test_after_more_time_every_head_shows_the_day_that_holds(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    before = plain_date(where.period.stage("self_assessment").closes_at, where.period.zone)
    assert given(client, where).status_code == 302
    session.rollback()
    after = plain_date(where.period.closes_at("self_assessment"), where.period.zone)
    for page in (where.calendar, where.base, "/pengelolaan/2026/kemajuan", "/pengelolaan/2026/matriks", "/pengelolaan/2026/pengingat"):
        head = client.get(page).get_data(as_text=True).split('id="isi"')[-1].split("</header>")[0].split("<table")[0]
        assert after in head and f" {before}" not in head, page


def test_more_time_first_shows_whom_it_touches_then_asks_a_reason(client, session):
    where = begun(session)
    part = build.signed(session, where.city, where.period)
    assert part.state == "signed"
    session.commit()
    as_(client, session, where, "round_manager")
    assert "/perpanjangan" in client.get(where.calendar).get_data(as_text=True)
    html = client.get(f"{where.calendar}/perpanjangan").get_data(as_text=True)
    assert "Semua OPD (2)" in html and "Memperpanjang" not in html
    wish = extension()
    html = client.get(looked(client, where, wish)).get_data(as_text=True)
    assert "Memperpanjang 20 hari untuk 2 OPD" in html and "<b>1</b> di antaranya sudah menandatangani" in html
    assert "Badan Perencanaan Pembangunan Daerah" in html and html.count("23.59 WITA") >= 3
    assert session.scalar(select(func.count()).select_from(Extension)) == 0
    assert given(client, where).status_code == 302
    assert "Memperpanjang 20 hari untuk 2 OPD" in client.get(where.calendar).get_data(as_text=True)
    number = part.id
    later = build.day(40).isoformat()
    assert given(client, where, whom=str(number), until_day=later).status_code == 302
    session.rollback()
    assert [row.submission_id for row in session.scalars(select(Extension).order_by(Extension.id))] == [None, number]
    page = client.get(where.calendar).get_data(as_text=True)
    assert "Bappeda" in page and "Listrik padam." in page
    again = client.get(looked(client, where, extension(until_day=build.day(35).isoformat())))
    assert "Memperpanjang 5 hari untuk 1 OPD" in again.get_data(as_text=True) and "tidak berubah" in again.get_data(as_text=True)


def test_what_changed_since_the_look_is_shown_again_before_it_is_done(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    fields = extension()
    sent = hidden(client, looked(client, where, fields), f"{where.calendar}/perpanjangan")
    build.signed(session, where.city, where.period)
    session.commit()
    answer = client.post(f"{where.calendar}/perpanjangan", data=sent | {name: [text] for name, text in fields.items()})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "Keadaan berubah" in html and "Listrik padam." in html and "<b>1</b> di antaranya" in html
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Extension)) == 0


def test_one_subject_of_a_round_of_agencies_gets_more_time_in_any_stage(client, session):
    where = drafted(session, slug="2026-opd", subjects="agencies")
    by = where.city.actor("round_manager")
    subjects.add_subjects(session, where.period, [where.city.agencies[key] for key in ("bappeda", "dinkes")], by)
    session.flush()
    advance(where.period, "open", by)
    session.commit()
    as_(client, session, where, "round_manager")
    assessment = session.scalar(select(Assessment.id).where(Assessment.period_id == where.period.id).order_by(Assessment.id))
    html = client.get(f"{where.calendar}/perpanjangan").get_data(as_text=True)
    assert f'value="p{assessment}"' in html
    assert given(client, where, extended="internal_check", whom=f"p{assessment}").status_code == 302
    session.rollback()
    row = session.scalar(select(Extension))
    assert (row.assessment_id, row.submission_id, row.stage) == (assessment, None, "internal_check")


@pytest.mark.parametrize(
    "fields",
    [{"reason": ""}, {"reason": "x" * 501}, {"reason": "a\u0000"}, {"until_day": "2020-01-01"}, {"until_day": "x"},
     {"whom": "99999"}, {"whom": "1 OR 1=1"}, {"whom": "p1 OR 1=1"}, {"extended": "visit"}],
    ids=str,
)
def test_more_time_without_reason_or_to_nobody_is_refused(client, session, fields):
    where = begun(session)
    as_(client, session, where, "round_manager")
    if "reason" not in fields:
        assert client.get(looked(client, where, extension(**fields))).status_code == 422
    answer = given(client, where, **fields)
    assert answer.status_code == 422
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Extension)) == 0


def test_only_self_assessment_is_given_to_one_agency(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    part = build.submission(session, where.period, where.city.agencies["bappeda"]).id
    html = client.get(looked(client, where, extension(whom=str(part), extended="internal_check"))).get_data(as_text=True)
    assert "tahap lain berlaku untuk seluruh penilaian" in html


def test_the_look_asks_as_often_for_one_agency_as_for_many(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    page = looked(client, where, extension())
    client.get(page)
    with statements() as few:
        client.get(page)
    assert len(few) <= 10, few


# ---------------------------------------------------------------- opening and closing


def test_a_round_opens_only_when_its_list_is_done(client, session):
    where = drafted(session)
    as_(client, session, where, "round_manager")
    page = client.get(where.calendar).get_data(as_text=True)
    assert "47 butir belum punya OPD utama" in page and "pembukaan" not in page
    refused = send(client, f"{where.calendar}/pembukaan", where.calendar)
    assert refused.status_code == 409 and "47 butir" in refused.get_data(as_text=True)
    assessment = where.assessment(session)
    for item in where.period.instrument.items:
        session.add(Share(assessment_id=assessment.id, item=item.code,
                          organization_id=where.city.agencies["kominfo"].id, part="lead"))
    session.commit()
    assert "pembukaan" in client.get(where.calendar).get_data(as_text=True)
    assert send(client, f"{where.calendar}/pembukaan", where.calendar).status_code == 302
    assert periods(session)[0].state == "open"


def test_closing_needs_a_reason_and_an_archived_round_is_still(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    without = send(client, f"{where.calendar}/penutupan", where.calendar, note=" ")
    assert without.status_code == 422 and "Tulis alasannya." in without.get_data(as_text=True)
    for step, note, state in (("penutupan", "Selesai.", "closed"), ("pembukaan-kembali", "Keliru.", "open"),
                              ("penutupan", "Selesai.", "closed"), ("arsip", "", "archived")):
        assert send(client, f"{where.calendar}/{step}", where.calendar, note=note).status_code == 302
        assert periods(session)[0].state == state
    assert send(client, f"{where.calendar}/perpanjangan", "", **extension()).status_code == 409
    assert send(client, f"{where.calendar}/pembukaan-kembali", where.calendar, note="x").status_code == 409
    assert client.post(f"{where.calendar}/pesta").status_code in (400, 404)


def test_agencies_are_chosen_and_each_leads_all_its_items(client, session):
    where = drafted(session, slug="2026-opd", subjects="agencies")
    as_(client, session, where, "round_manager")
    door = f"{where.calendar}/yang-dinilai"
    chosen = [where.city.agencies[key].slug for key in ("bappeda", "dinkes")]
    assert send(client, door, agencies=chosen).status_code == 302
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Submission)) == 2
    assert session.scalar(select(func.count()).select_from(Contribution)) == 2 * 47
    assert send(client, door, agencies=chosen).status_code == 302
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Assessment)) == 2
    assert send(client, door, agencies=["pemerintah-lain"]).status_code == 422
    assert send(client, door).status_code == 422
    assert send(client, f"{where.calendar}/pembukaan", where.calendar).status_code == 302
    listed = client.get("/pengelolaan/2026-opd").get_data(as_text=True)
    assert "Badan Perencanaan Pembangunan Daerah" in listed and "Dinas Kesehatan" in listed
    assert client.get(f"/pengelolaan/2026-opd/{chosen[0]}").status_code == 200


# ---------------------------------------------------------------- weight


def test_the_pages_need_as_many_statements_for_one_as_for_forty_rounds(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    client.get("/kelola/periode")
    with statements() as few:
        client.get("/kelola/periode")
    for n in range(2, 40):
        build.draft(session, where.city, slug=f"g{n}", term=n % 12 + 1, track="rehearsal")
    session.commit()
    with statements() as many:
        client.get("/kelola/periode")
    assert len(few) == len(many) <= 10
    with statements() as page:
        client.get(where.calendar)
    assert len(page) <= 10


def test_IN_03_an_address_with_a_nul_names_nothing(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    for page in ("/kelola/periode/%00", "/pengelolaan/%00", "/pengelolaan/2026/%00", f"{where.base}/klaim/%00",
                 f"{where.base}/penugasan/%00", "/pengelolaan/2026/%00/penugasan", f"{where.base}/verifikasi/%00",
                 f"{where.base}/verifikasi/bappeda/%00", f"{where.base}/kirim/%00"):
        assert client.get(page).status_code == 404, page
    assert client.get("/kelola/periode/" + "x" * 4000).status_code == 414


def test_the_form_proposes_the_next_free_term_and_a_taken_one_names_it(client, session):
    from assessments.clock import today

    year = today("Asia/Makassar").year
    where = drafted(session, year=year, slug="pertama")
    as_(client, session, where, "round_manager")
    html = client.get(NEW).get_data(as_text=True)
    assert re.search(r'<input[^>]*name="term"[^>]*value="2"', html)
    answer = made(client, session, year=str(year), term="1", slug="lain")
    assert answer.status_code == 422 and "Termin berikutnya yang kosong: 2." in answer.get_data(as_text=True)


def test_an_edition_whose_words_were_not_checked_says_so_where_it_is_chosen(client, session):
    where = drafted(session)
    as_(client, session, where, "round_manager")
    options = dict(re.findall(r'<option[^>]*value="([^"|]+\|[^"]+)"[^>]*>([^<]*)</option>', client.get(NEW).get_data(as_text=True)))
    old = next(words for value, words in options.items() if value.startswith("permenpanrb-5-2018"))
    assert "kriteria belum dicek ke naskah" in old
    assert "kriteria belum dicek" not in options[FILLED["instrument"]]


def test_while_nobody_is_assessed_no_item_counts_as_shared_out(client, session):
    where = drafted(session, subjects="agencies")
    as_(client, session, where, "round_manager")
    html = client.get(where.calendar).get_data(as_text=True)
    assert "Belum ada yang dinilai pada periode ini." in html and "Setiap butir punya OPD utama." not in html


def test_stages_that_contradict_one_another_are_named_where_they_are_set_and_moved(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    words = "ditutup lebih dulu daripada Penilaian mandiri"
    assert words not in client.get(where.calendar).get_data(as_text=True)
    sharing.set_stage(where.period, "internal_check", datetime.now(UTC), datetime.now(UTC) + timedelta(days=12))
    session.commit()
    assert words not in client.get(where.calendar).get_data(as_text=True)
    html = client.get(looked(client, where, extension())).get_data(as_text=True)
    assert words in html and "Memperpanjang" in html
    assert given(client, where).status_code == 302
    assert words in client.get(where.calendar).get_data(as_text=True)
