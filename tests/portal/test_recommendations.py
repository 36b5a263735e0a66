"""S60: the panel's recommendations before the result is published."""

import pytest
from sqlalchemy import select

from assessments.models import Recommendation
from tests import builders as build
from tests.portal.room_pages import hidden, panel, send, statements, without_audit

WISH = {"item": "I12", "text": "Tetapkan peta rencana.", "priority": "high", "due_on": "2027-06-30", "no_due_reason": "",
        "lead": ""}


def written(session) -> list[Recommendation]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Recommendation).order_by(Recommendation.id)))


def test_the_form_proposes_the_next_criterion_and_who_holds_the_item(client, session):
    where = panel(session)
    build.judged(session, where.assessment(session), where.outside, {"I12": 2})
    session.commit()
    where.as_(client, session, "assessor")
    page = f"{where.base}/rekomendasi"
    assert f"{page}?butir=I12#tulis" in client.get(page).get_data(as_text=True)
    html = client.get(f"{page}?butir=I12").get_data(as_text=True)
    item = where.assessment(session).period.instrument.item("I12")
    assert item.criteria[3][:60] in html and f'selected value="{where.city.agencies["bappeda"].slug}"' in html
    assert client.get(f"{page}?butir=I99").status_code == 200 and client.get(f"{page}?ubah=99999").status_code == 404


def test_written_changed_and_dropped_and_marked_without_an_owner(client, session):
    where = panel(session)
    where.as_(client, session, "assessor")
    page, bappeda, dinkes = f"{where.base}/rekomendasi", where.city.agencies["bappeda"].slug, where.city.agencies["dinkes"].slug
    for wrong in ({"text": " "}, {"priority": ""}, {"due_on": ""}, {"due_on": "besok"}, {"item": "I99"},
                  {"text": "x" * 2001}, {"text": "a\u0000"}, {"lead": "tidak-ada"}, {"lead": bappeda, "supporting": ["x"]},
                  {"supporting": [bappeda]}):
        answer = send(client, page, **WISH | wrong)
        assert answer.status_code == 422 and "Kesalahan" in answer.get_data(as_text=True), wrong
    assert written(session) == []
    assert send(client, page, **WISH).status_code == 302
    html = client.get(page).get_data(as_text=True)
    assert "Butuh OPD pelaksana" in html and "Tetapkan peta rencana." in html
    (one,) = written(session)
    mine = hidden(client, f"{page}?ubah={one.id}", f"{page}/{one.id}")
    change = WISH | {"text": "Terapkan peta rencana.", "lead": bappeda, "supporting": [dinkes], "item": ""}
    fields = mine | {name: value if isinstance(value, list) else [value] for name, value in change.items()}
    assert client.post(f"{page}/{one.id}", data=fields).status_code == 302
    (one,) = written(session)
    assert [(o.organization.slug, o.part) for o in one.current_owners] == [(bappeda, "lead"), (dinkes, "supporting")]
    assert "Butuh OPD pelaksana" not in client.get(page).get_data(as_text=True) and one.item is None
    stale = client.post(f"{page}/{one.id}", data=fields | {"key": ["k" * 24], "text": ["Punya saya."]})
    html = stale.get_data(as_text=True)
    assert stale.status_code == 409 and "Punya saya." in html and "Terapkan peta rencana." in html
    drop = f"{page}/{one.id}/hapus"
    assert send(client, drop, version="1").status_code == 409
    assert send(client, drop, page).status_code == 302 and written(session) == []
    assert send(client, drop, version="1").status_code == 404


@pytest.mark.parametrize(("who", "read", "write"), [
    ("panel_lead", 200, 302), ("reviewer", 200, 403), ("round_manager", 404, 403), ("inspector", 404, 403),
    ("operator", 404, 404), ("executive", 404, 404), ("assessor_off", 404, 404), ("system_admin", 404, 403),
])
def test_before_publication_only_the_panel_knows_of_them(client, session, who, read, write):
    where = panel(session)
    made = build.recommendation(session, where.city, where.assessment(session), where.outside)
    session.commit()
    where.as_(client, session, who)
    page = f"{where.base}/rekomendasi"
    answer = client.get(page)
    assert answer.status_code == read and ("Tetapkan dan terapkan" in answer.get_data(as_text=True)) == (read == 200)
    if who == "reviewer":
        assert "Simpan rekomendasi" not in answer.get_data(as_text=True)
    assert send(client, page, **WISH).status_code == write
    version = str(made.version)
    if write != 302:
        assert send(client, f"{page}/{made.id}", **WISH, version=version).status_code == write
        assert send(client, f"{page}/{made.id}/hapus", version=version).status_code == write
        assert len(written(session)) == 1


def test_one_of_another_assessment_is_not_reached_through_this_one(client, session):
    where = panel(session)
    other = build.judging(session, where.city, where.outside, slug="lain", title="Putaran lain", term=2)
    made = build.recommendation(session, where.city, other, where.outside)
    session.commit()
    where.as_(client, session, "assessor")
    page = f"{where.base}/rekomendasi"
    assert send(client, f"{page}/{made.id}", **WISH, version="1").status_code == 404
    assert send(client, f"{page}/{made.id}/hapus", version="1").status_code == 404
    assert client.get(f"{page}?ubah={made.id}").status_code == 404 and len(written(session)) == 1


def test_after_publication_they_are_read_and_no_longer_written(client, session):
    where = panel(session)
    made = build.recommendation(session, where.city, where.assessment(session), where.outside)
    session.commit()
    build.published(session, where.city, where.assessment(session), where.outside)
    session.commit()
    where.as_(client, session, "assessor")
    page = f"{where.base}/rekomendasi"
    html = client.get(f"{page}?ubah={made.id}").get_data(as_text=True)
    assert "Tetapkan dan terapkan" in html and "Simpan rekomendasi" not in html
    assert send(client, page, **WISH).status_code == 409


def test_the_weight_is_the_same_for_one_and_many(client, session):
    where = panel(session)
    build.recommendation(session, where.city, where.assessment(session), where.outside)
    session.commit()
    where.as_(client, session, "assessor")
    page = f"{where.base}/rekomendasi?butir=I12"
    client.get(page)
    with statements() as few:
        client.get(page)
    for item in ("I01", "I02", "I03", "I04"):
        build.recommendation(session, where.city, where.assessment(session), where.outside, "dinkes", item)
    session.commit()
    with statements() as many:
        client.get(page)
    assert len(many) == len(few) <= 10
    form = hidden(client, page, f"{where.base}/rekomendasi") | {name: [text] for name, text in WISH.items()}
    form["lead"] = [where.city.agencies["bappeda"].slug]
    with statements() as deed:
        assert client.post(f"{where.base}/rekomendasi", data=form).status_code == 302
    assert len(without_audit(deed)) <= 14
