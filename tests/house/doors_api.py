"""Doors for programs, their tokens, and values of other bodies."""

DOORS: tuple = ()
