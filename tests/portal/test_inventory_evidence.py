"""S21: the record of an own application is cited for an item, frozen, and flagged once the application has ended."""

from datetime import date

import pytest
from sqlalchemy import select

from assessments import answering, claiming
from assessments.inventory import citing, keeping, living
from assessments.models import Application, ApplicationDocument, Citation, Document
from tests import builders as build
from tests.portal import desk_pages
from tests.portal.agency_pages import answer_of, as_operator, begun, form_of, statements

PAGE = 10
# Nine are the record of what changed, two lock what will change on PostgreSQL, two read integrations and tests.
ATTACH = 29
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


def test_what_is_frozen_says_how_many_use_it_what_it_is_tied_to_and_how_it_was_tested(session, where):
    one, by = application(session), where.city.actor("operator")
    keeping.change(one, by, {"user_count": "1500"}, {"pse_dated": "2024-03-09", "service_bus": "ya", "transactions": "12500",
                   "note": "Jangan disebarkan.", "vendor": "PT Rahasia"}, one.version)
    keeping.add_link(one, by, other=None, other_name="SIPD", direction="out", data="usulan", method="api")
    keeping.add_test(one, by, kind="itsa", done_on=date(2024, 8, 5), by_whom="BSSN", findings="4", open_findings="1")
    session.commit()
    text = citing.frozen_record(application(session)).decode()
    for line in (
        "Jumlah pengguna: 1.500", "Tanggal tanda daftar: 9 Maret 2024", "Lewat SPLP: Ya", "Transaksi per tahun: 12.500",
        "Integrasi: mengirim ke SIPD lewat API, data: usulan",
        "Pengujian: ITSA/VAPT pada 5 Agustus 2024 oleh BSSN, 4 temuan, 1 belum ditutup",
    ):
        assert line in text.splitlines(), line
    assert "Jangan disebarkan" not in text and "PT Rahasia" not in text


def test_freezing_costs_the_same_with_one_integration_and_with_five(client, session, where):
    def tied(n: int) -> int:
        build.application(session, where.city, name=f"Lain {n}")
        session.commit()
        other = application(session, f"Lain {n}")
        one = session.scalar(select(Application).where(Application.name == "Usulan Warga"))
        keeping.add_link(one, where.city.actor("operator"), other=other, other_name="", direction="in", data="usulan", method="file")
        session.commit()
        one = application(session)
        assert one.current_owner.name
        with statements() as seen:
            assert f"menerima dari Lain {n} lewat Berkas" in citing.frozen_record(one).decode()
        return len(seen)

    assert len({tied(n) for n in range(5)}) == 1


def test_the_live_record_is_linked_for_those_who_may_read_it(client, session, where):
    assert cite(client, session, where).status_code == 302
    link = f'href="/inventaris/catatan/{application(session).id}"'
    assert link in client.get(where.item()).get_data(as_text=True)
    slug = where.city.agencies["bappeda"].slug
    team = as_operator(client, session, where, "round_manager")
    assert link in team.get(f"{where.item()}?opd={slug}").get_data(as_text=True)


def test_before_it_is_handed_in_and_at_the_check_an_ended_application_is_named(app, client, session, where):
    assert cite(client, session, where).status_code == 302
    end(session, where)
    told = "Aplikasi ini telah dihentikan sejak "
    with statements() as seen:
        review = client.get(f"/penilaian/{where.slug}/periksa").get_data(as_text=True)
    assert len(seen) <= PAGE
    assert f"12.a: {told}" in review and "Terbaca, catatan" not in review
    build.signed(session, where.city, where.period)
    session.commit()
    team = as_operator(app.test_client(), session, where, "internal_assessor")
    place = f"/pengelolaan/{where.slug}/{where.city.instansi.slug}/verifikasi/{where.city.agencies['bappeda'].slug}/I12"
    with statements() as seen:
        page = team.get(place).get_data(as_text=True)
    assert len(seen) <= PAGE + 1  # an ended record is asked for where one is cited
    assert told in page and "Terbaca, catatan" not in page and "Catatan inventaris, " in page
    head = as_operator(app.test_client(), session, where, "head")
    part = build.submission(session, where.period, where.city.agencies["bappeda"]).id
    with statements() as seen:
        page = head.get(f"/persetujuan/{part}").get_data(as_text=True)
    assert len(seen) <= PAGE + 1
    assert told in page and "Terbaca, catatan" not in page


def test_the_assessor_sees_at_the_desk_that_the_application_has_ended(client, session):
    panel = desk_pages.before_a_panel(session)
    one = build.application(session, panel.city, name="Usulan Warga")
    cited = session.get_one(Citation, panel.citation).cited
    cited.blob.media_type, cited.blob.reading_state, cited.blob.reading_note = citing.MEDIA_TYPE, "readable", "Terbaca, catatan"
    session.add(ApplicationDocument(application=one, document=cited.document, part="record"))
    session.commit()
    desk_pages.as_(client, session, panel, "assessor")
    assert "Terbaca, catatan" in desk_pages.page(client, panel.desk())
    session.rollback()
    one = application(session)
    living.change_state(one, "retire", panel.city.actor("inventory_manager"), living.Given(ENDING), one.version)
    session.commit()
    with statements() as seen:
        page = desk_pages.page(client, panel.desk())
    assert len(seen) <= PAGE
    assert "Aplikasi ini telah dihentikan sejak " in page and "Terbaca, catatan" not in page
    assert "/inventaris/catatan/" not in page


def test_the_library_flags_the_record_of_an_ended_application(client, session, where):
    assert cite(client, session, where).status_code == 302
    number = answer_of(session, where).citations[0].document_id
    told = "Aplikasi ini telah dihentikan sejak "
    for address in ("/bukti", f"/bukti/{number}"):
        assert told not in client.get(address).get_data(as_text=True)
    end(session, where)
    for address in ("/bukti", f"/bukti/{number}"):
        with statements() as seen:
            page = client.get(address).get_data(as_text=True)
        assert len(seen) <= PAGE
        assert told in page and "Terbaca, catatan" not in page, address
