"""Fakta and Analisis put together from the evidence and a few short answers.

What is composed is a proposal: the operator reads it, takes it over and goes on writing. What counts is the text.
"""

from .sheets import Sheet, Slot, fill, sheet_of
from .texts import Composed, compose, taken_over

__all__ = ["Composed", "Sheet", "Slot", "compose", "fill", "sheet_of", "taken_over"]
