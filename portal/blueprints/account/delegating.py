"""S37: heads, penanggung jawab and koordinator lend their office for some days, and take it back."""

from flask import flash, redirect, render_template, url_for
from sqlalchemy.orm import joinedload
from wtforms import StringField

from assessments import delegating
from assessments.clock import today
from assessments.delegating import ACTING
from assessments.models import Appointment, Organization, Person
from assessments.refusal import Refused

from ...access import actor as asking
from ...access import ask, find
from ...extensions import db
from ...forms import ChoiceField, DayField, Form, plain_id
from ...once import new_key, once
from . import blueprint


class DelegationForm(Form):
    person = ChoiceField("Pengganti", choices={})
    other = StringField("NIP atau nama pengguna orang lain")
    kind = ChoiceField("Sebagai", choices=ACTING)
    starts_on = DayField("Mulai")
    ends_on = DayField("Sampai")
    decision_no = StringField("Nomor keputusan atau surat perintah")
    decision_on = DayField("Tanggal keputusan")


def _own() -> Appointment:
    """The office this person acts in, which may be lent."""
    ask("delegate", Appointment)
    own = db.session.get_one(
        Appointment, asking().appointment_id,
        options=[joinedload(Appointment.person), joinedload(Appointment.organization).joinedload(Organization.states)],
    )
    ask("delegate", own)
    return own


@blueprint.get("/akun/delegasi")
def delegations():
    return _page(_own(), None)


@blueprint.post("/akun/delegasi")
def delegate():
    own = _own()
    answer = once()
    form = _form(own)
    readable = form.validate()
    try:
        lent = delegating.delegate(
            own, _chosen(form, own), asking(), kind=form.kind.data, starts_on=form.starts_on.day, ends_on=form.ends_on.day,
            decision_no=form.decision_no.data or "", decision_on=form.decision_on.day,
        )
    except Refused as refusal:
        (form.refused if readable else form.also_refused)(refusal)
        return _again(form)
    if not readable:
        return _again(form)
    flash(f"{lent.label} dititipkan kepada {lent.person.name}.")
    if wrote := delegating.wrote_here(db.session, lent):
        flash(f"{lent.person.name} ikut menulis isian {' dan '.join(wrote)}, jadi tidak dapat menandatanganinya.", "warn")
    return answer(url_for("account.delegations"))


@blueprint.post("/akun/delegasi/<int:id>/akhir")
def take_back(id: int):
    lent = find(Appointment, id=id, to="take_back")
    delegating.take_back(lent, asking())
    db.session.commit()
    flash("Delegasi diakhiri. Kewenangannya berhenti sekarang juga.")
    return redirect(url_for("account.delegations"))


def _again(form: DelegationForm):
    db.session.rollback()
    return _page(_own(), form), 422


def _form(own: Appointment, **more) -> DelegationForm:
    form = DelegationForm(**more)
    people = delegating.can_act(db.session, own)
    form.person.choices = {"": "Pilih orang"} | {str(person.id): person.name for person in people}
    return form


def _chosen(form: DelegationForm, own: Appointment) -> Person | None:
    """Somebody of the own office from the list, or anybody of the instansi by NIP or user name."""
    typed = (form.other.data or "").replace("\0", "").strip()
    if typed:
        found = delegating.named(db.session, own, typed)
        if found is None:
            raise Refused("Orang dengan NIP atau nama pengguna itu tidak ditemukan di instansi ini.", field="other")
        return found
    wanted = plain_id(form.person.data)
    return next((person for person in delegating.can_act(db.session, own) if person.id == wanted), None)


def _page(own: Appointment, form: DelegationForm | None):
    return render_template(
        "account/delegations.html",
        own=own,
        form=form or _form(own, formdata=None),
        lent=delegating.lent_out(db.session, own),
        today=today(own.organization.clock_zone),
        zone=own.organization.clock_zone,
        key=new_key(),
    )
