"""Stages of a round that contradict one another: nothing forbids it, but somebody must have meant it."""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from .models import Period


def contradictions(period: Period, until: Mapping[str, datetime] | None = None) -> list[tuple[str, str]]:
    """(code of the later stage, sentence) for each two neighbours where the later one opens or closes before the earlier.

    Time given to all counts; `until` is what a wish for more time would make of a stage's end, by code.
    """
    wished, found = until or {}, []
    for earlier, later in pairwise(period.stages):
        ends = [
            max(stage.closes_at, period.closes_at(stage.stage) or stage.closes_at, wished.get(stage.stage) or stage.closes_at)
            for stage in (earlier, later)
        ]
        if later.opens_at < earlier.opens_at:
            found.append((later.stage, f"Tahap {later.label} dibuka lebih dulu daripada {earlier.label}."))
        elif ends[1] < ends[0]:
            found.append((later.stage, f"Tahap {later.label} ditutup lebih dulu daripada {earlier.label}."))
    return found
