"""The register of policies and the form that records a review."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from assessments import answering, library
from assessments.canonical import digest
from assessments.models import DocumentReview
from tests import builders as build
from tests.portal.agency_pages import as_operator, begun, form_of, statements


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


@pytest.fixture
def policy(session, where):
    return policy_of(session, where, dated=date(build.day().year - 3, 1, 5))


def policy_of(session, where, title="Perwali Peta Rencana", kind="regulation", agency="bappeda", **dates):
    blob = library.remember_blob(session, digest(f"{title}{agency}".encode()), 9, "application/pdf")
    made = library.add_document(session, where.city.agencies[agency], where.city.actor("operator"), title=title, kind=kind,
                                blob=blob, file_name="p.pdf", **dates)
    session.commit()
    return made.document


def text(client, address):
    return client.get(address).get_data(as_text=True)


def test_the_register_says_which_article_serves_which_item_and_what_is_due(client, session, where, policy):
    made = build.contribution(session, where.period, where.city.agencies["bappeda"], "I12")
    answering.cite(made, policy.newest, where.city.actor("operator"), [2, 3], article="Pasal 5")
    session.commit()
    page = text(client, "/bukti/kebijakan")
    assert "Pasal 5: indikator 12 Peta Rencana SPBE, tingkat 2, 3" in page and "Lewat dua tahun" in page
    assert "cocok dengan saringan" in text(client, "/bukti/kebijakan?saring=soon")
    assert "Perwali Peta Rencana" in text(client, "/bukti/kebijakan?saring=late")
    assert "1 kebijakan lewat waktu reviu" in text(client, "/beranda")
    table = client.get("/bukti/kebijakan.csv")
    assert table.headers["Content-Disposition"] == 'attachment; filename="daftar-kebijakan.csv"'
    lines = table.get_data(as_text=True).splitlines()
    assert len(lines) == 2 and ";Pasal 5;12;Peta Rencana SPBE;2, 3;" in lines[1] and lines[1].endswith(";Lewat dua tahun")


def test_a_recorded_review_moves_the_day_and_is_listed_with_its_proof(client, session, where, policy):
    proof = policy_of(session, where, "Notula reviu", "report")
    page = f"/bukti/kebijakan/{policy.id}"
    fields = form_of(client, page, "reviu") | {
        "kind": "review", "reviewed_on": build.day().isoformat(), "issues": "Muatan audit belum ada.",
        "recommendations": "Tambahkan muatan audit.", "proof": str(proof.id),
    }
    for _ in range(2):  # the same form twice is one review
        assert client.post(page, data=fields).status_code == 302
    shown = text(client, page)
    for words in ("Reviu masih berlaku", "Muatan audit belum ada.", "Tambahkan muatan audit.", "Notula reviu"):
        assert words in shown
    review = session.scalars(select(DocumentReview)).one()
    assert (review.proof_id, review.by_id) == (proof.id, where.city.people["operator"].person_id)
    session.rollback()
    assert "kebijakan lewat waktu reviu" not in text(client, "/beranda")
    assert "bukti sebuah reviu" in text(client, f"/bukti/{proof.id}")


def test_everything_wrong_stands_at_its_field_and_what_was_typed_stays(client, session, where, policy):
    page = f"/bukti/kebijakan/{policy.id}"
    fields = form_of(client, page, "reviu") | {"kind": "x", "reviewed_on": "31-02-2025", "issues": "m" * 4001, "proof": ""}
    sent = client.post(page, data=fields)
    again = sent.get_data(as_text=True)
    assert sent.status_code == 422
    for sentence in ("Jenis: pilih salah satu", "Tanggal reviu tidak dapat dibaca", "Permasalahan terlalu panjang"):
        assert sentence in again, sentence
    assert "31-02-2025" in again and "m" * 4001 in again
    assert session.query(DocumentReview).count() == 0


def test_foreign_policies_and_proofs_do_not_exist(client, session, where, policy):
    foreign = policy_of(session, where, "Perwali lain", agency="dinkes")
    page = f"/bukti/kebijakan/{policy.id}"
    fields = form_of(client, page, "reviu") | {"kind": "review", "reviewed_on": "2025-01-02", "proof": str(foreign.id)}
    sent = client.post(page, data=fields)
    assert sent.status_code in (404, 422)
    for address in (f"/bukti/kebijakan/{foreign.id}", "/bukti/kebijakan/99999", "/bukti/kebijakan/99999999999"):
        assert client.get(address).status_code == 404
        assert client.post(address, data=fields).status_code == 404
    assert "Perwali lain" not in text(client, "/bukti/kebijakan") + text(client, "/bukti/kebijakan.csv")
    assert session.query(DocumentReview).count() == 0
    session.rollback()
    for who, status in (("head", 403), ("internal_assessor", 403), ("operator_other", 404), ("executive", 404)):
        as_operator(client, session, where, who)
        given = form_of(client, "/akun", part="keluar")
        assert client.post(page, data=given).status_code == status, who
    as_operator(client, session, where, "internal_assessor")
    assert {"Perwali lain", "Perwali Peta Rencana"} <= set(re.findall(r">(Perwali[^<]+)</a>", text(client, "/bukti/kebijakan")))


def test_a_page_of_a_policy_and_its_saving_cost_few_statements(client, session, where, policy):
    page = f"/bukti/kebijakan/{policy.id}"
    fields = form_of(client, page, "reviu") | {"kind": "audit", "reviewed_on": "02-01-2025"}
    with statements() as seen:
        client.get(page)
    assert len(seen) <= 10, "\n".join(seen)
    with statements() as seen:
        assert client.post(page, data=fields).status_code == 302
    assert len(seen) <= 14, "\n".join(seen)
