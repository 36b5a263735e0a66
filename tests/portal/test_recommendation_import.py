"""Recommendations the inspectorate enters by hand or brings in a file."""

import csv
import io
import re

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from assessments.models import Recommendation
from tests import builders as build
from tests.portal.agency_pages import form_of
from tests.portal.follow_pages import BOARD, as_, followed

FILE = f"{BOARD}/impor"
HEAD = ["sumber", "dokumen_sumber", "rekomendasi", "prioritas", "batas_waktu", "alasan_tanpa_batas", "opd"]
LINES = [
    ["Audit", "LHA 700/1/2026", "Lengkapi arsitektur SPBE.", "tinggi", "2027-06-30", "", "bappeda-1;dinkes-1"],
    ["reviu", "LHR 700/2/2026", "Tetapkan standar data.", "Sedang", "", "menunggu peraturan menteri", "dinkes-1"],
]


def as_csv(lines, head=HEAD) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=",").writerows([head, *lines])
    return out.getvalue().encode()


def check(client, content: bytes, name: str = "rekomendasi.csv"):
    sent = form_of(client, FILE, part="multipart") | {"file": (io.BytesIO(content), name)}
    return client.post(FILE, data=sent, content_type="multipart/form-data")


def carry_out(client, page: str):
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return client.post(f"{FILE}/penerapan", data=hidden)


def count(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Recommendation))


@pytest.fixture
def where(session):
    return followed(session, 0)


@pytest.fixture
def inspector(client, session, where):
    return as_(client, session, where, "inspector")


def test_a_file_is_shown_first_then_carried_out_whole_and_twice_is_without_effect(inspector, session, app):
    page = check(inspector, as_csv(LINES)).get_data(as_text=True)
    assert "Tambahkan 2 rekomendasi" in page and count(session) == 0
    assert "Audit, LHA 700/1/2026" in page and "tidak ada, menunggu peraturan menteri" in page
    assert carry_out(inspector, page).status_code == 302 and count(session) == 2
    made = session.scalars(select(Recommendation).order_by(Recommendation.id)).first()
    assert (made.source, made.priority, made.released_at is not None) == ("audit", "high", True)
    assert [(owner.part, owner.organization.code) for owner in sorted(made.owners, key=lambda owner: owner.part)] == [
        ("lead", "bappeda-1"), ("supporting", "dinkes-1")
    ]
    again = check(inspector, as_csv(LINES)).get_data(as_text=True)
    assert "0 perubahan" in again and 'name="lines"' not in again
    replay = carry_out(inspector, page)
    assert replay.status_code == 409 and count(session) == 2


def test_a_repeated_line_in_one_file_counts_as_the_same(inspector, session):
    page = check(inspector, as_csv([LINES[0], LINES[0]])).get_data(as_text=True)
    assert "Tambahkan 1 rekomendasi" in page
    carry_out(inspector, page)
    assert count(session) == 1


def test_a_workbook_with_a_real_date_is_read_too(inspector, session):
    book = Workbook()
    book.active.append(HEAD)
    book.active.append([*LINES[0][:4], build.date(2027, 6, 30), "", "bappeda-1"])
    out = io.BytesIO()
    book.save(out)
    page = check(inspector, out.getvalue(), "rekomendasi.xlsx").get_data(as_text=True)
    assert "30-06-2027" in page
    assert carry_out(inspector, page).status_code == 302 and count(session) == 1


@pytest.mark.parametrize(("column", "typed", "sentence"), [
    ("sumber", "gosip", "Sumber “gosip” tidak dikenal"),
    ("sumber", "hasil evaluasi", "tidak dikenal"),
    ("dokumen_sumber", "", "Dokumen sumber wajib diisi."),
    ("rekomendasi", "x" * 2001, "terlalu panjang"),
    ("prioritas", "", "Prioritas wajib diisi"),
    ("batas_waktu", "besok", "tidak dapat dibaca"),
    ("batas_waktu", "", "alasan_tanpa_batas"),
    ("opd", "", "wajib diisi"),
    ("opd", "bappeda-1; antah", "OPD “antah” tidak ada"),
])
def test_one_wrong_cell_refuses_the_whole_file_with_row_and_column(inspector, session, column, typed, sentence):
    wrong = list(LINES[0])
    wrong[HEAD.index(column)] = typed
    answer = check(inspector, as_csv([LINES[1], wrong]))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in page and 'name="lines"' not in page
    assert re.search(rf'<span>3</span></td>\s*<td[^>]*><span>{column}</span>', page)
    assert count(session) == 0


@pytest.mark.parametrize(("content", "name"), [
    (b"", "a.csv"), (b"%PDF-1.7", "a.xlsx"), (as_csv(LINES, HEAD[:3]), "a.csv"), (b"sumber,\x00", "a.csv"),
    (as_csv([LINES[0]] * 501), "a.csv"),
])
def test_a_file_that_is_no_such_table_is_refused(inspector, session, content, name):
    assert check(inspector, content, name).status_code == 422
    assert count(session) == 0


def test_lines_that_were_tampered_with_or_shown_to_another_office_are_refused(inspector, session, app, where):
    page = check(inspector, as_csv(LINES)).get_data(as_text=True)
    assert carry_out(inspector, page.replace('name="lines" value="', 'name="lines" value="x')).status_code == 409
    second = build.office(session, "inspektur lain", where.city.instansi, "inspector")
    session.commit()
    other = build.sign_in(app.test_client(), session, second)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    own = form_of(other, FILE, part="multipart")
    assert other.post(f"{FILE}/penerapan", data=own | {"lines": hidden["lines"]}).status_code == 409
    assert count(session) == 0


def test_an_agency_of_another_instansi_is_no_owner(inspector, session):
    abroad = build.city(session, "Kota Lain")
    foreign = build.staffing.add_organization(
        session, build.SYSTEM, name="Dinas Jauh", short_name="Jauh", kind="dinas", instansi=abroad.instansi, code="jauh-1"
    )
    session.commit()
    line = [*LINES[0][:6], foreign.code]
    assert check(inspector, as_csv([line])).status_code == 422


# ---------------------------------------------------------------- one by hand


def typed(session, where, **fields) -> dict:
    agency = where.city.agencies["bappeda"]
    return {"source": "audit", "source_note": "LHA 9/2026", "text": "Perbaiki tata kelola.", "priority": "medium",
            "due_on": "30-06-2027", "lead": str(agency.id)} | fields


def add(client, **fields):
    return client.post(f"{BOARD}/baru", data=form_of(client, f"{BOARD}/baru", "rekomendasi") | fields)


def test_the_inspector_enters_one_and_its_agency_sees_it_at_once(client, session, app, where):
    client = as_(client, session, where, "inspector")
    supporting = str(where.city.agencies["dinkes"].id)
    assert add(client, **typed(session, where), owners=supporting).status_code == 302
    for who in ("operator", "operator_other"):
        page = as_(app.test_client(), session, where, who).get(BOARD).get_data(as_text=True)
        assert "Perbaiki tata kelola." in page


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"text": ""}, "Rekomendasi wajib diisi."),
    ({"source": "result"}, "pilih salah satu"),
    ({"due_on": ""}, "Isi batas waktu, atau tulis mengapa tidak ada."),
    ({"due_on": "kapan-kapan"}, "tidak dapat dibaca"),
    ({"lead": ""}, "Pilih OPD pelaksana."),
    ({"lead": "99999"}, "pilih salah satu"),
    ({"source_note": ""}, "Dokumen sumber wajib diisi."),
])
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, session, where, fields, sentence):
    answer = add(as_(client, session, where, "inspector"), **typed(session, where, **fields))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in page
    assert (fields.get("text", "Perbaiki tata kelola.") in page) and count(session) == 0


def test_the_same_form_twice_makes_one(client, session, where):
    client = as_(client, session, where, "inspector")
    sent = form_of(client, f"{BOARD}/baru", "rekomendasi") | typed(session, where)
    assert [client.post(f"{BOARD}/baru", data=sent).status_code for _ in range(2)] == [302, 302]
    assert count(session) == 1


@pytest.mark.parametrize("who", ["operator", "round_manager", "executive", "system_admin"])
def test_AC_nobody_else_enters_or_imports(client, session, who):
    client = as_(client, session, followed(session, 0), who)
    for page in (f"{BOARD}/baru", FILE):
        assert client.get(page).status_code == 403
