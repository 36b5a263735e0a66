"""The index that is stored is the index of the values: proved by an arithmetic of its own, and by the command."""

import random
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cache

import pytest
from sqlalchemy import select, text

from assessments import results
from assessments.instruments import available
from assessments.models import Result
from tests import builders as build

SETS = 1000
PACKS = tuple(key for key, _editions, _title in available())


def drawn(instrument, dice: random.Random) -> dict[str, Fraction]:
    """A value for every item: any level of its scale, or any number with its decimals between both ends."""
    values = {}
    for item in instrument.items:
        if item.scale.kind == "levels":
            values[item.code] = Fraction(dice.choice(item.scale.levels).value)
        else:
            step = 10**item.scale.decimals
            values[item.code] = Fraction(dice.randint(int(item.scale.min * step), int(item.scale.max * step)), step)
    return values


def mean(items, values) -> Fraction:
    """The weighted mean of all items below a knot at once, where the portal goes tier by tier."""
    return sum(values[item.code] * item.weight for item in items) / sum(item.weight for item in items)


@cache
def two_decimals(value: Fraction) -> str:
    with localcontext() as context:
        context.prec = 60
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        return str(quotient.quantize(Decimal("0.01"), ROUND_HALF_UP))


def band(instrument, index: Fraction) -> str:
    return [band.name for band in sorted(instrument.bands, key=lambda band: band.min) if index >= band.min][-1]


@pytest.mark.parametrize("key", PACKS)
def test_BL_07_a_thousand_random_sets_store_what_plain_fractions_give(session, key):
    dice = random.Random(f"{key} 2026")
    city = build.city(session)
    period = build.opened(session, city, key=key, items=())
    instrument = period.instrument
    drawn_sets = [drawn(instrument, dice) for _ in range(SETS // len(PACKS) + 1)]
    assessment = build.assessment_of(session, period)
    by = city.actor("round_manager")
    with session.no_autoflush:
        for n, values in enumerate(drawn_sets):
            made = results.enter_official(assessment, values, f"Keputusan {n}", by, "Diperbaiki." if n else "")
            index = mean(instrument.items, values)
            assert Fraction(made.index_exact) == index
            assert made.index_shown == two_decimals(index) and made.predicate == band(instrument, index)
            stored = {row.node: row for row in made.values}
            assert len(stored) == len(instrument.items) + len(instrument.nodes())
            for node in instrument.nodes():
                value = mean(node.items, values)
                assert (Fraction(stored[node.code].exact), stored[node.code].shown) == (value, two_decimals(value))
            for code, value in values.items():
                assert (Fraction(stored[code].exact), stored[code].shown) == (value, two_decimals(value))
    session.rollback()


@pytest.mark.parametrize("value", ["0.005", "2.125", "3.1925", "1.995", "4.675", "119/33", "24/11", "2.8449999999"])
def test_BL_07_halves_go_up(value):
    from assessments.scoring import shown

    assert shown(Fraction(value)) == two_decimals(Fraction(value))


def command(app, *words):
    return app.test_cli_runner().invoke(args=["recompute", *words])


@pytest.fixture
def rounds(session):
    """Claims, a published result with its frozen copy, and official results of each pack."""
    city, outside = build.city(session), build.outsiders(session)
    build.published(session, city, build.judging(session, city, outside), outside, {"I12": 2})
    dice = random.Random(7)
    for year, key in enumerate(PACKS, start=2027):
        period = build.opened(session, city, key=key, items=(), slug=str(year), year=year)
        values = [drawn(period.instrument, dice) for _ in range(3)]
        assessment = build.assessment_of(session, period)
        for n, each in enumerate(values):
            results.enter_official(
                assessment, each, f"Keputusan {n}", city.actor("round_manager"), "Diperbaiki." if n else ""
            )
            session.flush()
    session.commit()


def test_BL_07_the_command_compares_every_number_and_finds_them_equal(app, session, rounds):
    numbers = sum(len(result.values) for result in session.scalars(select(Result)))
    session.commit()
    for words in ((), ("--check",)):
        done = command(app, *words)
        assert done.exit_code == 0 and done.stderr == "", done.output
        assert int(done.stdout.splitlines()[-1].split()[0]) > numbers and "0 berbeda" in done.stdout
        assert ("hanya memeriksa" in done.stdout) == (not words)


def test_BL_07_a_tampered_index_is_named_and_left_as_it_is(app, session, rounds):
    session.execute(text("UPDATE assessment SET cached_index = '4.99' WHERE cached_index IS NOT NULL"))
    session.commit()
    done = command(app, "--check")
    assert done.exit_code == 1 and "1 berbeda" in done.stdout
    assert "2026 Pemerintah Kota Contoh: indeks sementara tersimpan 4.99, hitungan ulang 3.00" in done.stderr
    session.rollback()
    assert session.scalar(text("SELECT cached_index FROM assessment WHERE cached_index IS NOT NULL")) == "4.99"
