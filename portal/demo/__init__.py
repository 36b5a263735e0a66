"""The demo: a city in the middle of a round, built by the same verbs that the pages use."""

from .building import build

__all__ = ["build"]
