"""Doors of an assessor at the desk."""

DOORS: tuple = ()
