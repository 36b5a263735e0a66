"""One click marks every complete item ready; what is left out is named with its reason."""

import pytest
from sqlalchemy import select

from assessments import answering, checking
from assessments.models import Event
from tests import builders as build
from tests.portal.agency_pages import statements
from tests.portal.local_round import SLUG, local_round, part_of
from tests.portal.round_pages import hidden

PAGE, DEED = f"/penilaian/{SLUG}/periksa", f"/penilaian/{SLUG}/siap"


@pytest.fixture
def local(session):
    """A round of agencies in which bappeda has answered all 47 items but marked none of them."""
    city = build.city(session)
    period = local_round(session, city, agencies=("bappeda",))
    part, by = part_of(session, period, city, "bappeda"), city.actor("operator.bappeda")
    proof = build.document(session, city.agencies["bappeda"], by, b"%PDF-bukti")
    for contribution in part.contributions:
        answering.answer(contribution, by, 2, "Fakta.", "Analisis.", contribution.version)
        answering.cite(contribution, proof, by, [2], "hlm. 1")
    session.commit()
    return city, period


def part(session, local):
    session.rollback()
    session.expire_all()
    return part_of(session, local[1], local[0], "bappeda")


def at_work(client, session, local):
    return build.sign_in(client, session, local[0].people["operator.bappeda"])


def test_all_complete_items_of_a_local_round_are_ready_after_one_click_within_the_budget(client, session, local):
    operator = at_work(client, session, local)
    sent = hidden(operator, PAGE, DEED)
    assert len(sent["seen"]) == 47
    with statements() as made:
        assert operator.post(DEED, data=sent).status_code == 302
    assert len(made) <= 14, "\n".join(made)
    assert {each.state for each in part(session, local).contributions} == {"ready"}
    told = session.scalars(select(Event.thing_id).where(Event.thing == "contribution", Event.verb == "mark_ready")).all()
    assert sorted(told) == sorted(each.id for each in part(session, local).contributions)
    page = operator.get(PAGE).get_data(as_text=True)
    assert "47 indikator ditandai siap diperiksa." in page and "belum ditandai siap" not in page


def test_one_item_costs_as_much_as_forty_seven(client, session, local):
    city, _ = local
    for each in part(session, local).contributions[1:]:
        answering.mark_item_ready(each, city.actor("operator.bappeda"))
    session.commit()
    operator = at_work(client, session, local)
    sent = hidden(operator, PAGE, DEED)
    with statements() as made:
        assert operator.post(DEED, data=sent).status_code == 302
    assert 13 <= len(made) <= 14, "\n".join(made)


def test_what_is_left_out_is_named_with_its_reason(client, session, local):
    rows = {each.item: each for each in part(session, local).contributions}
    rows["I01"].analysis, rows["I02"].state, rows["I03"].state = "", "needs_review", "empty"
    session.commit()
    operator = at_work(client, session, local)
    sent = hidden(operator, PAGE, DEED)
    assert len(sent["seen"]) == 44
    offered = operator.get(PAGE).get_data(as_text=True)
    assert "<b>44 indikator</b> sudah lengkap" in offered and "Analisis belum ditulis." in offered
    rows["I04"].facts = "Ditulis orang lain sementara itu."
    session.commit()
    assert operator.post(DEED, data=sent).status_code == 302
    page = operator.get(PAGE).get_data(as_text=True)
    for sentence in (
        "43 indikator ditandai siap", "Indikator 1: Analisis belum ditulis.", "Indikator 2: disalin dari tahun lalu",
        "Indikator 3: belum diisi.", "Indikator 4: berubah sesudah Anda membuka halaman ini.",
    ):
        assert sentence in page, sentence
    states = {each.item: each.state for each in part(session, local).contributions}
    assert (states["I01"], states["I02"], states["I03"], states["I04"]) == ("filling", "needs_review", "empty", "filling")


def test_the_same_form_again_does_nothing_more_and_an_empty_one_is_refused(client, session, local):
    operator = at_work(client, session, local)
    sent = hidden(operator, PAGE, DEED)
    assert [operator.post(DEED, data=sent).status_code for _ in range(2)] == [302, 302]
    bare = {name: value for name, value in sent.items() if name != "seen"} | {"key": ["a-fresh-key-of-a-form-000"]}
    assert operator.post(DEED, data=bare).status_code == 409
    wild = sent | {"seen": ["I01", ":", "I01:x", "I99:1", "I01:99999999999999999999", "\0:1"], "key": ["another-key-of-a-form-000"]}
    assert operator.post(DEED, data=wild).status_code in (302, 409)


def test_of_a_part_that_came_back_only_what_was_mended_is_marked(client, session):
    city = build.city(session)
    period = build.opened(session, city)
    given = build.ready(session, city, period)
    checking.send_back(given, city.actor("head"), "Kurang jelas.", ["I01"])
    session.commit()
    page, deed = f"/penilaian/{period.slug}/periksa", f"/penilaian/{period.slug}/siap"
    operator = build.sign_in(client, session, city.people["operator"])
    assert "dikembalikan dan belum diperbaiki." in operator.get(page).get_data(as_text=True)
    mended = build.contribution(session, period, city.agencies["bappeda"], "I01")
    answering.answer(mended, city.actor("operator"), mended.value, "Fakta baru.", mended.analysis, mended.version)
    session.commit()
    assert operator.post(deed, data=hidden(operator, page, deed)).status_code == 302
    session.rollback()
    session.expire_all()
    assert {each.state for each in given.contributions} == {"ready"}
