"""The team's page of the evaluation: the official result from a file, its correction, and publishing."""

import io
from datetime import date

import pytest
from sqlalchemy import select

from assessments import following_up
from assessments.models import Assessment, Result
from assessments.tasks import today_of
from tests import builders as build
from tests.portal.result_pages import BASIS, LEVELS, denpasar, draft_of, judged_denpasar, levels
from tests.portal.round_pages import send, statements


def as_(client, session, where, who: str):
    people = where.city.people | where.outside.people
    return build.sign_in(client, session, people[who])


def upload(client, where, content: bytes | None = None, name: str = "nilai.csv", **fields):
    content = LEVELS.read_bytes() if content is None else content
    fields = {"basis": BASIS, "column": "external", "reason": ""} | fields
    return send(client, where.team_page + "/resmi", where.team_page, file=(io.BytesIO(content), name), **fields)


def stored(session) -> list[Result]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Result).order_by(Result.id)))


def test_the_levels_of_denpasar_2021_give_the_published_result(client, session):
    where = denpasar(session)
    as_(client, session, where, "round_manager")
    answer = upload(client, where)
    assert answer.status_code == 302 and answer.location.endswith(where.team_page)
    assert "Hasil resmi versi 1 tersimpan: indeks 3,19, Baik." in client.get(where.team_page).get_data(as_text=True)
    result = stored(session)[0]
    assert (result.index_exact, result.index_shown, result.predicate, result.basis) == ("3.1925", "3.19", "Baik", BASIS)
    shown = {row.node: row.shown for row in result.values}
    assert [shown[f"D{n}"] for n in (1, 2, 3, 4)] == ["3.00", "3.30", "2.18", "3.55"]
    assert [shown[f"A{n}"] for n in range(1, 9)] == ["3.00", "2.75", "3.75", "3.50", "2.13", "2.33", "3.70", "3.33"]
    html = client.get(where.page).get_data(as_text=True)
    assert "<b>3,19</b>" in html and "<b>3,75</b>, turun 0,56" in html and "25 turun, 18 tetap, 4 naik" in html


def test_an_operator_reads_the_official_result_at_once(client, session):
    where = denpasar(session)
    as_(client, session, where, "round_manager")
    upload(client, where)
    as_(client, session, where, "operator")
    assert client.get(where.page).status_code == 200


def test_lines_that_are_wrong_are_named_at_the_field(client, session):
    where = denpasar(session)
    as_(client, session, where, "round_manager")
    spoiled = LEVELS.read_text().replace("I05,4,3", "I05,4,7").replace("I09,4,3", "I99,4,3").encode()
    answer = upload(client, where, spoiled)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Kesalahan: " in html and BASIS in html
    assert "Baris 6: indikator 5" in html and "Baris 10: indikator" in html and "tanpa indikator 9" in html
    assert stored(session) == []
    missing = upload(client, where, basis="", column="tidak ada")
    html = missing.get_data(as_text=True)
    assert missing.status_code == 422 and "Tulis sumber dan nomor keputusan." in html and "tidak memuat kolom" in html


def test_a_correction_asks_why(client, session):
    where = denpasar(session)
    as_(client, session, where, "round_manager")
    upload(client, where)
    changed = LEVELS.read_text().replace("I05,4,3", "I05,4,4").encode()
    refused = upload(client, where, changed)
    assert refused.status_code == 422 and "Alasan perubahan wajib diisi." in refused.get_data(as_text=True)
    same = upload(client, where, reason="Dikirim lagi.")
    assert same.status_code == 422 and "sama dengan hasil resmi yang sudah ada" in same.get_data(as_text=True)
    assert upload(client, where, changed, reason="Salah ketik.").status_code == 302
    first, second = stored(session)
    assert (first.n, second.n, second.supersedes_id, second.reason) == (1, 2, first.id, "Salah ketik.")


def test_the_same_form_twice_enters_one_result(client, session):
    where = denpasar(session)
    as_(client, session, where, "round_manager")
    first = upload(client, where, key="k" * 24)
    again = upload(client, where, key="k" * 24)
    assert (first.status_code, again.status_code) == (302, 302) and len(stored(session)) == 1


@pytest.mark.parametrize(("who", "status"), [
    ("coordinator", 403), ("operator", 403), ("head_other", 404), ("executive", 403), ("panel_lead", 404), ("system_admin", 403),
])
def test_only_the_round_manager_enters_it(client, session, who, status):
    where = denpasar(session)
    as_(client, session, where, who)
    assert upload(client, where).status_code == status and stored(session) == []


def test_what_keeps_a_result_from_being_published_stands_on_the_page_and_its_task_has_no_deadline_of_filling(client, session):
    where = judged_denpasar(session, publish=False)
    wish = following_up.Wish("Tetapkan peta rencana.", "high", date(2027, 6, 30), item="I12", owners=[])
    following_up.recommend(session.get_one(Assessment, where.assessment.id), wish, where.outside.actor("assessor"))
    session.commit()
    as_(client, session, where, "coordinator")
    page = client.get(where.team_page).get_data(as_text=True)
    assert "1 rekomendasi belum punya OPD pelaksana" in page and 'name="sure"' not in page
    (task,) = [one for one in today_of(session, where.city.actor("coordinator")).tasks if one.kind == "publish"]
    assert task.due is None


def test_publishing_asks_once_more_and_opens_the_result(client, session):
    where = judged_denpasar(session, publish=False)
    as_(client, session, where, "coordinator")
    page = client.get(where.team_page).get_data(as_text=True)
    assert "Terbitkan hasil" in page and "47 dari 47" in page
    action = where.team_page + "/terbit"
    unsure = send(client, action, where.team_page)
    assert unsure.status_code == 422 and "Centang bahwa Anda sudah memeriksa hasil ini." in unsure.get_data(as_text=True)
    assert send(client, action, where.team_page, sure="y").status_code == 302
    session.rollback()
    session.expire_all()
    assert session.scalar(select(Assessment.state)) == "published"
    assert send(client, action, where.team_page, sure="y").status_code == 409
    as_(client, session, where, "operator")
    assert client.get(where.page).status_code == 200


def test_while_a_stage_runs_nothing_of_it_is_counted(client, session):
    where = denpasar(session, document_stage=True)
    build.judged(session, where.assessment, where.outside, levels("external") | {"I12": 2})
    session.commit()
    for who in ("round_manager", "coordinator", "panel_lead"):
        as_(client, session, where, who)
        html = client.get(where.team_page).get_data(as_text=True)
        assert "tampil sesudah tahap ditutup" in html and "dari 47" not in html, who
    assert "panel lead luar" in html


def test_a_draft_leaves_no_trace_on_the_team_s_page(client, session):
    where = denpasar(session, document_stage=True)
    as_(client, session, where, "round_manager")
    before = client.get(where.team_page).get_data(as_text=True).count("<td")
    draft_of(session, where, "I12")
    html = client.get(where.team_page).get_data(as_text=True)
    assert html.count("<td") == before and "CATATAN-TIM" not in html and "DRAF" not in html


def test_entering_takes_few_statements(client, session):
    where = denpasar(session)
    as_(client, session, where, "round_manager")
    with statements() as seen:
        assert upload(client, where).status_code == 302
    # Two of them belong to the page the form is taken from and to the sign-in.
    assert len(seen) <= 24, "\n".join(seen)
