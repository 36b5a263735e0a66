"""Reading a file of levels: one row for each indicator, columns `indicator` and `level`.

Written for the command `score` and for loading the result of an earlier round. Nothing is guessed: what is not exactly
a value of the item's scale is a complaint with its line, and all complaints are given at once.
"""

import re
from fractions import Fraction
from pathlib import Path

from assessments.exchange.tables import Limits, Row, Unreadable, read_table
from assessments.instruments import Instrument, Item
from assessments.instruments.scales import quoted
from assessments.refusal import Refused

LIMITS = Limits(bytes=1_000_000, rows=2_000, columns=30, cell=2_000, text=2_000_000, inflated=8_000_000, parts=200)


def read_levels(
    source: Path | str | bytes,
    instrument: Instrument,
    name: str = "",
    column: str = "level",
    partial: bool = False,
) -> tuple[dict[str, Fraction], list[str]]:
    """({item code: value}, complaints) of a CSV or XLSX file given by path or bytes.

    Indicators are written as code or number: `I01`, `1`, `01`, `35-2`. Other columns are passed over; `column` names the
    one with the values. Every complaint is an Indonesian sentence beginning "Baris n: "; items that are missing are
    complained of at the last line, or not at all when `partial` (then an empty level counts as missing too). The values
    are those without a complaint. OSError passes through when a path cannot be read.
    """
    try:
        head, *rows = read_table(source, name, LIMITS)
    except Unreadable as refusal:
        return {}, list(refusal.sentences)
    places, complaints = _columns(head, ("indicator", column))
    if complaints:
        return {}, complaints
    items = {written: item for item in instrument.items for written in (item.code.casefold(), item.number)}
    values: dict[str, Fraction] = {}
    first_line: dict[str, int] = {}
    for row in rows:
        if len(row.cells) > len(head.cells):
            complaints.append(
                f"Baris {row.line}: ada {len(row.cells)} sel, padahal kepala tabel {len(head.cells)} kolom"
                " (koma di dalam angka?)."
            )
        written, level = (row.cells[place] if place < len(row.cells) else "" for place in places)
        item = _item(written, items)
        if item is None:
            problem = f"indikator {quoted(written)} tidak dikenal" if written else "indikator tidak diisi"
            complaints.append(f"Baris {row.line}: {problem}.")
            continue
        if item.code in first_line:
            complaints.append(
                f"Baris {row.line}: indikator {item.number} tertulis dua kali; yang pertama di baris {first_line[item.code]}."
            )
            continue
        first_line[item.code] = row.line
        if len(row.cells) > len(head.cells) or (partial and not level):
            continue
        if not level:
            complaints.append(f"Baris {row.line}: nilai indikator {item.number} tidak diisi.")
            continue
        try:
            values[item.code] = item.scale.parse(level)
        except Refused as refusal:
            complaints.append(f"Baris {row.line}: indikator {item.number}: {refusal}")
    if not partial:
        last = rows[-1].line if rows else head.line
        for item in instrument.items:
            if item.code not in first_line:
                complaints.append(f"Baris {last}: berkas berakhir tanpa indikator {item.number}.")
    return values, complaints


def _columns(head: Row, wanted: tuple[str, ...]) -> tuple[list[int], list[str]]:
    """Where the wanted columns stand, and what is wrong with the header."""
    names = [cell.casefold() for cell in head.cells]
    complaints = []
    for name in wanted:
        if names.count(name.casefold()) == 0:
            complaints.append(f"Baris {head.line}: kepala tabel tidak memuat kolom {quoted(name)}.")
        elif names.count(name.casefold()) > 1:
            complaints.append(f"Baris {head.line}: kepala tabel memuat kolom {quoted(name)} lebih dari sekali.")
    return ([] if complaints else [names.index(name.casefold()) for name in wanted]), complaints


def _item(written: str, items: dict[str, Item]) -> Item | None:
    """The item behind `I01`, `i01`, `1`, `01` or `35-2`."""
    number = re.fullmatch(r"[iI]?0{0,3}([1-9][0-9]{0,3}(?:-[0-9]{1,3})?)", written)
    return items.get(written.casefold()) or (items.get(number[1]) if number else None)
