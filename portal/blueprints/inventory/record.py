"""S91: one application's record: every field in sections, how complete it is, and how it came to be what it is."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select

from assessments.inventory.columns import faults_in
from assessments.inventory.fields import BY_KEY, FIELDS, IMPORTED
from assessments.inventory.keeping import add_application, change, missing_for_publishing
from assessments.models import Application, Category, Organization
from assessments.refusal import Refused, Stale

from ...access import actor, ask, find
from ...extensions import db
from ...forms import Form, plain_id, plain_version
from ...link_jobs import ask_to_look_at_application
from ...once import new_key, once
from . import blueprint
from .forms import SECTIONS, NewForm, RecordForm, stored, typed
from .parts_page import agencies_of, parts_of, sees_internal

ONE = "/inventaris/catatan/<int:id>"


@blueprint.get(ONE)
def record(id: int):
    found = find(Application, id=id)
    return record_page(found)


@blueprint.post(ONE)
def change_record(id: int):
    """Any part of the form; the version it was opened with decides whether somebody else was faster."""
    found = find(Application, id=id, to="write")
    categories = _categories()
    form = _offered(RecordForm(), found, categories)
    if form.validate():
        category = {each.slug: each for each in categories}.get(form.category.data or "") if form.category.raw_data else False
        try:
            changed = change(found, actor(), *typed(form), plain_version(request.form.get("version")), category)
            db.session.commit()
            flash("Catatan tersimpan." if changed else "Tidak ada yang berubah.", "ok" if changed else "note")
            return redirect(url_for("inventory.record", id=id))
        except Stale as stale:
            db.session.rollback()
            fresh = find(Application, id=id, to="write")
            return record_page(fresh, form, _both(form, fresh), stale.sentences[0]), 409
        except Refused as refusal:
            form.refused(refusal)
    else:
        for refusal in faults_in(*typed(form)):
            form.also_refused(refusal)
    db.session.rollback()
    return record_page(find(Application, id=id, to="write"), form, version=request.form.get("version")), 422


@blueprint.post(f"{ONE}/tautan")
def check_record_link(id: int):
    """Ask the worker to open the address, as somebody without an account would."""
    found = find(Application, id=id, to="write")
    if found.url:
        ask_to_look_at_application(db.session, found)
        flash("Alamat diperiksa sebentar lagi. Muat ulang halaman ini untuk melihat hasilnya.", "note")
    else:
        flash("Aplikasi ini belum punya alamat.", "warn")
    db.session.commit()
    return redirect(url_for("inventory.record", id=id))


def record_page(found: Application, form: Form | None = None, both=(), sentence: str = "", version=None, parts=None) -> str:
    """The page; `form` is what was typed, `both` what differs from what is stored, `parts` a refused small form."""
    agencies = agencies_of(found)
    said = parts_of(found, agencies, parts or {})
    writes = said["writes"]
    categories = _categories() if writes else []
    shown = RecordForm(formdata=None, data=stored(found))
    form = _offered(form or shown, found, categories)
    internal = sees_internal(found)
    return render_template(
        "inventory/record.html",
        one=found,
        form=form,
        version=plain_id(version) or found.version,
        both=both,
        sentence=sentence,
        sections=_sections(internal),
        facts=None if writes else _facts(shown, found, internal),
        missing=missing_for_publishing(found),
        zone=found.instansi.clock_zone,
        imported=list(found.details.get(IMPORTED, {}).items()) if internal else [],
        **said,
    )


def _sections(internal: bool) -> list[tuple[str, str, list[str]]]:
    """(anchor, title, names of its fields) in the order of the page."""
    return [
        (anchor, title, [*names, *(each.key for each in FIELDS if each.section == section and (internal or not each.internal))])
        for section, (anchor, title, names) in SECTIONS.items()
    ]


def _facts(form: Form, found: Application, internal: bool) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The same sections for somebody who only reads: what is said, in words."""
    words = {"category": found.category.name if found.category else ""}
    return [
        (anchor, title, [(form[name].label.text, text) for name in names if (text := words.get(name) or in_words(form[name]))])
        for anchor, title, names in _sections(internal)
    ]


def in_words(field) -> str:
    """What a field says, with the words of its choices."""
    names = {str(value): str(label) for value, label in _pairs(getattr(field, "choices", None) or ())}
    values = field.data if isinstance(field.data, list) else [field.data]
    return ", ".join(names.get(str(value), str(value)) for value in values if value not in (None, ""))


def _pairs(choices):
    return choices.items() if isinstance(choices, dict) else choices


def _both(form: Form, found: Application) -> list[tuple[str, str, str]]:
    """(label, what is stored, what was typed) where the two differ."""
    theirs = _offered(RecordForm(formdata=None, data=stored(found)), found, _categories())
    pairs = [(form[name].label.text, in_words(theirs[name]), in_words(form[name])) for name in (*stored(found),)
             if form[name].raw_data]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _categories() -> list[Category]:
    return list(db.session.scalars(select(Category).order_by(Category.ordinal, Category.name)))


def _offered(form, found: Application, categories: list[Category]):
    form.category.choices = [("", "Belum dipilih"), *((each.slug, each.name) for each in categories)]
    for name in ("personal_data", *(key for key, declared in BY_KEY.items() if declared.kind == "choice")):
        kept = getattr(found, name, None) if name == "personal_data" else found.details.get(name)
        pairs = list(_pairs(form[name].choices))
        if kept and kept not in dict(pairs):
            form[name].choices = [*pairs, (kept, kept)]
    return form


# ---------------------------------------------------------------- a new one


@blueprint.get("/inventaris/baru")
def new():
    ask("write", Application)
    return _new_page(NewForm(formdata=None))


@blueprint.post("/inventaris/baru")
def add():
    ask("write", Application)
    answer = once()
    form, agencies = NewForm(), owners_to_choose()
    form.owner.choices = agencies
    columns = {"name": form.name.data, "kind": form.kind.data, "purpose": form.purpose.data, "url": form.url.data}
    if form.validate():
        try:
            made = add_application(
                db.session, db.session.get_one(Organization, actor().instansi_id),
                db.session.get(Organization, plain_id(form.owner.data) or 0), actor(), columns,
                code=form.code.data or "", state=form.state.data,
            )
            db.session.flush()
            flash("Aplikasi tercatat. Lengkapi isian lain kapan saja.")
            return answer(url_for("inventory.record", id=made.id))
        except Refused as refusal:
            form.refused(refusal)
    else:
        nobody = [] if plain_id(form.owner.data) else [Refused("Pilih OPD pemilik.", field="owner")]
        for refusal in (*nobody, *faults_in(columns, {})):
            form.also_refused(refusal)
    db.session.rollback()
    ask("write", Application)
    return _new_page(form), 422


def owners_to_choose() -> list[tuple[str, str]]:
    """The agencies a new record may belong to: an agency writes its own, the keepers everybody's."""
    user = actor()
    mine = user.role == "agency_operator"
    rows = select(Organization).where(Organization.instansi_id == user.instansi_id)
    if mine:
        rows = rows.where(Organization.id == user.organization_id)
    agencies = sorted(db.session.scalars(rows).unique(), key=lambda each: each.name.casefold())
    return [*([] if mine else [("", "Pilih OPD")]), *((str(each.id), each.name) for each in agencies)]


def _new_page(form: NewForm) -> str:
    form.owner.choices = owners_to_choose()
    return render_template("inventory/new.html", form=form, key=new_key())
