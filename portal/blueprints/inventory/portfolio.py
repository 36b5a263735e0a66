"""S93: applications that ask for a decision: twins, those a national one could replace, unused ones, dead addresses."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template, request, url_for
from sqlalchemy import or_
from sqlalchemy.orm import joinedload

from assessments.clock import today
from assessments.inventory.portfolio import Twins, overlaps, twins
from assessments.models import Application, Confirmation, Organization
from assessments.models.application import CONFIRMATIONS, LINK_STATES
from assessments.policies import entitled
from assessments.workflow import look, open_transitions

from ...access import actor, ask, listing
from ...extensions import db
from . import blueprint
from .census import LOOKS, SILENT
from .places import cut, places

SAID = {"inactive": 0, "unknown": 1, None: 2}
REASONS = {
    "kembar": ("Kembar", "Nama atau alamatnya hampir sama: mungkin satu aplikasi yang tercatat dua kali, atau dua yang dapat digabung."),
    "umum": ("Tumpang tindih Aplikasi Umum", "Aplikasi lokal pada bidang yang sudah memiliki Aplikasi Umum nasional."),
    "sensus": ("Menurut sensus", "Tidak dipakai atau tidak diketahui menurut pemiliknya, atau belum dikonfirmasi tahun ini."),
    "tautan": ("Alamat tidak terbuka", "Alamatnya tidak terbuka pada pemeriksaan terakhir."),
}


@dataclass(frozen=True)
class Pair:
    """Two that may be one; each `merge` is where the one is merged into the other, or nothing."""

    twins: Twins
    sides: tuple[tuple[Application, str], tuple[Application, str]]


@dataclass(frozen=True)
class Candidate:
    """One application that asks for a decision, and why."""

    application: Application
    why: str
    look: object = None
    decide: str = ""


@blueprint.get("/inventaris/keputusan", endpoint="portfolio")
def to_decide():
    ask("read", Application)
    chosen = request.args.get("bagian", "")
    chosen = chosen if chosen in REASONS else "kembar"
    rows = listing(Application)
    found: dict[str, list] = {
        "kembar": twins(db.session, rows),
        "umum": overlaps(db.session, rows),
        "sensus": _unused(rows),
        "tautan": _dead(rows),
    }
    shown, page, last = cut(found[chosen])
    make: dict[str, Callable] = {
        "kembar": _pair,
        "umum": lambda one: _candidate(one, f"Bidang {one.details['common_field']}", "migrate"),
        "sensus": lambda row: _candidate(row[0], _said(row[1]), "stop", LOOKS.get(row[1].answer) if row[1] else SILENT),
        "tautan": lambda one: _candidate(one, LINK_STATES[one.link_state], ""),
    }
    return render_template(
        "inventory/portfolio.html",
        chosen=chosen,
        reasons=REASONS,
        tabs=[
            (f"{label} {len(found[name])}", url_for("inventory.portfolio", bagian=name), name == chosen)
            for name, (label, _why) in REASONS.items()
        ],
        rows=[make[chosen](row) for row in shown],
        total=len(found[chosen]),
        page=page,
        last=last,
        link=lambda n: url_for("inventory.portfolio", bagian=chosen, halaman=n),
        look=look,
        zone=actor().zone,
        rooms=places(),
    )


def _pair(found: Twins) -> Pair:
    one, other = found.one, found.other
    return Pair(found, ((one, _decide(one, "merge", other)), (other, _decide(other, "merge", one))))


def _candidate(application: Application, why: str, step: str, look_of=None) -> Candidate:
    return Candidate(application, why, look_of, _decide(application, step))


def _decide(application: Application, step: str, other: Application | None = None) -> str:
    """Where this is decided, with the likely step chosen where it is open; nothing for who may not."""
    user = actor()
    if not entitled(user, "change_state", application):
        return ""
    likely = {"langkah": step} if any(each.name == step for each in open_transitions(application, user)) else {}
    if likely and other is not None:
        likely["pengganti"] = str(other.id)
    return url_for("inventory.living", id=application.id, **likely, _anchor="langkah")


def _said(given: Confirmation | None) -> str:
    if given is None:
        return "Belum ada jawaban tahun ini"
    return f"{CONFIRMATIONS[given.answer]} menurut {given.by.name}" + (f": {given.note}" if given.note else "")


def _owned(rows):
    return rows.options(joinedload(Application.current_owner).joinedload(Organization.states))


def _unused(rows) -> list[tuple[Application, Confirmation | None]]:
    """Those of this year's census that nobody said are used: unused ones first, the silent ones last."""
    year = today(actor().zone).year
    found = db.session.execute(
        _owned(rows)
        .where(Application.state.in_(("active", "inactive", "migrating")))
        .add_columns(Confirmation)
        .outerjoin(Confirmation, (Confirmation.application_id == Application.id) & (Confirmation.year == year))
        .where(or_(Confirmation.answer.is_(None), Confirmation.answer != "active"))
        .options(joinedload(Confirmation.by))
        .order_by(Application.name, Application.id)
    ).unique()
    pairs = [(application, given) for application, given in found]
    return sorted(pairs, key=lambda row: SAID[row[1].answer if row[1] else None])


def _dead(rows) -> list[Application]:
    return list(
        db.session.scalars(
            _owned(rows)
            .where(Application.link_state == "dead", Application.state.not_in(("retired", "merged")))
            .order_by(Application.name, Application.id)
        ).unique()
    )
