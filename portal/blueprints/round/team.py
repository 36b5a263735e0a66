"""The Tim Asesor Internal of an assessment: who is in it, which function has nobody, and whoever comes, changes or goes."""

from flask import abort, flash, render_template, request
from wtforms import StringField
from wtforms.validators import InputRequired

from assessments import last_team
from assessments import team as teams
from assessments.models import Assessment, TeamMember
from assessments.models.team import TEAM_FUNCTIONS, TEAM_ROLES
from assessments.refusal import Refused
from assessments.workflow import Look

from ... import evidence
from ...access import actor, find, may
from ...extensions import db
from ...formatting import listing as in_words
from ...forms import ChoiceField, Form, plain_id
from ...once import new_key, once
from . import blueprint
from .places import address, tabs

TEAM = "/pengelolaan/<string:period>/<string:subject>/tim"
HELD, FREE = Look("Ada anggota", "ok", "check"), Look("Belum ada anggota", "warn", "ring")


class MemberForm(Form):
    role = ChoiceField(
        "Peran dalam tim", choices={"": "Pilih peran"} | TEAM_ROLES, validators=[InputRequired("Pilih peran dalam tim.")]
    )
    function = ChoiceField(
        "Fungsi asal", choices={"": "Tanpa fungsi"} | {str(n): f"{n}. {name}" for n, name in TEAM_FUNCTIONS.items()},
        description="Wajib untuk anggota; satu dari 15 fungsi PermenPANRB 59/2020.",
    )
    title = StringField("Jabatan dan unit", description="Seperti tertulis dalam keputusan.")


class NewMemberForm(MemberForm):
    person = ChoiceField("Pegawai", validators=[InputRequired("Pilih pegawai.")])


@blueprint.get(TEAM)
def team(period: str, subject: str):
    assessment = find(Assessment, to="read_team", period=period, subject=subject)
    members = teams.team_of(db.session, assessment)
    decisions = teams.decisions_of(db.session, assessment)
    rows = teams.functions(members)
    free = [name for _n, name, people in rows if not people]
    in_hand = may("write_team", assessment)
    return render_template(
        "round/team.html",
        assessment=assessment,
        period=assessment.period,
        tabs=tabs(assessment, "team"),
        members=members,
        gone=teams.gone(db.session, assessment, members) if members else set(),
        named=[(TEAM_ROLES[role], teams.holder(members, role)) for role in teams.NAMED],
        decisions=[(one, evidence.source(one.document) if one.document else "") for one in decisions],
        functions=[(n, name, people, HELD if people else FREE) for n, name, people in rows],
        free=free,
        free_words=in_words(free),
        warnings=teams.mismatches(members, teams.officers(db.session, assessment)),
        last=last_team.last_team(db.session, assessment) if in_hand and len(members) < len(teams.NAMED) else None,
        in_hand=in_hand,
        roles=TEAM_ROLES,
        names=TEAM_FUNCTIONS,
        to=lambda name, **more: address(name, assessment, **more),
        key=new_key,
    )


@blueprint.post(f"{TEAM}/salinan")
def copy_team(period: str, subject: str):
    """Everybody of the last round's team at once."""
    assessment = find(Assessment, to="write_team", period=period, subject=subject)
    answer = once()
    done = last_team.copy_team(db.session, assessment, actor())
    words = f"{len(done.names)} orang disalin dari {done.title}."
    if done.decision:
        words += " Keputusannya ikut karena masih berlaku."
    if done.gone:
        words += f" Tidak disalin karena tidak bertugas lagi: {in_words(done.gone)}."
    flash(words)
    return answer(address("team", assessment))


# ---------------------------------------------------------------- one person


@blueprint.route(f"{TEAM}/anggota", methods=["GET", "POST"])
def new_member(period: str, subject: str):
    """Somebody who serves in the instansi; the list holds its officers, or whom a search finds."""
    assessment = find(Assessment, to="write_team", period=period, subject=subject)
    search = (request.form if request.method == "POST" else request.args).get("cari", "")
    found = teams.candidates(db.session, assessment, search)
    form = NewMemberForm()
    form.person.choices = {"": "Pilih pegawai"} | {str(one.id): f"{one.name} ({place})" for one, place in found}
    if request.method != "POST":
        return _member_page(assessment, form, search=search, found=len(found))
    answer = once()
    valid = form.validate()
    chosen = next((one for one, _place in found if str(one.id) == form.person.data), None)
    try:
        if not valid or chosen is None:
            teams.checked_place(form.role.data or "member", plain_id(form.function.data), form.title.data or "")
            raise Refused("Pilih pegawai.", field="person")
        member = teams.add_member(
            db.session, assessment, chosen, actor(),
            role=form.role.data, function=plain_id(form.function.data), title=form.title.data or "",
        )
    except Refused as refused:
        return _refused(period, subject, form, refused, valid, search=search, found=len(found))
    flash(f"{member.person.name} masuk tim.")
    return answer(address("team", assessment, _anchor="susunan"))


@blueprint.route(f"{TEAM}/anggota/<int:person>", methods=["GET", "POST"])
def member(period: str, subject: str, person: int):
    """Another role, function or title."""
    assessment = find(Assessment, to="write_team", period=period, subject=subject)
    found = _member(assessment, person)
    if request.method != "POST":
        filled = MemberForm(formdata=None, role=found.role, function=str(found.function or ""), title=found.title)
        return _member_page(assessment, filled, member=found)
    answer = once()
    form = MemberForm()
    valid = form.validate()
    try:
        if not valid:
            teams.checked_place(form.role.data, plain_id(form.function.data), form.title.data or "")
            raise Refused("Pilih peran dalam tim.", field="role")
        teams.change_member(
            found, actor(), role=form.role.data, function=plain_id(form.function.data), title=form.title.data or ""
        )
    except Refused as refused:
        return _refused(period, subject, form, refused, valid, person=person)
    flash(f"{found.person.name}: {TEAM_ROLES[found.role]}.")
    return answer(address("team", assessment, _anchor="susunan"))


@blueprint.post(f"{TEAM}/anggota/<int:person>/keluar")
def end_member(period: str, subject: str, person: int):
    assessment = find(Assessment, to="write_team", period=period, subject=subject)
    answer = once()
    found = _member(assessment, person)
    name = found.person.name
    teams.end_member(found, actor())
    flash(f"{name} keluar dari tim.")
    return answer(address("team", assessment, _anchor="susunan"))


def _member(assessment: Assessment, person: int) -> TeamMember:
    members = teams.team_of(db.session, assessment)
    return next((one for one in members if one.person_id == person), None) or abort(404)


def _refused(period: str, subject: str, form: Form, refused: Refused, valid: bool, person: int = 0, **shown):
    """The same page with what was typed, on fresh rows; all that is wrong stands at its field."""
    (form.refused if valid else form.also_refused)(refused)
    db.session.rollback()
    assessment = find(Assessment, to="write_team", period=period, subject=subject)
    return _member_page(assessment, form, member=_member(assessment, person) if person else None, **shown), 422


def _member_page(assessment: Assessment, form: Form, member: TeamMember | None = None, search: str = "", found: int = 0):
    return render_template(
        "round/team_member.html",
        assessment=assessment,
        period=assessment.period,
        form=form,
        member=member,
        search=search.replace("\0", "")[:100],
        found=found,
        to=lambda name, **more: address(name, assessment, **more),
        key=new_key,
    )
