"""S30: questions on an item between an agency and the team, what becomes help for all, and who hears of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from assessments import asking, noticing, sharing
from assessments.models import ItemHelp, Notice, Question, QuestionReply
from assessments.refusal import Refused
from portal.once import new_key
from tests import builders as build
from tests.portal.agency_pages import answer_of, as_operator, begun, form_of, statements
from tests.portal.test_approval_race import apart

LIST = "/penilaian/2026/klarifikasi"


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


def become(client, session, where, who):
    """The client goes on as another office of the city."""
    return build.sign_in(client, session, where.city.people[who])


def ask(client, where, text="Notula mana yang dipakai?", item="I12", **fields):
    sent = form_of(client, where.item(item), "jawaban") | {"question": text} | fields
    return client.post(f"{where.item(item)}/tanya", data=sent)


def plain(client, **fields):
    return {**build.form(client, "/akun"), "key": new_key(), **fields}


def the_question(session) -> Question:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Question).order_by(Question.id)).first()


def answered(client, session, where, text="Notula rapat reviu."):
    """A question of the operator's, answered by the round's manager; the manager stays signed in."""
    ask(client, where)
    become(client, session, where, "round_manager")
    id = the_question(session).id
    assert client.post(f"/tanya/{id}/jawab?opd=bappeda", data=plain(client, reply=text)).status_code == 302
    return the_question(session)


def told(session, where, who) -> list[str]:
    session.rollback()
    person = where.city.people[who].person_id
    return list(session.scalars(select(Notice.sentence).where(Notice.person_id == person).order_by(Notice.id)))


# ---------------------------------------------------------------- asking and answering


def test_a_question_stands_at_the_item_and_in_the_list_until_it_is_answered(client, session, where):
    sent = ask(client, where)
    question = the_question(session)
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{where.item()}#tanya-{question.id}")
    assert (question.text, question.state, question.from_team) == ("Notula mana yang dipakai?", "open", False)
    for page in (where.item(), LIST):
        text = client.get(page).get_data(as_text=True)
        assert "Notula mana yang dipakai?" in text and "Menunggu jawaban" in text
    become(client, session, where, "internal_assessor")
    assert client.post(f"/tanya/{question.id}/jawab?opd=bappeda", data=plain(client, reply="Notula reviu.")).status_code == 302
    as_operator(client, session, where)
    text = client.get(where.item()).get_data(as_text=True)
    assert "Notula reviu." in text and "Terjawab" in text
    assert "Tidak ada pertanyaan pada saringan ini." in client.get(LIST).get_data(as_text=True)
    assert "Notula reviu." in client.get(f"{LIST}?saring=terjawab").get_data(as_text=True)


def test_what_is_typed_beside_a_question_is_kept(client, session, where):
    assert ask(client, where, value="2", facts="Fakta baru.", analysis="").status_code == 302
    assert (answer_of(session, where).value, answer_of(session, where).facts) == (2, "Fakta baru.")


@pytest.mark.parametrize(("text", "sentence"), [
    ("", "Pertanyaan wajib diisi."),
    ("  \n", "Pertanyaan wajib diisi."),
    ("x" * 2001, "Pertanyaan terlalu panjang: 2001 karakter, paling banyak 2000."),
    ("ada \x00 nol", "Pertanyaan memuat karakter yang tidak dapat ditampilkan."),
])
def test_a_question_that_is_none_comes_back_with_what_was_typed_and_stores_nothing(client, session, where, text, sentence):
    refused = ask(client, where, text, value="2", facts="Fakta baru.", analysis="")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and sentence in page
    assert "Fakta baru." in page and text.strip()[:4] in page
    assert session.scalar(select(func.count()).select_from(Question)) == 0


def test_two_thousand_letters_are_enough_and_markup_stays_text(client, session, where):
    ask(client, where, "<script>alert(1)</script>" + "é" * 1975)
    assert len(the_question(session).text) == 2000
    assert "<script>alert(1)" not in client.get(where.item()).get_data(as_text=True)


def test_a_question_goes_on_closes_and_opens_again(client, session, where):
    question = answered(client, session, where)
    assert question.state == "answered"
    as_operator(client, session, where)
    client.post(f"/tanya/{question.id}/jawab", data=plain(client, reply="Tahun berapa?"))
    assert the_question(session).state == "open"
    client.post(f"/tanya/{question.id}/tutup", data=plain(client))
    assert the_question(session).state == "closed"
    late = client.post(f"/tanya/{question.id}/jawab", data=plain(client, reply="Masih satu."))
    assert late.status_code == 409 and "sudah ditutup" in late.get_data(as_text=True)
    client.post(f"/tanya/{question.id}/tutup", data=plain(client, act="reopen"))
    assert the_question(session).state == "open"


def test_the_team_asks_on_its_check_page_and_the_agency_answers(client, session, where):
    become(client, session, where, "internal_assessor")
    page = f"/pengelolaan/2026/{where.city.instansi.slug}/verifikasi/bappeda/I12"
    assert "Klarifikasi dengan OPD" in client.get(page).get_data(as_text=True)
    sent = client.post(f"{where.item()}/tanya?opd=bappeda&dari=periksa", data=plain(client, question="Halaman berapa?"))
    question = the_question(session)
    assert sent.headers["Location"] == f"{page}#tanya-{question.id}" and question.from_team
    assert told(session, where, "operator") == ["Tim bertanya tentang indikator 12: Halaman berapa?"]
    become(client, session, where, "head")
    assert client.post(f"/tanya/{question.id}/jawab", data=plain(client, reply="Halaman 9.")).status_code == 302
    assert the_question(session).state == "answered"
    become(client, session, where, "internal_assessor")
    assert "Halaman 9." in client.get(page).get_data(as_text=True)


def test_copied_answers_stay_to_be_looked_at_when_somebody_only_asks(client, session, where):
    answer = answer_of(session, where)
    answer.state, answer.facts = "needs_review", "Disalin."
    session.commit()
    ask(client, where, facts="Disalin.", analysis="")
    assert answer_of(session, where).state == "needs_review"


# ---------------------------------------------------------------- who sees what


@pytest.mark.parametrize(("who", "status"), [
    ("operator_other", 404), ("head_other", 404), ("executive", 404), ("inventory_manager", 404), ("inspector", 403),
    ("system_admin", 403),
])
def test_threads_of_others_are_not_there(client, session, where, who, status):
    ask(client, where)
    id = the_question(session).id
    become(client, session, where, who)
    for path in (f"/tanya/{id}/jawab", f"/tanya/{id}/tutup", f"/tanya/{id}/bantuan", f"{where.item()}/tanya"):
        assert client.post(f"{path}?opd=bappeda", data=plain(client, reply="x", question="x")).status_code == status
    assert the_question(session).state == "open"
    assert session.scalar(select(func.count()).select_from(QuestionReply)) == 0


@pytest.mark.parametrize("id", ["0", "99999999", "99999999999999999999", "-1", "satu"])
def test_no_such_question_is_404(client, where, id):
    assert client.post(f"/tanya/{id}/jawab", data=plain(client, reply="x")).status_code == 404


def test_the_team_lists_every_agency_and_an_agency_only_itself(client, session, where):
    ask(client, where)
    become(client, session, where, "coordinator")
    page = client.get(LIST).get_data(as_text=True)
    assert "Notula mana yang dipakai?" in page and "Bappeda" in page
    become(client, session, where, "inspector")
    assert "Notula mana" in client.get(LIST).get_data(as_text=True)
    for who, status in (("executive", 404), ("inventory_manager", 404), ("system_admin", 403), ("operator_other", 404)):
        become(client, session, where, who)
        assert client.get(LIST).status_code == status, who


def test_after_the_round_the_talk_can_only_be_read(client, session, where):
    ask(client, where)
    session.rollback()
    sharing.step(where.period, "close", where.city.actor("round_manager"), "Selesai.")
    session.commit()
    page = client.get(where.item()).get_data(as_text=True)
    assert "Notula mana" in page and "Kirim pertanyaan" not in page and "Kirim jawaban" not in page
    assert client.post(f"{where.item()}/tanya", data=plain(client, question="x")).status_code == 409


# ---------------------------------------------------------------- help for all


def test_a_good_answer_becomes_help_for_every_agency_without_the_question(client, session, where):
    question = answered(client, session, where)
    reply = question.replies[0].id
    sent = client.post(f"/tanya/{question.id}/bantuan?opd=bappeda",
                       data=plain(client, reply=reply, help="Pakai notula rapat reviu tahunan."))
    assert sent.status_code == 302
    help = session.scalar(select(ItemHelp))
    assert (help.item, help.instrument_key, help.reply_id, help.ended_at) == ("I12", "permenpanrb-59-2020", reply, None)
    sharing.share_out(session, build.assessment_of(session, where.period), "I12", where.city.agencies["bappeda"],
                      [where.city.agencies["dinkes"]], where.city.actor("round_manager"))
    session.commit()
    become(client, session, where, "operator_other")
    page = client.get(where.item()).get_data(as_text=True)
    assert "Pakai notula rapat reviu tahunan." in page and "Bantuan dari round manager" in page
    assert "Notula mana" not in page and "Bappeda" not in page and "operator kota" not in page
    assert "Pakai notula" not in client.get("/penilaian/2026/indikator/I01?opd=dinkes").get_data(as_text=True)


def test_help_is_replaced_by_new_words_and_can_be_ended(client, session, where):
    question = answered(client, session, where)
    path, reply = f"/tanya/{question.id}/bantuan?opd=bappeda", question.replies[0].id
    for text in ("Kata pertama.", "Kata kedua."):
        client.post(path, data=plain(client, reply=reply, help=text))
    page = client.get(f"{where.item()}?opd=bappeda").get_data(as_text=True)
    assert "Kata kedua." in page and "Kata pertama." not in page
    client.post(path, data=plain(client, act="end"))
    as_operator(client, session, where)
    assert "Kata kedua." not in client.get(where.item()).get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(ItemHelp)) == 2, "what was said stays on record"


@pytest.mark.parametrize(("text", "sentence"), [
    ("", "Teks bantuan wajib diisi."),
    ("Ditanya: notula mana  yang dipakai? Jawab: reviu.", "Teks bantuan memuat pertanyaan OPD ini."),
])
def test_help_that_is_none_or_repeats_the_question_is_refused(client, session, where, text, sentence):
    question = answered(client, session, where)
    refused = client.post(f"/tanya/{question.id}/bantuan?opd=bappeda",
                          data=plain(client, reply=question.replies[0].id, help=text))
    assert refused.status_code == 422 and sentence in refused.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(ItemHelp)) == 0


def test_only_a_reply_of_this_thread_becomes_help_and_only_the_checkers_make_it(client, session, where):
    question = answered(client, session, where)
    with pytest.raises(Refused, match="Pilih jawaban"):
        asking.make_help(question, 999, where.city.actor("round_manager"), "x")
    for who in ("coordinator", "entry_officer", "operator"):
        become(client, session, where, who)
        assert client.post(f"/tanya/{question.id}/bantuan?opd=bappeda", data=plain(client, help="x")).status_code == 403


# ---------------------------------------------------------------- who is told


def test_the_team_hears_of_a_question_and_the_agency_of_the_answer(client, session, where):
    question = answered(client, session, where)
    asked = "Bappeda bertanya tentang indikator 12: Notula mana yang dipakai?"
    assert told(session, where, "round_manager") == told(session, where, "internal_assessor") == [asked]
    assert told(session, where, "operator") == ["Tim menjawab pertanyaan tentang indikator 12: Notula rapat reviu."]
    for who in ("operator_other", "head_other", "coordinator", "executive", "inspector"):
        assert told(session, where, who) == []
    path = session.scalar(select(Notice.path).where(Notice.person_id == where.city.people["operator"].person_id))
    assert path == f"{where.item()}?opd=bappeda#tanya-{question.id}"


def test_what_one_was_told_is_counted_in_the_head_until_it_is_opened(client, session, where):
    answered(client, session, where)
    as_operator(client, session, where)
    assert "pemberitahuan baru" in client.get("/beranda").get_data(as_text=True)
    page = client.get("/pemberitahuan").get_data(as_text=True)
    assert "Baru" in page and "Tim menjawab pertanyaan tentang indikator 12" in page
    assert client.get(f"{where.item()}?opd=bappeda").status_code == 200
    again = client.get("/pemberitahuan").get_data(as_text=True)
    assert "Tim menjawab" in again and "pemberitahuan baru" not in again and "1 baru" not in again


def test_notices_are_the_own_ones_and_nobody_hears_twice(client, session, where):
    people = [where.city.people[who].person_id for who in ("operator", "head")]
    for _ in range(2):
        noticing.tell(session, people, "question", "Satu " * 100, "/beranda", "sama")
    session.commit()
    assert len(told(session, where, "operator")) == 1 and len(told(session, where, "operator")[0]) <= 300
    with pytest.raises(ValueError):
        noticing.tell(session, people, "question", "Ke luar", "https://lain.example/", "lain")
    become(client, session, where, "coordinator")
    assert "Satu" not in client.get("/pemberitahuan").get_data(as_text=True)


# ---------------------------------------------------------------- at once, and what it costs


def test_ten_of_the_same_form_are_one_question_and_one_notice_each(app, client, session, where):
    body = form_of(client, where.item(), "jawaban") | {"question": "Sekali saja?"}
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name).value

    def send(_):
        one = app.test_client()
        one.set_cookie(name, cookie)
        return one.post(f"{where.item()}/tanya", data=body).status_code

    with apart(app, session), ThreadPoolExecutor(5) as together:
        assert set(together.map(send, range(10))) == {302}
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Question)) == 1
    assert len(told(session, where, "round_manager")) == 1


def test_two_answers_at_once_are_both_kept(app, client, session, where):
    ask(client, where)
    id, name = the_question(session).id, app.config["SESSION_COOKIE_NAME"]
    become(client, session, where, "round_manager")
    bodies, cookie = [plain(client, reply=f"Jawaban {n}") for n in range(4)], client.get_cookie(name).value

    def send(body):
        one = app.test_client()
        one.set_cookie(name, cookie)
        return one.post(f"/tanya/{id}/jawab?opd=bappeda", data=body).status_code

    with apart(app, session), ThreadPoolExecutor(4) as together:
        assert set(together.map(send, bodies)) == {302}
    assert {reply.text for reply in the_question(session).replies} == {f"Jawaban {n}" for n in range(4)}


def test_pages_cost_the_same_for_one_thread_and_for_twenty(client, session, where):
    counts = {}
    operator, manager = where.city.actor("operator"), where.city.actor("round_manager")
    for n in (1, 20):
        session.rollback()
        for item in build.TWO_ITEMS:
            for _ in range(n):
                question = asking.ask(answer_of_(session, where, item), operator, "Apa?")
                asking.reply(question, manager, "Itu.")
                session.flush()
                asking.make_help(question, question.replies[0].id, manager, "Bantuan.")
                asking.reply(question, operator, "Lalu?")
        session.commit()
        for who, page in (("operator", where.item()), ("operator", LIST), ("internal_assessor", LIST),
                          ("internal_assessor", f"/pengelolaan/2026/{where.city.instansi.slug}/verifikasi/bappeda/I12")):
            become(client, session, where, who)
            client.get(page)
            with statements() as seen:
                assert client.get(page).status_code == 200
            counts.setdefault((who, page), []).append(len(seen))
    assert all(few == many <= 10 for few, many in counts.values()), counts


def answer_of_(session, where, item):
    return build.contribution(session, where.period, where.city.agencies["bappeda"], item)
