"""Text as people type it, made safe to keep: one form, a limit in characters, no character that cannot be shown."""

import re
import unicodedata
from datetime import date

from .refusal import Refused

UNSHOWABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\u2060\ufeff]")
TURNS = re.compile(r"\r\n?|\x0b|\x0c|\u2028|\u2029")


def clean(text: str | None, limit: int, label: str, field: str | None = None, required: bool = False) -> str:
    """NFC, line ends as \\n, trimmed. Counts characters after that; over `limit` is refused, never cut."""
    text = TURNS.sub("\n", text or "")
    if UNSHOWABLE.search(text):
        raise Refused(f"{label} memuat karakter yang tidak dapat ditampilkan. Hapus karakter itu.", field=field)
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > limit:
        raise Refused(f"{label} terlalu panjang: {len(text)} karakter, paling banyak {limit}.", field=field)
    if required and not text:
        raise Refused(f"{label} wajib diisi.", field=field)
    return text


def clean_line(text: str | None, limit: int, label: str, field: str | None = None, required: bool = False) -> str:
    """One line that serves as a name: also without characters that turn or hide the writing."""
    text = clean(text, limit, label, field, required)
    if TURNING.search(text) or "\n" in text:
        raise Refused(f"{label} memuat karakter tersembunyi atau baris baru. Ketik ulang.", field=field)
    return " ".join(text.split())


MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
          "Desember")


def written_day(day: date) -> str:
    """A day as letters write it: 3 Maret 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def folded(name: str) -> str:
    """What look-alike names are compared by: compatibility form, case folded, nothing hidden, no blanks around."""
    return unicodedata.normalize("NFKC", TURNING.sub("", name)).strip().casefold()
