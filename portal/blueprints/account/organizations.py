"""The instansi and what stands under it (S47): a tree with dated names, a new organization, another name from a day on."""

from dataclasses import dataclass

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import StringField
from wtforms.validators import InputRequired

from assessments import staffing, succeeding
from assessments.canonical import digest
from assessments.clock import today
from assessments.models import Account, Appointment, Organization, Person
from assessments.models.organization import KINDS
from assessments.models.succession import SUCCESSIONS
from assessments.refusal import Refused

from ...access import actor as asking
from ...access import ask, find, listing, may
from ...extensions import db
from ...forms import ChoiceField, DayField, Form
from ...once import new_key, once
from . import blueprint
from .offices import office_choices

# An instansi is made when the portal is set up, an external body where its people are.
GIVEN = {code: label for code, label in KINDS.items() if code not in ("instansi", "external")}


class OrganizationForm(Form):
    name = StringField("Nama")
    short_name = StringField("Nama singkat")
    code = StringField("Kode")
    kind = ChoiceField("Jenis", validators=[InputRequired("Pilih jenis.")], choices={"": "Pilih jenis"} | GIVEN)
    parent = ChoiceField("Di bawah", validators=[InputRequired("Pilih organisasi induk.")])
    valid_from = DayField("Berlaku mulai")


@dataclass(frozen=True)
class Branch:
    """One line of the tree."""

    organization: Organization
    depth: int
    under: str


@blueprint.get("/kelola/organisasi")
def organizations():
    ask("read", Organization)
    word = request.args.get("q", "").strip()[:100]
    tree = _tree(list(db.session.scalars(listing(Organization))))
    shown = [branch for branch in tree if _says(branch.organization, word)]
    return render_template(
        "account/organizations.html",
        tree=shown,
        total=len(tree),
        q=word,
        kinds=KINDS,
        writes=may("write", Organization),
    )


@blueprint.route("/kelola/organisasi/baru", methods=["GET", "POST"])
def new_organization():
    ask("write", Organization)
    root = db.session.get_one(Organization, asking().instansi_id)
    form = OrganizationForm()
    form.parent.choices = office_choices()
    if request.method != "POST":
        form.parent.data = root.slug
        return render_template("account/organization_new.html", form=form, key=new_key())
    if not form.validate():
        return _again(form)
    parent = find(Organization, slug=form.parent.data)
    answer = once()
    try:
        made = staffing.add_organization(
            db.session, asking(), name=form.name.data or "", short_name=form.short_name.data or "",
            code=form.code.data or "", kind=form.kind.data, instansi=root, parent=parent,
            valid_from=form.valid_from.day or today(root.clock_zone),
        )
    except Refused as refusal:
        form.refused(refusal)
        return _again(form)
    flash("Organisasi ditambahkan.")
    return answer(url_for("account.organization", organization=made.slug))


@blueprint.get("/kelola/organisasi/<string:organization>")
def organization(organization: str):
    return _page(find(Organization, slug=organization))


@blueprint.post("/kelola/organisasi/<string:organization>")
def rename(organization: str):
    named = find(Organization, slug=organization, to="write")
    form = OrganizationForm()
    form.parent.choices = {"": "Tidak di bawah organisasi lain"} | office_choices()
    form.parent.validators = [] if named.instansi_id is None else form.parent.validators
    form.kind.choices = _kinds_of(named)
    if not form.validate():
        return _page(named, form, 422)
    if request.form.get("seen") != _seen(named):
        raise Refused("Orang lain baru saja mengganti nama atau letak organisasi ini. Muat ulang, lalu simpan lagi.")
    parent = find(Organization, slug=form.parent.data) if form.parent.data else None
    try:
        staffing.rename_organization(
            db.session, named, asking(), form.valid_from.day or today(named.clock_zone), name=form.name.data or "",
            short_name=form.short_name.data or "", code=form.code.data or "", kind=form.kind.data, parent=parent,
        )
    except Refused as refusal:
        form.refused(refusal)
        return _page(named, form, 422)
    db.session.commit()
    flash("Perubahan tersimpan. Putaran yang lalu tetap memakai nama lama.")
    return redirect(url_for("account.organization", organization=organization))


def _page(named: Organization, form: OrganizationForm | None = None, status: int = 200):
    if form is not None:
        db.session.rollback()
        named = find(Organization, slug=request.view_args["organization"])
    state = named.on()
    if form is None:
        parent = db.session.get(Organization, state.parent_id) if state.parent_id else None
        form = OrganizationForm(
            formdata=None, name=state.name, short_name=state.short_name, code=state.code, kind=state.kind,
            parent=parent.slug if parent else "",
        )
        form.parent.choices = {"": "Tidak di bawah organisasi lain"} | office_choices()
        form.kind.choices = _kinds_of(named)
    return make_response(
        render_template(
            "account/organization.html",
            organization=named,
            form=form,
            kinds=KINDS,
            seen=_seen(named),
            people=_people_of(named) if may("read", Account) else None,
            writes=may("write", named),
            successions=succeeding.history_of(db.session, [named.id]),
            became=SUCCESSIONS,
            zone=named.clock_zone,
        ),
        status,
    )


def _kinds_of(named: Organization) -> dict[str, str]:
    return {named.kind: KINDS[named.kind]} if named.instansi_id is None else GIVEN


def _seen(named: Organization) -> str:
    """What the page said about the organization, so that nobody overwrites what they did not see."""
    newest = named.states[-1]
    return digest(repr([newest.valid_from, *(getattr(newest, key) for key in newest.CONTENT)]).encode())[:16]


def _people_of(named: Organization) -> list[Appointment]:
    offices = db.session.scalars(
        select(Appointment)
        .where(Appointment.organization_id == named.id)
        .options(joinedload(Appointment.person).joinedload(Person.account))
        .order_by(Appointment.role, Appointment.id)
    )
    return [office for office in offices if office.held_on()]


def _tree(found: list[Organization]) -> list[Branch]:
    """Every organization once, children after the one they stand under, in the order of codes and names."""
    by_id = {each.id: each for each in found}
    states = {each.id: each.on() for each in found}
    below: dict[int | None, list[Organization]] = {}
    for each in found:
        above = states[each.id].parent_id
        below.setdefault(above if above in by_id and above != each.id else None, []).append(each)
    lines: list[Branch] = []

    def walk(above: int | None, depth: int, under: str) -> None:
        for each in sorted(below.get(above, ()), key=lambda o: (states[o.id].code or "~", states[o.id].name)):
            lines.append(Branch(each, depth, under))
            walk(each.id, depth + 1, states[each.id].short_name or states[each.id].name)

    walk(None, 0, "")
    return lines


def _says(organization: Organization, word: str) -> bool:
    state = organization.on()
    text = f"{state.name} {state.short_name or ''} {state.code or ''}".casefold()
    return word.casefold() in text


def _again(form: OrganizationForm):
    db.session.rollback()
    return make_response(render_template("account/organization_new.html", form=form, key=new_key()), 422)
