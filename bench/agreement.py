"""Agreement over 600 instansi x 47 items x 2 readers, ours (exact) beside NumPy and pandas on the same values, in one run.

Run by hand: `.venv/bin/python bench/agreement.py`. The baseline makes the cross table with pandas and the same four
coefficients with NumPy in floating point; both sides start from the list of pairs and have to say the same to nine decimals.
"""

import random
import statistics
import sys
import time
from fractions import Fraction
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from assessments.agreement import Agreement, agreement, leanings  # noqa: E402

INSTANSI, ITEMS, LEVELS, ROUNDS = 600, 47, (1, 2, 3, 4, 5), 9


def values() -> list[tuple[Fraction | None, Fraction | None]]:
    """What two readers gave: mostly the same level, sometimes one beside it, a few without one of them."""
    dice = random.Random(59)
    found: list[tuple[Fraction | None, Fraction | None]] = []
    for _ in range(INSTANSI * ITEMS):
        one = dice.randint(1, 5)
        other = min(5, max(1, one + dice.choice((-1, 0, 0, 0, 0, 1, 2))))
        found.append((None if dice.random() < 0.02 else Fraction(one), None if dice.random() < 0.02 else Fraction(other)))
    return found


def plain(pairs: list) -> dict[str, float]:
    """The same figures as an analyst would take them."""
    frame = pd.DataFrame(pairs, columns=["a", "b"]).astype("float64")
    complete = frame.dropna()
    table = pd.crosstab(complete.a, complete.b).reindex(index=LEVELS, columns=LEVELS, fill_value=0).to_numpy(float)
    observed = table / table.sum()
    apart = np.abs(np.subtract.outer(np.array(LEVELS), np.array(LEVELS))) / (LEVELS[-1] - LEVELS[0])
    rated = frame.notna().sum(axis=1)
    use = np.array([((frame == level).sum(axis=1) / rated)[rated > 0].mean() for level in LEVELS])
    found = {"exact": np.trace(observed), "within_one": observed[apart <= 1 / (len(LEVELS) - 1)].sum()}
    for name, weights in (("linear", 1 - apart), ("quadratic", 1 - apart**2)):
        agreed = (weights * observed).sum()
        chance = (weights * np.outer(observed.sum(1), observed.sum(0))).sum()
        found[f"kappa_{name}"] = (agreed - chance) / (1 - chance)
        chance = weights.sum() / (len(LEVELS) * (len(LEVELS) - 1)) * (use * (1 - use)).sum()
        found[f"ac2_{name}"] = (agreed - chance) / (1 - chance)
    return found


def plain_leaning(rows: list) -> dict[object, float]:
    frame = pd.DataFrame(rows, columns=["first", "one", "second", "other"]).astype({"one": "float64", "other": "float64"}).dropna()
    apart = frame.one - frame.other
    both = pd.DataFrame({"who": pd.concat([frame["first"], frame.second]), "apart": pd.concat([apart, -apart])})
    return both.groupby("who").apart.mean().to_dict()


def main() -> int:
    pairs = values()
    rows = [((at // ITEMS) % 40, one, 40 + (at // ITEMS) % 37, other) for at, (one, other) in enumerate(pairs)]
    ours: Agreement = agreement(pairs, LEVELS)
    theirs, leaning = plain(pairs), leanings(rows)
    for name, expected in theirs.items():
        if abs(float(getattr(ours, name)) - expected) > 1e-9:
            print(f"{name}: {float(getattr(ours, name))} is not {expected}")
            return 1
    if any(abs(float(leaning[who].mean) - mean) > 1e-9 for who, mean in plain_leaning(rows).items()):
        print("leanings differ")
        return 1
    for title, exact, loose in (
        ("coefficients", lambda: agreement(pairs, LEVELS), lambda: plain(pairs)),
        ("leanings", lambda: leanings(rows), lambda: plain_leaning(rows)),
    ):
        mine, others = [], []
        for _ in range(ROUNDS):  # in turn, so that a busy machine meets both
            mine.append(_ms(exact))
            others.append(_ms(loose))
        a, b = statistics.median(mine), statistics.median(others)
        print(f"{title}: {len(pairs)} pairs, ours {a:.1f} ms, NumPy and pandas {b:.1f} ms, ratio {a / b:.2f}")
    return 0


def _ms(work) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
