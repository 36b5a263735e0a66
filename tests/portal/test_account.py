"""The own account and the start page: what one may change about oneself, and what one has to do."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from assessments import staffing
from assessments.actors import SYSTEM
from assessments.models import Account, Appointment, Event, Session
from portal import passwords
from tests import builders as build

RIGHT = build.PASSWORD
FRESH = "kuda baterai jepit betul"
TOO_EASY = """
password1234 passwordpassword P@ssw0rd2026! p4ssw0rd12345 admin1234567 administrator1 adminadmin123 qwertyuiop123
qwerty123456 asdfghjkl12345 1q2w3e4r5t6y zxcvbnm12345 123456789012 111111111111 098765432109 abcdefghijkl
abcd1234abcd aaaaaaaaaaaa abababababab rahasia12345 rahasiaku2026 katasandi2026 sayangku12345 iloveyou12345
bismillah2026 bismillah1234 indonesia1945 merdeka1945!! indonesiaraya1 denpasar2026! Denpasar#2026 KotaDenpasar26
spbe2026! spbe2026spbe! SPBE-Denpasar1 evaluasispbe26 indeksspbe2026 portalspbe123 bappeda2026!! Bappeda@Denpasar
198701012010011001 081234567890 2026-2027-2028 liverpool12345 selamatdatang1 welcome123456 letmein123456 changeme2026
kominfo202612 diskominfo123 pemkotdenpasar pegawainegeri1 januari2026!! akusayangkamu1
""".split()  # noqa: SIM905 - fifty quotation marks would hide the words


@pytest.fixture
def city(session):
    made = build.city(session)
    stored = passwords.hashed(RIGHT)
    for who in ("operator", "round_manager"):
        made.people[who].person.account.password = stored
    session.commit()
    return made


@pytest.fixture
def operator(app, session, city):
    return build.sign_in(app.test_client(), session, city.people["operator"])


def change(client, fresh, present=RIGHT, again=None):
    fields = build.form(client, "/akun/kata-sandi", password=present, fresh=fresh, again=fresh if again is None else again)
    return client.post("/akun/kata-sandi", data=fields)


def of(city, who="operator") -> Account:
    return city.people[who].person.account


@pytest.mark.parametrize(
    "fresh", [FRESH, "x" * 30 + "yz ab" + "q" * 29, "ꦧꦭꦶ ᬩᬮᬶ बाली 🦜 kayu", "  spasi di pinggir  ", "e\u0301" * 3 + "tiga puluh kayu"]
)
def test_AU_01_long_unicode_and_blank_passwords_are_accepted_whole(app, session, city, operator, fresh):
    assert change(operator, fresh).status_code == 302
    session.rollback()
    stored = of(city).password
    assert passwords.matches(stored, fresh)
    assert not passwords.matches(stored, fresh[:-1]) and not passwords.matches(stored, fresh + "x")
    assert not passwords.matches(stored, fresh.strip()) or fresh == fresh.strip()


def test_AU_01_nothing_is_cut_at_sixty_four(session, city, operator):
    long = "kayu " * 12 + "abcd" + "1"
    assert len(long) == 65 and change(operator, long).status_code == 302
    session.rollback()
    assert not passwords.matches(of(city).password, long[:64])
    assert not passwords.matches(of(city).password, long[:64] + "2")


@pytest.mark.parametrize("fresh", ["sebelas xyz", "x", "kayu " * 200])
def test_AU_01_too_short_and_too_long_are_said(session, city, operator, fresh):
    page = change(operator, fresh)
    assert page.status_code == 422 and "karakter" in page.text
    session.rollback()
    assert passwords.matches(of(city).password, RIGHT)


def test_AU_02_common_and_context_words_are_refused():
    about = ["bappeda.operator", "Pemerintah Kota Denpasar", "198701012010011001", "Badan Perencanaan"]
    assert len(TOO_EASY) >= 50
    assert [easy for easy in TOO_EASY if not passwords.complaints(easy, about)] == []
    for good in (FRESH, RIGHT, "x7Kq-92bs-pLm3", passwords.generated(), "ular naga panjangnya bukan kepalang"):
        assert passwords.complaints(good, about) == [], good


def test_AU_02_the_page_knows_the_names_of_its_owner(session, city, operator):
    city.people["operator"].person.name = "Ketut Rumput Bergoyang"
    page = change(operator, "rumputbergoyang26")
    assert page.status_code == 422 and "mudah ditebak" in page.text
    assert "rumputbergoyang26" not in page.text


def test_AU_11_password_and_email_change_only_with_the_present_password(session, city, operator):
    for present in ("", "bukan ini"):
        assert change(operator, FRESH, present).status_code == 422
        fields = build.form(operator, "/akun", email="baru@kota.example", password=present)
        assert operator.post("/akun/surel", data=fields).status_code == 422
    session.rollback()
    assert passwords.matches(of(city).password, RIGHT) and of(city).email is None


def test_AU_11_both_changes_are_announced_to_the_owner(app, session, city, operator):
    fields = build.form(operator, "/akun", email="Baru@Kota.example", password=RIGHT)
    assert operator.post("/akun/surel", data=fields).status_code == 302
    assert change(operator, FRESH).status_code == 302
    for page in ("/beranda", "/akun"):
        text = operator.get(page).text
        assert "Alamat surel akun diubah" in text and "Kata sandi akun diganti" in text
    session.rollback()
    assert of(city).email_folded == "baru@kota.example"
    assert "baru@kota" not in "".join(event.note + event.label for event in session.scalars(select(Event)))


def test_guessing_the_present_password_has_to_wait(session, city, operator):
    answers = [change(operator, FRESH, "salah") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429] * 2
    assert change(operator, FRESH).status_code == 429


def test_SE_02_a_new_password_ends_every_session_and_begins_a_new_one(app, session, city, operator):
    other = build.sign_in(app.test_client(), session, city.people["operator"])
    stolen = operator.get_cookie("portal").value
    assert change(operator, FRESH).status_code == 302
    assert other.get("/beranda").status_code == 302
    thief = app.test_client()
    thief.set_cookie("portal", stolen)
    assert thief.get("/beranda").status_code == 302
    assert operator.get("/beranda").status_code == 200


def test_a_first_password_opens_only_the_page_where_it_is_replaced(session, city, operator):
    of(city).must_change_password = True
    for page in ("/beranda", "/akun", "/penilaian", "/kelola/organisasi"):
        answer = operator.get(page)
        assert (answer.status_code, answer.location) == (302, "/akun/kata-sandi"), page
    fields = build.form(operator, "/akun/kata-sandi")
    assert operator.post("/akun", data=fields | {"name": "Lain"}).status_code == 409
    assert change(operator, FRESH).status_code == 302
    assert operator.get("/akun").status_code == 200


def test_name_and_phone_are_ones_own_to_change(session, city, operator):
    fields = build.form(operator, "/akun", name="  Nama   Baru ", phone="+62 361-1234")
    assert operator.post("/akun", data=fields).status_code == 302
    session.rollback()
    person = city.people["operator"].person
    assert (person.name, person.phone) == ("Nama Baru", "+62 361-1234")


@pytest.mark.parametrize(
    ("field", "text"),
    [("name", ""), ("name", "x" * 121), ("name", "a\x00b"), ("name", "a\u202eb"), ("name", "dua\nbaris"), ("phone", "<b>"),
     ("phone", "1" * 21)],
)
def test_texts_that_cannot_be_kept_stay_in_the_form(session, city, operator, field, text):
    before = city.people["operator"].person.name
    fields = build.form(operator, "/akun", **({"name": "Nama", "phone": ""} | {field: text}))
    page = operator.post("/akun", data=fields)
    assert page.status_code == 422 and 'aria-invalid="true"' in page.text
    session.rollback()
    assert city.people["operator"].person.name == before


def test_an_email_belongs_to_one_account_only(session, city, operator):
    taken = of(city, "head")
    taken.email = taken.email_folded = "ada@kota.example"
    for address in ("ADA@kota.example", "bukan surel", "a@b", "x" * 300 + "@kota.example", "a@kota.example\r\nBcc: b@c.d"):
        fields = build.form(operator, "/akun", email=address, password=RIGHT)
        assert operator.post("/akun/surel", data=fields).status_code == 422, address
    session.rollback()
    assert of(city).email is None


def test_AC_06_extra_fields_change_nothing(session, city, operator):
    extra = {"role": "system_admin", "opd_id": "1", "organization_id": "1", "active": "0", "is_admin": "1", "id": "2",
             "account_id": "2", "person_id": "2", "nip": "198701012010011001", "username": "lain", "version": "9",
             "must_change_password": "1", "password_changed_at": "2020-01-01", "created_at": "2020-01-01"}
    account, before = of(city), of(city).username
    offices = session.scalars(select(Appointment.role).where(Appointment.person_id == account.person_id)).all()
    assert operator.post("/akun", data=build.form(operator, "/akun", name="Nama", phone="") | extra).status_code == 302
    session.rollback()
    assert (account.username, account.active, account.must_change_password) == (before, True, False)
    assert account.person.nip is None
    assert session.scalars(select(Appointment.role).where(Appointment.person_id == account.person_id)).all() == offices


def test_one_acts_in_one_office_at_a_time_and_changes_between_the_own_ones(session, city, operator):
    person = city.people["operator"].person
    second = staffing.appoint(session, person, city.agencies["dinkes"], "inspector", SYSTEM, starts_on=build.SINCE)
    session.commit()
    page = operator.get("/beranda").text
    assert "Bertindak sebagai" in page
    old = build.form(operator, "/akun", name="Nama", phone="")
    fields = build.form(operator, "/beranda", appointment=str(second.id))
    assert operator.post("/akun/jabatan", data=fields).status_code == 302
    assert "Inspektorat" in operator.get("/beranda").text
    assert operator.post("/akun", data=old).status_code == 409
    for foreign in (str(city.people["head"].id), "0", "99999999999999999999", "1 ", "-1", ""):
        fields = build.form(operator, "/akun", appointment=foreign)
        assert operator.post("/akun/jabatan", data=fields).status_code == 409
    session.rollback()
    assert session.scalars(select(Session.appointment_id)).all() == [second.id]


def test_without_an_office_the_start_page_says_so(session, city, operator):
    city.people["operator"].ends_on = build.SINCE + timedelta(days=1)
    page = operator.get("/beranda")
    assert page.status_code == 200 and "belum memegang jabatan" in page.text


def start_of(app, session, city, who):
    return build.sign_in(app.test_client(), session, city.people[who]).get("/beranda").text


def test_the_operator_goes_on_where_the_work_was_left(app, session, city):
    period = build.opened(session, city)
    assert "Mulai indikator 1" in start_of(app, session, city, "operator")
    build.answered(session, city, period, "I01")
    assert "1 dari 2 indikator siap diperiksa" in start_of(app, session, city, "operator")
    build.answered(session, city, period, "I12")
    assert "Serahkan isian ke kepala OPD" in start_of(app, session, city, "operator")


def test_every_office_of_the_round_finds_its_task(app, session, city):
    period = build.opened(session, city)
    assert "OPD belum punya operator atau kepala" in start_of(app, session, city, "system_admin")
    build.ready(session, city, period)
    assert "Tinjau dan tandatangani isian Bappeda" in start_of(app, session, city, "head")
    session.rollback()


def test_the_team_finds_what_was_signed(app, session, city):
    period = build.opened(session, city)
    build.signed(session, city, period)
    for who in ("internal_assessor", "round_manager"):
        assert "Periksa isian 1 OPD" in start_of(app, session, city, who), who
    assert "Tulis klaim" in start_of(app, session, city, "entry_officer")
    for who in ("coordinator", "inspector", "responsible_officer"):
        assert "1 dari 2 OPD sudah menandatangani" in start_of(app, session, city, who), who
    assert "Putaran sedang berjalan" in start_of(app, session, city, "executive")
    assert "Tidak ada tugas" in start_of(app, session, city, "inventory_manager")


def test_the_responsible_officer_finds_what_can_be_sent(app, session, city):
    period = build.opened(session, city)
    build.ready_to_send(session, city, period)
    assert "Kirim penilaian mandiri" in start_of(app, session, city, "responsible_officer")


def test_without_a_round_the_manager_is_shown_how_to_make_one(app, session, city):
    assert "Buat periode penilaian" in start_of(app, session, city, "round_manager")
    build.draft(session, city)
    assert "Lengkapi dan buka" in start_of(app, session, city, "round_manager")


def test_the_start_page_takes_few_statements_however_much_there_is(app, session, city):
    counts = {}
    for name, terms in (("one", (1,)), ("many", (2, 3, 4, 5))):
        for term in terms:
            build.signed(session, city, build.opened(session, city, slug=f"putaran-{term}", term=term))
        for who in ("operator", "head", "round_manager", "responsible_officer", "system_admin"):
            client = build.sign_in(app.test_client(), session, city.people[who])
            client.get("/beranda")
            counts[name, who] = _statements(app, lambda client=client: client.get("/beranda"))
    assert all(counts["one", who] == counts["many", who] for (_, who) in counts), counts
    assert max(counts.values()) <= 10, counts


def _statements(app, act) -> int:
    count = 0

    def counted(_connection, _cursor, statement, *_):
        nonlocal count
        count += not statement.startswith("BEGIN")

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    event.listen(engine, "before_cursor_execute", counted)
    try:
        assert act().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", counted)
    return count
