"""S21: the record of an own application is cited for an item, frozen, and flagged once the application has ended."""

import pytest
from sqlalchemy import select

from assessments import answering, claiming
from assessments.inventory import citing, keeping, living
from assessments.models import Application, ApplicationDocument, Document
from tests import builders as build
from tests.portal.agency_pages import answer_of, as_operator, begun, form_of, statements

PAGE = 10
ATTACH = 27  # nine are the record of what changed, two lock what will change on PostgreSQL
ENDING = {"reason": "Selesai.", "decision_no": "1/2026", "data_fate": "Diarsipkan.", "account_fate": "Ditutup."}


@pytest.fixture
def where(client, session):
    made = begun(session)
    build.application(session, made.city, name="Usulan Warga")
    session.commit()
    as_operator(client, session, made)
    return made


def application(session, name="Usulan Warga") -> Application:
    session.rollback()
    session.expire_all()
    return session.scalar(select(Application).where(Application.name == name))


def cite(client, session, where, **fields):
    wanted = {"application": str(application(session).id)} | fields
    sent = form_of(client, where.item(), "jawaban") | wanted
    return client.post(f"{where.item()}/inventaris", data=sent)


def end(session, where, name="Usulan Warga", step="retire", **more):
    one = application(session, name)
    living.change_state(one, step, where.city.actor("inventory_manager"), living.Given(ENDING, **more), one.version)
    session.commit()


def test_a_record_is_frozen_as_it_is_now_and_the_typed_answer_stays(client, session, where):
    page = client.get(where.item()).get_data(as_text=True)
    assert "Catatan inventaris" in page and "Usulan Warga (A0001)" in page
    sent = cite(client, session, where, value="4", facts="Tulisan saya.", analysis="Pikiran saya.")
    assert (sent.status_code, sent.location) == (302, f"{where.item()}#bukti")
    answer = answer_of(session, where)
    assert (answer.facts, answer.analysis, int(answer.value)) == ("Tulisan saya.", "Pikiran saya.", 4)
    version = answer.citations[0].cited
    assert (version.document.title, version.blob.media_type, version.blob.reading_state) == (
        "Catatan inventaris: Usulan Warga", "text/plain", "readable")
    expected = citing.frozen_record(application(session))
    page = client.get(where.item()).get_data(as_text=True)
    address = page[page.index("Catatan inventaris: Usulan Warga") - 300:].split('href="')[1].split('"')[0]
    got = client.get(address)
    assert (got.status_code, got.get_data()) == (200, expected)
    got.close()
    assert b"Fungsi: Mencatat usulan warga." in expected
    assert "Terbaca, catatan inventaris" in page and "Lainnya, " not in page and "Catatan inventaris, " in page


def test_a_changed_record_makes_a_new_version_and_the_old_citation_keeps_its_own(client, session, where):
    assert cite(client, session, where).status_code == 302
    again = cite(client, session, where)
    assert again.status_code == 422 and "sudah dilampirkan" in again.get_data(as_text=True)
    one = application(session)
    keeping.change(one, where.city.actor("operator"), {"purpose": "Fungsi baru."}, None, one.version)
    session.commit()
    assert cite(client, session, where).status_code == 302
    session.rollback()
    assert [citation.n for citation in answer_of(session, where).citations] == [1, 2]
    assert session.scalars(select(ApplicationDocument.part)).all() == ["record"]
    assert "Ada versi 2 di pustaka" in client.get(where.item()).get_data(as_text=True)


@pytest.mark.parametrize("step", ["retire", "merge"])
def test_the_citation_of_an_ended_application_is_flagged(client, session, where, step):
    build.application(session, where.city, name="Pengganti")
    session.commit()
    assert cite(client, session, where).status_code == 302
    end(session, where, step=step, successor=application(session, "Pengganti"))
    word = {"retire": "dihentikan", "merge": "digabung"}[step]
    page = client.get(where.item()).get_data(as_text=True)
    assert f"Aplikasi ini telah {word} sejak " in page and "Terbaca, catatan inventaris" not in page
    assert f"12.a: Aplikasi ini telah {word} sejak " in page, "the remarks do not name it"
    assert "Usulan Warga (A0001)" not in page and "Pengganti (A0002)" in page
    refused = cite(client, session, where, facts="Tulisan saya.")
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "tidak dapat dijadikan bukti" in text and "Tulisan saya." in text
    team = as_operator(client, session, where, "internal_assessor")
    slug = where.city.agencies["bappeda"].slug
    assert f"telah {word}" in team.get(f"{where.item()}?opd={slug}").get_data(as_text=True)


def test_the_claim_page_flags_it_too(client, session, where):
    assert cite(client, session, where).status_code == 302
    assessment = build.assessment_of(session, where.period)
    writer = where.city.actor("round_manager")
    version = answer_of(session, where).citations[0].cited
    claim = claiming.write_claim(assessment, "I12", writer, build.Fraction(3), "Fakta.", "Analisis.", 0)
    session.flush()
    answering.cite(claim, version, writer)
    session.commit()
    team = as_operator(client, session, where, "round_manager")
    address = f"/pengelolaan/{where.slug}/{where.city.instansi.slug}/klaim/I12"
    assert "telah dihentikan" not in team.get(address).get_data(as_text=True)
    end(session, where)
    text = team.get(address).get_data(as_text=True)
    assert "Aplikasi ini telah dihentikan sejak " in text and "Terbaca, catatan" not in text


def test_after_a_handover_the_new_owner_freezes_the_record_in_its_own_library(client, session, where):
    assert cite(client, session, where).status_code == 302
    one = application(session)
    keeping.hand_over(one, where.city.agencies["dinkes"], where.city.actor("inventory_manager"))
    session.commit()
    one = application(session)
    assert citing.document_of(session, one) is None
    refused = cite(client, session, where)
    assert refused.status_code == 404


@pytest.mark.parametrize("wanted", ["", "0", "abc", "٣", "1.5"])
def test_no_application_is_a_sentence(client, session, where, wanted):
    answer = cite(client, session, where, application=wanted, facts="Tulisan saya.")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Pilih aplikasi dari inventaris dulu." in text and "Tulisan saya." in text


def test_the_application_of_another_agency_does_not_exist_here(client, session, where):
    build.application(session, where.city, agency="dinkes", name="Antrean")
    session.commit()
    assert cite(client, session, where, application=str(application(session, "Antrean").id)).status_code == 404
    assert cite(client, session, where, application="2147483646").status_code == 404
    assert "Antrean" not in client.get(where.item()).get_data(as_text=True)
    session.rollback()
    assert session.scalar(select(Document.id).where(Document.title.like("Catatan inventaris%"))) is None


@pytest.mark.parametrize(("who", "status"), [
    ("head", 403), ("operator_other", 404), ("round_manager", 403), ("inspector", 403), ("executive", 404),
    ("inventory_manager", 404), ("system_admin", 403),
])
def test_only_the_own_operator_cites(client, session, where, who, status):
    one = application(session).id
    other = as_operator(client, session, where, who)
    sent = build.form(other, "/akun") | {"application": str(one)}
    slug = where.city.agencies["bappeda"].slug
    assert other.post(f"{where.item()}/inventaris?opd={slug}", data=sent).status_code == status
    assert answer_of(session, where).citations == []


def test_the_page_costs_the_same_with_one_record_cited_and_with_ten(client, session, where):
    def counted() -> int:
        client.get(where.item())
        with statements() as seen:
            assert client.get(where.item()).status_code == 200
        return len(seen)

    assert cite(client, session, where).status_code == 302
    few = counted()
    for n in range(9):
        build.application(session, where.city, name=f"Layanan {n}")
        session.commit()
        assert cite(client, session, where, application=str(application(session, f"Layanan {n}").id)).status_code == 302
    assert few == counted() <= PAGE
    build.application(session, where.city, name="Terakhir")
    session.commit()
    sent = form_of(client, where.item(), "jawaban") | {"application": str(application(session, "Terakhir").id)}
    with statements() as seen:
        assert client.post(f"{where.item()}/inventaris", data=sent).status_code == 302
    assert len(seen) <= ATTACH, len(seen)
