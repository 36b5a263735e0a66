"""Words as the directory compares them: roots instead of forms, and what people say instead of what an office calls it.

The same few lines make the roots of what is stored and of what is asked, so both engines compare equal texts; they need
not be right as grammar, only the same on both sides.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

WORD = re.compile(r"[a-z0-9]+")
SUFFIXES = ("nya", "lah", "kah", "kan", "an")
PREFIXES = ("meng", "meny", "mem", "men", "peng", "peny", "pem", "pen", "per", "ber", "ter", "me", "pe", "di", "ke", "se")
SHORTEST = 4
IDLE = frozenset((
    "yang", "dan", "di", "ke", "dari", "untuk", "dengan", "pada", "cara", "mau", "ingin", "saya", "bagaimana", "apa", "ini",
    "itu", "atau", "buat", "bikin", "membuat", "mengurus", "urus", "bayar", "membayar", "keadaan", "kota", "denpasar",
    "aplikasi", "sistem", "informasi", "website", "online", "daring",
))
LONGEST = 12  # words of one question


def words_of(text: str) -> list[str]:
    """The words of a text without case and accents: "Antrean e-Puskesmas" -> ["antrean", "e", "puskesmas"]."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


@lru_cache(1 << 16)
def root(word: str) -> str:
    """ "pendaftaran" -> "daftar", "perizinan" -> "izin", "antrean" -> "antre"."""
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= SHORTEST:
            word = word[: -len(suffix)]
            break
    for prefix in PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= SHORTEST:
            return word[len(prefix):]
    return word


def roots_of(text: str) -> list[str]:
    return [root(word) for word in words_of(text)]


@cache
def _groups() -> list[list[str]]:
    return yaml.safe_load((Path(__file__).parent / "needs.yaml").read_text(encoding="utf-8"))


@cache
def needs_words() -> frozenset[str]:
    """Every word of the list of needs, as people write it."""
    return frozenset(word for group in _groups() for words in group for word in words_of(words))


@cache
def _alike() -> dict[str, frozenset[str]]:
    """{root: roots that mean the same need}, from needs.yaml beside this file."""
    alike: dict[str, set[str]] = {}
    for group in _groups():
        roots = {root(word) for words in group for word in words_of(words)}
        for word in roots:
            alike.setdefault(word, set()).update(roots)
    return {word: frozenset(group) for word, group in alike.items()}


@dataclass(frozen=True)
class Wanted:
    """One word of a question: its root, and the roots that mean the same need (its own among them)."""

    root: str
    alike: frozenset[str]


def wanted_in(text: str) -> list[Wanted]:
    """What a question asks, each root once. Idle words ask nothing."""
    found: dict[str, Wanted] = {}
    for word in words_of(text)[:LONGEST]:
        if word not in IDLE and len(word) > 1:
            said = root(word)
            found.setdefault(said, Wanted(said, _alike().get(said, frozenset((said,)))))
    return list(found.values())


def asked(text: str) -> list[frozenset[str]]:
    """A question as groups of alternatives: each group should be met by one of its roots."""
    return list(dict.fromkeys(wanted.alike for wanted in wanted_in(text)))
