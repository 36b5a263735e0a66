"""FI-11: what opening a stored file shows, said in plain words, within limits."""

import io
import struct
import subprocess
import sys
import zlib

import pytest
import xlsxwriter
from pypdf import PdfWriter

from portal import reading
from portal.reading import Facts, read_facts

PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
SHEET = OFFICE + "spreadsheetml.sheet"


def pdf(pages=3, password="") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def pdf_with_text() -> bytes:
    """One page, written by hand, that says Halo."""
    text = b"BT /F1 24 Tf 72 700 Td (Halo) Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    made, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return made + b"xref\n0 5\n0000000000 65535 f \n" + table + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(made)


def png() -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", 1280, 720, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + b"\0\0\0\0IEND\xaeB`\x82"


def sheet() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet().write(0, 0, "nilai")
    return made.getvalue()


@pytest.fixture
def read(tmp_path):
    def read(content: bytes, media_type: str, **limits) -> Facts:
        path = tmp_path / "berkas"
        path.write_bytes(content)
        return read_facts(path, media_type, **limits)

    return read


def test_a_pdf_with_text_is_read(read):
    assert read(pdf_with_text(), PDF) == Facts(1, True, "readable", "Terbaca, 1 halaman", opening="Halo")


def test_a_pdf_without_text_says_that_it_may_be_a_scan(read):
    facts = read(pdf(24), PDF)
    assert (facts.pages, facts.text_layer, facts.state) == (24, False, "readable")
    assert facts.sentence.startswith("Terbaca, 24 halaman; tanpa teks")


def test_fi_11_a_locked_pdf_is_flagged(read):
    assert read(pdf(password="rahasia"), PDF) == reading.LOCKED
    assert "kata sandi" in reading.LOCKED.sentence


@pytest.mark.parametrize("content", [pdf()[:200], pdf_with_text()[:-60], b"%PDF-1.7\n" + bytes(range(256)) * 20], ids=["half", "end", "noise"])
def test_fi_11_a_broken_pdf_is_flagged(read, content):
    facts = read(content, PDF)
    assert facts.state == "broken"
    assert facts.sentence.startswith("Berkas rusak")


def test_pictures_and_sheets_are_read(read):
    assert read(png(), "image/png").sentence == "Terbaca, gambar 1280 x 720 piksel"
    assert read(sheet(), SHEET).sentence == "Terbaca, 1 lembar kerja"


def test_fi_11_broken_pictures_and_sheets_are_flagged(read):
    assert read(png()[:-8], "image/png").state == "broken"
    assert read(sheet()[:-40], SHEET).state == "broken"
    assert read(b"bukan word", OFFICE + "wordprocessingml.document").state == "broken"


def test_other_kinds_say_that_they_were_not_opened(read):
    assert read(b"\0\0\0\x18ftypisom", "video/mp4").state == "unread"


def test_a_file_that_takes_too_long_is_left_unread(read):
    assert read(pdf(), PDF, seconds=0.001) == reading.UNREAD


def test_a_reader_that_dies_leaves_the_file_unread(read, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert read(pdf(), PDF) == reading.UNREAD


def test_a_missing_file_is_not_called_broken(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_facts(tmp_path / "tidak-ada", PDF)


def test_memory_is_limited_before_anything_is_opened():
    program = f"import runpy\nrunpy.run_path({reading.__file__!r})['_limit']()\ntry: bytearray(600 << 20)\nexcept MemoryError: print('cukup')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "cukup"
