"""Doors of a panel: summary, members, recommendations, the final result."""

DOORS: tuple = ()
