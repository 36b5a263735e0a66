"""FI-02, FI-05: what a file is decides, not what it is called or claims to be."""

import io
import struct
import zipfile
import zlib

import pytest

from assessments.filetypes import KINDS, USUAL, accept_attribute, extension_of, identify, labels
from assessments.refusal import Refused

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + bytes(9) + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 48, 64) + bytes(10) + b"\xff\xda\x00\x02 gambar \xff\xd9"
MP4 = struct.pack(">I", 24) + b"ftypisom" + bytes(12) + b"mdat"
ALL = frozenset(KINDS)


def png(width=64, height=48, end=b"\0\0\0\0IEND\xaeB`\x82") -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + end


def types(main=WORD, more="") -> str:
    return f'<Types><Override PartName="/main.xml" ContentType="{main}"/>{more}</Types>'


def archive(parts: dict[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def office(main=WORD, **parts) -> bytes:
    return archive({"[Content_Types].xml": types(main), "main.xml": "<a/>", **parts})


def relations(kind, target) -> str:
    return f'<Relationships><Relationship Id="1" Type="http://x/{kind}" Target="{target}" TargetMode="External"/></Relationships>'


def refusal(content: bytes, name: str, allowed=USUAL) -> str:
    with pytest.raises(Refused) as refused:
        identify(io.BytesIO(content), name, allowed)
    (sentence,) = refused.value.sentences
    return sentence


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "SK Tim.PDF", "application/pdf"),
        (PDF.replace(b"1.7", b"2.0"), "a.pdf", "application/pdf"),
        (JPEG, "foto.jpeg", "image/jpeg"),
        (png(), "layar.png", "image/png"),
        (MP4, "rekaman.mp4", "video/mp4"),
        (office(), "laporan.docx", KINDS["docx"].media_type),
        (office(SHEET), "daftar.xlsx", KINDS["xlsx"].media_type),
    ],
    ids=["pdf", "pdf-2.0", "jpeg", "png", "mp4", "docx", "xlsx"],
)
def test_fi_02_honest_files_are_known(content, name, media_type):
    file = io.BytesIO(content)
    assert identify(file, name, {"pdf", "jpg", "png", "docx", "xlsx", "mp4"}).media_type == media_type
    assert file.tell() == 0


def test_a_real_sheet_is_known():
    xlsxwriter = pytest.importorskip("xlsxwriter")
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet().write(0, 0, "nilai")
    assert identify(made, "a.xlsx").label == "Excel (.xlsx)"


def test_f1_an_empty_file_is_refused_in_plain_words():
    assert refusal(b"", "a.pdf").startswith("Berkas kosong (0 byte).")


def test_f2_one_byte_is_not_a_document():
    assert "isinya teks biasa" in refusal(b"x", "a.pdf")


def test_f3_size_is_no_matter_of_kind():
    assert identify(io.BytesIO(PDF + bytes(1 << 20)), "a.pdf").label == "PDF"


HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        pytest.param(HTML, "a.pdf", "halaman web (HTML)", id="f7-html-as-pdf"),
        pytest.param(HTML + PDF, "a.pdf", "halaman web (HTML)", id="f7-html-before-pdf"),
        pytest.param(b"\n" + PDF, "a.pdf", "PDF yang didahului isi lain", id="pdf-not-at-its-start"),
        pytest.param(SVG, "a.png", "gambar SVG", id="f8-svg-as-png"),
        pytest.param(HTML, "a.docx", "halaman web (HTML)", id="f10-html-as-docx"),
        pytest.param(PDF + archive({"a": "b"}), "a.pdf", "sekaligus arsip ZIP", id="f11-pdf-and-zip"),
        pytest.param(png() + archive({"a": "b"}), "a.png", "sekaligus arsip ZIP", id="f11-png-and-zip"),
        pytest.param(b"GIF89a/*" + HTML + b"*/=1;", "a.jpg", "gambar GIF", id="f12-gif-and-script"),
        pytest.param(b"MZ" + bytes(100), "a.pdf", "program Windows", id="program-as-pdf"),
        pytest.param(PDF, "a.docx", "PDF", id="f26-what-is-claimed-does-not-count"),
        pytest.param(office(SHEET), "a.docx", "lembar kerja Excel", id="sheet-as-word"),
        pytest.param(archive({"a.txt": "isi"}), "a.docx", "arsip ZIP", id="zip-as-word"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), "a.xlsx", "format lama", id="xls-as-xlsx"),
        pytest.param(struct.pack(">I", 24) + b"ftypheic" + bytes(12), "a.mp4", "keluarga MP4", id="heic-as-mp4"),
    ],
)
def test_fi_02_content_must_be_what_the_name_says(content, name, found):
    sentence = refusal(content, name)
    assert found in sentence
    assert f".{extension_of(name)}" in sentence
    assert "Simpan ulang" in sentence


@pytest.mark.parametrize(
    ("content", "name"),
    [(SVG, "a.svg"), (HTML, "a.html"), (PDF, "a.pdf\0.html"), (PDF, "a.pdf;.html"), (PDF, ".htaccess"), (PDF, "tanpa"), (PDF, "laporan\u202efdp.exe")],
    ids=["f9-svg", "html", "p6-nul", "p7-semicolon", "p7-htaccess", "none", "p11-override"],
)
def test_fi_02_only_allowed_extensions_and_the_sentence_names_them(content, name):
    sentence = refusal(content, name, {"pdf", "png"})
    assert "yang dapat diterima: PDF, gambar PNG" in sentence


def test_f9_svg_is_never_evidence():
    assert "svg" not in KINDS


def test_f14_macros_are_refused_under_any_name():
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert "makro" in refusal(office(macro), "a.docx")
    assert "makro" in refusal(office(WORD, **{"word/vbaProject.bin": b"x"}), "a.docx")
    assert "makro" in refusal(archive({"[Content_Types].xml": types(WORD, '<Default ContentType="application/vnd.ms-office.vbaProject"/>')}), "a.docx")


def test_f18_a_locked_office_document_says_so():
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    struct.pack_into("<H", header, 0x1E, 9)
    struct.pack_into("<I", header, 0x30, 1)
    directory = bytes(512) + "EncryptedPackage".encode("utf-16-le").ljust(512, b"\0")
    assert "dikunci kata sandi" in refusal(bytes(header) + directory, "a.xlsx")


def test_f18_a_locked_zip_says_so():
    content = bytearray(archive({"a.txt": "rahasia"}))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert "dikunci kata sandi" in refusal(bytes(content), "a.zip", ALL)


@pytest.mark.parametrize("target", ["https://jahat.example/t.dotm", "\\\\10.0.0.1\\t.dotm", "file://10.0.0.1/t.dotm", "file:////10.0.0.1/t.dotm"])
def test_f19_a_template_from_elsewhere_is_refused(target):
    content = office(WORD, **{"word/_rels/settings.xml.rels": relations("attachedTemplate", target)})
    assert "alamat luar" in refusal(content, "a.docx")


def test_ordinary_links_and_templates_on_the_authors_disk_are_accepted():
    content = office(WORD, **{
        "word/_rels/document.xml.rels": relations("hyperlink", "https://denpasarkota.go.id"),
        "word/_rels/settings.xml.rels": relations("attachedTemplate", "file:///C:\\Templat\\Dinas.dotx"),
    })
    assert identify(io.BytesIO(content), "a.docx").label == "Word (.docx)"


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (30_001, 1), (20_000, 20_000), (0, 10)])
def test_f20_pixel_floods_are_refused_by_the_header_alone(width, height):
    sentence = refusal(png(width, height), "a.png")
    assert "piksel" in sentence or "tanpa ukuran" in sentence


@pytest.mark.parametrize("content", [JPEG[:-2], JPEG[:23], JPEG[:4]], ids=["end", "header", "start"])
def test_f21_a_truncated_jpeg_is_refused(content):
    assert "terpotong" in refusal(content, "a.jpg")


def test_f21_a_truncated_png_is_refused():
    assert "terpotong" in refusal(png(end=b"\0\0\1\0IDAT"), "a.png")


def test_a_photo_with_things_after_its_end_is_accepted():
    assert identify(io.BytesIO(JPEG + b"Samsung" + bytes(200_000)), "a.jpg").label == "gambar JPG"


def test_fi_05_a_bomb_is_counted_before_anything_is_inflated():
    assert "terlalu besar saat dibuka" in refusal(office(SHEET, **{"xl/worksheets/sheet1.xml": bytes(64 << 20)}), "a.xlsx")


def test_fi_05_an_archive_of_very_many_entries_is_not_even_listed():
    content = archive({"[Content_Types].xml": types()} | {f"{n}": "" for n in range(5001)})
    assert "lebih dari 5000 bagian" in refusal(content, "a.docx")
    lying = bytearray(content)
    struct.pack_into("<HH", lying, lying.rindex(b"PK\x05\x06") + 8, 1, 1)
    assert "bagian" in refusal(bytes(lying), "a.docx")


def test_fi_05_nothing_large_is_read_from_inside():
    assert "lebih dari 2 MB" in refusal(archive({"[Content_Types].xml": "<Types>" + " " * (3 << 20) + "</Types>"}), "a.docx")


@pytest.mark.parametrize("name", ["../../x.xml", "/etc/x", "C:/x", "a/..\\..\\x"])
def test_fi_05_entries_that_lead_out_are_refused(name):
    assert "ke luar" in refusal(office(WORD, **{name: "x"}), "a.docx")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_fi_05_two_entries_of_one_name_are_refused():
    made = io.BytesIO(office())
    with zipfile.ZipFile(made, "a") as file:
        file.writestr("main.xml", "<b/>")
    assert "bernama sama" in refusal(made.getvalue(), "a.docx")


def test_fi_05_document_types_and_entities_are_refused():
    bomb = '<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Types>&b;</Types>'
    assert "rusak" in refusal(archive({"[Content_Types].xml": bomb}), "a.docx")
    assert "rusak" in refusal(archive({"[Content_Types].xml": bomb.encode("utf-16")}), "a.docx")


@pytest.mark.parametrize("cut", [30, 100, -10])
def test_a_truncated_office_document_is_refused(cut):
    assert "rusak" in refusal(office()[:cut], "a.docx")


def test_every_broken_byte_of_an_office_document_ends_in_a_sentence_or_is_harmless():
    whole = office(WORD, **{"_rels/.rels": relations("hyperlink", "https://a")})
    for at in range(4, len(whole)):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        try:
            identify(io.BytesIO(bytes(broken)), "a.docx")
        except Refused as refused:
            assert len(refused.sentences) == 1


def test_what_is_off_by_default_can_be_allowed():
    slides = office(WORD.replace("wordprocessingml.document", "presentationml.presentation"))
    assert "berakhiran .pptx" in refusal(slides, "a.pptx")
    assert identify(io.BytesIO(slides), "a.pptx", ALL).label == "PowerPoint (.pptx)"
    assert "berakhiran .zip" in refusal(archive({"a": "b"}), "a.zip")
    assert identify(io.BytesIO(archive({"a": "b"})), "a.zip", ALL).label == "ZIP"


def test_the_page_can_say_what_is_allowed():
    assert labels({"jpg", "pdf"}) == "PDF, gambar JPG"
    assert accept_attribute({"jpg", "pdf"}) == ".pdf,.jpg,.jpeg"
