"""List P: names as people and attackers write them, made fit to be shown and saved under."""

import unicodedata

import pytest

from assessments.filetypes import safe_name

NAMES = [
    ("SK Tim Koordinasi SPBE.pdf", "SK Tim Koordinasi SPBE.pdf"),
    ("../../app.db", "app.db"),
    ("..\\..\\x", "x"),
    ("/etc/passwd", "passwd"),
    ("C:\\Dokumen\\x.pdf", "x.pdf"),
    ("%2e%2e%2fapp.db", "%2e%2e%2fapp.db"),
    ("a.pdf\0.html", "a.pdf.html"),
    ("a.pdf;.html", "a.pdf;.html"),
    ("a.php.pdf", "a.php.pdf"),
    (".htaccess", "berkas.htaccess"),
    ("CON.pdf", "berkas CON.pdf"),
    ("aux", "berkas aux"),
    ("Com1.laporan.pdf", "berkas Com1.laporan.pdf"),
    ("", "berkas"),
    (".", "berkas"),
    ("..", "berkas"),
    (" \t ", "berkas"),
    ("  .pdf", "berkas.pdf"),
    ("laporan\u202efdp.exe", "laporanfdp.exe"),
    ("lap\u200boran\u2066.pdf", "laporan.pdf"),
    ("cafe\u0301.pdf", "café.pdf"),
    ("laporan \U0001f4c4 ꦲꦏ تقرير.pdf", "laporan \U0001f4c4 ꦲꦏ تقرير.pdf"),
    ('a"b\'c;d\r\nX: y.pdf', "a_b'c;d X_ y.pdf"),
    ("<img src=x onerror=alert(1)>.pdf", "_img src=x onerror=alert(1)_.pdf"),
    ("=cmd|' /C calc'!A0.pdf", "C calc'!A0.pdf"),
    ("=1+1.pdf", "1+1.pdf"),
    ("-rf.pdf", "rf.pdf"),
    ("lone\ud800surrogate.pdf", "lonesurrogate.pdf"),
    ("titik. . .", "titik"),
]


@pytest.mark.parametrize(("raw", "shown"), NAMES, ids=[ascii(raw) for raw, _ in NAMES])
def test_fi_03_a_name_is_made_fit_to_be_shown(raw, shown):
    assert safe_name(raw) == shown


@pytest.mark.parametrize("length", [255, 4000])
@pytest.mark.parametrize("letter", ["a", "\U0001f4c4", "e\u0301\u0302"])
def test_long_names_keep_their_extension(length, letter):
    name = safe_name(letter * length + ".docx")
    assert name.endswith(".docx")
    assert len(name) <= 120
    assert len(name.encode()) <= 240


@pytest.mark.parametrize("raw", [raw for raw, _ in NAMES])
def test_a_name_made_fit_stays_as_it_is(raw):
    name = safe_name(raw)
    assert safe_name(name) == name
    assert unicodedata.is_normalized("NFC", name)
    assert name.encode()
    assert not set(name) & set('/\\"\r\n\0')
