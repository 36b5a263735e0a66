"""The seal of the institution's own certificate, with a throw-away authority made here; and the file anybody may compare."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pypdf import PdfReader, PdfWriter
from sqlalchemy import func, select

from assessments import attesting, countersigning
from assessments.models import Appointment, Blob, PrintedPaper, Receipt, Throttle
from portal.config import Unfit
from portal.papers import comparing, pressing, sealing
from portal.papers.examining import examined
from portal.throttling import COMPARED
from tests import builders
from tests.databases import settings_for
from tests.portal.agency_pages import statements

PAGE = 10
PASSPHRASE = "kata pembuka uji"
ASK = "/verifikasi/berkas"


def certificate(folder, days=30):
    """A PKCS#12 file of a seal, issued by an authority made for it; its path."""
    authority, its_key = _issued("Otoritas Uji", ca=True)
    own, key = _issued("Segel Kota Contoh", authority, its_key, days=days)
    path = folder / "segel.p12"
    path.write_bytes(pkcs12.serialize_key_and_certificates(
        b"segel", key, own, [authority], BestAvailableEncryption(PASSPHRASE.encode())))
    return path


def _issued(name, issuer=None, issuer_key=None, ca=False, days=30):
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=not ca, content_commitment=not ca, key_cert_sign=ca, crl_sign=ca, **usage),
                       critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer is not None:
        made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    return made.sign(issuer_key or key, hashes.SHA256()), key


@pytest.fixture
def sealed_settings(app, tmp_path):
    return settings_for(app.config["SETTINGS"].database, app.config["SETTINGS"].instance, seal="certificate",
                        seal_certificate=certificate(tmp_path), seal_passphrase=PASSPHRASE)


@pytest.fixture
def sealing_app(app, sealed_settings):
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = sealed_settings
    yield app
    app.config["SETTINGS"] = before


@pytest.fixture
def where(session):
    return builders.city(session)


@pytest.fixture
def number(session, where):
    part = builders.signed(session, where, builders.opened(session, where))
    session.commit()
    return attesting.newest_receipt(part).number


def printed(app, session, number) -> bytes:
    row = pressing.print_once(session, number)
    session.commit()
    with app.extensions["storage"].open(row.sha256) as file:
        return file.read()


def compare(client, pdf, name="tanda-terima.pdf"):
    token = builders.form(client, ASK)
    return client.post(ASK, data=token | {"berkas": (io.BytesIO(pdf), name)}, content_type="multipart/form-data")


# ---------------------------------------------------------------- the seal


def test_a_sealed_paper_is_intact_valid_and_trusted_and_one_byte_breaks_it(sealing_app, session, number):
    pdf = printed(sealing_app, session, number)
    trusted = sealing.chosen(sealing_app.config["SETTINGS"]).trusted()
    found = examined(pdf, trusted).seal
    assert session.scalars(select(PrintedPaper.sealed)).one() and found.intact and found.trusted and found.whole
    flipped = bytearray(pdf)
    flipped[pdf.index(b"stream") + 40] ^= 1
    assert examined(bytes(flipped), trusted).seal.intact is False
    longer = examined(pdf + b"\n% tambahan", trusted).seal
    assert longer.intact and not longer.whole
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and b"pdfaid" in root["/Metadata"].get_data(), "still says that it is PDF/A"


def test_a_seal_of_somebody_else_is_not_trusted(sealing_app, session, number, tmp_path):
    other = tmp_path / "lain"
    other.mkdir()
    strange = sealed_by(sealing_app, certificate(other)).trusted()
    found = examined(printed(sealing_app, session, number), strange).seal
    assert found.intact and not found.trusted


def sealed_by(app, path, passphrase=PASSPHRASE):
    settings = app.config["SETTINGS"]
    return sealing.CertificateSeal(settings.model_copy(update={
        "seal_certificate": path, "seal_passphrase": type(settings.seal_passphrase)(passphrase)}))


def test_a_wrong_passphrase_or_an_expired_certificate_seals_nothing_and_is_not_told_aloud(sealing_app, tmp_path, caplog):
    right = sealing_app.config["SETTINGS"].seal_certificate
    with pytest.raises(sealing.NotSealed) as wrong:
        sealed_by(sealing_app, right, "rahasia-lain").seal(b"%PDF-1.7", reason="x", place="y")
    old = tmp_path / "lama"
    old.mkdir()
    with pytest.raises(sealing.NotSealed, match="is valid from"):
        sealed_by(sealing_app, certificate(old, days=-1)).seal(b"%PDF-1.7", reason="x", place="y")
    assert "rahasia-lain" not in str(wrong.value) + caplog.text


def test_all_who_ask_at_once_get_the_bytes_of_one_row(sealing_app, session, number):
    session.commit()

    def ask(_):
        with sealing_app.app_context():
            return pressing._printed_now(number)

    with ThreadPoolExecutor(4) as pool:  # each seal is another sequence of bytes
        found = set(pool.map(ask, range(4)))
    assert len(found) == 1 and session.scalars(select(PrintedPaper.sha256)).one() == found.pop()[0]


def test_the_signature_says_how_it_came_about():
    assert sealing.method_words("password") == "kata sandi"
    assert "sertifikat instansi" in sealing.method_words(sealing.CertificateSeal.method)


class OtherProvider:
    """A provider from outside, as `docs/operating.md` says it is added."""

    method = "provider"

    def __init__(self, settings):
        self.settings = settings

    def seal(self, pdf, *, reason, place):
        return pdf + b"\n% segel lain"

    def trusted(self):
        return []


def test_another_provider_is_named_in_the_settings(app, session, number):
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = before.model_copy(update={"seal": "tests.portal.test_sealing:OtherProvider"})
    try:
        assert printed(app, session, number).endswith(b"% segel lain")
    finally:
        app.config["SETTINGS"] = before


@pytest.mark.parametrize(("given", "said"), [
    ({"seal": "certificate"}, "PORTAL_SEAL_CERTIFICATE"),
    ({"seal": "certificate", "seal_certificate": "/tidak/ada.p12", "seal_passphrase": "x"}, "tidak ada"),
    ({"seal": "apa saja"}, "PORTAL_SEAL"),
])
def test_wrong_settings_of_the_seal_are_refused_at_start(app, tmp_path, given, said):
    with pytest.raises(Unfit, match=said):
        settings_for(app.config["SETTINGS"].database, tmp_path, **given)


# ---------------------------------------------------------------- the public page


def test_the_same_file_is_told_as_the_same_and_nothing_is_kept(app, client, session, number):
    pdf = printed(app, session, number)
    before = sorted(app.config["SETTINGS"].evidence.rglob("*"))
    answer = compare(client, pdf)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Sama persis dengan yang dicetak portal" in text and number in text
    assert "Berlaku" in text and session.get_one(Receipt, number).submission.organization.name in text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Blob).where(Blob.size == len(pdf))) == 0
    assert sorted(app.config["SETTINGS"].evidence.rglob("*")) == before


def test_a_sealed_file_is_the_same_with_its_seal_and_changed_when_it_was_touched(sealing_app, client, session, number):
    pdf = printed(sealing_app, session, number)
    assert "Segel instansi di dalamnya utuh" in compare(client, pdf).get_data(as_text=True)
    flipped = bytearray(pdf)
    flipped[pdf.index(b"/Type/Pages")] ^= 0  # the page tree stays readable
    flipped[pdf.rindex(b"pdfaid:part")] ^= 1
    text = compare(client, bytes(flipped)).get_data(as_text=True)
    assert "Berkas ini berubah: isi yang disegel sudah diubah" in text and number in text
    assert "ada yang ditambahkan sesudah disegel" in compare(client, pdf + b"\n% x").get_data(as_text=True)


def test_a_file_saved_again_is_changed_and_a_strange_one_unknown(app, client, session, number):
    writer, blank = PdfWriter(clone_from=io.BytesIO(printed(app, session, number))), PdfWriter()
    writer.add_metadata({"/Producer": "lain"})
    saved = io.BytesIO()
    writer.write(saved)
    text = compare(client, saved.getvalue()).get_data(as_text=True)
    assert "Berkas ini berubah" in text and number in text and "jangan memakai berkas ini" in text
    blank.add_blank_page(200, 200)
    empty = io.BytesIO()
    blank.write(empty)
    assert "tidak dikenal" in compare(client, empty.getvalue()).get_data(as_text=True)


@pytest.mark.parametrize(("pdf", "sentence"), [
    (b"bukan pdf", comparing.NO_PDF), (b"%PDF-1.7 rusak", comparing.CLOSED), (b"%PDF-1.7\n/ByteRange [0 1 2 3]", comparing.CLOSED),
])
def test_a_file_that_cannot_be_compared_gets_one_sentence(app, client, session, pdf, sentence):
    answer = compare(client, pdf)
    assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)


def test_no_file_is_told_at_its_field(app, client, session):
    answer = client.post(ASK, data=builders.form(client, ASK))
    assert answer.status_code == 422 and "Pilih berkas PDF" in answer.get_data(as_text=True)


def test_a_file_beyond_five_megabytes_is_told_so(app, client, session):
    fields = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in builders.form(client, ASK).items()]
    head = "".join(fields) + '--x\r\nContent-Disposition: form-data; name="berkas"; filename="a.pdf"\r\n\r\n%PDF-'
    body = head.encode() + b"x" * comparing.MOST + b"\r\n--x--\r\n"
    answer = client.post(ASK, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413 and "5 MB" in answer.get_data(as_text=True)


def test_whoever_compares_too_often_waits_and_the_token_is_asked_for(app, client, session):
    token = builders.form(client, ASK)
    for _ in range(COMPARED.tries):
        client.post(ASK, data=token)
    answer = client.post(ASK, data=token)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    session.rollback()
    session.query(Throttle).delete()
    session.commit()
    assert client.post(ASK, data={"berkas": (io.BytesIO(b"%PDF-"), "a.pdf")}).status_code == 400


def test_comparing_costs_few_statements(app, client, session, number):
    pdf = printed(app, session, number)
    token = builders.form(client, ASK)
    with statements() as seen:
        client.post(ASK, data=token | {"berkas": (io.BytesIO(pdf), "a.pdf")}, content_type="multipart/form-data")
    assert len(seen) <= PAGE + 4


# ---------------------------------------------------------------- numbers of papers


def test_numbers_of_papers_are_told_in_force_replaced_or_taken_back(client, session, where):
    assessment = builders.ready_to_send(session, where, builders.opened(session, where))
    by = where.actor("coordinator")
    office = session.get_one(Appointment, by.appointment_id)

    def sign():
        seen = {each.kind: each.sha256 for each in countersigning.drafts(assessment, office)}
        made = countersigning.sign(assessment, by, seen)
        session.commit()
        return [paper.number for paper in made]

    def told(number):
        return client.get(f"/verifikasi/{number.lower()}").get_data(as_text=True)

    first = sign()
    assert all("Berlaku" in told(number) for number in first)
    assert "Berita Acara Penilaian Mandiri" in told(first[0]) and "Pernyataan Persetujuan Publikasi" in told(first[1])
    assert where.people["coordinator"].person.name not in told(first[0]), "no names of people"
    countersigning.withdraw(assessment, by, "Angka salah ketik.")
    session.commit()
    assert "Ditarik" in told(first[0]) and "Angka salah ketik" not in told(first[0])
    second = sign()
    assert "Sudah digantikan" in told(first[0]) and "Berlaku" in told(second[0])
    assert client.get("/verifikasi/BA-2026-ZZZZ-ZZZZ").status_code == 404
    assert client.get("/verifikasi?nomor=" + second[1].lower()).status_code == 302
