"""The words of a page of evidence: the roots it is found by, and the place in its text where they stand.

Roots and needs are those of the public directory (`inventory/words.py`), so a question means the same everywhere.
"""

import re
from dataclasses import dataclass

from .inventory.words import LONGEST, Wanted, root, wanted_in, words_of

LONGEST_ROOT = 60  # letters; what is longer is compared by its beginning
AROUND = 90  # letters of text that are shown on either side of the first word found
SHOWN = 320  # letters of a snippet at most
LOOKED_AT = 60  # places of words that are compared to find the best one
_WORD = re.compile(r"\w+")


def page_roots(text: str) -> list[str]:
    """The roots of a page in the order of its text; single letters are no words."""
    return [root(word[:LONGEST_ROOT]) for word in words_of(text) if len(word) > 1]


def asked_of_pages(question: str) -> list[Wanted]:
    """What a question asks, each root once, at most twelve words. Where all of it is idle (`IDLE`), all of it is asked."""
    found = wanted_in(question)
    if not found:
        roots = dict.fromkeys(page_roots(question)[:LONGEST])
        found = [Wanted(each, frozenset((each,))) for each in roots]
    return [Wanted(one.root[:LONGEST_ROOT], frozenset(word[:LONGEST_ROOT] for word in one.alike)) for one in found]


@dataclass(frozen=True)
class Piece:
    """A stretch of a snippet; `hit` where it is a word that was asked."""

    text: str
    hit: bool


def snippet(text: str, wanted: list[Wanted]) -> list[Piece]:
    """The stretch of a page in which most of the words stand, in pieces; the first occurrence where several are equal."""
    text = " ".join(text.split())
    places = _places(text, frozenset[str]().union(*(one.alike for one in wanted)))
    begin, end = _window(text, places)
    pieces = [Piece("… ", False)] if begin else []
    at = begin
    for start, stop, _root in places:
        if start >= at and stop <= end:
            pieces += [Piece(text[at:start], False), Piece(text[start:stop], True)]
            at = stop
    pieces += [Piece(text[at:end], False), Piece(" …" if end < len(text) else "", False)]
    return [piece for piece in pieces if piece.text]


def _places(text: str, roots: frozenset[str]) -> list[tuple[int, int, str]]:
    found = []
    for match in _WORD.finditer(text):
        met = next((each for each in _roots_at(match[0]) if each in roots), None)
        if met is not None:
            found.append((*match.span(), met))
            if len(found) == LOOKED_AT:
                break
    return found


def _roots_at(word: str) -> list[str]:
    """`page_roots` of what stands together in a text; most of it is plain letters and needs no more than a look."""
    if word.isascii() and "_" not in word:
        return [root(word.lower()[:LONGEST_ROOT])] if len(word) > 1 else []
    return page_roots(word)


def _window(text: str, places: list[tuple[int, int, str]]) -> tuple[int, int]:
    """Where the snippet begins and ends, at spaces."""
    best, most = 0, 0
    for start, _stop, _root in places:
        different = len({met for first, last, met in places if first >= start and last <= start + SHOWN - AROUND})
        if different > most:
            best, most = start, different
    begin, end = max(0, best - AROUND), max(0, best - AROUND) + SHOWN
    begin = text.find(" ", begin, best) + 1 or begin if begin else 0
    if end >= len(text):
        return begin, len(text)
    space = text.rfind(" ", begin + SHOWN // 2, end)
    return begin, space if space > 0 else end
