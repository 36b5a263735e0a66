"""Values that other bodies publish: awaited at the lowest, entered with their source, set on the claim by a person."""

from fractions import Fraction

import pytest
from sqlalchemy import select

from assessments import attesting, claiming, sharing
from assessments.models import Citation, Claim, ExternalValue
from assessments.scoring import exact_text, score
from tests import builders as build
from tests.portal.api_tokens import bearer, token_of
from tests.portal.round_pages import as_, begun, send, statements

KEY = "permenpanrb-8-2026"
SOURCE = {"year": "2026", "raw": "82,5", "source": "Surat BSSN 12/2026", "published_on": "2026-10-01"}


@pytest.fixture
def where(session):
    found = begun(session, key=KEY, items=())
    made = build.document(session, found.city.agencies["kominfo"], found.city.actor("round_manager"), b"%PDF-ikasandi")
    found.document = str(made.document_id)
    session.commit()
    return found


def page_of(where) -> str:
    return f"{where.base}/nilai-luar"


def enter(client, where, **fields):
    given = {"index_key": "ikasandi", "document": where.document, "then": "simpan"} | SOURCE | fields
    return send(client, page_of(where), **given)


def kept(session) -> list[ExternalValue]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(ExternalValue).order_by(ExternalValue.id)))


def claim_of(session, item: str) -> Claim:
    session.rollback()
    session.expire_all()
    return session.scalar(select(Claim).where(Claim.item == item))


@pytest.mark.parametrize("who", ["round_manager", "entry_officer"])
def test_an_index_is_entered_with_its_document_and_claims_wait_for_a_person(client, session, where, who):
    as_(client, session, where, who)
    before = client.get(page_of(where)).get_data(as_text=True)
    assert before.count("Menunggu nilai dari") == 5 and where.claim("I10") in before
    send(client, where.claim("I10"), value="", facts="Fakta tim.", analysis="Analisis tim.")
    assert enter(client, where).status_code == 302
    row = kept(session)[0]
    assert (row.raw, row.year, row.n, str(row.document_id)) == (Fraction("82.5"), 2026, 1, where.document)
    after = client.get(page_of(where)).get_data(as_text=True)
    assert "Tetapkan nilai klaim indikator 10, 11, 12" in after and "<b>82,5</b>" in after
    assert "Nilai klaim belum ditetapkan dari indeks ini" in after
    assert (claim_of(session, "I10").value, claim_of(session, "I10").origin) == (1, "awaiting")
    told = client.get(where.claim("I10")).get_data(as_text=True)
    assert "IKASANDI 2026: <b>82,5</b>" in told and "Tetapkan nilai klaim dari indeks ini" in told
    assert send(client, where.claim("I10"), value="3,25").status_code == 302
    found = claim_of(session, "I10")
    assert (found.value, found.raw, found.origin) == (Fraction("3.25"), Fraction("82.5"), "external_index")
    assert "Tetapkan nilai klaim dari indeks ini" not in client.get(where.claim("I10")).get_data(as_text=True)


def test_the_lowest_value_may_be_what_the_index_means(client, session, where):
    as_(client, session, where, "round_manager")
    send(client, where.claim("I10"), value="", facts="Fakta tim.", analysis="Analisis tim.")
    enter(client, where, raw="12")
    assert send(client, where.claim("I10"), value="1").status_code == 302
    found = claim_of(session, "I10")
    assert (found.value, found.raw, found.origin) == (1, 12, "external_index")


def test_a_correction_stands_beside_what_it_corrects(client, session, where):
    as_(client, session, where, "round_manager")
    enter(client, where)
    same = enter(client, where)
    assert same.status_code == 422 and 'href="#raw"' in same.get_data(as_text=True)
    assert enter(client, where, raw="80,1234", source="Ralat BSSN").status_code == 302
    assert [(row.n, row.raw) for row in kept(session)] == [(1, Fraction("82.5")), (2, Fraction("80.1234"))]
    page = client.get(page_of(where)).get_data(as_text=True)
    assert "Riwayat 2 nilai" in page and "perbaikan 1" in page and "82,5" in page


WRONG = [
    ("index_key", "", "Pilih indeks"), ("index_key", "spbe", "pilih salah satu"), ("year", "2017", "antara 2018 dan 2026"),
    ("year", "2027", "antara 2018 dan 2026"), ("year", "dua", "antara 2018"), ("raw", "", "Isi nilainya"), ("raw", "-1", "Nilai antara 0"),
    ("raw", "1000,1", "Nilai antara 0"), ("raw", "8e1", "Nilai antara 0"), ("raw", "82,12345", "Nilai antara 0"), ("raw", "٣", "Nilai antara 0"),
    ("raw", "NaN", "Nilai antara 0"), ("source", " ", "Sumber wajib diisi"), ("source", "x" * 201, "terlalu panjang"),
    ("source", "a\u202eb", "tersembunyi"), ("published_on", "31-02-2026", "tidak dapat dibaca"), ("document", "", "Pilih dokumen sumbernya"),
    ("document", "999999", "pilih salah satu"), ("document", "9" * 40, "pilih salah satu"), ("document", "x", "pilih salah satu"),
]


def test_IN_01_IN_02_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(client, session, where):
    as_(client, session, where, "round_manager")
    for name, text, told in WRONG:
        answer = enter(client, where, **{name: text})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and told in page and f'href="#{name}"' in page, (name, text)
        assert name == "source" or "Surat BSSN 12/2026" in page, "what was typed is still there"
    assert kept(session) == []


def test_AC_14_a_document_of_another_city_is_no_source(client, session, where):
    abroad = build.city(session, "Kota Lain")
    foreign = build.document(session, abroad.agencies["kominfo"], abroad.actor("round_manager"), b"%PDF-luar")
    session.commit()
    as_(client, session, where, "round_manager")
    assert enter(client, where, document=str(foreign.document_id)).status_code == 422 and kept(session) == []


def test_documents_are_those_of_the_items_and_any_other_is_found_by_its_title(client, session, where):
    city = where.city
    other = build.document(session, city.agencies["dinkes"], city.actor("operator_other"), b"%PDF-lain")
    other.document.title = "Laporan IPS Dinas Kesehatan"
    session.commit()
    as_(client, session, where, "round_manager")
    assert "Laporan IPS" not in client.get(page_of(where)).get_data(as_text=True)
    found = send(client, page_of(where), **SOURCE, index_key="ips", search="laporan ips", then="cari")
    page = found.get_data(as_text=True)
    assert found.status_code == 200 and "Laporan IPS Dinas Kesehatan, Dinkes" in page and "Surat BSSN 12/2026" in page
    assert kept(session) == []
    assert enter(client, where, index_key="ips", document=str(other.document_id)).status_code == 302
    claim = claiming.write_claim(where.assessment(session), "I10", city.actor("round_manager"), None, "F", "A", 0)
    session.flush()
    session.add(Citation(claim=claim, document_id=other.document_id, n=1, letter="a"))
    session.commit()
    assert "Laporan IPS Dinas Kesehatan, Dinkes" in client.get(page_of(where)).get_data(as_text=True)


def test_an_instrument_that_leans_on_nobody_says_so(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    page = client.get(page_of(where)).get_data(as_text=True)
    assert "tidak mengambil nilai dari lembaga lain" in page and "Simpan nilai" not in page
    assert "nilai-luar" not in client.get(f"{where.base}/klaim").get_data(as_text=True)


def test_the_weight_is_the_same_for_one_value_and_many(client, session, where):
    as_(client, session, where, "round_manager")
    counts = []
    for round_of in range(2):
        for number in range(1, 2 + round_of * 8):
            enter(client, where, raw=str(number + round_of * 20), source=f"Surat {round_of} {number}")
        found = []
        for page in (page_of(where), f"{where.base}/klaim", where.claim("I10")):
            with statements() as seen:
                assert client.get(page).status_code == 200
            found.append(len(seen))
        with statements() as seen:
            enter(client, where, raw=str(500 + round_of))
        counts.append(found)
    assert counts[0] == counts[1] and max(counts[0]) <= 10, counts


def test_a_round_of_8_2026_goes_from_opening_to_a_published_result(client, session):
    """Awaited items count as the lowest of their scale; once the index is in and a value is set, the index follows."""
    where = begun(session, key=KEY, items=("I20",))
    city, outside = where.city, build.outsiders(session)
    moment = build.datetime.now(build.UTC)
    sharing.set_stage(where.period, "document", moment - build.timedelta(days=1), moment + build.timedelta(days=20))
    build.accepted(session, city, where.period, ("I20",))
    where.document = str(
        build.document(session, city.agencies["kominfo"], city.actor("round_manager"), b"%PDF-ips").document_id
    )
    session.commit()
    as_(client, session, where, "round_manager")
    instrument, leaning = where.period.instrument, []
    for item in instrument.items:
        value = "" if item.external_index else "3,5"
        leaning += [item.code] if item.external_index else []
        assert send(client, where.claim(item.code), value=value, facts="Fakta.", analysis="Analisis.").status_code == 302
    assert leaning == ["I05", "I06", "I07", "I10", "I11", "I12", "I18"]
    values = {item.code: Fraction(1) if item.code in leaning else Fraction("3.5") for item in instrument.items}
    assert where.assessment(session).cached_index == exact_text(score(instrument, values).index)
    assert client.get(f"{where.base}/klaim").get_data(as_text=True).count("menunggu nilai") == 7

    assert send(client, where.claim("I07"), value="4,25").status_code == 422
    assert enter(client, where, index_key="ips", raw="3,17").status_code == 302
    assert where.assessment(session).cached_index == exact_text(score(instrument, values).index), "a person sets it first"
    assert send(client, where.claim("I07"), value="4,25", facts="Fakta.", analysis="Analisis.").status_code == 302
    values["I07"] = Fraction("4.25")
    assert where.assessment(session).cached_index == exact_text(score(instrument, values).index)

    assert send(client, f"{where.base}/klaim/usulan", f"{where.base}/klaim").status_code == 302
    assessment = where.assessment(session)
    assert [claim.item for claim in assessment.claims if claim.state != "proposed"] == []
    for claim in assessment.claims:
        claiming.approve(claim, city.actor("responsible_officer"), claim.revision_n)
        session.flush()
    attesting.send(assessment, city.actor("responsible_officer"))
    build.seat_panel(session, city, outside, assessment)
    result = build.published(session, city, assessment, outside)
    session.commit()
    index = sum(values[item.code] * item.weight for item in instrument.items) / 100
    assert Fraction(result.index_exact) == index
    _row, secret = token_of(session, city, "operator_other")
    told = client.application.test_client().get(f"/api/v1/results/2026/{where.subject}", **bearer(secret)).json
    assert Fraction(told["index"]) == index and told["published"] is True
    seven = next(value for value in told["items"] if value["code"] == "I07")
    assert (seven["exact"], next(v for v in told["items"] if v["code"] == "I10")["exact"]) == ("4.25", "1.00")
    assert enter(client, where).status_code == 409, "a settled round takes no more values"
