"""FI-07: room for evidence is counted for each agency, and a refusal says what is left."""

import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from assessments.models import Blob, Document, DocumentVersion, Upload
from portal import quota
from tests import builders as build
from tests.portal.agency_pages import as_operator, begun, form_of, pdf, upload


@pytest.fixture
def where(client, session):
    made = begun(session)
    as_operator(client, session, made)
    return made


@pytest.fixture
def narrow(app, monkeypatch):
    """Room for two files of 1000 bytes and not one byte more."""
    monkeypatch.setitem(app.config, "EVIDENCE_QUOTA_BYTES", 2000)


def of_size(size: int, letter: str) -> bytes:
    return pdf(letter * (size - len(pdf())))


def test_FI_07_one_byte_over_is_refused_with_what_is_left(client, session, where, narrow):
    assert upload(client, where.item(), ("satu.pdf", of_size(1000, "a"))).status_code == 302
    sent = upload(client, where.item(), ("dua.pdf", of_size(1001, "b")))
    assert sent.status_code == 422
    assert "dua.pdf: Sisa ruang bukti OPD Anda" in sent.get_data(as_text=True)
    session.rollback()
    assert session.scalar(select(DocumentVersion.n).join(Blob).where(Blob.size == 1001)) is None
    assert not client.application.extensions["storage"].exists(hashlib.sha256(of_size(1001, "b")).hexdigest())
    assert upload(client, where.item(), ("dua.pdf", of_size(1000, "b"))).status_code == 302


def test_FI_07_of_several_files_those_that_fit_are_kept(client, session, where, narrow):
    sent = upload(client, where.item(), *((f"{n}.pdf", of_size(800, n)) for n in "abc"))
    assert sent.status_code == 302
    session.rollback()
    assert len(session.scalars(select(Document)).all()) == 2
    assert "c.pdf: Sisa ruang bukti OPD Anda" in client.get(where.item()).get_data(as_text=True)


def test_the_same_bytes_count_once_and_fit_even_when_it_is_full(client, session, where, narrow):
    upload(client, where.item(), ("satu.pdf", of_size(2000, "a")))
    agency = where.city.agencies["bappeda"].id
    assert quota.left(session, agency) == 0
    session.rollback()
    assert upload(client, where.item("I01"), ("lagi.pdf", of_size(2000, "a"))).status_code == 302
    session.rollback()
    assert quota.used(session, agency) == 2000


def test_a_new_version_needs_room_too(client, session, where, narrow):
    upload(client, where.item(), ("satu.pdf", of_size(1500, "a")))
    address = f"/bukti/{session.scalar(select(Document.id))}"
    session.rollback()
    fields = form_of(client, address, "ganti")
    sent = client.post(address, data=fields | {"files": (io.BytesIO(of_size(600, "b")), "baru.pdf")})
    assert sent.status_code == 422 and "Sisa ruang bukti OPD Anda" in sent.get_data(as_text=True)


def test_files_on_their_way_count_and_other_agencies_do_not(session, client, where, narrow):
    agency, other = where.city.agencies["bappeda"], where.city.agencies["kominfo"]
    person = where.city.people["operator"].person_id
    moment = datetime.now(UTC)
    for n, state in enumerate(("receiving", "complete", "refused")):
        session.add(Upload(id=f"u{n}", organization=agency, by_id=person, file_name="a.pdf", length=700, state=state,
                           expires_at=moment + timedelta(days=1)))
    build.document(session, other, where.city.actor("operator"), b"%PDF-1.7 lain")
    session.flush()
    assert (quota.used(session, agency), quota.left(session, agency)) == (700, 1300)
    with pytest.raises(quota.NoRoom, match="Sisa ruang"):
        quota.demand(session, agency, 1301)
    quota.demand(session, agency, 1300)


def test_the_library_says_how_much_room_is_left(client, where, narrow):
    upload(client, where.item(), ("satu.pdf", of_size(1900, "a")))
    page = client.get("/bukti").get_data(as_text=True)
    assert 'id="ruang"' in page and "sisa 100" in page
