"""Two versions of a text beside each other: what was taken out and put in."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS = re.compile(r"\w+|\s+|[^\w\s]")
COMPARED_AT_MOST = 400_000  # pairs of words; what differs more than that is shown as taken out and put in
AROUND = 80  # letters of the unchanged text on each side of a change


@dataclass(frozen=True)
class Stretch:
    """A piece of a text: `kind` is same, added or removed."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Stretch]:
    """What was taken out and put in, word by word, with a little of the text around it."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [Stretch("same", "".join(old[:head])), *_compared(middle_old, middle_new),
             Stretch("same", "".join(old[len(old) - tail :]))]
    found = [stretch for stretch in found if stretch.text]
    return [_shortened(stretch, at == 0, at == len(found) - 1) for at, stretch in enumerate(found)]


def _compared(old: list[str], new: list[str]) -> list[Stretch]:
    if len(old) * len(new) > COMPARED_AT_MOST:
        return [Stretch("removed", "".join(old)), Stretch("added", "".join(new))]
    found = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Stretch("same", "".join(old[a:b])))
        else:
            found += [Stretch("removed", "".join(old[a:b])), Stretch("added", "".join(new[c:d]))]
    return found


def _shortened(stretch: Stretch, first: bool, last: bool) -> Stretch:
    text = stretch.text
    if stretch.kind != "same" or len(text) <= 2 * AROUND + 10:
        return stretch
    before, after = "" if first else text[:AROUND], "" if last else text[-AROUND:]
    return Stretch("same", f"{before} … {after}")
