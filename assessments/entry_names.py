"""Names of files for the national application, such as `12_Peta-Rencana_3_Perda-12-2024.pdf`.

Number of the item, what it is about, the letter of the citation as a number (c is 3, for ever), and what the document is
called. The application cites evidence by file name (ped. 3/2024 p.196-211), so a name is generated and never changes while
the citation stands. It holds letters, figures, hyphens and two kinds of separators only; it begins with a figure, so it is no
device, no hidden file and no path on any system.
"""

import re
import unicodedata

from .filetypes import extension_of
from .instruments import Item

ABOUT, TITLE, NUMBER = 30, 48, 20  # letters
NUMBER_OF_ITEM = 12
SPBE = re.compile(r"\bSPBE\b")
NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")
EXTENSION = re.compile(r"[a-z0-9]{1,8}")


def plain(text: str, most: int) -> str:
    """ASCII letters and figures with hyphens between words, cut at the end of a word where that is near."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    whole = NOT_PLAIN.sub("-", letters).strip("-")
    if len(whole) <= most:
        return whole
    cut = whole[:most]
    words, _, _ = cut.rpartition("-")
    return (words if whole[most] != "-" and len(words) >= most // 2 else cut).strip("-")


def about(item: Item) -> str:
    """What an item is about, without the word that all of them share."""
    return plain(SPBE.sub(" ", item.short_name), ABOUT) or plain(item.short_name, ABOUT) or "Indikator"


def folder(item: Item) -> str:
    """The folder of an item in a package of all."""
    return f"{plain(item.number, NUMBER_OF_ITEM)}_{about(item)}"


def place(letter: str) -> int:
    """The letter of a citation as a number: a is 1, z is 26, aa is 27."""
    number = 0
    for each in letter:
        number = number * 26 + ord(each) - 96
    return number


def called(title: str, number: str | None = None) -> str:
    """What a document is called: its title, and its number where the title does not say it."""
    words, figure = plain(title, TITLE), plain(number or "", NUMBER)
    if figure and figure.lower() not in plain(title, 200).lower():
        words = f"{words}-{figure}"
    return words.strip("-") or "Dokumen"


def file_name(item: Item, letter: str, title: str, number: str | None, original: str | None) -> str:
    """The whole name; the kind of file is the one it came in as."""
    return f"{folder(item)}_{place(letter)}_{called(title, number)}{ending(original)}"


def ending(original: str | None) -> str:
    """The extension with its dot; nothing where the name promises none."""
    extension = extension_of(original or "")
    return f".{extension}" if EXTENSION.fullmatch(extension) else ""
