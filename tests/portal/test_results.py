"""S31 and its workbook: the same rows for everybody who may read them, reasons only for whom they concern."""

import pytest

from assessments import results
from assessments.models import Result
from portal import exports
from tests import builders as build
from tests.portal.result_pages import (
    BASIS,
    denpasar,
    draft_of,
    judged_denpasar,
    levels,
    page_rows,
    sheet,
)
from tests.portal.round_pages import statements

SECRETS = ("CATATAN-TIM", "Catatan tim rahasia", "DRAF-FAKTA", "DRAF-ANALISIS", "DRAF-JUSTIFIKASI")


def as_(client, session, where, who: str):
    people = where.city.people | where.outside.people
    return build.sign_in(client, session, people[who])


def test_the_page_says_what_was_lowered_kept_and_raised(client, session):
    where = judged_denpasar(session)
    as_(client, session, where, "executive")
    html = client.get(where.page).get_data(as_text=True)
    assert "<b>3,19</b>" in html and "<b>3,75</b>, turun 0,56" in html and "Kurang <b>0,31</b> untuk Sangat Baik" in html
    assert "25 turun, 18 tetap, 4 naik" in html
    assert "panel lead luar" in html and "assessor luar" in html  # who proposed, who confirmed
    assert "Penyelenggara SPBE dan Layanan Publik Berbasis Elektronik paling jauh dari klaim" in html
    lowered = page_rows(client.get(where.page + "?arah=turun").get_data(as_text=True))
    assert len([code for code in lowered if code.startswith("I")]) == 25
    for word, count in (("tetap", 18), ("naik", 4)):
        rows = page_rows(client.get(f"{where.page}?arah={word}").get_data(as_text=True))
        assert len([code for code in rows if code.startswith("I")]) == count


def test_drawings_have_a_title_and_a_description_and_no_style(client, session):
    where = judged_denpasar(session)
    as_(client, session, where, "executive")
    html = client.get(where.page + "?rupa=radar").get_data(as_text=True)
    assert 'aria-labelledby="radar-judul radar-uraian"' in html and '<desc id="skala-uraian">Hasil 3,19' in html
    assert "A8: hasil 3,33, klaim 4,17" in html and "Luas bidang radar tidak bermakna" in html
    assert " style=" not in html and "<style" not in html


def test_AC_13_the_workbook_holds_exactly_the_rows_of_the_page_for_every_role(client, session):
    where = judged_denpasar(session)
    for who in ("operator", "operator_other", "head", "round_manager", "inspector", "executive", "assessor", "reviewer"):
        as_(client, session, where, who)
        for chosen in ("", "?arah=turun"):
            shown = page_rows(client.get(where.page + chosen).get_data(as_text=True))
            rows = sheet(client.get(where.page + "/tabel.xlsx" + chosen).data)
            assert [row[0] for row in rows] == shown, (who, chosen)
            page = client.get(where.page + chosen).get_data(as_text=True)
            with_reason = [row[0] for row in rows if row[10]]
            assert page.count('<details class="reason">') == len(with_reason), (who, chosen)


def test_an_agency_learns_the_reasons_of_its_own_items_only(client, session):
    where = judged_denpasar(session)
    for who, expected in (("operator", ["I01", "I12"]), ("operator_other", []), ("executive", 47), ("internal_assessor", 47)):
        as_(client, session, where, who)
        rows = sheet(client.get(where.page + "/tabel.xlsx").data)
        explained = [row[0] for row in rows if row[10]]
        assert explained == expected if isinstance(expected, list) else len(explained) == expected, who
        html = client.get(where.page).get_data(as_text=True)
        assert html.count("Justifikasi asesor.") == len(explained)


def test_recommendations_are_those_the_reader_may_read(client, session):
    where = judged_denpasar(session)
    for who, seen in (("operator", True), ("operator_other", False), ("executive", True), ("panel_lead", True)):
        as_(client, session, where, who)
        html = client.get(where.page).get_data(as_text=True)
        assert ("Tetapkan dan terapkan peta rencana." in html) is seen, who


def test_before_publication_an_agency_finds_nothing(client, session):
    where = judged_denpasar(session, publish=False)
    for who, status in (
        ("operator", 404), ("head", 404), ("inventory_manager", 404), ("assessor_off", 404), ("system_admin", 403),
        ("coordinator", 200), ("executive", 200), ("reviewer", 200),
    ):
        as_(client, session, where, who)
        assert client.get(where.page).status_code == status, who
        assert client.get(where.page + "/tabel.xlsx").status_code == status, who
    as_(client, session, where, "operator")
    assert "/hasil/2021" not in client.get("/hasil").get_data(as_text=True)
    assert "3,19" not in client.get("/pimpinan").get_data(as_text=True)


def test_AC_07_team_notes_and_unsent_judgements_are_in_no_byte(client, session):
    where = denpasar(session, document_stage=True)
    draft_of(session, where, "I12")
    results.enter_official(where.assessment, levels("external"), BASIS, where.city.actor("round_manager"))
    session.commit()
    places = (where.page, where.page + "?rupa=radar", where.page + "/tabel.xlsx", "/pimpinan", "/hasil", where.team_page)
    for who in ("operator", "round_manager", "executive", "coordinator", "panel_lead", "reviewer", "assessor"):
        as_(client, session, where, who)
        for place in places:
            _holds_no_secret(client.get(place), who, place)


def _holds_no_secret(response, who: str, place: str) -> None:
    said = response.data.decode("utf-8", "replace")
    if place.endswith(".xlsx") and response.status_code == 200:
        said = repr(sheet(response.data))
    assert not any(secret in said for secret in SECRETS), (who, place)


def test_AC_07_a_published_result_keeps_the_notes_of_the_team(client, session):
    where = judged_denpasar(session)
    for who in ("operator", "round_manager", "executive", "panel_lead"):
        as_(client, session, where, who)
        for place in (where.page, where.page + "/tabel.xlsx", "/pimpinan", where.team_page):
            _holds_no_secret(client.get(place), who, place)


def test_a_running_panel_shows_no_reason_beside_an_official_result(client, session):
    where = denpasar(session, document_stage=True)
    build.judged(session, where.assessment, where.outside, levels("external"))
    results.enter_official(where.assessment, levels("external"), BASIS, where.city.actor("round_manager"))
    session.commit()
    for who in ("operator", "round_manager", "executive", "panel_lead"):
        as_(client, session, where, who)
        html = client.get(where.page).get_data(as_text=True)
        assert "3,19" in html and "Justifikasi asesor." not in html and 'class="reason"' not in html, who


def test_official_and_portal_results_stand_side_by_side(client, session):
    where = judged_denpasar(session)
    official = levels("external") | {"I05": levels("external")["I05"] + 1}
    results.enter_official(where.assessment, official, BASIS, where.city.actor("round_manager"))
    session.commit()
    as_(client, session, where, "operator")
    html = client.get(where.page).get_data(as_text=True)
    assert "1 dari 47 indikator berbeda" in html and BASIS in html and "<b>3,21</b>" in html
    own = client.get(where.page + "?sumber=portal").get_data(as_text=True)
    assert '<p class="figure-xl"><b>3,19</b>' in own and BASIS in own
    assert client.get(where.page + "?sumber=lain").status_code == 404


def test_a_correction_shows_its_reason(client, session):
    where = judged_denpasar(session)
    manager = where.city.actor("round_manager")
    results.enter_official(where.assessment, levels("external"), BASIS, manager)
    session.flush()
    session.refresh(where.assessment)
    changed = levels("external") | {"I05": levels("external")["I05"] + 1}
    results.enter_official(where.assessment, changed, BASIS, manager, "Salah ketik pada indikator 5.")
    session.commit()
    as_(client, session, where, "operator")
    html = client.get(where.page).get_data(as_text=True)
    assert "Versi 2" in html and "Salah ketik pada indikator 5." in html


def test_last_year_stands_beside_it_only_where_it_may_be_read(client, session):
    earlier = judged_denpasar(session, publish=False)
    city, outside = earlier.city, earlier.outside
    assessment = build.judging(session, city, outside, slug="2022", year=2022, title="Evaluasi SPBE 2022")
    build.published(session, city, assessment, outside)
    session.commit()
    page = f"/hasil/2022/{earlier.subject}"
    as_(client, session, earlier, "executive")
    assert "turun 0,19 dari 3,19 (Evaluasi SPBE 2021)" in client.get(page).get_data(as_text=True)
    as_(client, session, earlier, "operator")
    assert "Evaluasi SPBE 2021" not in client.get(page).get_data(as_text=True)


def test_no_result_yet_says_so(client, session):
    where = build.city(session)
    session.commit()
    build.sign_in(client, session, where.people["operator"])
    assert "Belum ada hasil yang dapat Anda baca" in client.get("/hasil").get_data(as_text=True)
    assert "Belum ada hasil yang dapat Anda baca" in client.get("/pimpinan").get_data(as_text=True)


@pytest.mark.parametrize("who", ["executive", "operator", "round_manager", "panel_lead"])
def test_a_page_takes_few_statements(client, session, who):
    where = judged_denpasar(session)
    results.enter_official(where.assessment, levels("external"), BASIS, where.city.actor("round_manager"))
    build.opened(session, where.city, slug="2026")
    session.commit()
    as_(client, session, where, who)
    for place in (where.page, where.page + "/tabel.xlsx", "/hasil", "/pimpinan", "/pembanding", where.team_page):
        client.get(place)
        with statements() as seen:
            client.get(place)
        assert len(seen) <= 10, (place, len(seen), "\n".join(seen))


def test_the_board_shows_what_runs_as_sementara_to_the_team_only(client, session):
    where = judged_denpasar(session)
    period = build.opened(session, where.city, slug="2026")
    build.answered(session, where.city, period, "I12")
    session.commit()
    as_(client, session, where, "coordinator")
    html = client.get("/pimpinan").get_data(as_text=True)
    assert "Nilai sementara" in html and "0 klaim dan 1 perkiraan dari 47 butir" in html
    for who in ("executive", "operator"):
        as_(client, session, where, who)
        html = client.get("/pimpinan").get_data(as_text=True)
        assert "3,19" in html and "Penilaian mandiri SPBE 2026" in html and "Nilai sementara" not in html, who


HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", " =1", "\u3000=1", "＝1", "＋1", "－1", "＠1",
    "   ＝cmd|' /C calc'!A0", "https://contoh.go.id", "mailto:a@b", "1e5", "0012",
]


def test_IN_07_a_text_comes_back_as_a_text_whatever_it_begins_with():
    content = exports.workbook(exports.Sheet("Lembar", [exports.Column("Isi")], [[text] for text in HOSTILE]))
    import io
    import zipfile

    from openpyxl import load_workbook

    cells = [row[0] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(min_row=2)]
    assert all(cell.data_type == "s" for cell in cells) and not any(cell.hyperlink for cell in cells)
    plain = [(text, cell.value) for text, cell in zip(HOSTILE, cells, strict=True) if text.isprintable()]
    assert all(text == value for text, value in plain)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in page and "<hyperlink" not in page
        assert "externalLinks" not in " ".join(archive.namelist())


def test_IN_07_texts_of_the_panel_stay_texts_in_the_export(client, session):
    where = denpasar(session, document_stage=True)
    from fractions import Fraction

    from assessments import judging

    by = where.outside.actor("assessor")
    for claim in where.assessment.claims:
        judging.write_judgement(claim, by, Fraction(claim.value), "=HYPERLINK(\"x\")", "+1", "@SUM(A1)", "", 0)
        session.flush()
        judging.send_judgement(claim, by)
    judging.close_stage(where.assessment, where.outside.actor("panel_lead"))
    session.flush()
    proposal = results.propose(where.assessment, where.outside.actor("panel_lead"))
    session.flush()
    results.confirm(where.assessment, by, proposal.snapshot_sha)
    session.commit()
    assert session.query(Result).count() == 1
    as_(client, session, where, "executive")
    row = sheet(client.get(where.page + "/tabel.xlsx").data)[-1]
    assert row[10:13] == ('=HYPERLINK("x")', "+1", "@SUM(A1)")
