"""The inventory in numbers, as tables with bars; what has ended leaves every count and stands apart."""

from dataclasses import dataclass

from flask import render_template, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from assessments.inventory.portfolio import AGES, UNKNOWN_AGE
from assessments.inventory.portfolio import figures as counted
from assessments.models import Application, Organization
from assessments.models.application import PLATFORMS
from assessments.workflow import LOOKS, look

from ... import charts
from ...access import actor, ask, listing
from ...extensions import db
from . import blueprint
from .places import places

ENDED = ("retired", "merged")
ENDED_SHOWN = 100
STATE_WORDS = {"planned": "dalam-pembangunan", "active": "aktif", "inactive": "tidak-aktif", "migrating": "migrasi"}
PLATFORM_WORDS = {"web": "web", "mobile": "mobile", "desktop": "desktop", "other": "lainnya"}


@dataclass(frozen=True)
class Line:
    """One line of a table: how many, which share of the largest, and the list of exactly these."""

    label: str
    count: int
    share: float
    url: str = ""


@blueprint.get("/inventaris/angka", endpoint="figures")
def in_numbers():
    ask("read", Application)
    rows = listing(Application)
    found = counted(db.session, rows)
    owners = db.session.scalars(
        select(Organization).where(Organization.id.in_(found.owners)).options(joinedload(Organization.states))
    ).unique()
    agencies = sorted(
        ((one.short_name, one.slug, found.owners[one.id]) for one in owners), key=lambda row: (-row[2], row[0].casefold())
    )
    ended = db.session.scalars(
        rows.where(Application.state.in_(ENDED))
        .options(
            joinedload(Application.current_owner).joinedload(Organization.states), joinedload(Application.successor)
        )
        .order_by(func.coalesce(Application.decided_on, Application.state_since).desc(), Application.id.desc())
        .limit(ENDED_SHOWN)
    ).unique().all()
    ages = [label for _low, _high, label in AGES] + [UNKNOWN_AGE]
    looks = LOOKS[Application]
    return render_template(
        "inventory/figures.html",
        figures=found,
        charts=charts,
        tables=[
            ("opd", "Menurut OPD pemilik", "OPD", _lines([(name, count, _list(opd=slug)) for name, slug, count in agencies])),
            ("status", "Menurut status", "Status", _lines(
                [(looks[code].label, found.states[code], _list(status=word)) for code, word in STATE_WORDS.items()])),
            ("basis", "Menurut basis aplikasi", "Basis", _lines(
                [(PLATFORMS[code], found.platforms[code], _list(basis=word)) for code, word in PLATFORM_WORDS.items()])),
            ("umur", "Menurut umur", "Umur", _lines([(label, found.ages[label], "") for label in ages])),
        ],
        ended=ended,
        look=look,
        zone=actor().zone,
        rooms=places(),
    )


def _list(**wanted: str) -> str:
    return url_for("inventory.listing", **wanted)


def _lines(rows: list[tuple[str, int, str]]) -> list[Line]:
    most = max((count for _label, count, _url in rows), default=0)
    return [Line(label, count, count / most if most else 0.0, url if count else "") for label, count, url in rows]
