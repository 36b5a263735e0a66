"""Passwords: how they are kept (argon2id), how they are compared, and which ones are too easy to guess.

Hashing takes about 0.1 s and 19 MiB on purpose, so it never happens while the write lock is held.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST, LONGEST = 12, 512
OWN_LETTERS = 4  # what must be left of a password after common words, names, years and rows of keys are taken out
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread on paper
ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb")
LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
SUBJECT = ("spbe", "pemdi", "evaluasi", "penilaian", "mandiri", "indeks", "portal", "diskominfo", "kominfo")

EASY = (
    "Kata sandi ini mudah ditebak: isinya kata umum, tahun, urutan tombol, atau nama Anda, NIP, atau instansi. "
    "Pakai beberapa kata yang tidak berhubungan."
)

# OWASP Password Storage Cheat Sheet, first choice for Argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _bytes(password: str) -> bytes:
    """One form for the same letters whatever keyboard they came from; nothing is cut."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def hashed(password: str) -> str:
    """The string to store: algorithm, parameters, salt and hash."""
    return _hasher.hash(_bytes(password))


@cache
def _decoy() -> str:
    return hashed(secrets.token_hex(16))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Without a stored one it takes just as long and is False."""
    usable = stored is not None and stored.startswith("$argon2")
    try:
        return _hasher.verify(stored if usable else _decoy(), _bytes(password)) and usable
    except (Argon2Error, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether a stored hash was made with other parameters than those of today."""
    return _hasher.check_needs_rehash(stored)


def generated() -> str:
    """A first password that can be read out and typed: 20 letters and digits in groups, about 98 bits."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(20))
    return "-".join(drawn[at : at + 5] for at in range(0, 20, 5))


def complaints(password: str, about: Iterable[str | None] = ()) -> list[str]:
    """Why a new password is not accepted, as sentences; `about` are names of the owner, the office, the institution."""
    if len(password) < SHORTEST:
        return [f"Kata sandi paling pendek {SHORTEST} karakter; yang ini {len(password)}."]
    if len(password) > LONGEST:
        return [f"Kata sandi paling panjang {LONGEST} karakter."]
    plain = unicodedata.normalize("NFKC", password).casefold()
    if len(set(plain)) < 5:
        return ["Kata sandi mengulang karakter yang sama. Pakai beberapa kata yang tidak berhubungan."]
    if re.fullmatch(r"[\d\W_]+", plain):
        return ["Kata sandi yang hanya angka mudah ditebak dari NIP, tanggal, atau nomor telepon. Tambahkan kata."]
    words = {*_common(), *SUBJECT, *_words(about)}
    if any(len(_own(text, words)) < OWN_LETTERS for text in (plain, plain.translate(LEET))):
        return [EASY]
    return []


@cache
def _common() -> frozenset[str]:
    """Passwords many people choose, as we wrote them down: `common_passwords.txt`."""
    lines = (Path(__file__).parent / "common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _words(about: Iterable[str | None]) -> set[str]:
    return {
        word
        for text in about
        for word in re.findall(r"[^\W_]{3,}", unicodedata.normalize("NFKC", text or "").casefold())
    }


def _own(text: str, words: set[str]) -> str:
    """What is left when everything a stranger would try first is taken out."""
    for word in sorted((word for word in words if word in text), key=len, reverse=True):
        text = text.replace(word, " ")
    text = re.sub(r"(19|20)\d\d", " ", text)
    for row in ROWS:
        for run in {row, row[::-1]}:
            for at in range(len(run) - 3):
                text = text.replace(run[at : at + 4], " ")
    text = re.sub(r"(.)\1{2,}", " ", text)
    return re.sub(r"[\W_]+", "", text)
