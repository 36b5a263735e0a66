"""The instruments: what is asked, on which scale, with which weight, as documents under version control.

`load("permenpanrb-59-2020")` gives the pack with its newest guidance; `available()` lists what there is. A used pack is
kept as `instrument.canonical()` under `instrument.sha256` and comes back through `from_canonical`, because a law is
repealed and last year's result must still be what it was. `check` says everything that is wrong with a pack at once.
"""

from assessments.instruments.checks import BadPack, check
from assessments.instruments.loading import available, from_canonical, load
from assessments.instruments.scales import Level, Scale, decimal_text, half_up
from assessments.instruments.shape import Band, Edition, ExternalIndex, Instrument, Item, Node

__all__ = [
    "BadPack",
    "Band",
    "Edition",
    "ExternalIndex",
    "Instrument",
    "Item",
    "Level",
    "Node",
    "Scale",
    "available",
    "check",
    "decimal_text",
    "from_canonical",
    "half_up",
    "load",
]
