"""S43: what stands as it stood last year is agreed to together, and nothing else is."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assessments import answering, attesting, carrying, unchanged
from assessments.models import CheckMark, Event, Submission
from assessments.refusal import Refused
from portal.once import new_key
from tests import builders as build
from tests.portal.round_pages import Round, as_, hidden, statements

FOUR = ("I01", "I02", "I12", "I13")


def carried_over(session, items=FOUR, spoil=None, confirmed: bool = True) -> Round:
    """Bappeda's `items` were accepted last year, copied, confirmed by the operator and signed this year.

    `spoil` changes this year's answers ({item: contribution}) before they are marked ready.
    """
    city = build.city(session)
    before = build.opened(session, city, items=items, slug="2025", year=2025, title="Evaluasi SPBE 2025")
    build.accepted(session, city, before, items)
    period = build.opened(session, city, items=items)
    session.flush()
    session.expire_all()
    part, by, head = build.submission(session, period, city.agencies["bappeda"]), city.actor("operator"), city.actor("head")
    carrying.carry_over(session, part, items, by)
    session.flush()
    session.expire_all()
    for each in part.contributions:
        carrying.confirm(each, by)
    if spoil:
        spoil({each.item: each for each in part.contributions}, city)
        session.flush()
    for each in part.contributions:
        answering.mark_item_ready(each, by)
    answering.hand_to_head(part, by)
    session.flush()
    attesting.attest(part, head, attesting.frozen_submission(part).sha256)
    session.commit()
    return Round(city, period, period.slug, city.instansi.slug)


def page_of(where: Round) -> str:
    return f"{where.check()}/isian-tetap"


def part_of(session, where: Round) -> Submission:
    session.rollback()
    session.expire_all()
    return build.submission(session, where.period, where.city.agencies["bappeda"])


def marked(session, where: Round) -> set[str]:
    return {each.item for each in part_of(session, where).contributions if each.mark is not None}


def tick(client, where: Round, *items: str, n: int = 1, **more):
    sent = hidden(client, page_of(where), page_of(where)) | {"items": [f"{item}:{n}" for item in items]} | more
    return client.post(page_of(where), data=sent)


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


# ---------------------------------------------------------------- the deed


@pytest.mark.parametrize("who", ["internal_assessor", "round_manager"])
def test_ticked_items_are_agreed_to_in_one_deed_and_nothing_was_ticked_before(client, session, who):
    where = carried_over(session)
    checker = as_(client, session, where, who)
    assert "Yang tetap dapat disetujui bersama" in text_of(checker.get(where.check()))
    page = text_of(checker.get(page_of(where)))
    assert "4 isian sama dengan tahun lalu" in page and page.count('name="items"') == 4 and " checked" not in page
    answer = tick(checker, where, "I01", "I12")
    assert (answer.status_code, answer.location) == (302, page_of(where))
    assert marked(session, where) == {"I01", "I12"}
    marks = session.scalars(select(CheckMark)).all()
    by = where.city.people[who].person_id
    now = [mark for mark in marks if "Tetap sejak Evaluasi SPBE 2025" in mark.note]
    assert [(mark.verdict, mark.by_id) for mark in now] == [("agreed", by)] * 2
    page = text_of(checker.get(page_of(where)))
    assert "2 isian sama dengan tahun lalu" in page and "disetujui bersama" in page and "Batalkan" in page


def _level(rows, city):
    answering.answer(rows["I12"], city.actor("operator"), 2, rows["I12"].facts, rows["I12"].analysis, rows["I12"].version)


def _facts(rows, city):
    answering.answer(rows["I12"], city.actor("operator"), rows["I12"].value, "Fakta lain.", rows["I12"].analysis, rows["I12"].version)


def _one_letter_of_analysis(rows, city):
    row = rows["I12"]
    answering.answer(row, city.actor("operator"), row.value, row.facts, row.analysis + "!", row.version)


def _more_evidence(rows, city):
    from sqlalchemy.orm import object_session

    proof = build.document(object_session(rows["I12"]), city.agencies["bappeda"], city.actor("operator"), b"%PDF-lain")
    answering.cite(rows["I12"], proof, city.actor("operator"), [1], "hlm. 9")


def _another_page(rows, city):
    answering.change_citation(rows["I12"].citations[0], city.actor("operator"), rows["I12"].citations[0].levels, "hlm. 99")


def _expired(rows, city):
    rows["I12"].citations[0].cited.valid_until = rows["I12"].saved_at.date() - timedelta(days=400)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_level, "Berubah dari Evaluasi SPBE 2025: nilai."), (_facts, "Berubah dari Evaluasi SPBE 2025: Fakta."),
        (_one_letter_of_analysis, "Berubah dari Evaluasi SPBE 2025: Analisis."),
        (_more_evidence, "Berubah dari Evaluasi SPBE 2025: bukti."), (_another_page, "Berubah dari Evaluasi SPBE 2025: bukti."),
        (_expired, "tidak berlaku lagi sejak"),
    ],
)
def test_what_changed_or_is_doubtful_is_named_and_refused_with_all_that_was_ticked(client, session, spoil, why):
    where = carried_over(session, spoil=spoil)
    checker = as_(client, session, where, "internal_assessor")
    page = text_of(checker.get(page_of(where)))
    assert why in page and 'id="tetap-I12"' not in page and 'id="tetap-I13"' in page
    n = next(each.revision_n for each in part_of(session, where).contributions if each.item == "I12")
    answer = checker.post(
        page_of(where), data=hidden(checker, page_of(where), page_of(where)) | {"items": ["I13:1", f"I12:{n}"]}
    )
    again = text_of(answer)
    assert answer.status_code == 422 and "Belum ada yang disetujui." in again and "Indikator 12: " in again and why in again
    assert 'id="tetap-I13" checked' in again
    assert marked(session, where) == set()


def test_what_was_never_carried_over_is_not_on_the_list(client, session):
    where = carried_over(session, items=("I01",))
    own = build.submission(session, where.period, where.city.agencies["kominfo"])
    assert unchanged.carried(session, own, where.city.actor("internal_assessor")) == []
    checker = as_(client, session, where, "internal_assessor")
    for wild in (["I12:1"], ["I99:1"], ["\0:1"], ["I01"], ["I01:2"], [":"], ["I01:999999999999999999999"]):
        answer = checker.post(
            page_of(where), data=hidden(checker, page_of(where), page_of(where)) | {"items": wild, "key": [new_key()]}
        )
        assert answer.status_code == 422, wild
    assert marked(session, where) == set()


def test_without_a_tick_the_page_says_so(client, session):
    where = carried_over(session)
    checker = as_(client, session, where, "internal_assessor")
    answer = tick(checker, where)
    assert answer.status_code == 422 and "Centang sedikitnya satu indikator." in text_of(answer)


def test_a_checked_item_is_not_agreed_to_again_and_one_form_does_it_once(client, session):
    where = carried_over(session)
    checker = as_(client, session, where, "internal_assessor")
    sent = hidden(checker, page_of(where), page_of(where)) | {"items": ["I01:1"]}
    assert [checker.post(page_of(where), data=sent).status_code for _ in range(2)] == [302, 302]
    answer = checker.post(page_of(where), data=sent | {"key": [new_key()]})
    assert answer.status_code == 422 and "Indikator 1: sudah diperiksa." in text_of(answer)
    assert len(session.scalars(select(Event).where(Event.verb == unchanged.DEED)).all()) == 1


@pytest.mark.parametrize("who", ["operator", "head", "responsible_officer", "coordinator"])
def test_only_who_checks_items_agrees(app, session, who):
    where = carried_over(session, items=("I01",))
    answer = as_(app.test_client(), session, where, who).post(page_of(where), data={"items": "I01:1"})
    assert answer.status_code in (400, 403, 404)
    reader = build.sign_in(app.test_client(), session, where.city.people[who])
    fields = {name: value[0] for name, value in {"items": ["I01:1"], "key": [new_key()]}.items()}
    assert reader.post(page_of(where), data=build.form(reader, "/akun") | fields).status_code in (403, 404)
    assert marked(session, where) == set()


# ---------------------------------------------------------------- undoing


def undo(client, where: Round):
    door = f"{page_of(where)}/pembatalan"
    return client.post(door, data=hidden(client, page_of(where), door))


def test_the_deed_is_undone_where_nobody_looked_since(client, session):
    where = carried_over(session)
    checker = as_(client, session, where, "internal_assessor")
    tick(checker, where, "I01", "I12")
    row = next(each for each in part_of(session, where).contributions if each.item == "I12")
    from assessments import checking

    checking.check(row, where.city.actor("round_manager"), "needs_work", "incomplete", "Lampirkan SK.", row.revision_n)
    session.commit()
    assert undo(checker, where).status_code == 302
    page = text_of(checker.get(page_of(where)))
    assert "Persetujuan atas 1 indikator dibatalkan" in page and "1 indikator sudah diperiksa lagi" in page
    assert "Batalkan" not in page.partition("</header>")[2].partition("Diperiksa satu per satu")[0].replace("dibatalkan", "")
    marks = {each.item: each.mark and each.mark.verdict for each in part_of(session, where).contributions}
    assert marks == {"I01": None, "I02": None, "I12": "needs_work", "I13": None}
    assert "Persetujuan dibatalkan" in text_of(checker.get(where.check("I01")))
    assert tick(checker, where, "I01").status_code == 302 and "I01" in marked(session, where)


def test_after_a_day_or_by_somebody_else_it_is_not_undone(client, session):
    where = carried_over(session)
    by, other = where.city.actor("internal_assessor"), where.city.actor("round_manager")
    part = part_of(session, where)
    unchanged.agree(session, part, by, {"I01": 1})
    session.flush()
    with pytest.raises(Refused, match="Tidak ada persetujuan bersama dari Anda"):
        unchanged.undo(session, part, other)
    deed = unchanged.newest_deed(session, part, by)
    assert deed is not None and deed.by_id == by.person_id
    for line in session.scalars(select(Event).where(Event.verb == unchanged.DEED)):
        assert line.at == next(each.mark.at for each in part.contributions if each.item == "I01")


# ---------------------------------------------------------------- weight


@pytest.mark.parametrize("items", [("I01",), tuple(f"I{n:02}" for n in range(1, 48))], ids=["one", "all"])
def test_one_item_and_all_of_them_cost_the_same(client, session, items):
    where = carried_over(session, items=items)
    checker = as_(client, session, where, "internal_assessor")
    checker.get(page_of(where))
    with statements() as reading:
        checker.get(page_of(where))
    assert len(reading) <= 10, "\n".join(reading)
    sent = hidden(checker, page_of(where), page_of(where))
    offered = [row.item.code for row in unchanged.carried(session, part_of(session, where), where.city.actor("internal_assessor"))
               if not row.why_not]
    assert len(offered) >= len(items) * 3 // 4
    with statements() as deed:
        assert checker.post(page_of(where), data=sent | {"items": [f"{item}:1" for item in offered]}).status_code == 302
    assert len(deed) <= 14, "\n".join(deed)
    assert marked(session, where) == set(offered)
    with statements() as back:
        assert undo(checker, where).status_code == 302
    assert len(back) <= 22, "the page the form is on, and the deed"
    assert marked(session, where) == set()
