"""Saving without a button as the page calls it, and what was written before (U-30 to U-36)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from assessments import audit
from assessments.models import Contribution, ContributionRevision
from portal.differences import difference
from tests import builders as build
from tests.portal.agency_pages import answer, answer_of, as_operator, begun, form_of, statements
from tests.portal.test_approval_race import apart

JSON = {"Accept": "application/json"}
TYPED = {"value": "3", "facts": "Fakta yang diketik.", "analysis": "Analisis yang diketik."}


@pytest.fixture
def where(session):
    return begun(session)


@pytest.fixture
def operator(client, session, where):
    return as_operator(client, session, where)


def fields_of(client, where) -> dict[str, str]:
    return form_of(client, where.item(), "jawaban")


def saved(client, where, fields, **more):
    return client.post(f"{where.item()}/simpan-otomatis", data=fields | TYPED | more, headers=JSON)


def history_of(client, where) -> str:
    return client.get(f"{where.item()}/riwayat").get_data(as_text=True)


def test_the_answer_names_the_time_and_the_version_so_that_the_page_goes_on(operator, session, where):
    fields = fields_of(operator, where)
    for n in range(3):
        response = saved(operator, where, fields, facts=f"Fakta {n}.")
        assert response.status_code == 200 and response.is_json
        assert response.json["saved_at"].endswith("WITA") and response.json["note"] == ""
        fields["version"] = str(response.json["version"])
    stored = answer_of(session, where)
    assert (stored.facts, stored.state, stored.version) == ("Fakta 2.", "filling", int(fields["version"]))
    assert [(r.n, r.facts, r.autosaved) for r in stored.revisions] == [(1, "Fakta 2.", True)]
    assert operator.post(where.item(), data=fields | TYPED | {"facts": "Fakta 2."}).status_code == 302, "the button goes on from there"
    assert [r.autosaved for r in answer_of(session, where).revisions] == [False]


def test_a_saving_costs_a_fixed_number_of_statements(operator, session, where):
    for n in range(4):
        answer(operator, where.item(), facts=f"Fakta {n}.")
    fields = fields_of(operator, where)
    counts = []
    for n in (5, 6):
        with statements() as seen:
            response = saved(operator, where, fields, facts=f"Fakta {n}.")
        fields["version"] = str(response.json["version"])
        counts.append(len(seen))
    assert max(counts) <= 14, counts


def test_the_same_text_again_is_no_conflict_and_no_revision(operator, session, where):
    fields = fields_of(operator, where)
    saved(operator, where, fields)
    again = saved(operator, where, fields, facts="Fakta yang diketik.\r\n")
    assert again.status_code == 200 and again.json["version"] == answer_of(session, where).version
    assert len(answer_of(session, where).revisions) == 1


def test_U_34_a_stale_page_hears_both_texts_and_overwrites_nothing(operator, app, session, where):
    fields = fields_of(operator, where)
    mate = build.office(session, "Sari Rekan", where.city.agencies["bappeda"], "agency_operator")
    other = build.sign_in(app.test_client(), session, mate)
    saved(other, where, fields_of(other, where), facts="Tulisan Sari.", value="2")
    refused = saved(operator, where, fields, facts="Tulisan saya.")
    assert refused.status_code == 409
    assert refused.json["theirs"] == {"value": "2", "facts": "Tulisan Sari.", "analysis": TYPED["analysis"]}
    assert refused.json["who"] == "Sari Rekan" and refused.json["at"].endswith("WITA")
    assert answer_of(session, where).facts == "Tulisan Sari."
    fields["version"] = str(refused.json["version"])
    assert saved(operator, where, fields, facts="Gabungan.").status_code == 200
    assert [r.facts for r in answer_of(session, where).revisions] == ["Tulisan Sari.", "Gabungan."]


@pytest.mark.parametrize(("wrong", "field", "words"), [
    ({"facts": "x" * 4001}, "facts", "4001"), ({"value": "9"}, "value", ""), ({"analysis": "a\x00b"}, "analysis", "karakter"),
])
def test_what_cannot_be_stored_is_said_in_sentences(operator, session, where, wrong, field, words):
    response = saved(operator, where, fields_of(operator, where), **wrong)
    assert response.status_code == 422 and response.json["fields"] == [field]
    assert words in response.json["sentences"][0]
    assert answer_of(session, where).facts == ""


def test_an_ended_session_is_401_and_never_a_redirect(operator, app, session, where):
    fields = fields_of(operator, where)
    operator.post("/keluar", data={"csrf_token": fields["csrf_token"]})
    gone = saved(operator, where, fields)
    assert gone.status_code in (400, 401) and gone.is_json
    with operator.session_transaction() as cookie:
        cookie["_user_id"] = "nobody"
    assert saved(operator, where, fields).status_code in (400, 401)
    assert answer_of(session, where).facts == ""


def test_S15_the_text_of_one_account_is_not_stored_under_another(operator, session, where):
    fields = fields_of(operator, where)
    mate = build.office(session, "Rekan seruang", where.city.agencies["bappeda"], "agency_operator")
    build.sign_in(operator, session, mate)
    token = fields_of(operator, where)["csrf_token"]
    refused = saved(operator, where, fields | {"csrf_token": token})
    assert refused.status_code == 409 and "jabatan lain" in refused.json["detail"]
    assert answer_of(session, where).facts == ""


def test_a_token_of_nobody_is_refused(operator, session, where):
    assert saved(operator, where, fields_of(operator, where) | {"csrf_token": "x"}).status_code == 400
    assert answer_of(session, where).facts == ""


def test_a_closed_window_refuses_with_its_sentence(operator, session, where):
    fields = fields_of(operator, where)
    build.ready(session, where.city, where.period)
    refused = saved(operator, where, fields)
    assert refused.status_code == 409 and "terkunci" in refused.json["detail"] and "theirs" not in refused.json


def test_a_change_that_takes_readiness_away_says_so(operator, session, where):
    build.answered(session, where.city, where.period, "I12")
    session.commit()
    response = saved(operator, where, fields_of(operator, where))
    assert "tandai siap lagi" in response.json["note"]


@pytest.mark.parametrize(("words", "status"), [("database is locked", 503), ("database or disk is full", 507)])
def test_OP_02_a_database_that_is_locked_or_full_stores_nothing_and_says_which(operator, app, session, where, monkeypatch, words, status):
    fields = fields_of(operator, where)

    def failing(*_):
        raise OperationalError("UPDATE", {}, Exception(words))

    app.testing = False
    try:
        with monkeypatch.context() as patch:
            patch.setattr(audit, "link_hash", failing)
            by_itself = saved(operator, where, fields)
            pressed = operator.post(where.item(), data=fields | TYPED)
    finally:
        app.testing = True
    assert (by_itself.status_code, pressed.status_code) == (status, status)
    assert by_itself.json["title"] == {503: "Server sedang sibuk", 507: "Ruang simpan server penuh"}[status]
    assert TYPED["facts"] in pressed.get_data(as_text=True), "what was typed is shown again"
    assert answer_of(session, where).facts == "" and not answer_of(session, where).revisions
    assert saved(operator, where, fields).status_code == 200


def test_BL_04_of_forty_parallel_savings_one_is_stored_and_all_others_hear_of_it(app, operator, session, where):
    fields, name = fields_of(operator, where), app.config["SESSION_COOKIE_NAME"]
    cookie, path = operator.get_cookie(name).value, f"{where.item()}/simpan-otomatis"

    def write(n):
        client = app.test_client()
        client.set_cookie(name, cookie)
        response = client.post(path, data=fields | TYPED | {"facts": f"Tulisan {n}."}, headers=JSON)
        return n, response.status_code, response.json

    with apart(app, session), ThreadPoolExecutor(8) as together:
        answers = list(together.map(write, range(40)))
    assert sorted(status for _n, status, _said in answers) == [200] + [409] * 39
    kept = answer_of(session, where)
    winner = next(n for n, status, _said in answers if status == 200)
    assert kept.facts == f"Tulisan {winner}." and len(kept.revisions) == 1
    assert all(said["theirs"]["facts"] == kept.facts for _n, status, said in answers if status == 409)


# ---------------------------------------------------------------- what was written before


def test_U_36_the_history_names_author_time_and_difference(operator, session, where):
    answer(operator, where.item(), facts="Perwali 12 memuat peta rencana.", value="2")
    answer(operator, where.item(), facts="Perwali 14 memuat peta rencana <b>.", value="3")
    page = history_of(operator, where)
    assert "<del>12</del><ins>14</ins>" in page and "peta rencana" in page
    assert "<del>2</del> menjadi <ins>3</ins>" in page
    assert "&lt;b&gt;" in page and "operator kota-contoh" in page and "WITA" in page
    assert "/riwayat" in operator.get(where.item()).get_data(as_text=True)


def test_U_36_any_text_comes_back_as_a_new_revision(operator, session, where):
    for n in range(12):
        answer(operator, where.item(), facts=f"Fakta {n}.")
    page = operator.get(f"{where.item()}/riwayat?hal=2").get_data(as_text=True)
    assert "Fakta 0." in page and "Fakta 11." not in page
    path = f"{where.item()}/riwayat/1/pulihkan"
    fields = form_of(operator, f"{where.item()}/riwayat?hal=2", part=path)
    assert operator.post(path, data=fields).status_code == 302
    stored = answer_of(session, where)
    assert (stored.facts, stored.revision_n, stored.revisions[-1].autosaved) == ("Fakta 0.", 13, False)
    stale = operator.post(f"{where.item()}/riwayat/2/pulihkan", data=fields)
    assert stale.status_code == 409 and "diubah orang lain" in stale.get_data(as_text=True)
    assert answer_of(session, where).facts == "Fakta 0."


@pytest.mark.parametrize("n", ["99", "0", "99999999999999999999"])
def test_a_revision_that_does_not_exist_is_not_found(operator, session, where, n):
    answer(operator, where.item())
    fields = fields_of(operator, where)
    assert operator.post(f"{where.item()}/riwayat/{n}/pulihkan", data=fields).status_code == 404


def test_readers_see_the_history_without_buttons_and_a_locked_one_restores_nothing(app, client, session, where):
    build.ready(session, where.city, where.period)
    session.commit()
    operator = as_operator(client, session, where)
    assert "Pulihkan" not in history_of(operator, where)
    fields = form_of(operator, where.item(), part="data-signout")
    assert operator.post(f"{where.item()}/riwayat/1/pulihkan", data=fields).status_code == 409
    manager = build.sign_in(app.test_client(), session, where.city.people["round_manager"])
    page = manager.get(f"{where.item()}/riwayat?opd={where.city.agencies['bappeda'].slug}")
    assert page.status_code == 200 and "Pulihkan" not in page.get_data(as_text=True)


def test_the_history_costs_the_same_for_two_or_fifty_revisions(operator, session, where):
    answer(operator, where.item())
    with statements() as few:
        history_of(operator, where)
    row = answer_of(session, where)
    for n in range(2, 52):
        session.add(ContributionRevision(contribution=row, n=n, author_id=row.revisions[0].author_id,
                                         at=row.revisions[0].at, facts=f"Fakta {n}.", analysis=""))
    session.commit()
    with statements() as many:
        history_of(operator, where)
    assert len(few) == len(many) <= 10


def test_the_pages_carry_no_more_than_the_answer_of_the_item(operator, session, where):
    answer(operator, where.item())
    assert session.scalar(select(Contribution.facts).where(Contribution.item == "I12", Contribution.facts != "")) == "Fakta."
    assert 'data-autosave="/penilaian/2026/indikator/I12/simpan-otomatis"' in operator.get(where.item()).get_data(as_text=True)


@pytest.mark.parametrize(("before", "after"), [
    ("", "Baru."), ("Lama.", ""), ("satu dua tiga", "satu empat tiga"), ("a " * 2000, "b " * 2000), ("x" * 4000, "y" * 4000),
    ("kata " * 300, "kata " * 150 + "lain " + "kata " * 150),
])
def test_a_difference_holds_everything_that_was_taken_out_and_put_in(before, after):
    found = difference(before, after)
    assert all(stretch.text for stretch in found)
    removed = "".join(stretch.text for stretch in found if stretch.kind == "removed")
    added = "".join(stretch.text for stretch in found if stretch.kind == "added")
    assert len(removed) - len(added) == len(before) - len(after)
    if not before:
        assert added == after


@pytest.mark.parametrize("path", ["/simpan-otomatis", ""])
def test_what_stood_there_at_a_conflict_stays_in_the_history(operator, session, where, path):
    """Two devices of one account within ten minutes: settling the conflict folds nothing away."""
    fields = fields_of(operator, where)
    theirs = saved(operator, where, fields, facts="Tulisan dari gawai lain.")
    assert theirs.status_code == 200
    late = operator.post(where.item() + path, data=fields | TYPED, headers=JSON if path else {})
    assert late.status_code == 409
    settled = saved(operator, where, fields | {"version": str(theirs.json["version"])})
    assert settled.status_code == 200
    told = [revision.facts for revision in answer_of(session, where).revisions]
    assert told[-2:] == ["Tulisan dari gawai lain.", TYPED["facts"]]


def test_a_saving_says_why_it_is_this_level(operator, where):
    assert saved(operator, where, fields_of(operator, where)).json["why"].startswith("Tingkat 3 dipilih, tetapi bukti baru")
