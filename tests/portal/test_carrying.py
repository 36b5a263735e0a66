"""S25: last year's answers come along, all to be looked at again, and never over what is there."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from assessments import answering, carrying, library
from assessments.clock import now, today
from assessments.models import Citation, Contribution, Event, Period
from assessments.refusal import Refused
from portal.once import new_key
from tests import builders as build
from tests.assessments.test_succeeding import do, new_office
from tests.portal.agency_pages import answer, answer_of, as_operator, form_of, statements
from tests.portal.test_approval_race import apart
from tests.portal.thread_pages import came_out, cited_last_year, earlier, paper, period_of, two_years

PAGE = "/penilaian/2026/salin"


@pytest.fixture
def where(client, session):
    made = two_years(session)
    as_operator(client, session, made)
    return made


def found(session, where, item="I12", who="operator"):
    session.rollback()
    session.expire_all()
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    rows = {each.item.code: each for each in carrying.candidates(session, part, where.city.actor(who))}
    return rows.get(item)


def copy(client, *items, **fields):
    return client.post(PAGE, data=form_of(client, PAGE, "salin") | {"items": list(items)} | fields)


# ---------------------------------------------------------------- copying


def test_what_was_merged_into_the_agency_comes_along_too(app, session, where):
    session.scalars(select(Period).where(Period.year < where.period.year)).one().state = "closed"
    session.flush()
    heir = new_office(session, where.city)
    do(session, where.city, [where.city.agencies["bappeda"]], [heir])
    where.city.people["heir"] = build.office(session, "operator baru", heir, "agency_operator")
    session.commit()
    part = build.submission(session, where.period, heir)
    rows = {each.item.code: each for each in carrying.candidates(session, part, where.city.actor("heir"))}
    assert rows["I12"].source.submission.organization_id == where.city.agencies["bappeda"].id and rows["I12"].evidence
    dinkes = build.submission(session, where.period, where.city.agencies["dinkes"])
    others = carrying.candidates(session, dinkes, where.city.actor("operator_other")) if dinkes is not None else []
    assert all(each.source.submission.organization_id == where.city.agencies["dinkes"].id for each in others)


def test_everything_of_a_chosen_answer_is_copied_and_waits_to_be_looked_at(client, session, where):
    old = earlier(session, where)
    old.slots = {"dokumen": "Perwali, 12.a"}
    old.coverage = "12 dari 40 OPD"
    old.citations[0].article, old.citations[0].gist = "Pasal 9", "Ruang lingkup."
    session.commit()
    sent = copy(client, "I12")
    assert (sent.status_code, sent.headers["Location"]) == (302, PAGE)
    new, old = answer_of(session, where), earlier(session, where)
    assert (new.value, new.facts, new.analysis, new.coverage) == (old.value, old.facts, old.analysis, old.coverage)
    assert new.slots == {"dokumen": "Perwali, 12.a"}
    assert (new.state, new.carried_from_id, new.submission.state) == ("needs_review", old.id, "filling")
    (mine,), (theirs,) = new.citations, old.citations
    for name in ("document_id", "n", "levels", "locator", "article", "gist"):
        assert getattr(mine, name) == getattr(theirs, name)
    assert (mine.letter, new.revisions[-1].facts) == ("a", "Fakta contoh.")
    assert new.revisions[-1].author_id == where.city.people["operator"].person_id
    assert answer_of(session, where, "I01").state == "empty"
    event = session.scalar(select(Event).where(Event.verb == "carry_over"))
    assert event.label == "1 indikator disalin dari Evaluasi SPBE 2025"


def test_after_copying_a_summary_says_what_waits_and_leads_there(client, where):
    assert copy(client, "I01", "I12").headers["Location"] == PAGE
    text = client.get(PAGE).get_data(as_text=True)
    assert "2 indikator dan 2 bukti disalin." in text
    assert "Sudah disalin, perlu ditinjau" in text and where.item() in text
    assert "Perlu ditinjau" in client.get("/penilaian/2026").get_data(as_text=True)


def test_codes_in_the_text_follow_the_evidence_to_its_new_letter(client, session, where):
    by = where.city.actor("operator")
    old = earlier(session, where)
    answering.detach(old.citations[0], by)
    session.flush()
    session.expire(old)
    cited_last_year(session, where, paper(session, where.city.agencies["bappeda"], by, "b", kind="plan"), [2])
    old = earlier(session, where)
    assert old.citations[0].letter == "b"
    old.facts, old.analysis = "Lihat 12.b dan 112.b serta 12.bab.", "Pada 12.z tidak ada."
    session.commit()
    copy(client, "I12")
    new = answer_of(session, where)
    assert (new.citations[0].letter, new.facts) == ("a", "Lihat 12.a dan 112.b serta 12.bab.")
    assert new.analysis == "Pada 12.z tidak ada."


def test_one_click_says_that_it_still_holds_and_then_it_can_be_ready(client, session, where):
    copy(client, "I12")
    page = client.get(where.item()).get_data(as_text=True)
    assert "disalin dari Evaluasi SPBE 2025" in page and "Masih berlaku" in page
    sent = client.post(f"{where.item()}/tinjauan", data=form_of(client, where.item(), "jawaban"))
    assert (sent.status_code, sent.headers["Location"]) == (302, where.item())
    assert answer_of(session, where).state == "filling"
    assert "Masih berlaku" not in client.get(where.item()).get_data(as_text=True)
    assert answer(client, where.item(), facts="Fakta contoh.", analysis="Analisis contoh.", then="ready").status_code == 302
    assert answer_of(session, where).state == "ready"


def test_what_was_copied_is_not_ready_before_somebody_looked_at_it(client, session, where):
    copy(client, "I01", "I12")
    assert "2 indikator belum ditandai siap" in client.get("/penilaian/2026/periksa").get_data(as_text=True)


def test_typed_text_goes_along_with_the_confirmation(client, session, where):
    copy(client, "I12")
    fields = form_of(client, where.item(), "jawaban") | {"value": "2", "facts": "Lain.", "analysis": "Analisis contoh."}
    assert client.post(f"{where.item()}/tinjauan", data=fields).status_code == 302
    new = answer_of(session, where)
    assert (new.value, new.facts, new.state) == (2, "Lain.", "filling")


# ---------------------------------------------------------------- never over something


def test_an_item_with_text_cannot_be_chosen_and_says_why(client, session, where):
    answer(client, where.item(), facts="Tulisan tahun ini.")
    page = client.get(PAGE).get_data(as_text=True)
    assert 'value="I12"' not in page and 'value="I01"' in page
    assert "Sudah ada isian tahun ini; salinan tidak menimpanya." in page
    refused = client.post(PAGE, data=form_of(client, PAGE, "salin") | {"items": ["I01", "I12"]})
    assert refused.status_code == 422
    assert "Indikator 12: Sudah ada isian tahun ini" in refused.get_data(as_text=True)
    assert answer_of(session, where).facts == "Tulisan tahun ini."
    assert answer_of(session, where, "I01").state == "empty", "all or nothing"


@pytest.mark.parametrize(("items", "sentence"), [
    ([], "Pilih sekurang-kurangnya satu indikator"),
    (["I99"], "tidak punya isian tahun lalu"),
    (["I02"], "tidak punya isian tahun lalu"),
    (["I12", "'; --"], "tidak punya isian tahun lalu"),
])
def test_a_choice_that_is_none_is_refused_and_copies_nothing(client, session, where, items, sentence):
    refused = copy(client, *items)
    assert refused.status_code == 422 and sentence in refused.get_data(as_text=True)
    assert answer_of(session, where).state == "empty"


def test_only_items_the_agency_holds_and_answers_it_gave_are_offered(client, session, where):
    session.rollback()
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    assert [each.item.code for each in carrying.candidates(session, part, where.city.actor("operator"))] == ["I01", "I12"]
    other = build.submission(session, where.period, where.city.agencies["kominfo"])
    assert carrying.candidates(session, other, where.city.actor("operator")) == []


def test_slots_of_one_indicator_are_items_of_their_own(client, session):
    where = two_years(session, items=("I35", "I45"))
    as_operator(client, session, where)
    assert found(session, where, "I35").source.item == "I35" and found(session, where, "I45").source.item == "I45"


def test_the_newest_earlier_round_counts_and_a_rehearsal_never(session, where):
    operator = where.city.actor("operator")
    build.opened(session, where.city, slug="gladi", year=2025, term=3, track="rehearsal", title="Gladi")
    newer = build.opened(session, where.city, slug="2025b", year=2025, term=2, title="Evaluasi kedua 2025")
    made = build.contribution(session, newer, where.city.agencies["bappeda"], "I12")
    answering.answer(made, operator, Fraction(2), "Fakta kedua.", "", made.version)
    session.commit()
    assert found(session, where).period.title == "Evaluasi kedua 2025"
    assert found(session, where, "I01").period.title == "Evaluasi SPBE 2025"


def test_it_works_across_editions_of_the_guidance_and_says_where_a_criterion_changed(client, session):
    where = two_years(session, items=("I12", "I35"), before={"guidance": "59-2020"})
    same, other = found(session, where, "I12"), found(session, where, "I35")
    assert same.preselected and same.doubts == ()
    assert other.selectable and not other.preselected
    assert other.doubts == ("Kriteria tingkat 3 berbeda dari pedoman tahun lalu.",)


# ---------------------------------------------------------------- what may be stale


def test_a_value_the_assessors_changed_is_said_and_not_chosen_beforehand(client, session, where):
    came_out(session, where, 2)
    row = found(session, where)
    assert (row.claimed, row.verified, row.preselected) == (3, 2, False)
    assert row.doubts == ("Nilai diubah penilai: isian 3, hasil 2.",)
    page = client.get(PAGE).get_data(as_text=True)
    assert 'id="salin-I12">' in page.replace(" checked", "") and "isian 3, hasil 2" in page
    assert 'id="salin-I12" checked' not in page
    assert copy(client, "I12").status_code == 302, "the choice is the operator's"


def old_day(session, years: int, days: int = 0) -> date:
    day = today("Asia/Makassar")
    return day.replace(year=day.year - years, day=min(day.day, 28)) - timedelta(days=days)


@pytest.mark.parametrize(("dated", "levels", "kind", "stale"), [
    (3, [4], "report", True),   # the guidance asks for a review younger than two years at level 4 of this item
    (3, [2, 3], "report", False),
    (1, [4], "report", False),
    (3, [4], "regulation", False),
])
def test_a_review_older_than_the_guidance_asks_is_stale_at_that_level_only(session, where, dated, levels, kind, stale):
    version = paper(session, where.city.agencies["bappeda"], where.city.actor("operator"), "c", kind=kind,
                    dated=old_day(session, dated), title="Laporan reviu Peta Rencana")
    cited_last_year(session, where, version, levels)
    session.commit()
    row = found(session, where)
    assert row.preselected is not stale
    assert bool(row.doubts and "Laporan reviu Peta Rencana: bertanggal" in row.doubts[0]) is stale


def test_evidence_that_ran_out_or_cannot_be_opened_is_said(session, where):
    document = earlier(session, where).citations[0].cited
    document.valid_until = today("Asia/Makassar") - timedelta(days=1)
    session.commit()
    assert "tidak berlaku lagi sejak" in found(session, where).doubts[0]
    document = earlier(session, where).citations[0].cited
    document.valid_until, document.blob.reading_state = None, "locked"
    session.commit()
    assert "berkasnya tidak dapat dibuka" in found(session, where).doubts[0]
    assert len(found(session, where).evidence) == 1


@pytest.mark.parametrize("how", ["removed", "quarantined"])
def test_evidence_that_is_gone_does_not_come_along(client, session, where, how):
    version = earlier(session, where).citations[0].cited
    if how == "removed":
        version.document.removed_at = now()
    else:
        version.blob.scan_state = "quarantined"
    session.commit()
    row = found(session, where)
    assert not row.preselected and "tidak ikut disalin" in row.doubts[0]
    assert copy(client, "I12").status_code == 302
    assert answer_of(session, where).citations == [] and answer_of(session, where).facts == "Fakta contoh."


def test_a_newer_version_is_named_and_the_copy_keeps_the_one_that_was_cited(client, session, where):
    document = earlier(session, where).citations[0].cited.document
    blob = library.remember_blob(session, "d" * 64, 10, "application/pdf")
    library.add_version(document, where.city.actor("operator"), blob=blob, file_name="b.pdf")
    session.commit()
    assert "Ada versi 2; yang disalin versi 1." in client.get(PAGE).get_data(as_text=True)
    copy(client, "I12")
    assert answer_of(session, where).citations[0].n == 1
    assert "Ada versi 2 di pustaka" in client.get(where.item()).get_data(as_text=True)


# ---------------------------------------------------------------- doors, ways and cost


def test_the_list_of_tasks_and_an_empty_item_lead_there_as_long_as_something_can_be_copied(client, where):
    tasks = client.get("/penilaian/2026").get_data(as_text=True)
    assert "2 indikator" in tasks and f'href="{PAGE}"' in tasks
    assert f'href="{PAGE}?indikator=I12"' in client.get(where.item()).get_data(as_text=True)
    copy(client, "I01", "I12")
    assert f'href="{PAGE}"' not in client.get("/penilaian/2026").get_data(as_text=True)
    assert f'href="{PAGE}?indikator=I12"' not in client.get(where.item()).get_data(as_text=True)


def test_from_an_item_only_that_one_is_copied_and_the_way_leads_back(client, session, where):
    page = client.get(f"{PAGE}?indikator=I12").get_data(as_text=True)
    assert 'value="I12"' in page and 'value="I01"' not in page
    fields = form_of(client, f"{PAGE}?indikator=I12", "salin")
    sent = client.post(f"{PAGE}?indikator=I12", data=fields | {"items": ["I12"]})
    assert (sent.status_code, sent.headers["Location"]) == (302, where.item())
    assert client.get(f"{PAGE}?indikator=tidak-ada").status_code == 200


def test_where_nothing_came_before_the_page_says_so(client, session):
    city = build.city(session)
    build.opened(session, city)
    build.sign_in(client, session, city.people["operator"])
    assert "Tidak ada isian dari penilaian sebelumnya" in client.get(PAGE).get_data(as_text=True)
    assert "Salin dari tahun lalu" not in client.get("/penilaian/2026").get_data(as_text=True)


@pytest.mark.parametrize(("who", "status"), [("head", 403), ("round_manager", 403), ("operator_other", 404)])
def test_only_the_operator_of_the_agency_copies(client, session, where, who, status):
    build.sign_in(client, session, where.city.people[who])
    assert client.get(f"{PAGE}?opd=bappeda").status_code == status
    sent = client.post(f"{PAGE}?opd=bappeda", data={**form(client), "key": new_key(), "items": ["I12"]})
    assert sent.status_code == status
    assert answer_of(session, where).state == "empty"


def form(client):
    return build.form(client, "/akun")


def test_after_the_hand_over_nothing_is_copied(client, session, where):
    fields = form_of(client, PAGE, "salin") | {"items": ["I12"]}
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    part.state = "ready"
    session.commit()
    assert client.post(PAGE, data=fields).status_code == 409
    assert client.get(PAGE).status_code == 409


def test_two_who_copy_at_once_copy_once(app, client, session, where):
    bodies = [form_of(client, PAGE, "salin") | {"items": ["I01", "I12"]} for _ in range(6)]
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name).value

    def send(body):
        one = app.test_client()
        one.set_cookie(name, cookie)
        return one.post(PAGE, data=body).status_code

    with apart(app, session), ThreadPoolExecutor(6) as together:
        statuses = sorted(together.map(send, bodies))
    assert statuses == [302, 422, 422, 422, 422, 422]
    session.rollback()
    mine = select(Contribution.id).where(Contribution.carried_from_id.is_not(None))
    assert session.scalar(select(func.count()).select_from(Citation).where(Citation.contribution_id.in_(mine))) == 2
    assert len(answer_of(session, where).revisions) == 1


def test_the_same_form_again_hears_where_the_first_one_led(client, where):
    body = form_of(client, PAGE, "salin") | {"items": ["I12"]}
    first, again = client.post(PAGE, data=body), client.post(PAGE, data=body)
    assert (first.status_code, again.status_code, again.headers["Location"]) == (302, 302, PAGE)


def test_the_page_costs_the_same_for_two_items_and_for_all(client, session):
    city = build.city(session)
    counts = []
    for n, items in enumerate((build.TWO_ITEMS, tuple(f"I{n:02}" for n in range(1, 41)))):
        old = build.opened(session, city, items=items, slug=f"lama{n}", year=2022 + n, title="Lama")
        for item in items:
            build.answered(session, city, old, item)
        build.opened(session, city, items=items, slug=f"baru{n}", year=2024 + n, title="Baru")
        session.commit()
        build.sign_in(client, session, city.people["operator"])
        page = f"/penilaian/baru{n}/salin"
        client.get(page)
        with statements() as seen:
            assert client.get(page).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10


def test_the_verb_refuses_by_itself_too(session, where):
    part = build.submission(session, where.period, where.city.agencies["bappeda"])
    with pytest.raises(Refused, match="tidak punya isian tahun lalu"):
        carrying.carry_over(session, part, ["I02"], where.city.actor("operator"))
    assert period_of(session, "2025").slug == "2025"


def test_a_deed_beside_a_copied_answer_is_no_review_of_it_and_the_review_is_on_record(client, session, where):
    link = library.add_document(
        session, where.city.agencies["bappeda"], where.city.actor("operator"), title="Tautan", kind="link", url="https://contoh.go.id/a"
    )
    session.flush()
    cited_last_year(session, where, link, [3])
    session.commit()
    copy(client, "I12")
    new = answer_of(session, where)
    asked = next(citation.id for citation in new.citations if citation.cited.url)
    typed = {"value": str(new.value), "facts": new.facts, "analysis": new.analysis}
    session.commit()
    looked = client.post(f"{where.item()}/rujukan/{asked}/tautan", data=form_of(client, where.item(), "jawaban") | typed)
    assert looked.status_code == 302 and answer_of(session, where).state == "needs_review"
    client.post(f"{where.item()}/tinjauan", data=form_of(client, where.item(), "jawaban") | typed)
    assert answer_of(session, where).state == "filling"
    assert session.scalars(select(Event.verb).order_by(Event.id)).all()[-1] == "confirm"
