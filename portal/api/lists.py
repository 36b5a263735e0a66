"""One part of a list, and how many rows there are in all."""

from collections.abc import Callable

from sqlalchemy import Select, func, select

from ..extensions import db


def part_of(query: Select, page: dict, show: Callable, *options) -> dict:
    """The rows of an ordered `query` that `page` asks for, each as `show(row)`; two statements and the options' own."""
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    rows = db.session.scalars(query.options(*options).limit(page["limit"]).offset(page["offset"])).unique().all()
    return {"items": [show(row) for row in rows], "total": total, "limit": page["limit"], "offset": page["offset"]}
