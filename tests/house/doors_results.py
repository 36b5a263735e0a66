"""Doors of results, the board of the leadership, and the national table."""

DOORS: tuple = ()
