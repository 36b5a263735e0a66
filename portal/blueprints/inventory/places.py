"""The rooms of the inventory, beside each other above every list of it."""

from flask import request, url_for

from assessments.models import Application

from ...access import may

ON_A_PAGE = 25


def places() -> list[tuple[str, str, bool]]:
    """(label, address, whether it is this one) of the pages this reader may open."""
    rooms = [("Daftar", "listing"), ("Sensus", "census"), ("Keputusan", "portfolio")]
    if may("publish", Application):
        rooms.append(("Publikasi", "publication"))
    rooms.append(("Angka", "figures"))
    return [(label, url_for(f"inventory.{name}"), request.endpoint == f"inventory.{name}") for label, name in rooms]


def page_of(count: int) -> tuple[int, int]:
    """(the page that is asked for, the last one) of a list of so many lines."""
    last = max(1, -(-count // ON_A_PAGE))
    typed = request.args.get("halaman", "1")
    return min(max(int(typed), 1), last) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1, last


def cut(rows: list) -> tuple[list, int, int]:
    """(the lines of the page that is asked for, its number, the last one)."""
    page, last = page_of(len(rows))
    return rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE], page, last
