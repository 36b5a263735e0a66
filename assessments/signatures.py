"""What the bytes of a file say: strict signatures at offset 0, bounded headers, no decoding."""

import os
import struct
from typing import BinaryIO

from assessments.refusal import Refused

PIXELS = 100_000_000  # an A1 page scanned at 300 dpi has 70 million
SIDE = 30_000
TAIL = 65_557  # the longest end record of a ZIP, comment included


class Disagrees(Exception):
    """The content is not of the kind asked for; `found` says what it is, in Indonesian."""

    def __init__(self, found: str):
        super().__init__(found)
        self.found = found


_KNOWN = (
    (b"%PDF-", "PDF"), (b"PK\x03\x04", "arsip ZIP atau dokumen Office"), (b"PK\x05\x06", "ZIP kosong"),
    (b"\x89PNG\r\n\x1a\n", "gambar PNG"), (b"\xff\xd8\xff", "gambar JPG"), (b"GIF8", "gambar GIF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "dokumen Office format lama"), (b"MZ", "program Windows"),
    (b"\x7fELF", "program Linux"), (b"Rar!", "arsip RAR"), (b"7z\xbc\xaf\x27\x1c", "arsip 7z"),
    (b"\x1f\x8b", "arsip GZIP"), (b"BM", "gambar BMP"), (b"II*\x00", "gambar TIFF"),
    (b"MM\x00*", "gambar TIFF"), (b"{\\rtf", "dokumen RTF"), (b"#!", "skrip"),
)


def describe(head: bytes) -> str:
    """What a file starting with `head` seems to be, in Indonesian, for a sentence."""
    for start, found in _KNOWN:
        if head.startswith(start):
            return found
    if head[4:8] == b"ftyp":
        return "video atau gambar dari keluarga MP4/MOV/HEIC"
    if head[:4] == b"RIFF":
        return "gambar WebP atau rekaman RIFF"
    text = head[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in text:
        return "gambar SVG"
    if text.startswith((b"<!doctype html", b"<html", b"<script", b"<body", b"<head")):
        return "halaman web (HTML)"
    if b"%pdf-" in text:
        return "PDF yang didahului isi lain"
    if text.startswith(b"<"):
        return "teks XML atau HTML"
    if b"\0" not in head and not any(b < 9 for b in head):
        return "teks biasa"
    return "jenis yang tidak dikenal"


def length(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def expect(file: BinaryIO, *starts: bytes) -> bytes:
    """The first 4 KiB, which must begin with one of `starts`."""
    head = read_at(file, 0, 4096)
    if not head.startswith(starts):
        raise Disagrees(describe(head))
    return head


def refuse_second_face(file: BinaryIO) -> None:
    """Refuses a file which is, read from its end, a ZIP as well."""
    size = length(file)
    start = max(0, size - TAIL)
    tail = read_at(file, start, TAIL)
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        record = tail[at:at + 22]
        if len(record) == 22 and at + 22 + struct.unpack_from("<H", record, 20)[0] == len(tail):
            raise Disagrees("sekaligus arsip ZIP (dua jenis dalam satu berkas)")
        at = tail.rfind(b"PK\x05\x06", 0, at)


def check_pdf(file: BinaryIO) -> None:
    head = expect(file, b"%PDF-")
    if not (head[5:8] in (b"2.0",) or (head[5:7] == b"1." and head[7:8].isdigit())):
        raise Disagrees("PDF tanpa nomor versi yang benar")
    refuse_second_face(file)


def pdf_has_end(file: BinaryIO) -> bool:
    """Whether the end mark stands where it must, within the last KiB or so; what pads a file behind it does not count."""
    size = length(file)
    tail = read_at(file, max(0, size - TAIL), TAIL).rstrip(b"\0\r\n\t ")
    return b"%%EOF" in tail[-2048:]


def png_size(file: BinaryIO) -> tuple[int, int]:
    """Width and height in pixels, from the header alone."""
    head = expect(file, b"\x89PNG\r\n\x1a\n")
    if len(head) < 33 or head[8:16] != b"\x00\x00\x00\rIHDR":
        raise Disagrees("gambar PNG tanpa kepala yang benar")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def check_png(file: BinaryIO) -> None:
    _bounded(*png_size(file))
    size = length(file)
    if b"IEND" not in read_at(file, max(0, size - TAIL), TAIL):
        raise Refused(TRUNCATED.format("Gambar PNG"))
    refuse_second_face(file)


def jpeg_size(file: BinaryIO) -> tuple[int, int]:
    """Width and height in pixels, found by walking the segments before the picture itself."""
    expect(file, b"\xff\xd8\xff")
    at = 2
    for _ in range(512):
        marker = read_at(file, at, 9)
        if len(marker) < 4:
            raise Refused(TRUNCATED.format("Gambar JPG"))
        if marker[0] != 0xFF:
            break
        code = marker[1]
        if code == 0xFF:  # fill byte
            at += 1
            continue
        if 0xC0 <= code <= 0xCF and code not in (0xC4, 0xC8, 0xCC):
            if len(marker) < 9:
                raise Refused(TRUNCATED.format("Gambar JPG"))
            height, width = struct.unpack(">HH", marker[5:9])
            return width, height
        if code in (0xD8, 0xD9, 0xDA) or code < 0xC0:
            break
        at += 2 + struct.unpack(">H", marker[2:4])[0]
    raise Disagrees("gambar JPG tanpa kepala yang benar")


def check_jpeg(file: BinaryIO) -> None:
    _bounded(*jpeg_size(file))
    size = length(file)
    # The end mark cannot occur inside picture data; cameras may add things after it.
    if b"\xff\xd9" not in read_at(file, max(0, size - TAIL), TAIL) and not _has_end_mark(file):
        raise Refused(TRUNCATED.format("Gambar JPG"))
    refuse_second_face(file)


def _has_end_mark(file: BinaryIO) -> bool:
    """The end mark after the first start of picture data, in a file of any length."""
    file.seek(0)
    carried, scanning = b"", False
    while block := file.read(1 << 20):
        block = carried + block
        if not scanning and (at := block.find(b"\xff\xda")) >= 0:
            scanning, block = True, block[at:]
        if scanning and b"\xff\xd9" in block:
            return True
        carried = block[-1:]
    return False


# Brands of plain MP4; QuickTime, HEIC and AVIF have the same box and other brands.
_BRANDS = frozenset({b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8",
                     b"iso9", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"MSNV", b"dash",
                     b"3gp4", b"3gp5", b"3gp6"})


def check_mp4(file: BinaryIO) -> None:
    head = read_at(file, 0, 4096)
    size = int.from_bytes(head[:4], "big")
    if head[4:8] != b"ftyp" or not 16 <= size <= 1024 or head[8:12] not in _BRANDS:
        raise Disagrees(describe(head))
    refuse_second_face(file)


TRUNCATED = ("{} terpotong: bagian akhirnya hilang."
             " Salin ulang dari sumbernya, lalu unggah lagi.")


def _bounded(width: int, height: int) -> None:
    if not width or not height:
        raise Disagrees("gambar tanpa ukuran")
    if width > SIDE or height > SIDE or width * height > PIXELS:
        raise Refused(f"Gambar berukuran {width} x {height} piksel; paling besar {SIDE} piksel tiap"
                      f" sisi dan {PIXELS // 1_000_000} juta piksel seluruhnya. Perkecil gambar,"
                      " lalu unggah lagi.")
