"""S28 and S29: the check before handing in, and what is known afterwards."""

import re

import pytest

from assessments import checking
from assessments.models import Event
from tests import builders as build
from tests.portal.agency_pages import answer_of, as_operator, begun, form_of, statements

REVIEW, SENT = "/penilaian/2026/periksa", "/penilaian/2026/terkirim"


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


def test_problems_stand_on_top_with_links(client, session, where):
    build.answered(session, where.city, where.period, "I01")
    page = client.get(REVIEW).get_data(as_text=True)
    assert "1 indikator belum ditandai siap" in page
    assert "Tingkat kematangan belum dipilih." in page
    assert page.index("belum ditandai siap") < page.index("Kebijakan Internal")


def test_an_unfinished_part_is_not_handed_in(client, session, where):
    build.answered(session, where.city, where.period, "I01")
    sent = client.post(REVIEW, data=form_of(client, REVIEW, part="/periksa"))
    assert sent.status_code == 409 and "1 indikator belum ditandai siap: 12." in sent.get_data(as_text=True)
    assert answer_of(session, where).submission.state == "filling"


def test_handing_in_happens_once_and_leads_to_what_comes_next(client, session, where):
    for code in build.TWO_ITEMS:
        build.answered(session, where.city, where.period, code)
    fields = form_of(client, REVIEW, part="/periksa")
    answers = [client.post(REVIEW, data=fields) for _ in range(3)]
    assert [(a.status_code, a.headers["Location"]) for a in answers] == [(302, SENT)] * 3
    assert session.query(Event).filter_by(thing="submission", verb="mark_ready").count() == 1
    page = client.get(SENT).get_data(as_text=True)
    assert "Terkirim ke kepala OPD" in page and "Kepala OPD membaca isian ini" in page
    assert client.post(REVIEW, data=form_of(client, SENT, part="keluar") | {"key": "k" * 20}).status_code == 409


def test_after_the_signature_the_receipt_is_shown(client, session, where):
    build.signed(session, where.city, where.period)
    page = client.get(SENT).get_data(as_text=True)
    assert "Nomor tanda terima" in page and "Ditandatangani" in page
    assert "/verifikasi" in page


def test_a_returned_part_says_what_to_do(client, session, where):
    part = build.ready(session, where.city, where.period)
    checking.send_back(part, where.city.actor("head"), "Kurang.", ["I01"])
    session.commit()
    page = client.get(SENT).get_data(as_text=True)
    assert "Kurang." in page and "Nomor tanda terima" not in page


def test_only_the_operator_hands_in(client, session, where):
    build.answered(session, where.city, where.period, "I01")
    for who, page, status in (("head", REVIEW, 403), ("inspector", REVIEW + "?opd=bappeda", 403),
                              ("operator_other", REVIEW + "?opd=bappeda", 404)):
        as_operator(client, session, where, who)
        fields = form_of(client, "/beranda", part="keluar")
        assert client.post(page, data=fields).status_code == status
    as_operator(client, session, where, "head")
    assert "Kirim ke kepala OPD" not in client.get(REVIEW).get_data(as_text=True)


def test_both_pages_keep_to_their_statements(client, session, where):
    build.signed(session, where.city, where.period)
    for page in (REVIEW, SENT):
        client.get(page)
        with statements() as seen:
            assert client.get(page).status_code == 200
        assert len(seen) <= 10, "\n".join(seen)


def test_each_answer_says_why_it_is_this_level_as_its_own_page_does(client, session, where):
    said = re.findall(r"data-why>([^<]+)<", client.get(where.item("I12")).get_data(as_text=True))
    assert len(said) == 1 and said[0] in client.get(f"/penilaian/{where.slug}/periksa").get_data(as_text=True)
