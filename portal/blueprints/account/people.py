"""Who works here (S47): the list of accounts, and a new one."""

from datetime import timedelta

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from assessments import introducing, staffing
from assessments.clock import now, today
from assessments.models import AccessLog, Account, Appointment, Organization, Person
from assessments.models.people import ROLES
from assessments.refusal import Refused

from ... import one_time_links, passwords
from ...access import actor as asking
from ...access import ask, find, listing, may
from ...extensions import db
from ...forms import ChoiceField, Form
from . import blueprint
from .offices import OFFICES, office_choices, with_offices
from .person import last_signed_in, shown_once

PER_PAGE = 25
ASKED = ("q", "organisasi", "peran", "pengenalan", "masuk")
LONG_AGO = timedelta(days=90)


class NewPersonForm(Form):
    """A person, the account, and the first office, in one go."""

    name = StringField("Nama lengkap")
    nip = StringField("NIP")
    username = StringField("Nama pengguna")
    email = StringField("Surel")
    organization = ChoiceField("Organisasi", validators=[InputRequired("Pilih organisasi.")])
    role = ChoiceField("Peran", validators=[InputRequired("Pilih peran.")], choices={"": "Pilih peran"} | OFFICES)
    invite = BooleanField("Kirim undangan ke surelnya, tanpa kata sandi awal")


@blueprint.get("/kelola/pengguna")
def people():
    ask("read", Account)
    query = narrowed(listing(Account))
    count = db.session.scalar(select(func.count()).select_from(query.subquery()))
    last = max(1, -(-count // PER_PAGE))
    page = min(max(_number(request.args.get("halaman")), 1), last)
    accounts = db.session.scalars(
        query.join(Account.person)
        .options(*with_offices(joinedload(Account.person)))
        .order_by(Person.name, Account.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    asked = {name: request.args.get(name, "") for name in ASKED}
    return render_template(
        "account/people.html",
        accounts=accounts,
        count=count,
        page=page,
        last=last,
        last_seen=last_signed_in(accounts),
        superiors=introducing.superiors_of(db.session, [office for each in accounts for office in each.person.appointments]),
        introduced=introducing.IN_AGENCIES,
        organizations=office_choices(),
        roles=OFFICES,
        asked=asked,
        link=lambda n: url_for("account.people", halaman=n, **{name: text for name, text in asked.items() if text}),
        invited=url_for("account.invitations", **{name: text for name, text in asked.items() if text}),
        writes=may("write", Account),
        zone=asking().zone,
    )


@blueprint.route("/kelola/pengguna/baru", methods=["GET", "POST"])
def new_person():
    ask("read" if request.method != "POST" else "write", Account)
    if request.method != "POST":
        ask("write", Account)
    form = NewPersonForm()
    form.organization.choices = {"": "Pilih organisasi"} | office_choices()
    if request.method != "POST":
        return render_template("account/person_new.html", form=form, sends=current_app.config["SETTINGS"].sends_mail)
    if not form.validate():
        return _form_again(form)
    ask("write", Appointment)
    find(Organization, slug=form.organization.data)
    db.session.rollback()
    first = passwords.generated()
    kept = passwords.hashed(first)
    organization = find(Organization, slug=form.organization.data)
    try:
        person = staffing.add_person(db.session, name=form.name.data, nip=form.nip.data, home=organization)
        db.session.flush()
        account = staffing.add_account(
            db.session, person, username=form.username.data or "", email=form.email.data or "", password_hash=kept,
            first=True,
        )
        staffing.appoint(db.session, person, organization, form.role.data, asking())
        if form.invite.data:
            _invite(account)
    except Refused as refusal:
        form.refused(refusal)
        return _form_again(form)
    db.session.commit()
    if form.invite.data:
        flash("Pengguna ditambahkan. Undangan akan dikirim ke surelnya.")
        return redirect(url_for("account.account", id=account.id))
    return shown_once([(account, first)], 201)


def _invite(account: Account) -> None:
    """A letter in place of a first password, which nobody then ever saw."""
    db.session.flush()
    if not account.email:
        raise Refused("Undangan memerlukan alamat surel.", field="email")
    if not one_time_links.can_mail(account):
        raise Refused("Portal ini belum dapat mengirim surel, jadi tidak dapat mengundang.", field="invite")
    one_time_links.send(db.session, account, "invite", asking())


def _form_again(form: NewPersonForm):
    db.session.rollback()
    sends = current_app.config["SETTINGS"].sends_mail
    return make_response(render_template("account/person_new.html", form=form, sends=sends), 422)


def narrowed(query):
    """The list as it was asked for: a word of the name, user name or NIP; an organization; a role."""
    word = request.args.get("q", "").replace("\0", "").strip()[:100]
    if word:
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(
            or_(
                Account.username.ilike(like, escape="\\"),
                Account.person.has(or_(Person.name.ilike(like, escape="\\"), Person.nip.like(like, escape="\\"))),
            )
        )
    slug, role = request.args.get("organisasi", "").replace("\0", ""), request.args.get("peran", "")
    if slug:
        query = query.where(
            Account.person.has(
                or_(
                    Person.appointments.any(Appointment.organization.has(Organization.slug == slug)),
                    Person.home_org.has(Organization.slug == slug),
                )
            )
        )
    if request.args.get("pengenalan") == "belum":
        query = query.where(Account.person.has(Person.appointments.any(introducing.not_yet(today(asking().zone)))))
    came_in = select(func.max(AccessLog.at)).where(
        AccessLog.account_id == Account.id, AccessLog.action == "sign_in", AccessLog.outcome == "done"
    ).correlate(Account).scalar_subquery()
    if request.args.get("masuk") == "belum":
        query = query.where(came_in.is_(None))
    elif request.args.get("masuk") == "lama":
        query = query.where(came_in < now() - LONG_AGO)
    if role in ROLES:
        query = query.where(Account.person.has(Person.appointments.any(Appointment.role == role)))
    return query


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1
