"""S93: one step in the life of an application, with everything the step asks for and what it will bring."""

import re

from flask import flash, render_template, request, url_for
from sqlalchemy import or_
from sqlalchemy.orm import joinedload
from wtforms import StringField, TextAreaField
from wtforms.validators import ValidationError

from assessments import history
from assessments.clock import today
from assessments.inventory import living as life
from assessments.models import Application, Organization
from assessments.refusal import Refused
from assessments.workflow import look, open_transitions

from ...access import actor, find, listing
from ...extensions import db
from ...forms import DayField, Form, plain_id, plain_version
from ...once import new_key, once
from . import blueprint

ADDRESS = "/inventaris/catatan/<int:id>/daur-hidup"
OFFERED = 10
RUPIAH = re.compile(r"(?:rp\.?)?\s*([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,-)?", re.ASCII | re.IGNORECASE)
MOST = 10**15
# What pressing the button brings, said before it is pressed.
EFFECTS = {
    "start": ("Status menjadi Aktif.", "Sejak itu aplikasi dapat diterbitkan pada direktori."),
    "stop": (
        "Status menjadi Tidak aktif: aplikasi masih ada, tetapi tidak dipakai.",
        "Aplikasi tetap dihitung dan tetap ikut sensus.",
    ),
    "resume": ("Status menjadi Aktif lagi.",),
    "migrate": (
        "Status menjadi Migrasi, dan pengganti disebut pada catatan dan pada direktori.",
        "Aplikasi tetap dihitung sampai dihentikan.",
    ),
    "merge": (
        "Status menjadi Digabung. Aplikasi keluar dari semua hitungan dan dari sensus; catatannya tetap ada pada riwayat.",
        "Bila terbit, direktori mengarahkan warga ke pengganti.",
        "Bukti penilaian yang merujuk catatan ini ditandai usang.",
        "Bila ternyata keliru, penggabungan dapat dibatalkan dengan alasan; riwayat mencatat keduanya.",
    ),
    "unmerge": (
        "Status menjadi Aktif lagi, dan aplikasi kembali masuk hitungan dan sensus.",
        "Aplikasi penggantinya tetap seperti sekarang. Riwayat menyebut ke mana aplikasi ini pernah digabung.",
        "Bukti yang merujuknya tidak lagi ditandai usang.",
    ),
    "abandon": (
        "Status menjadi Aktif lagi, dan pengganti tidak lagi disebut pada catatan dan direktori.",
        "Riwayat menyebut migrasi yang dihentikan dan tujuannya.",
    ),
    "retire": (
        "Status menjadi Dihentikan. Aplikasi keluar dari semua hitungan dan dari sensus; catatannya tetap ada pada riwayat.",
        "Bila terbit, direktori mengatakan aplikasi ini dihentikan dan ke mana warga pergi.",
        "Bukti penilaian yang merujuk catatan ini ditandai usang.",
    ),
    "revive": (
        "Status menjadi Aktif lagi, dan aplikasi kembali masuk hitungan dan sensus.",
        "Bukti yang merujuknya tidak lagi ditandai usang.",
    ),
}


class RupiahField(StringField):
    """Whole rupiah as people type them, 12.500.000; `amount` is the number or None."""

    amount: int | None = None

    def pre_validate(self, form) -> None:
        typed = (self.data or "").strip()
        self.amount = None
        if not typed:
            return
        match = RUPIAH.fullmatch(typed)
        digits = match[1].replace(".", "") if match else ""
        if not digits or len(digits) > 16 or int(digits) > MOST:
            raise ValidationError(f"{self.label.text} harus bilangan bulat, misalnya 12.500.000.")
        self.amount = int(digits)


class StepForm(Form):
    """All a step may ask for; which of these are on the page is said by `ASKS`."""

    day = DayField("Berlaku sejak")
    successor = StringField("Aplikasi pengganti")
    search = StringField("Cari nama atau kode")
    reason = TextAreaField("Alasan")
    decision_no = StringField("Nomor keputusan")
    data_fate = TextAreaField("Nasib data")
    account_fate = TextAreaField("Nasib akun")
    yearly_saving = RupiahField("Penghematan setahun (rupiah)")


@blueprint.get(ADDRESS, endpoint="living")
def one_life(id: int):
    found = find(Application, to="change_state", id=id)
    form = StepForm(
        formdata=None,
        data={
            "day": today(found.instansi.clock_zone).strftime("%d-%m-%Y"),
            "successor": str(plain_id(request.args.get("pengganti")) or found.successor_id or ""),
        },
    )
    return _page(found, form, request.args.get("langkah", ""))


@blueprint.post(ADDRESS)
def change_state(id: int):
    """Look for a successor and go on typing; or take the step."""
    found = find(Application, to="change_state", id=id)
    form, step = StepForm(), request.form.get("step", "")
    if request.form.get("then") == "cari":
        return _page(found, form, step)
    answer = once()
    if plain_version(request.form.get("version")) != found.version:
        return _again(id, form, step, 409, stale=True)
    if step not in life.ASKS:
        form.form_errors.append("Pilih langkahnya.")
    if form.form_errors:
        return _again(id, form, step, 422)
    valid = form.validate()
    texts = {name: form[name].data or "" for name in life.LABELS}
    successor = None
    try:
        successor = _successor(form)
    except Refused as refusal:
        form.refused(refusal)
        valid = False
    try:  # of a form with mistakes only the refusals are kept
        given = life.Given(texts, form.day.day, successor, form.yearly_saving.amount)
        life.change_state(found, step, actor(), given, found.version)
    except Refused as refusal:
        (form.refused if valid else form.also_refused)(refusal)
        return _again(id, form, step, 422 if refusal.field or not valid else 409)
    if not valid:
        return _again(id, form, step, 422)
    flash(f"{found.name}: {look(found).label.lower()}.")
    return answer(url_for("inventory.living", id=id))


def _successor(form: StepForm) -> Application | None:
    """The chosen application, where the reader may see it."""
    if not form.successor.data:
        return None
    wanted = plain_id(form.successor.data)
    found = db.session.scalar(listing(Application).where(Application.id == wanted)) if wanted else None
    if found is None:
        raise Refused("Aplikasi pengganti ini tidak ada pada inventaris.", field="successor")
    return found


def _again(id: int, form: StepForm, step: str, status: int, stale: bool = False):
    """Nothing is kept; the page as it is now, with everything that was typed."""
    db.session.rollback()
    return _page(find(Application, to="change_state", id=id), form, step, stale), status


def _page(found: Application, form: StepForm, wanted: str, stale: bool = False) -> str:
    steps = open_transitions(found, actor())
    chosen = next((step for step in steps if step.name == wanted), None)
    asks = [(name.rstrip("?"), name.endswith("?")) for name in life.ASKS[chosen.name]] if chosen else []
    offered, more = _offered(found, form) if any(name == "successor" for name, _ in asks) else ([], False)
    return render_template(
        "inventory/living.html",
        application=found,
        state=look(found),
        steps=[(step, url_for("inventory.living", id=found.id, langkah=step.name, _anchor="langkah")) for step in steps],
        chosen=chosen,
        asks=asks,
        effects=EFFECTS,
        form=form,
        offered=offered,
        more=more,
        stale=stale,
        typed=_typed(form) if stale or form.form_errors else [],
        events=[
            {"at": event.at, "who": event.by_label, "what": event.label, "note": event.note}
            for event in history.events_of(db.session, found)
            if event.to_state
        ],
        look=look,
        zone=actor().zone,
        key=new_key(),
        url=url_for("inventory.change_state", id=found.id),
    )


def _typed(form: StepForm) -> list[tuple[str, str]]:
    """What was typed, to be read where the step it was typed for is gone."""
    return [(form[name].label.text, form[name].data) for name in (*life.LABELS, "yearly_saving") if form[name].data]


def _offered(found: Application, form: StepForm) -> tuple[list[Application], bool]:
    """Who may come after it, and whether there are more: the chosen one, then those whose name or code holds the words."""
    words = " ".join((form.search.data or "").replace("\x00", " ").split())[:100]
    chosen = plain_id(form.successor.data)
    rows = listing(Application).where(
        Application.id != found.id, Application.state.not_in(("retired", "merged"))
    )
    fits = or_(Application.name.icontains(words, autoescape=True), Application.code.icontains(words, autoescape=True))
    if words:
        rows = rows.where(or_(fits, Application.id == (chosen or 0)))
    elif chosen:
        rows = rows.where(Application.id == chosen)
    matching = db.session.scalars(
        rows
        .options(joinedload(Application.current_owner).joinedload(Organization.states))
        .order_by((Application.id == (chosen or 0)).desc(), Application.name, Application.id)
        .limit(OFFERED + 2)
    ).unique().all()
    more = len(matching) > OFFERED + 1
    if more and not words:
        return [], True  # the beginning of the alphabet helps nobody
    return list(matching[: OFFERED + 1]), more
