"""One account (S47): switched on or off, a first password, and the offices of its person."""

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from wtforms import StringField
from wtforms.validators import InputRequired

from assessments import introducing, staffing
from assessments.models import AccessLog, Account, Appointment, Mail, Organization, Person
from assessments.models.people import APPOINTMENT_KINDS
from assessments.policies import visible
from assessments.refusal import Refused

from ... import first_passwords, one_time_links, passwords
from ...access import actor as asking
from ...access import ask, find, may
from ...extensions import db
from ...forms import ChoiceField, DayField, Form
from ...once import new_key, once
from . import blueprint
from .offices import OFFICES, office_choices, with_offices

ON_SWITCH = {"nyala": True, "mati": False}


class AppointmentForm(Form):
    organization = ChoiceField("Organisasi", validators=[InputRequired("Pilih organisasi.")])
    role = ChoiceField("Peran", validators=[InputRequired("Pilih peran.")], choices={"": "Pilih peran"} | OFFICES)
    title = StringField("Nama jabatan")
    starts_on = DayField("Mulai")
    ends_on = DayField("Sampai")
    kind = ChoiceField("Jenis", choices=APPOINTMENT_KINDS, default="definitive")
    acting_for = StringField("Pejabat yang diwakili")
    decision_no = StringField("Nomor keputusan")
    decision_on = DayField("Tanggal keputusan")


@blueprint.get("/kelola/pengguna/<int:id>")
def account(id: int):
    shown = _whole(find(Account, id=id))
    return _page(shown)


@blueprint.post("/kelola/pengguna/<int:id>/akun")
def switch_account(id: int):
    shown = find(Account, id=id, to="write")
    on = ON_SWITCH.get(request.form.get("akun", ""))
    if on is None:
        raise Refused("Pilih: nyalakan atau matikan akun.")
    staffing.set_active(db.session, shown, on, asking())
    db.session.commit()
    flash("Akun dapat dipakai lagi." if on else "Akun dimatikan; sesinya sudah ditutup.")
    return redirect(url_for("account.account", id=id))


@blueprint.post("/kelola/pengguna/<int:id>/kata-sandi")
def first_password(id: int):
    """Another first password where the owner never came in; afterwards only the owner sets it."""
    find(Account, id=id, to="write")
    db.session.rollback()
    first = passwords.generated()
    kept = passwords.hashed(first)
    shown = find(Account, id=id, to="write")
    staffing.issue_first_password(shown, kept, asking())
    db.session.commit()
    return shown_once([(shown, first)])


@blueprint.post("/kelola/pengguna/<int:id>/jabatan")
def appoint(id: int):
    account = find(Account, id=id)
    ask("write", Appointment)
    form = AppointmentForm()
    form.organization.choices = {"": "Pilih organisasi"} | office_choices()
    if not form.validate():
        return _again(account, form)
    organization = find(Organization, slug=form.organization.data)
    answer = once()
    try:
        staffing.appoint(
            db.session, account.person, organization, form.role.data, asking(),
            title=form.title.data or "", starts_on=form.starts_on.day, ends_on=form.ends_on.day, kind=form.kind.data,
            acting_for=_represented(form, account.person), decision_no=form.decision_no.data or "",
            decision_on=form.decision_on.day,
        )
    except Refused as refusal:
        if refusal.field is None:
            raise
        form.refused(refusal)
        return _again(account, form)
    flash("Jabatan tersimpan.")
    return answer(url_for("account.account", id=id))


def last_signed_in(accounts: list[Account]) -> dict:
    return dict(
        db.session.execute(
            select(AccessLog.account_id, func.max(AccessLog.at))
            .where(AccessLog.action == "sign_in", AccessLog.outcome == "done",
                   AccessLog.account_id.in_([each.id for each in accounts]))
            .group_by(AccessLog.account_id)
        ).all()
    )


def shown_once(pairs: list[tuple[Account, str]], status: int = 200):
    return first_passwords.shown_once(
        pairs,
        ("Pengguna", url_for("account.people")),
        lambda made: url_for("account.account", id=made.id),
        status,
        "Buat yang baru di halaman akunnya selama pemiliknya belum pernah menggantinya.",
    )


def _page(shown: Account, form: AppointmentForm | None = None, status: int = 200):
    """The page of one account, with the form for another office."""
    if form is None:
        form = AppointmentForm(formdata=None)
        form.organization.choices = {"": "Pilih organisasi"} | office_choices()
    seen, *letter = _what_became_of(shown)
    return make_response(
        render_template(
            "account/person.html",
            account=shown,
            form=form,
            key=new_key(),
            seen=seen,
            superiors=introducing.superiors_of(db.session, shown.person.appointments),
            introduced=introducing.IN_AGENCIES,
            by_mail=one_time_links.can_mail(shown),
            letter=letter,
            writes=may("write", shown),
            zone=asking().zone,
        ),
        status,
    )


def _what_became_of(account: Account):
    """When the owner last came in, and the last letter with a link (its id, when it was sent, why not), in one statement."""
    came_in = select(func.max(AccessLog.at)).where(
        AccessLog.action == "sign_in", AccessLog.outcome == "done", AccessLog.account_id == Account.id
    )
    letters = Mail.dedupe_key.startswith(one_time_links.LINK_KEY) & (Mail.person_id == Account.person_id)
    return db.session.execute(
        select(came_in.correlate(Account).scalar_subquery(), Mail.id, Mail.sent_at, Mail.error)
        .select_from(Account)
        .outerjoin(Mail, letters)
        .where(Account.id == account.id)
        .order_by(Mail.id.desc())
        .limit(1)
    ).one()


def _whole(account: Account) -> Account:
    """With the offices, each with its organization and whom it stands in for."""
    query = select(Account).where(Account.id == account.id).options(*with_offices(joinedload(Account.person)))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _represented(form: AppointmentForm, person: Person) -> Person | None:
    """Whom a Plt. or Plh. stands in for: somebody of the own instansi, by NIP or user name."""
    typed = (form.acting_for.data or "").replace("\0", "").strip()
    if form.kind.data == "definitive" or not typed:
        return None
    account = db.session.scalar(
        visible(asking(), Account)
        .join(Account.person)
        .where((Person.nip == typed) | (Account.username_folded == typed.casefold()))
    )
    if account is None:
        raise Refused("Pejabat dengan NIP atau nama pengguna itu tidak ditemukan.", field="acting_for")
    return account.person


def _again(account: Account, form: AppointmentForm):
    db.session.rollback()
    return _page(_whole(find(Account, id=account.id)), form, 422)
