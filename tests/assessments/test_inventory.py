"""The inventory's verbs: a messy list goes in whole, each step of a life asks what it must, needs find applications."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from assessments.exchange.applications import carry_out_applications, plan_applications, read_applications
from assessments.exchange.organizations import carry_out_organizations, plan_organizations, read_organizations
from assessments.exchange.tables import read_table
from assessments.inventory import census, keeping, living, publiccode, publishing
from assessments.inventory.portfolio import figures, twins
from assessments.inventory.searching import search
from assessments.models import Application
from assessments.refusal import Refused, Stale
from assessments.workflow import Forbidden
from tests import builders as build

FILES = Path(__file__).resolve().parents[2] / "portal" / "demo"
QUESTIONS = yaml.safe_load((Path(__file__).parent / "need_words.yaml").read_text(encoding="utf-8"))
DAY = date(2026, 3, 3)


@pytest.fixture
def city(session):
    return build.city(session)


@pytest.fixture
def denpasar(session, city):
    """The public lists of Kota Denpasar: 102 units and 189 applications."""
    by = city.actor("round_manager")
    records, _, _ = read_organizations(read_table(FILES / "opd_kota_denpasar_2022.csv"))
    carry_out_organizations(session, by, city.instansi, plan_organizations(session, city.instansi, records), DAY)
    session.flush()
    return city


def plan_of(session, city):
    records, complaints, _ = read_applications(read_table(FILES / "applications_kota_denpasar.csv"))
    plan = plan_applications(session, city.instansi, records)
    plan.complaints[:0] = complaints
    return plan


def bring_in(session, city):
    plan = plan_of(session, city)
    carry_out_applications(session, city.actor("inventory_manager"), city.instansi, plan)
    session.flush()
    return plan


def one(session, city, name="Antrean Puskesmas", **values):
    return keeping.add_application(
        session, city.instansi, city.agencies["dinkes"], city.actor("inventory_manager"), {"name": name, **values}
    )


def test_IN_10_a_messy_list_goes_in_whole_and_a_second_time_changes_nothing(session, denpasar):
    plan = bring_in(session, denpasar)
    assert (len(plan.adds), len(plan.changes), plan.complaints) == (189, 0, [])
    assert {why for _one, _other, why in plan.duplicates} == {"nama sama", "alamat sama"}
    again = plan_of(session, denpasar)
    assert (len(again.adds), len(again.changes), again.same, again.complaints) == (0, 0, 189, [])
    rows = session.scalars(select(Application)).all()
    assert sum(row.state == "active" for row in rows) == 170
    assert all(row.details["imported"]["name"] for row in rows)
    assert all(row.url is None or row.url.startswith("http") for row in rows)


def test_IN_09_one_bad_line_and_nothing_goes_in(session, denpasar):
    records, _, _ = read_applications(read_table(FILES / "applications_kota_denpasar.csv"))
    object.__setattr__(records[100], "cells", {**records[100].cells, "owner": "999999"})
    plan = plan_applications(session, denpasar.instansi, records)
    assert [(complaint.line, complaint.column) for complaint in plan.complaints] == [(102, "kode_opd")]
    with pytest.raises(Refused):
        carry_out_applications(session, denpasar.actor("inventory_manager"), denpasar.instansi, plan)
    assert session.scalar(select(func.count()).select_from(Application)) == 0


def test_twenty_needs_find_their_application(session, denpasar):
    bring_in(session, denpasar)
    assert len(QUESTIONS) == 20
    unmet = {}
    for question in QUESTIONS:
        names = [application.name for application in search(session, select(Application), question["asked"]).applications]
        if question["first"] not in names[:5]:
            unmet[question["asked"]] = names[:6]
    assert unmet == {}


def test_odd_questions_are_words_or_nothing(session, city):
    one(session, city)
    for odd in ("%", "_", "' OR 1=1--", '"; DROP', "(", "a*", "NEAR(a b)", "-x", "&|!:*", "\x00", "😀", "puskesmas" * 2000):
        assert search(session, select(Application), odd).applications == []


def test_each_step_asks_what_it_must_and_the_database_holds_it_too(session, city):
    application, successor = one(session, city), one(session, city, "Antrean Terpadu")
    by = city.actor("inventory_manager")
    for step, texts, field in (
        ("retire", {}, "reason"), ("retire", {"reason": "Tak dipakai."}, "decision_no"),
        ("retire", {"reason": "Tak dipakai.", "decision_no": "1/2026"}, "data_fate"),
        ("merge", {"reason": "Sama."}, "data_fate"), ("migrate", {"reason": "Sama."}, "successor"), ("stop", {}, "reason"),
    ):
        with pytest.raises(Refused) as said:
            living.change_state(application, step, by, living.Given(texts), application.version)
        assert said.value.field == field, (step, texts)
    with pytest.raises(Forbidden):
        living.change_state(application, "stop", city.actor("operator_other"), living.Given({"reason": "x"}),
                            application.version)
    living.change_state(application, "migrate", by, living.Given({"reason": "Digabung."}, DAY, successor),
                        application.version)
    session.flush()
    with pytest.raises(Refused, match="menunjuk kembali"):
        living.change_state(successor, "migrate", by, living.Given({"reason": "x"}, DAY, application), successor.version)
    given = living.Given({"reason": "Selesai.", "decision_no": "1/2026", "data_fate": "Dipindah.", "account_fate": "Ditutup."},
                         DAY, None, 12_000_000)
    living.change_state(application, "retire", by, given, application.version)
    session.flush()
    assert (application.state, application.successor, application.counts) == ("retired", successor, False)
    counted = figures(session, select(Application))
    assert (counted.total, counted.ended, counted.saving) == (1, 1, 12_000_000)
    application.reason = ""
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_the_owner_confirms_once_a_year_and_silence_is_counted_apart(session, city):
    first, _second = one(session, city), one(session, city, "Lain")
    census.confirm(first, city.actor("operator_other"), 2026, "inactive", "Sudah diganti.")
    with pytest.raises(Forbidden):
        census.confirm(first, city.actor("operator"), 2026, "active")
    session.flush()
    assert census.said(session, select(Application), 2026) == {"inactive": 1, None: 1}
    assert first.state == "active"


def test_publishing_says_what_citizens_would_miss(session, city):
    application = one(session, city, platforms=["web"])
    by = city.actor("inventory_manager")
    with pytest.raises(Refused, match="fungsi, siapa yang dapat memakai, cara membuka, bantuan, kategori, alamat"):
        publishing.publish(application, by)
    with pytest.raises(Forbidden):
        publishing.publish(application, city.actor("round_manager"))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "ftp://a", "https://", "http://u:p@a/", "a b"])
def test_an_address_that_is_none_is_refused(session, city, address):
    with pytest.raises(Refused):
        one(session, city, url=address)


def test_a_stale_change_shows_what_is_stored_now(session, city):
    application = one(session, city)
    session.flush()
    by = city.actor("operator_other")
    seen = application.version
    assert keeping.change(application, by, {"purpose": "Antre dari rumah."}, None, seen)
    session.flush()
    with pytest.raises(Stale):
        keeping.change(application, by, {"purpose": "Lain."}, None, seen)
    assert not keeping.change(application, by, {"purpose": "Antre dari rumah."}, None, seen)


def test_publiccode_goes_out_and_comes_back(session, city):
    application = one(session, city, purpose="Antre dari rumah.", platforms=["mobile", "web"], url="antre.contoh.go.id")
    session.flush()
    read = publiccode.read(publiccode.written(application, "https://contoh.go.id/aplikasi/antre").encode())
    assert (read.values["name"], read.values["purpose"]) == (application.name, application.purpose)
    assert read.values["platforms"] == ["web", "mobile"]
    for bad in (b"", b"- a", b"name: [", b"a: &x [1]\nb: *x", b"\xff\xfe", b"name: x"):
        with pytest.raises(Refused):
            publiccode.read(bad)


def test_publiccode_says_only_what_is_known_and_cuts_between_words(session, city):
    application = one(session, city, purpose="Antrean puskesmas dari rumah, " * 20)
    session.flush()
    address = "https://contoh.go.id/aplikasi/antre"
    said = yaml.safe_load(publiccode.written(application, address))
    short = said["description"]["id"]["shortDescription"]
    assert len(short) <= 150 and short.removesuffix("\u2026").split()[-1] in ("Antrean", "puskesmas", "dari", "rumah")
    assert said["description"]["id"]["longDescription"] == application.purpose
    assert "legal" not in said and "platforms" not in said
    application.details = {"licence": "Milik sendiri", "repository": "https://git.contoh.go.id/a"}
    said = yaml.safe_load(publiccode.written(application, address))
    assert "legal" not in said and said["url"] == address
    application.details = {"spdx": "MIT", "repository": "https://git.contoh.go.id/a"}
    said = yaml.safe_load(publiccode.written(application, address))
    assert said["legal"] == {"license": "MIT"} and said["url"] == "https://git.contoh.go.id/a"
    assert publiccode.shortened("x" * 200) == "x" * 149 + "\u2026" and publiccode.shortened(" a\nb ") == "a b"
    foreign = yaml.safe_dump(said | {"legal": {"license": "Sendiri"}}).encode()
    assert publiccode.proposed(application, foreign, address).passed_over


def test_twins_are_proposed_by_name_or_address(session, city):
    one(session, city, url="http://www.a.go.id/"), one(session, city, "Antrean Puskesmas"), one(session, city, "B", url="a.go.id")
    session.flush()
    assert sorted(pair.why for pair in twins(session, select(Application))) == ["alamat sama: a.go.id", "nama sama"]
