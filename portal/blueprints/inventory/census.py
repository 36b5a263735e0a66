"""S92: once a year each OPD says of its applications whether they are still used; the keepers see who is silent."""

from collections import Counter
from dataclasses import dataclass, field

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import TextAreaField

from assessments.clock import today
from assessments.inventory import census as spoken
from assessments.models import Application, Confirmation, Organization
from assessments.models.application import CONFIRMATIONS
from assessments.narrowing import AGENCY_ROLES
from assessments.refusal import Refused, Stale
from assessments.workflow import Look, look

from ...access import actor, ask, find, listing, may
from ...extensions import db
from ...forms import Form
from . import blueprint
from .places import places

LOOKS = {
    "active": Look(CONFIRMATIONS["active"], "ok", "check"),
    "inactive": Look(CONFIRMATIONS["inactive"], "warn", "half"),
    "unknown": Look(CONFIRMATIONS["unknown"], "plain", "ring"),
}
SILENT = Look("Belum dikonfirmasi", "plain", "ring")


class NoteForm(Form):
    note = TextAreaField("Catatan")


@dataclass(frozen=True)
class Row:
    """One application of the agency and what was said of it this year."""

    application: Application
    given: Confirmation | None
    confirms: bool

    @property
    def look(self) -> Look:
        return LOOKS[self.given.answer] if self.given else SILENT

    @property
    def was(self) -> str:
        """The answer the page shows; it comes back beside the new one."""
        return self.given.answer if self.given else ""


@dataclass(frozen=True)
class Counted:
    """How many of an agency's applications were spoken for."""

    answers: Counter = field(default_factory=Counter)
    agency: Organization | None = None

    @property
    def total(self) -> int:
        return sum(self.answers.values())

    @property
    def silent(self) -> int:
        return self.answers[None]

    @property
    def given(self) -> int:
        return self.total - self.silent

    @property
    def meter(self) -> list[tuple[str, float]]:
        tones = (("active", "ok"), ("inactive", "warn"), ("unknown", "work"))
        return [(tone, self.answers[answer] / self.total) for answer, tone in tones] if self.total else []


@dataclass(frozen=True)
class Failed:
    """A form that was refused: of which application, what was typed, why."""

    id: int
    note: str
    sentence: str
    at_note: bool = False


@blueprint.get("/inventaris/sensus", endpoint="census")
def of_this_year():
    ask("read", Application)
    return _page()


@blueprint.post("/inventaris/sensus/<int:id>")
def confirm(id: int):
    """The answer is the button that was pressed; pressing another one later changes it."""
    found = find(Application, to="confirm", id=id)
    year = today(actor().zone).year
    form = NoteForm()
    answer, note = request.form.get("answer", ""), form.note.data or ""
    try:
        _unchanged_since(found, year, answer)
        spoken.confirm(found, actor(), year, answer, note)
    except Stale as stale:
        return _again(found, Failed(id, note, stale.sentences[0])), 409
    except Refused as refusal:
        return _again(found, Failed(id, note, refusal.sentences[0], refusal.field == "note")), 422
    url, name = _address(found.current_owner), found.name
    db.session.commit()
    flash(f"{name}: {CONFIRMATIONS[answer].lower()}.")
    return redirect(url)


def _unchanged_since(found: Application, year: int, answer: str) -> None:
    """A colleague's answer is not written over by a page that was opened before it."""
    stored = db.session.get(Confirmation, (found.id, year))
    if stored is None or "was" not in request.form or stored.answer in (request.form["was"], answer):
        return
    raise Stale(
        f"Sesudah halaman ini dibuka, {stored.by.name} menjawab “{CONFIRMATIONS[stored.answer]}”. "
        "Tekan lagi bila jawaban Anda yang benar.",
        theirs={"answer": stored.answer},
    )


def _address(owner: Organization) -> str:
    """Back to the first one nobody has spoken for."""
    more = {} if actor().role in AGENCY_ROLES else {"opd": owner.slug}
    return url_for("inventory.census", _anchor="belum", **more)


def _again(found: Application, failed: Failed) -> str:
    slug = found.current_owner.slug
    db.session.rollback()
    return _page(failed, slug)


def _page(failed: Failed | None = None, slug: str = "") -> str:
    user = actor()
    year = today(user.office_zone).year
    slug = slug or request.args.get("opd", "")
    if user.role not in AGENCY_ROLES and not slug:
        return _overview(year)
    query = (
        listing(Application)
        .where(Application.state.not_in(("retired", "merged")))
        .add_columns(Confirmation)
        .outerjoin(Confirmation, (Confirmation.application_id == Application.id) & (Confirmation.year == year))
        .options(
            joinedload(Application.current_owner).joinedload(Organization.states), joinedload(Confirmation.by)
        )
        .order_by(Application.name, Application.id)
    )
    agency = None
    if user.role not in AGENCY_ROLES:
        agency = _agency(slug)
        query = query.where(Application.current_owner_id == agency.id)
    rows = [Row(one, given, may("confirm", one)) for one, given in db.session.execute(query).unique()]
    return render_template(
        "inventory/census.html",
        year=year,
        zone=user.zone,
        agency=agency,
        counted=Counted(Counter(row.given.answer if row.given else None for row in rows)),
        silent=[row for row in rows if row.given is None],
        spoken=[row for row in rows if row.given is not None],
        failed=failed,
        answers=CONFIRMATIONS,
        look=look,
        rooms=places(),
    )


def _agency(slug: str) -> Organization:
    """An agency that owns something the reader may see; any other word names none."""
    owning = listing(Application).with_only_columns(Application.current_owner_id)
    found = None
    if "\x00" not in slug:
        found = db.session.scalars(
            select(Organization)
            .where(Organization.slug == slug, Organization.id.in_(owning))
            .options(joinedload(Organization.states))
        ).unique().one_or_none()
    return found or abort(404)


def _overview(year: int) -> str:
    counts = spoken.by_owner(db.session, listing(Application), year)
    agencies = db.session.scalars(
        select(Organization).where(Organization.id.in_(counts)).options(joinedload(Organization.states))
    ).unique()
    rows = [Counted(counts[agency.id], agency) for agency in agencies]
    return render_template(
        "inventory/census_overview.html",
        year=year,
        counted=Counted(sum(counts.values(), Counter())),
        rows=sorted(rows, key=lambda row: (-row.silent, row.agency.short_name.casefold())),
        answers=CONFIRMATIONS,
        rooms=places(),
    )
