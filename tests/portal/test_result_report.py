"""Laporan Hasil: exactly what was settled, signed by the lead, closed until publication, amended by name, verified by anybody."""

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from assessments import result_report, results
from assessments.models import PanelPaper, PrintedPaper
from portal import passwords
from tests import builders as build
from tests.portal.meeting_pages import Met, send, statements
from tests.portal.report_pages import MARK, signed, written

HASH = passwords.hashed(build.PASSWORD)
TYPED = {"checked": "y", "password": build.PASSWORD}


def round_of(session, kind: str = "evaluation") -> Met:
    """Settled with I12 lowered to 2, not published; of an evaluation with one analysis and the recommendation."""
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.judging(session, city, outside, kind=kind)
    if kind == "evaluation":
        build.closed(session, assessment, outside, {"I12": 2})
        written(session, assessment, outside)
        proposal = results.propose(assessment, outside.actor("panel_lead"))
        session.flush()
        results.confirm(assessment, outside.actor("assessor"), proposal.snapshot_sha)
    else:
        build.settled(session, assessment, outside, {"I12": 2})
    build.account_of(outside.people["panel_lead"]).password = HASH
    session.commit()
    return Met(city, outside, assessment.id, f"/asesmen/{assessment.period.slug}/{city.instansi.slug}/penetapan/laporan")


@pytest.fixture
def where(session) -> Met:
    return round_of(session)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def counted(session, kind) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(kind))


def sign(session, where) -> str:
    number = signed(session, where.assessment(session), where.outside).number
    session.commit()
    return number


def publish(session, where) -> None:
    results.publish(where.assessment(session), where.city.actor("round_manager"))
    session.commit()


def amend(session, where) -> None:
    lead, member = where.outside.actor("panel_lead"), where.outside.actor("assessor")
    proposal = results.propose(where.assessment(session), lead, {"I12": 3}, "Bukti terlewat.")
    session.flush()
    results.confirm(proposal.assessment, member, proposal.snapshot_sha)
    session.commit()


def file_at(where, number: str) -> str:
    return where.base.replace("/asesmen/", "/hasil/").replace("/penetapan/laporan", f"/laporan/{number}")


def test_the_lead_signs_what_the_page_showed_and_before_publication_the_public_learns_only_that_the_number_exists(client, session, app, where):
    where.as_(client, session, "panel_lead")
    page = text_of(client.get(where.base))
    assert "Sidik naskah" in page and MARK in page and "Tercetak “belum diisi”" in page
    assert "/penetapan/laporan" in text_of(client.get(where.base.removesuffix("/laporan")))
    assert send(client, where.base, **TYPED).status_code == 302
    session.rollback()
    paper = session.scalar(select(PanelPaper))
    assert paper.kind == "result_report" and paper.number.startswith("LH-2026-")
    public = text_of(app.test_client().get(f"/verifikasi/{paper.number}"))
    assert "Belum diterbitkan" in public
    shown = paper.result.index_shown.replace(".", ",")
    for secret in ("Pemerintah Kota Contoh", "Laporan Hasil", "Evaluasi", shown, paper.result.predicate, paper.signature.name):
        assert secret not in public.split("<main", 1)[1].split("</main>")[0], secret
    assert app.test_client().get("/verifikasi/LH-2026-ABCD-EFGH").status_code == 404
    publish(session, where)
    public = text_of(app.test_client().get(f"/verifikasi/{paper.number}"))
    assert "masih berlaku" in public and "Laporan Hasil" in public and "Pemerintah Kota Contoh" in public and shown not in public


@pytest.mark.parametrize(
    ("fields", "sentences"),
    [
        ({"checked": None, "password": ""}, ["Centang bahwa Anda telah membaca laporan ini.", "Tulis kata sandi akun Anda."]),
        ({"password": "bukan ini"}, ["Kata sandi salah. Belum ada yang ditandatangani."]),
    ],
)
def test_without_tick_or_password_nothing_is_signed(client, session, where, fields, sentences):
    where.as_(client, session, "panel_lead")
    answer = send(client, where.base, **TYPED | fields)
    assert answer.status_code == 422 and all(each in text_of(answer) for each in sentences)
    assert counted(session, PanelPaper) == 0


def test_what_changed_since_the_page_was_opened_is_not_signed(client, session, where):
    where.as_(client, session, "panel_lead")
    opened = build.form(client, where.base)
    amend(session, where)
    answer = client.post(where.base, data=opened | TYPED)
    assert answer.status_code == 409 and "berubah sesudah Anda membukanya" in text_of(answer)
    assert counted(session, PanelPaper) == 0


@pytest.mark.parametrize(("who", "before", "after"), [
    ("round_manager", 200, 200), ("inspector", 200, 200), ("executive", 200, 200), ("reviewer", 200, 200),
    ("operator", 404, 403), ("head", 404, 403), ("assessor_off", 404, 404), ("system_admin", 403, 403),
])
def test_the_file_is_closed_to_agencies_strangers_and_the_admin(client, session, where, who, before, after):
    url = file_at(where, sign(session, where))
    where.as_(client, session, who)
    assert client.get(url).status_code == before
    publish(session, where)
    answer = client.get(url)
    assert answer.status_code == after
    assert answer.status_code == 200 or MARK.encode() not in answer.get_data()


def test_a_report_of_figures_alone_is_an_agencys_too_once_it_is_published(client, session):
    where = round_of(session, "monitoring")
    number = sign(session, where)
    frozen = result_report.content_of(where.assessment(session), result_report.basis_of(where.assessment(session)), None)
    assert "analyses" not in frozen and "recommendation" not in frozen and frozen["round_kind"] == "Pemantauan"
    where.as_(client, session, "operator")
    assert client.get(file_at(where, number)).status_code == 404
    publish(session, where)
    answer = client.get(file_at(where, number))
    assert answer.status_code == 200 and "Laporan%20Hasil%20Pemantauan" in answer.headers["Content-Disposition"].replace(" ", "%20")


def test_the_paper_says_what_forms_18_lists_tagged_and_one_flipped_byte_is_noticed(client, session, app, where):
    number = sign(session, where)
    publish(session, where)
    where.as_(client, session, "coordinator")
    pdf = client.get(file_at(where, number)).get_data()
    reader = PdfReader(io.BytesIO(pdf))
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).replace("\u200b", "").split())
    content = result_report.content_of(where.assessment(session), result_report.basis_of(where.assessment(session)), None)
    assert len(content["items"]) == 47 and {each["tier"] for each in content["nodes"]} == {"domain", "aspect"}
    for words in ("Laporan Hasil Evaluasi", number, content["predicate"], content["index"]["shown"].replace(".", ","), MARK,
                  'Lemah #import "x" $ ] <b>', "belum diisi", "Ringkas.", "Saran.", "Indeks domain", "Indeks aspek", "Sidik SHA-256"):
        assert words in said, words
    assert all(each["name"][:20] in said for each in content["nodes"])
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.trailer["/Root"]["/Lang"] == "id-ID"
    assert b"pdfaid:part>2" in pdf and b"pdfaid:conformance>A" in pdf
    assert client.get(file_at(where, number)).get_data() == pdf and counted(session, PrintedPaper) == 1
    assert client.get(file_at(where, "LH-2026-XXXX-YYYY")).status_code == 404
    stranger = app.test_client()
    for given, words in ((pdf, "sama persis"), (pdf[:-40] + bytes([pdf[-40] ^ 1]) + pdf[-39:], "Berkas ini berubah")):
        fields = build.form(stranger, "/verifikasi/berkas")
        told = stranger.post("/verifikasi/berkas", data=fields | {"berkas": (io.BytesIO(given), "lh.pdf")})
        assert told.status_code == 200 and words in text_of(told), text_of(told)[:2500]


def test_an_amended_result_leaves_its_report_amended_and_the_public_page_names_the_newer_one(client, session, app, where):
    first = sign(session, where)
    publish(session, where)
    amend(session, where)
    stranger = app.test_client()
    told = text_of(stranger.get(f"/verifikasi/{first}"))
    assert "Sudah diubah" in told and "hasil versi 2" in told and "belum ditandatangani" in told
    second = sign(session, where)
    told = text_of(stranger.get(f"/verifikasi/{first}"))
    assert "Sudah diubah" in told and f"/verifikasi/{second}" in told
    assert "masih berlaku" in text_of(stranger.get(f"/verifikasi/{second}"))
    paper = session.get_one(PanelPaper, second)
    frozen = result_report.reports_of(session, where.id)[0]
    assert frozen.number == second and paper.result.n == 2 and first.encode() in paper.snapshot.content
    assert b"Bukti terlewat." in paper.snapshot.content
    build.sign_in(client, session, where.city.people["coordinator"])
    printed = PdfReader(io.BytesIO(client.get(file_at(where, second)).get_data()))
    text = " ".join(" ".join(page.extract_text() for page in printed.pages).replace("\u200b", "").split())
    assert "Indikator 12: 2,00 menjadi 3,00" in text, "the reader need not compare two papers"
    assert "Nilai indikator 12 diubah sesudahnya" in text, "the texts are those of the first version, and it is said"


def test_a_report_taken_back_is_signed_anew_and_the_public_page_tells_both(client, session, app, where):
    first = sign(session, where)
    publish(session, where)
    where.as_(client, session, "panel_lead")
    url = f"{where.base}/penarikan"
    empty = send(client, url, where.base, note=" ")
    assert empty.status_code == 422 and "Alasan wajib diisi." in text_of(empty)
    assert send(client, url, where.base, note="Salah tulis.").status_code == 302
    stranger = app.test_client()
    assert "sudah ditarik" in text_of(stranger.get(f"/verifikasi/{first}"))
    second = sign(session, where)
    assert "ada surat yang lebih baru sebagai gantinya" in text_of(stranger.get(f"/verifikasi/{first}"))
    assert "masih berlaku" in text_of(stranger.get(f"/verifikasi/{second}"))
    assert "Salah tulis." in text_of(client.get(where.base))


def test_before_a_result_there_is_nothing_to_sign(client, session):
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.closed(session, build.judging(session, city, outside), outside)
    session.commit()
    where = Met(city, outside, assessment.id, f"/asesmen/{assessment.period.slug}/{city.instansi.slug}/penetapan/laporan")
    where.as_(client, session, "panel_lead")
    page = text_of(client.get(where.base))
    assert "Laporan hasil dibuat sesudah hasil ditetapkan." in page and "Sidik naskah" not in page


def test_the_page_of_the_report_costs_little(client, session, where):
    where.as_(client, session, "panel_lead")
    with statements() as ran:
        assert client.get(where.base).status_code == 200
    assert len(ran) <= 14, len(ran)
