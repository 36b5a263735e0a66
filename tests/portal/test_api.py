"""What programs read: the same as their owner, as JSON, with the numbers exactly as they are stored."""

import json
from fractions import Fraction

import pytest
from sqlalchemy import select

from assessments import following_up, judging, results
from assessments.models import Recommendation, Result
from portal.api import schemas
from tests import builders as build
from tests.portal.agency_pages import statements
from tests.portal.api_tokens import bearer, token_of

V1 = "/api/v1"


@pytest.fixture
def city(session):
    return build.city(session)


@pytest.fixture
def outside(session):
    return build.outsiders(session)


def result_of(session, city, outside, last: str = "published", **more):
    """A round with a recommendation, settled or published; the addresses of its resources."""
    assessment = build.judging(session, city, outside, **more)
    build.recommendation(session, city, assessment, outside)
    build.published(session, city, assessment, outside, {"I12": 2}) if last == "published" else build.settled(
        session, assessment, outside, {"I12": 2}
    )
    session.commit()
    return assessment


def at(where: build.City, kind: str = "results", period: str = "2026") -> str:
    return f"{V1}/{kind}/{period}/{where.instansi.slug}"


def as_(client, session, where: build.City, who: str):
    return build.sign_in(client, session, where.people[who])


def got(client, address: str, schema=None, **more):
    """The JSON of a good answer, which fits its published schema with nothing beyond it."""
    answer = client.get(address, **more)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    if schema is not None:
        schema().load(answer.json, unknown="raise")
    return answer.json


# ---------------------------------------------------------------- what is read


def test_a_published_result_is_whole_and_exact(client, session, city, outside):
    result_of(session, city, outside)
    as_(client, session, city, "round_manager")
    stored = session.scalar(select(Result))
    found = got(client, at(city), schemas.ResultOne)
    assert (found["index"], found["index_shown"]) == (stored.index_exact, stored.index_shown)
    assert Fraction(found["index"]) < 3 and found["predicate"] == stored.predicate
    assert (found["source"], found["version"], found["predicate_rule"]) == ("portal", 1, "exact")
    assert found["published"] is True and found["instrument"] == "permenpanrb-59-2020"
    assert len(found["items"]) == 47 and len(found["nodes"]) == 12
    twelve = next(value for value in found["items"] if value["code"] == "I12")
    assert (twelve["exact"], twelve["shown"], twelve["number"], twelve["kind"]) == ("2.00", "2.00", "12", "item")
    by_items = sum(Fraction(value["exact"]) * Fraction(value["weight"]) for value in found["items"]) / 100
    assert by_items == Fraction(found["index"]), "the numbers alone give the index again"


def test_versions_are_named_and_the_official_one_counts(client, session, city, outside):
    assessment = result_of(session, city, outside)
    values = results.item_values(session.scalar(select(Result))) | {"I12": Fraction(1)}
    results.enter_official(assessment, values, "Kepmen 1/2027", city.actor("round_manager"))
    session.commit()
    as_(client, session, city, "executive")
    assert (got(client, at(city))["source"], got(client, at(city))["basis"]) == ("official", "Kepmen 1/2027")
    assert got(client, at(city) + "?source=portal&version=1")["source"] == "portal"
    assert client.get(at(city) + "?version=2").status_code == 404
    rows = got(client, f"{V1}/results", schemas.ResultList)
    assert rows["total"] == 2 and {row["source"] for row in rows["items"]} == {"portal", "official"}


def test_rounds_and_assessments_tell_their_state(client, session, city, outside):
    result_of(session, city, outside, slug="2025", year=2025)
    build.opened(session, city)
    as_(client, session, city, "round_manager")
    rows = got(client, f"{V1}/periods", schemas.PeriodList)
    assert [row["slug"] for row in rows["items"]] == ["2026", "2025"]
    found = got(client, f"{V1}/periods/2025", schemas.PeriodOne)
    assert found["assessments"] == [
        {"subject": {"slug": city.instansi.slug, "name": city.instansi.name}, "state": "published", "state_label": "Terbit"}
    ]
    assert [stage["stage"] for stage in found["stages"]] == ["self_assessment", "internal_check", "document"]
    sent = got(client, at(city, "assessments", "2025"), schemas.AssessmentOne)
    assert (sent["claim_index"], sent["claim_index_shown"]) == ("3.00", "3.00")


def test_AC_07_drafts_notes_and_a_provisional_index_are_in_no_answer(client, session, city, outside):
    assessment = build.judging(session, city, outside)
    judging.write_judgement(assessment.claim("I12"), outside.actor("assessor"), Fraction(2), "Fakta asesor.",
                            "Analisis asesor.", "Justifikasi asesor.", "Catatan tim rahasia.", 0)
    build.accepted(session, city, build.opened(session, city, slug="2027", year=2027))
    session.commit()
    for who in (*city.people, *outside.people):
        where = city if who in city.people else outside
        _row, secret = token_of(session, where, who)
        for address in (f"{V1}/periods", f"{V1}/periods/2026", at(city, "assessments"), f"{V1}/results", at(city),
                        f"{V1}/recommendations", f"{V1}/periods/2027", at(city, "assessments", "2027")):
            body = client.get(address, **bearer(secret)).get_data(as_text=True)
            for secret_text in ("rahasia", "asesor.", "Fakta", "Analisis", '"2.00"'):
                assert secret_text not in body, (who, address)
    _row, secret = token_of(session, city, "coordinator", name="Lain")
    assert got(client, at(city, "assessments", "2027"), **bearer(secret))["claim_index"] is None


def test_recommendations_are_filtered_by_status_and_owner(client, session, city, outside):
    result_of(session, city, outside)
    made = session.scalar(select(Recommendation))
    as_(client, session, city, "inspector")
    page = f"{V1}/recommendations"
    rows = got(client, page, schemas.RecommendationList)
    assert rows["total"] == 1 and rows["items"][0]["owners"][0]["slug"] == "bappeda"
    assert rows["items"][0]["status"] == "followup_not_started" and rows["items"][0]["period"] == "2026"
    assert got(client, page + "?status=followup_not_started&organization=bappeda")["total"] == 1
    for none in ("?status=followup_conforming", "?organization=dinkes", "?organization=tidak-ada", "?organization=%00", "?offset=1"):
        assert got(client, page + none)["items"] == [], none
    following_up.report(made, city.actor("operator"), "Peta rencana disusun.", finished=False)
    session.commit()
    one = got(client, f"{page}/{made.id}", schemas.RecommendationOne)
    assert one["progress"][0]["finished"] is False and one["verdicts"] == [] and one["status_label"].startswith("Belum")


# ---------------------------------------------------------------- who reads


@pytest.mark.parametrize("address", ["/periods", "/periods/2026", "/results", "/recommendations", "/recommendations/1", ""])
def test_AC_01_strangers_hear_401_as_json_and_are_never_sent_away(client, session, city, address):
    for headers in ({}, {"Accept": "text/html"}):
        answer = client.get(V1 + address if address else "/api/openapi.json", headers=headers)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json == {"code": 401, "message": "Anda belum masuk. Masuk dulu, lalu ulangi."}


def test_AC_02_AC_05_foreign_and_missing_things_look_alike(client, session, city, outside):
    result_of(session, city, outside)
    abroad = build.city(session, "Kota Lain")
    as_(client, session, abroad, "round_manager")
    number = session.scalar(select(Recommendation.id))
    for real, missing in ((at(city), at(city, period="1999")), (f"{V1}/periods/2026", f"{V1}/periods/1999"),
                          (at(city, "assessments"), at(abroad, "assessments")),
                          (f"{V1}/recommendations/{number}", f"{V1}/recommendations/{number + 1}")):
        one, other = client.get(real), client.get(missing)
        assert (one.status_code, one.json) == (other.status_code, other.json) and one.status_code == 404
    for page in ("periods", "results", "recommendations"):
        assert got(client, f"{V1}/{page}")["total"] == 0


def test_AC_02_agencies_read_published_results_and_only_their_own_recommendations(client, session, city, outside):
    result_of(session, city, outside, "settled", slug="2025", year=2025)
    result_of(session, city, outside)
    for who, owned, room in (("operator", 1, 403), ("head", 1, 403), ("operator_other", 0, 404)):
        _row, secret = token_of(session, city, who)
        rows = got(client, f"{V1}/results", **bearer(secret))
        assert [row["period"] for row in rows["items"]] == ["2026"], who
        assert client.get(at(city, period="2025"), **bearer(secret)).status_code == 404
        assert got(client, at(city), **bearer(secret))["published"] is True
        assert got(client, f"{V1}/recommendations", **bearer(secret))["total"] == owned
        assert client.get(at(city, "assessments"), **bearer(secret)).status_code == room


def test_AC_13_a_token_and_a_session_of_one_office_read_the_same(client, session, city, outside):
    result_of(session, city, outside)
    _row, secret = token_of(session, city, "inspector")
    program = client.application.test_client()
    as_(client, session, city, "inspector")
    for address in (f"{V1}/periods", f"{V1}/results", at(city), f"{V1}/recommendations", "/api/openapi.json"):
        assert program.get(address, **bearer(secret)).json == client.get(address).json
        assert "Set-Cookie" not in program.get(address, **bearer(secret)).headers


# ---------------------------------------------------------------- odd wishes


LIMITS = ("limit=0", "limit=101", "limit=-1", "limit=x", "limit=", "limit=1e2", "offset=-1", "limit=" + "9" * 40, "offset=1000001",
          "limit=NaN", "limit=2.5", "offset=0x3", "offset=%00", "limit=true")


@pytest.mark.parametrize("page", ["periods", "results", "recommendations"])
def test_IN_12_a_list_is_at_most_a_hundred_and_says_what_is_wrong(client, session, city, page):
    as_(client, session, city, "round_manager")
    for query in LIMITS:
        answer = client.get(f"{V1}/{page}?{query}")
        assert answer.status_code == 422 and set(answer.json) == {"code", "message"}, query
        name = query.partition("=")[0]
        assert answer.json["message"].startswith(f"{name}: ") and answer.json["message"].endswith("."), query
    assert got(client, f"{V1}/{page}?limit=100&offset=1000000")["items"] == []


def test_IN_12_filters_that_do_not_exist_are_named(client, session, city):
    as_(client, session, city, "inspector")
    for query, told in (("status=selesai", "followup_conforming"), ("organization=" + "x" * 121, "120 karakter")):
        answer = client.get(f"{V1}/recommendations?{query}")
        assert answer.status_code == 422 and told in answer.json["message"]
    assert client.get(at(city) + "?source=lain").status_code == 422


def test_every_error_under_api_is_json_in_indonesian(client, session, city):
    as_(client, session, city, "operator")
    for method, address, status in (("GET", "/api/tidak-ada", 404), ("GET", f"{V1}/periods/x", 404), ("DELETE", f"{V1}/periods", 405),
                                    ("POST", f"{V1}/periods", 405), ("GET", f"{V1}/recommendations/0", 404),
                                    ("GET", f"{V1}/recommendations/99999999999999999999", 404)):
        answer = client.open(address, method=method)
        assert answer.status_code == status and set(answer.json) == {"code", "message"}, address
        assert answer.json["code"] == status
    page = client.get("/tidak-ada")
    assert page.status_code == 404 and page.mimetype == "text/html", "pages stay pages"


# ---------------------------------------------------------------- the document


def test_the_openapi_document_names_every_resource_and_its_errors(app, client, session, city):
    as_(client, session, city, "operator")
    document = got(client, "/api/openapi.json")
    assert document["openapi"] == "3.1.0" and document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    rules = {rule.rule.replace("<string:", "{").replace("<int:", "{").replace(">", "}") for rule in app.url_map.iter_rules()
             if rule.rule.startswith(V1)}
    assert rules == {path for path in document["paths"] if path.startswith(V1)}
    for path, verbs in document["paths"].items():
        assert {verb for verb in verbs if verb != "parameters"} == {"get"}, path
        assert "200" in verbs["get"]["responses"] and verbs["get"]["summary"]
    assert set(document["components"]["schemas"]["Problem"]["properties"]) == {"code", "message"}
    for reference in [part.split('"')[0] for part in json.dumps(document).split('"#/components/')[1:]]:
        kind, name = reference.split("/")
        assert name in document["components"][kind], reference


def test_SE_06_and_the_weight_is_the_same_for_one_and_many(client, session, city, outside):
    result_of(session, city, outside)
    as_(client, session, city, "coordinator")
    number = session.scalar(select(Recommendation.id))
    pages = (f"{V1}/periods", f"{V1}/periods/2026", at(city, "assessments"), f"{V1}/results", at(city), f"{V1}/recommendations",
             f"{V1}/recommendations/{number}")
    counts = {}
    for page in pages:
        client.get(page)
        with statements() as seen:
            got(client, page)
        counts[page] = len(seen)
    assert max(counts.values()) <= 10, counts
    for year in (2024, 2025):
        result_of(session, city, outside, slug=str(year), year=year)
    for page in pages:
        with statements() as seen:
            got(client, page)
        assert len(seen) <= counts[page], page
