"""Office documents and ZIP archives: everything is counted before anything is inflated.

Only the list of content types and the small relationship parts are ever read, each with a bound;
nothing is unpacked to disk.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from assessments.refusal import Refused
from assessments.signatures import TAIL, Disagrees, expect, length, read_at

ENTRIES = 5_000
DIRECTORY = 1 << 20  # bytes of the central directory
INFLATED = 512 << 20
RATIO = 100  # counted only above FREE bytes, small parts compress very well
FREE = 32 << 20
PART = 2 << 20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = "application/vnd.openxmlformats-officedocument."
_FAMILIES = {
    "wordprocessingml.document.main+xml": "dokumen Word",
    "spreadsheetml.sheet.main+xml": "lembar kerja Excel",
    "presentationml.presentation.main+xml": "salindia PowerPoint",
}
# Relationships which make an office program fetch something when the file is opened.
_FETCHED = ("/attachedTemplate", "/oleObject", "/subDocument", "/frame")

LOCKED = ("Berkas dikunci kata sandi; asesor tidak dapat membukanya."
          " Simpan ulang tanpa kata sandi, lalu unggah lagi.")
MACROS = ("Berkas ini memuat makro. Simpan ulang sebagai dokumen tanpa makro atau sebagai PDF,"
          " lalu unggah lagi.")
BOMB = ("Isi berkas ini terlalu besar saat dibuka ({}). Bagi menjadi beberapa berkas atau simpan"
        " sebagai PDF, lalu unggah lagi.")
DAMAGED = "Berkas rusak: {}. Buka berkas aslinya, simpan ulang, lalu unggah lagi."
FETCHES = ("Berkas ini mengambil isi dari alamat luar ketika dibuka. Putuskan tautannya atau simpan"
           " sebagai PDF, lalu unggah lagi.")


def check_word(file: BinaryIO) -> None:
    _check_office(file, "wordprocessingml.document.main+xml")


def check_excel(file: BinaryIO) -> None:
    _check_office(file, "spreadsheetml.sheet.main+xml")


def check_powerpoint(file: BinaryIO) -> None:
    _check_office(file, "presentationml.presentation.main+xml")


def check_zip(file: BinaryIO) -> None:
    expect(file, b"PK\x03\x04", b"PK\x05\x06")
    open_counted(file).close()


def open_counted(file: BinaryIO) -> zipfile.ZipFile:
    """The archive, after entries, names, sizes and locks have been looked at."""
    _count_directory(file)
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)  # reads the directory, whose length is now known
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
        raise Refused(DAMAGED.format("daftar isinya tidak dapat dibaca")) from error
    entries = archive.infolist()
    if len(entries) > ENTRIES:
        raise Refused(BOMB.format(f"{len(entries)} bagian"))
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names):
        raise Refused(DAMAGED.format("dua bagian di dalamnya bernama sama"))
    if any(_leads_out(name) for name in names):
        raise Refused(DAMAGED.format("nama bagian di dalamnya menunjuk ke luar berkas"))
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused(LOCKED)
    inflated = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if inflated > INFLATED or (inflated > FREE and inflated > RATIO * max(packed, 1)):
        raise Refused(BOMB.format(f"{inflated >> 20} MB dari {max(length(file) >> 10, 1)} KB"))
    return archive


def _count_directory(file: BinaryIO) -> None:
    size = length(file)
    tail = read_at(file, max(0, size - TAIL), TAIL)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise Refused(DAMAGED.format("bagian akhirnya hilang"))
    entries, directory = struct.unpack_from("<HI", tail, at + 10)
    if tail[max(0, at - 20):at].startswith(b"PK\x06\x07") or entries > ENTRIES:
        raise Refused(BOMB.format(f"lebih dari {ENTRIES} bagian"))
    if directory > DIRECTORY:
        raise Refused(BOMB.format("daftar isi lebih dari 1 MB"))


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ":" in name[:3] or ".." in name.replace("\\", "/").split("/")


def _check_office(file: BinaryIO, main: str) -> None:
    head = read_at(file, 0, 4096)
    if head.startswith(_OLE):
        if _is_locked_office(file, head):
            raise Refused(LOCKED)
        raise Disagrees("dokumen Office format lama (.doc, .xls, .ppt)")
    expect(file, b"PK\x03\x04")
    with open_counted(file) as archive:
        if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in archive.infolist()):
            raise Refused(DAMAGED.format("cara pemampatannya tidak lazim"))
        found = _main_part(archive)
        if found != main:
            raise Disagrees(_FAMILIES.get(found, "arsip ZIP"))
        if any("vbaproject" in name.lower() for name in archive.namelist()):
            raise Refused(MACROS)
        for name in archive.namelist():
            if name.lower().endswith(".rels"):
                _check_relations(_read(archive, name))


def _main_part(archive: zipfile.ZipFile) -> str:
    """The main content type without its common prefix; empty when there is none."""
    if "[Content_Types].xml" not in archive.namelist():
        return ""
    types = [attributes.get("ContentType", "")
             for _, attributes in _elements(_read(archive, "[Content_Types].xml"))]
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in types):
        raise Refused(MACROS)
    return next((kind.removeprefix(_MAIN) for kind in types
                 if kind.removeprefix(_MAIN) in _FAMILIES), "")


def _check_relations(content: bytes) -> None:
    for _, attributes in _elements(content):
        if (attributes.get("TargetMode") == "External"
                and attributes.get("Type", "").endswith(_FETCHED)
                and _is_remote(attributes.get("Target", ""))):
            raise Refused(FETCHES)


def _is_remote(target: str) -> bool:
    """A network address; `file:///C:/...`, a template on the author's own disk, is not."""
    target = target.strip().lower().replace("\\", "/")
    if target.startswith("file:"):
        rest = target.removeprefix("file:")
        return not (rest.startswith("///") and rest[4:5] in ":|" and rest[4:5] != "")
    return target.startswith("//") or "://" in target


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as part:
            content = part.read(PART + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise Refused(DAMAGED.format("sebagian isinya tidak dapat dibaca")) from error
    if len(content) > PART:
        raise Refused(BOMB.format("daftar hubungan di dalamnya lebih dari 2 MB"))
    return content


def _elements(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Names and attributes of all elements; document types and entities are refused."""
    found: list[tuple[str, dict[str, str]]] = []

    def refuse_doctype(*_: object) -> None:
        raise Refused(DAMAGED.format("susunannya tidak lazim"))

    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused(DAMAGED.format("susunannya tidak dapat dibaca")) from error
    return iter(found)


def _is_locked_office(file: BinaryIO, head: bytes) -> bool:
    """Whether this compound file wraps an encrypted document (its directory says so)."""
    shift, = struct.unpack_from("<H", head, 0x1E)
    first, = struct.unpack_from("<I", head, 0x30)
    if shift not in (9, 12) or first > 1 << 24:
        return False
    directory = read_at(file, (first + 1) << shift, 4096)
    return "EncryptedPackage".encode("utf-16-le") in directory
