"""Doors of following up recommendations and of quality assurance."""

DOORS: tuple = ()
