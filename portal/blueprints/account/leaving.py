"""Ending or moving an office (S47): first what its holder has open, and to whom it goes."""

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from wtforms import BooleanField, StringField

from assessments import delegating, leaving, noticing
from assessments.models import Account, Appointment, Organization, Person
from assessments.refusal import Refused

from ...access import actor as asking
from ...access import find
from ...extensions import db
from ...forms import ChoiceField, DayField, Form, plain_id
from . import blueprint
from .offices import office_choices

TELLS = "other"


class LeavingForm(Form):
    ends_on = DayField("Hari terakhir")
    to = ChoiceField("Diteruskan kepada")
    other = StringField("Orang lain")
    give_office = BooleanField("Beri dia jabatan yang sama")
    end_lent = BooleanField("Akhiri juga jabatan yang dititipkan")
    move_to = ChoiceField("Pindahkan orangnya ke")


@blueprint.get("/kelola/jabatan/<int:id>/akhir")
def leave(id: int):
    return _page(find(Appointment, id=id, to="write"))


@blueprint.post("/kelola/jabatan/<int:id>/akhir")
def end(id: int):
    office = find(Appointment, id=id, to="write")
    form = _form(office, request.form)
    if not form.validate():
        return _page(office, form, 422)
    try:
        to = _named(office, form)
        held = leaving.leave(
            db.session, office, asking(), ends_on=form.ends_on.day, to=to, give_office=form.give_office.data,
            end_lent=form.end_lent.data, move_to=find(Organization, slug=form.move_to.data) if form.move_to.data else None,
        )
    except Refused as refusal:
        if refusal.field is None:
            raise
        refusal.field = {"starts_on": "give_office", "organization": "move_to"}.get(refusal.field, refusal.field)
        form.refused(refusal)
        db.session.rollback()
        return _page(find(Appointment, id=id, to="write"), form, 422)
    if to is not None and held.anything:
        noticing.tell(db.session, [to.id], TELLS, f"Anda meneruskan pekerjaan {office.person.name}: {_counted(held)}.",
                      url_for("account.start"), f"hand_over:{office.id}")
    db.session.commit()
    flash("Jabatan diakhiri." if to is None else f"Jabatan diakhiri; pekerjaannya diteruskan {to.name}.")
    account_id = db.session.scalar(select(Account.id).where(Account.person_id == office.person_id))
    return redirect(url_for("account.account", id=account_id) if account_id else url_for("account.people"))


def _counted(held: leaving.Held) -> str:
    counts = ((len(held.items), "indikator sedang diisi"), (len(held.questions), "pertanyaan terbuka"), (len(held.uploads), "unggahan berjalan"),
              (len(held.pics), "indikator sebagai PIC"))
    return ", ".join(f"{count} {words}" for count, words in counts if count) or "jabatannya"


def _named(office: Appointment, form: LeavingForm) -> Person | None:
    typed = (form.other.data or "").replace("\0", "").strip()
    if typed:
        found = delegating.named(db.session, office, typed)
        if found is None:
            raise Refused("Orang dengan NIP atau nama pengguna itu tidak ditemukan di instansi ini.", field="other")
        return found
    wanted = plain_id(form.to.data)
    return next((person for person in leaving.colleagues(db.session, office) if person.id == wanted), None)


def _form(office: Appointment, sent=None) -> LeavingForm:
    form = LeavingForm(sent) if sent is not None else LeavingForm(formdata=None)
    form.to.choices = {"": "Tetap pada jabatan ini, tanpa nama"} | {
        str(person.id): person.name for person in leaving.colleagues(db.session, office)
    }
    others = {slug: name for slug, name in office_choices().items() if slug != office.organization.slug}
    form.move_to.choices = {"": "Tidak dipindahkan"} | others
    form.to.data, form.move_to.data = form.to.data or "", form.move_to.data or ""
    return form


def _page(office: Appointment, form: LeavingForm | None = None, status: int = 200):
    account = office.person.account
    back = url_for("account.account", id=account.id) if account else url_for("account.people")
    return make_response(render_template(
        "account/leaving.html", office=office, form=form or _form(office), held=leaving.held_by(db.session, office), back=back,
        zone=office.organization.clock_zone,
    ), status)
