"""The smallest pieces of a page: whatever people typed stays text in them."""

import pytest
from markupsafe import Markup

from assessments.instruments import load
from portal import marks

EVIL = '"><script>alert(1)</script>'


@pytest.fixture(autouse=True)
def request_of_a_page(app):
    with app.test_request_context("/"):
        yield


def test_what_people_type_stays_text_in_every_piece():
    column = {"label": EVIL, "cls": EVIL}
    for piece in (
        marks.icon(EVIL, EVIL), marks.tag({"label": EVIL, "tone": EVIL, "icon": EVIL}), marks.level(3, EVIL),
        marks.level(None, empty=EVIL), marks.cell(column, EVIL, EVIL), marks.cell(column | {"head": True}, EVIL),
    ):
        assert "<script" not in piece and '"><' + "script" not in piece
        assert isinstance(piece, Markup)


def test_markup_of_our_own_is_not_escaped_again():
    assert "<b>3</b>" in marks.cell({"label": "Bukti"}, Markup("<b>3</b>"))
    assert "<b>3</b>" in marks.cell({"label": "Bukti"}, caller=lambda: Markup("<b>3</b>"))


def test_a_cell_carries_its_label_for_the_phone_and_a_head_its_role():
    cell = marks.cell({"label": "Jumlah bukti", "short": "Bukti", "number": True, "bare": True}, 3, "kecil")
    assert cell == '<td role="cell" class="n bare kecil" data-label="Bukti"><span>3</span></td>'
    assert marks.cell({"label": "Butir", "head": True}, "1") == '<th role="rowheader" scope="row">1</th>'


def test_an_icon_is_silent_beside_words_and_speaks_alone():
    assert 'aria-hidden="true"' in marks.icon("lock")
    assert 'role="img" aria-label="Terkunci"' in marks.icon("lock", "Terkunci")


def test_the_steps_of_a_decimal_value_are_those_of_the_level_it_lies_in():
    scale = load("permenpanrb-8-2026").items[0].scale
    piece = marks.level(scale.min, scale=scale)
    assert 'data-n="1"' in piece and "1,00" in piece
    assert marks.level(3, "Terdefinisi") == '<span class="level"><span class="pips" data-n="3"></span><span>3 Terdefinisi</span></span>'
    assert "pips" not in marks.level(80, top=100)
