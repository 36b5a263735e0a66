"""Where an instansi stands among others of its kind in a published national table, and which rows of it look odd."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from statistics import median

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from .instruments import Instrument, load
from .models import Benchmark

KINDS = {
    "kementerian": "Kementerian", "lembaga": "Lembaga", "provinsi": "Provinsi", "kabupaten": "Kabupaten", "kota": "Kota",
}
_BEGINNINGS = (
    ("pemerintah kota ", "kota"), ("pemerintah kabupaten ", "kabupaten"), ("pemerintah provinsi ", "provinsi"),
    ("pemerintah daerah provinsi ", "provinsi"), ("pemerintah daerah ", "provinsi"), ("kementerian ", "kementerian"),
)
# The last year of the national table under each instrument.
_INSTRUMENTS = ((2020, "permenpanrb-5-2018"), (2025, "permenpanrb-59-2020"), (9999, "permenpanrb-8-2026"))
DOMAINS = ("domain_1", "domain_2", "domain_3", "domain_4")


@cache
def instrument_of(year: int) -> Instrument:
    """The instrument the national table of a year was made with."""
    return load(next(key for last, key in _INSTRUMENTS if year <= last))


def kind_of(name: str) -> str:
    """The kind of an instansi by how its name begins."""
    return next((kind for beginning, kind in _BEGINNINGS if name.casefold().startswith(beginning)), "lembaga")


def oddity(year: int, index: str, predicate: str) -> str:
    """Why a published row does not agree with itself, as a sentence; empty where it does. It is kept as published."""
    instrument, value = instrument_of(year), Fraction(index)
    if not instrument.min_value <= value <= instrument.max_value:
        return f"Indeks {index.replace('.', ',')} di luar rentang instrumen tahun itu."
    expected = instrument.predicate(value, "shown").name
    if expected.casefold() == predicate.casefold():
        return ""
    return f"Predikat tertulis {predicate}, padahal indeks {index.replace('.', ',')} termasuk {expected}."


@dataclass(frozen=True)
class Figures:
    """One kind in the table of one year: how many, their mean, median, lowest and highest index, and each domain's mean."""

    kind: str
    count: int
    mean: Fraction
    median: Fraction
    lowest: Fraction
    highest: Fraction
    domains: tuple[Fraction | None, ...]

    @property
    def label(self) -> str:
        return KINDS.get(self.kind, "Semua")


@dataclass(frozen=True)
class Standing:
    """The place of an index among its kind: `place` of `of`, in the table of `year`; `national` are all kinds together."""

    year: int
    source: str
    place: int
    of: int
    kind: Figures
    national: Figures


def newest_table(readable: Select, session: Session, year: int | None = None) -> Sequence:
    """The rows of the national table of `year`, else the newest one, as plain tuples. One statement."""
    newest = func.coalesce(
        select(Benchmark.year).where(Benchmark.year == (year or 0)).limit(1).scalar_subquery(),
        select(func.max(Benchmark.year)).scalar_subquery(),
    )
    columns = ("year", "name", "kind", *DOMAINS, "index_shown", "predicate", "source")
    return session.execute(
        readable.with_only_columns(*[getattr(Benchmark, column) for column in columns]).where(Benchmark.year == newest)
    ).all()


def figures(rows: Sequence, kind: str = "") -> Figures | None:
    """What the rows of one kind (or of all) amount to."""
    chosen = [row for row in rows if not kind or row.kind == kind]
    if not chosen:
        return None
    indices = [Fraction(row.index_shown) for row in chosen]
    return Figures(
        kind, len(chosen), _mean(indices), Fraction(median(indices)), min(indices), max(indices),
        tuple(_mean([Fraction(getattr(row, name)) for row in chosen if getattr(row, name)]) for name in DOMAINS),
    )


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None


def standing(rows: Sequence, name: str, index_shown: str) -> Standing | None:
    """The place of `name` with this index among the others of its kind; equal indices share a place."""
    own = next((row for row in rows if row.name.casefold() == name.casefold()), None)
    kind = own.kind if own else kind_of(name)
    among = figures(rows, kind)
    if among is None:
        return None
    others = [Fraction(row.index_shown) for row in rows if row.kind == kind and row is not own]
    place = 1 + sum(value > Fraction(index_shown) for value in others)
    return Standing(rows[0].year, rows[0].source, place, len(others) + 1, among, figures(rows))
