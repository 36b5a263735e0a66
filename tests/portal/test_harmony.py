"""S59: nothing of one closed reader leaves before both have sent; then both stand side by side and the lead decides."""

import csv
import io
import re
from difflib import unified_diff

import pytest
from sqlalchemy import select

from assessments.models import Decision
from tests.portal.room_pages import panel, send, statements
from tests.portal.second_reader_pages import FIRST, MARK, SECOND, reads, two_readers

MOVING = re.compile(r'(class="finger">[^<]*<|name="(key|csrf_token)" value="[^"]*"|nonce="[^"]*"|content="[^"]*" name="csrf|jam \d|pukul \d\d\.\d\d|\d\d\.\d\d WI)')


def pages(where, item="I12"):
    """Every page on which the panel meets an item."""
    base = where.base
    return (
        "/asesmen", "/beranda", base, f"{base}?urut=beda", f"{base}?saring=belum", f"{base}?saring=beda", f"{base}?saring=putus",
        f"{base}/harmonisasi", f"{base}/harmonisasi?rapat=1", f"{base}/kesepakatan", f"{base}/kesepakatan.csv", f"{base}/tim",
        f"{base}/penugasan", f"{base}/klaim/{item}", f"{base}/butir/{item}", f"{base}/butir/I13", f"{base}/rekomendasi",
        f"{base}/penetapan",
    )


def seen_by(client, where) -> dict[str, tuple]:
    """{page: (status, what the answer says, its ETag)} without what is new in every answer."""
    found = {}
    for page in pages(where):
        answer = client.get(page)
        assert answer.status_code < 500, page
        found[page] = (answer.status_code, MOVING.sub("", answer.text), answer.headers.get("ETag"))
    return found


@pytest.mark.parametrize("who", [SECOND, "reviewer"])
def test_AC_07_no_byte_count_order_or_etag_changes_by_what_one_closed_reader_does(client, session, who):
    where = two_readers(session, evidence=("I12",))
    if who == SECOND:
        reads(session, where, SECOND, "I13", 3, send=False)
    else:
        reads(session, where, FIRST, "I13", 3, send=False)  # the stage has begun, which everybody knows
    reader = where.as_(client, session, who)
    before = seen_by(reader, where)
    reads(session, where, FIRST, "I12", 1, flagged=True)
    after = seen_by(reader, where)
    for page in before:
        assert MARK.format(FIRST) not in after[page][1], page
        assert before[page][::2] == after[page][::2], page
        assert list(unified_diff(before[page][1].splitlines(), after[page][1].splitlines(), lineterm="")) == [], page


def test_both_readings_open_at_once_for_the_panel_and_for_nobody_else(client, session):
    where = two_readers(session, evidence=("I12",))
    reads(session, where, FIRST, "I12", 1, flagged=True)
    reads(session, where, SECOND, "I12", 4)
    page = f"{where.base}/harmonisasi"
    for who in (FIRST, SECOND, "reviewer"):
        text = where.as_(client, session, who).get(page).text
        assert MARK.format(FIRST) in text and MARK.format(SECOND) in text and "ditandai untuk ketua" in text
    for who, status in (("round_manager", 404), ("internal_assessor", 404), ("operator", 404), ("assessor_off", 404),
                        ("executive", 404), ("system_admin", 404)):
        reader = where.as_(client, session, who)
        for one in (page, f"{where.base}/kesepakatan", f"{where.base}/kesepakatan.csv"):
            answer = reader.get(one)
            assert answer.status_code == status and MARK.format(FIRST) not in answer.text, (who, one)


def test_a_closed_reading_is_taken_back_only_until_the_other_has_sent_too(client, session):
    where = two_readers(session)
    desk = f"{where.base}/butir/I12"
    reads(session, where, FIRST, "I12", 3)
    where.as_(client, session, FIRST)
    html = client.get(desk).get_data(as_text=True)
    assert "terbuka bagi tim sesudah kedua penilai mengirim" in html and "Tarik kembali" in html
    reads(session, where, SECOND, "I12", 2)
    html = client.get(desk).get_data(as_text=True)
    assert "terlihat oleh tim" in html and "tidak dapat ditarik kembali" in html and "Tarik kembali" not in html


def test_only_the_lead_decides_and_every_fault_is_said_at_its_field(client, session):
    where = two_readers(session)
    reads(session, where, FIRST, "I12", 1)
    reads(session, where, SECOND, "I12", 4)
    page, door = f"{where.base}/harmonisasi", f"{where.base}/harmonisasi/I12"
    assert "Putuskan" not in where.as_(client, session, FIRST).get(page).text
    assert send(client, door, page=page, stage="document", **{"I12-value": "2", "I12-reason": "x"}).status_code == 403
    lead = where.as_(client, session, SECOND)
    for fields, sentence in (({"I12-value": "", "I12-reason": "Kata saya"}, "Pilih nilai tahap"), ({"I12-value": "3", "I12-reason": " "}, "Alasan harus diisi"),
                             ({"I12-value": "9", "I12-reason": "Kata saya"}, "tidak dapat dipakai")):
        answer = send(lead, door, page=page, stage="document", **fields)
        assert answer.status_code == 422 and sentence in answer.text, sentence
        assert "Kata saya" in answer.text or fields["I12-reason"] == " "
    assert send(lead, door, page=page, stage="interview", **{"I12-value": "3", "I12-reason": "x"}).status_code == 409
    assert send(lead, f"{where.base}/harmonisasi/I99", page=page, stage="document").status_code == 404
    assert send(lead, f"{where.base}/harmonisasi/I13", page=page, stage="document", **{"I13-value": "3", "I13-reason": "x"}).status_code == 409
    assert send(lead, door, page=page, stage="document", **{"I12-value": "3", "I12-reason": "Bukti kedua."}).status_code == 302
    session.rollback()
    made = session.scalars(select(Decision)).one()
    assert (made.item, made.value, made.origin, made.reason) == ("I12", 3, "adjudicated", "Bukti kedua.")
    assert "Bukti kedua." in lead.get(page).text


def test_the_meeting_shows_one_difference_after_the_other(client, session):
    where = two_readers(session)
    for item in ("I12", "I13"):
        reads(session, where, FIRST, item, 1)
        reads(session, where, SECOND, item, 4)
    lead = where.as_(client, session, SECOND)
    page = f"{where.base}/harmonisasi?rapat=1"
    text = lead.get(page).text
    assert "Perbedaan 1 dari 2" in text and 'id="butir-I12"' in text and 'id="butir-I13"' not in text
    answer = send(lead, f"{where.base}/harmonisasi/I12", page=page, stage="document", rapat="1", **{"I12-value": "4", "I12-reason": "Sesuai bukti."})
    assert answer.status_code == 302 and answer.location.endswith("rapat=1")
    assert 'id="butir-I13"' in lead.get(answer.location).text
    assert 'id="butir-I12"' in lead.get(f"{page}&butir=I12").text


def test_the_room_tells_a_difference_and_the_stage_does_not_close_over_it(client, session):
    where = two_readers(session)
    reads(session, where, FIRST, "I12", 1)
    reads(session, where, SECOND, "I12", 4)
    lead = where.as_(client, session, SECOND)
    text = lead.get(where.base).text
    assert "1 dan 4" in re.sub(r"\s+", " ", text) and "harmonisasi" in text
    answer = send(lead, f"{where.base}/tutup-tahap", page=f"{where.base}/harmonisasi", stage="document", sure="y")
    assert answer.status_code == 409 and "dinilai berbeda dan belum diputuskan: 12" in answer.text


def test_agreement_is_shown_with_its_numbers_and_what_is_too_little_says_so(client, session):
    where = two_readers(session)
    reads(session, where, FIRST, "I12", 2)
    reads(session, where, SECOND, "I12", 4)
    reads(session, where, FIRST, "I13", 3)
    reads(session, where, SECOND, "I13", 3)
    lead = where.as_(client, session, "reviewer")
    text = lead.get(f"{where.base}/kesepakatan").text
    assert "2 pasang nilai terbuka, 45 belum terbuka" in text and "50%" in text and "terlalu sedikit" in text
    assert "mulai 50 pasang" in text and "+1,00" in text and "−1,00" in text
    answer = lead.get(f"{where.base}/kesepakatan.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    assert [(row[1], row[4], row[6], row[7], row[8]) for row in rows[1:]] == [("12", "2", "4", "2", ""), ("13", "3", "3", "0", "")]


def test_what_is_said_of_each_assessor_by_name_is_for_the_lead_and_tim_reviu(client, session):
    where = two_readers(session)
    reads(session, where, FIRST, "I12", 2)
    reads(session, where, SECOND, "I12", 4)
    page = f"{where.base}/kesepakatan"
    for who, sees in ((FIRST, False), (SECOND, True), ("reviewer", True)):
        reader = where.as_(client, session, who)
        text = reader.get(page).text
        assert "1 pasang nilai terbuka" in text
        assert ("Kecenderungan tiap asesor" in text) is ("Unduh CSV" in text) is sees, who
        for more in (f"{page}?putaran=1", f"{page}.csv", f"{page}.csv?putaran=1"):
            assert reader.get(more).status_code == (200 if sees else 403), (who, more)


def test_a_round_with_one_reader_has_no_harmonisasi(client, session):
    where = panel(session, "judged")
    lead = where.as_(client, session, SECOND)
    assert "Harmonisasi" not in lead.get(where.base).text
    for page in ("harmonisasi", "kesepakatan", "kesepakatan.csv"):
        assert lead.get(f"{where.base}/{page}").status_code == 404


def test_the_pages_ask_as_often_for_one_difference_as_for_many(client, session):
    items = [f"I{n:02}" for n in range(8, 16)]
    where = two_readers(session, items=items, evidence=("I08", "I09", "I10"))
    reads(session, where, FIRST, "I08", 1)
    reads(session, where, SECOND, "I08", 4)
    lead = where.as_(client, session, SECOND)
    paths = [f"{where.base}/{page}" for page in ("harmonisasi", "harmonisasi?rapat=1", "kesepakatan", "kesepakatan.csv")]
    paths.append(where.base)
    few = {}
    for path in paths:
        lead.get(path)
        with statements() as few[path]:
            lead.get(path)
    for item in items[1:]:
        reads(session, where, FIRST, item, 1)
        reads(session, where, SECOND, item, 4)
    for path in paths:
        with statements() as many:
            lead.get(path)
        assert len(few[path]) == len(many) <= 10, (path, len(many), many)
