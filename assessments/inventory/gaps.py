"""How complete records are, counted by the database: the same as `keeping.completeness` counts of one."""

from sqlalchemy import JSON, ColumnElement, String, Text, case, cast, literal

from ..models import Application
from .keeping import WISHED, WISHED_DETAILS

MOST = len(WISHED) + len(WISHED_DETAILS)


def known_parts() -> ColumnElement[int]:
    """How many of the `MOST` things a good record says are known."""
    known: ColumnElement[int] = literal(0)
    for name in WISHED:
        known = known + case((_said(getattr(Application, name)), 1), else_=0)
    for key in WISHED_DETAILS:
        known = known + case((Application.details[key].as_string().is_not(None), 1), else_=0)
    return known


def _said(column) -> ColumnElement[bool]:
    if isinstance(column.type, JSON):
        return cast(column, Text) != "[]"
    if isinstance(column.type, String):
        return column.is_not(None) & (column != "")
    return column.is_not(None)
