"""S58: who sits on the panel, which items each of them judges, and an assessor who has no account yet."""

from collections import Counter
from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from wtforms import StringField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from assessments import inviting, judging, seating
from assessments.blindness import counts, seats_that_judge
from assessments.instruments import Item
from assessments.models import Assessment, Judgement, PanelMember, Person
from assessments.models.judgement import CONFLICTS, PANEL_ROLES
from assessments.panel_questions import JUDGES
from assessments.refusal import Refused
from assessments.workflow import Look, look

from ... import passwords
from ...access import actor, find, may
from ...extensions import db
from ...first_passwords import shown_once
from ...forms import ChoiceField, Form, plain_id
from ...once import new_key, once
from . import blueprint
from .division import seen_of
from .ways import address, by_aspect, tabs

CONFLICT_LOOKS = {
    "none": Look(CONFLICTS["none"], "warn", "ring"),
    "free": Look(CONFLICTS["free"], "ok", "check"),
    "declared": Look(CONFLICTS["declared"], "bad", "warning"),
}
AT_HOME = Look("Bertugas pada instansi yang dinilai", "bad", "warning")
FREE, KEEP = "bebas", ""
CHANGED = "Pembagian berubah sesudah Anda membuka halaman ini. Bandingkan pilihan Anda dengan kolom Sekarang, lalu simpan lagi."
ROLES = {"": "Pilih peran"} | PANEL_ROLES


class MemberForm(Form):
    person = ChoiceField("Asesor", validators=[InputRequired("Pilih asesor.")])
    role = ChoiceField(
        "Peran dalam tim", id="peran-anggota", choices=ROLES, validators=[InputRequired("Pilih peran.")]
    )


class InvitationForm(Form):
    name = StringField("Nama lengkap", validators=[DataRequired("Isi nama lengkap.")])
    institution = ChoiceField("Lembaga asal")
    new_institution = StringField("Nama lembaga baru")
    username = StringField("Nama pengguna", validators=[DataRequired("Isi nama pengguna.")])
    email = StringField("Surel")
    role = ChoiceField(
        "Peran dalam tim", id="peran-asesor-baru", choices=ROLES, validators=[InputRequired("Pilih peran.")]
    )

    def validate_institution(self, field) -> None:
        if not field.data and not (self.new_institution.data or "").strip():
            raise ValidationError("Pilih lembaga asal, atau tulis nama lembaga baru.")


@dataclass(frozen=True)
class Seated:
    """A member with the load: items given, items whose judgement was sent in the running stage."""

    member: PanelMember
    given: int
    judged: int

    @property
    def look(self) -> Look:
        return AT_HOME if self.member.at_home else CONFLICT_LOOKS[self.member.conflict]


@dataclass(frozen=True)
class Share:
    """One aspect with who has how many of its items; `chosen` is the only holder of all of them."""

    code: str
    title: str
    items: list[Item]
    holders: list[tuple[str, int]]
    free: int
    chosen: str


@blueprint.get("/asesmen/<string:period>/<string:subject>/tim")
def team(period: str, subject: str):
    return _page(find(Assessment, to="seat_panel", period=period, subject=subject))


@blueprint.post("/asesmen/<string:period>/<string:subject>/tim")
def seat(period: str, subject: str):
    """Put somebody on the panel, or change the role there."""
    assessment = find(Assessment, to="seat_panel", period=period, subject=subject)
    answer = once()
    form = _member_form(assessment)
    try:
        if not form.validate():
            raise Refused("Pilih asesor dan perannya.")
        member = seating.seat_member(assessment, _person(form.person.data), form.role.data, actor())
    except Refused as refused:
        return _again(period, subject, member=_told(form, refused))
    flash(f"{member.person.name}: {PANEL_ROLES[member.role]}.")
    return answer(_onward(assessment))


@blueprint.post("/asesmen/<string:period>/<string:subject>/tim/keluar")
def unseat(period: str, subject: str):
    assessment = find(Assessment, to="seat_panel", period=period, subject=subject)
    answer = once()
    members = {member.person_id: member for member in _members(assessment)}
    member = members.get(plain_id(request.form.get("person")))
    if member is None:
        return _again(period, subject, problem="Pilih anggota yang dikeluarkan.")
    seating.unseat_member(assessment, member.person, actor())
    flash(f"{member.person.name} keluar dari tim; indikatornya kembali bebas.")
    return answer(_onward(assessment))


@blueprint.post("/asesmen/<string:period>/<string:subject>/tim/pembagian")
def divide(period: str, subject: str):
    """Give the items of each aspect to the member chosen for it."""
    assessment = find(Assessment, to="seat_panel", period=period, subject=subject)
    answer = once()
    if request.form.get("seen") != seen_of(assessment.seats):
        return _again(period, subject, problem=CHANGED, status=409)
    members = {str(member.person_id): member for member in _members(assessment)}
    wanted: dict[str, list[str]] = {}
    for share in _shares(assessment, members):
        choice = request.form.get(f"bagi-{share.code}", KEEP)
        if choice not in (KEEP, FREE, share.chosen) and choice not in members:
            return _again(period, subject, problem="Penilai harus ketua atau anggota tim ini.")
        if choice not in (KEEP, share.chosen) and not (choice == FREE and share.free == len(share.items)):
            wanted.setdefault(choice, []).extend(item.code for item in share.items)
    if not wanted:
        return _again(period, subject, problem="Belum ada pembagian yang diubah.")
    try:
        for choice, items in wanted.items():
            seating.share_out(assessment, items, members[choice].person if choice != FREE else None, actor())
    except Refused as refused:
        return _again(period, subject, problem=" ".join(refused.sentences))
    flash(f"Pembagian {sum(map(len, wanted.values()))} indikator tersimpan.")
    return answer(address("team", assessment))


@blueprint.post("/asesmen/<string:period>/<string:subject>/tim/asesor-baru")
def invite(period: str, subject: str):
    """Account, office and seat for somebody new; the first password is shown once."""
    find(Assessment, to="seat_panel", period=period, subject=subject)
    db.session.rollback()
    first = passwords.generated()
    kept = passwords.hashed(first)
    assessment = find(Assessment, to="seat_panel", period=period, subject=subject)
    known = {organization.slug: organization for organization in inviting.institutions(db.session)}
    form = _invitation_form(known)
    try:
        if not form.validate():
            raise Refused("Lengkapi data asesor baru.")
        wish = inviting.Invitation(
            form.name.data or "", form.username.data or "", form.role.data, form.email.data or "",
            known.get(form.institution.data), form.new_institution.data or "",
        )
        made = inviting.invite_assessor(assessment, wish, actor(), kept)
    except Refused as refused:
        return _again(period, subject, invitation=_told(form, refused))
    back = address("team", assessment)
    db.session.commit()
    return shown_once([(made, first)], ("Tim asesor", back), status=201)


def _onward(assessment: Assessment) -> str:
    """Back to the page, except for a lead who just handed the lead on."""
    return address("team", assessment) if may("seat_panel", assessment) else url_for("account.start")


def _told(form: Form, refused: Refused) -> Form:
    """The form with the sentences of a refusal; those of its own fields are enough where there are some."""
    if not form.errors:
        form.refused(refused)
    return form


def _again(period: str, subject: str, status: int = 422, **more):
    db.session.rollback()
    return _page(find(Assessment, to="seat_panel", period=period, subject=subject), **more), status


def _person(id: str) -> Person:
    query = select(Person).where(Person.id == plain_id(id)).options(joinedload(Person.appointments))
    return db.session.scalars(query).unique().one()


def _members(assessment: Assessment) -> list[PanelMember]:
    """The panel with names, lead first."""
    query = select(PanelMember).where(PanelMember.assessment_id == assessment.id).options(joinedload(PanelMember.person))
    order = list(PANEL_ROLES)
    return sorted(db.session.scalars(query), key=lambda member: (order.index(member.role), member.person.name))


def _shares(assessment: Assessment, members: dict[str, PanelMember]) -> list[Share]:
    seats = {seat.item: str(seat.person_id) for seat in assessment.seats if seat.seat == 1}
    shares = []
    for title, note, items in by_aspect(assessment.period.instrument, lambda item: item):
        held = Counter(seats[item.code] for item in items if item.code in seats)
        only = next(iter(held)) if len(held) == 1 and sum(held.values()) == len(items) else KEEP
        names = [(members[id].person.name, n) for id, n in held.items() if id in members]
        shares.append(Share(items[0].parent.code if items[0].parent else "semua", f"{note} {title}".strip(), items, names,
                            len(items) - sum(held.values()), only))
    return shares


def _load(assessment: Assessment) -> Counter:
    """How many judgements each member sent in the running stage, or in all of them where none runs; of closed readers only
    what both opened.
    """
    stage = judging.judged_stage(assessment)
    query = select(Judgement.person_id, func.count(Judgement.item.distinct())).where(
        Judgement.assessment_id == assessment.id, counts()
    )
    rows = db.session.execute((query.where(Judgement.stage == stage) if stage else query).group_by(Judgement.person_id))
    return Counter(dict(rows.all()))


def _member_form(assessment: Assessment, shown: bool = False) -> MemberForm:
    form = MemberForm(formdata=None) if shown else MemberForm()
    seated = {member.person_id for member in assessment.panel}
    offices = {
        str(office.person_id): f"{office.person.name}, {office.organization.name}"
        for office in seating.assessors(db.session)
        if not shown or office.person_id not in seated
    }
    form.person.choices = {"": "Pilih asesor"} | offices
    return form


def _invitation_form(known: dict, shown: bool = False) -> InvitationForm:
    form = InvitationForm(formdata=None) if shown else InvitationForm()
    form.institution.choices = {"": "Lembaga baru"} | {slug: organization.name for slug, organization in known.items()}
    return form


def _page(
    assessment: Assessment, member: MemberForm | None = None, invitation: InvitationForm | None = None, problem: str = ""
):
    members = _members(assessment)
    judged = _load(assessment)
    given = Counter(seat.person_id for seat in seats_that_judge(assessment, judging.judged_stage(assessment)))
    known = {organization.slug: organization for organization in inviting.institutions(db.session)}
    team_tabs = tabs(assessment, "team")
    return render_template(
        "assessor/team.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=team_tabs,
        inside=may("read", assessment) and not may("see_room", assessment),
        rows=[Seated(one, given[one.person_id], judged[one.person_id]) for one in members],
        shares=_shares(assessment, {str(one.person_id): one for one in members}),
        judges=[one for one in members if one.active and one.role in JUDGES],
        total=len(assessment.period.instrument.items),
        roles=PANEL_ROLES,
        form=member or invitation,
        member=member or _member_form(assessment, shown=True),
        invitation=invitation or _invitation_form(known, shown=True),
        inviting=invitation is not None,
        problems=[problem] if problem else [],
        free=FREE,
        seen=seen_of(assessment.seats),
        picked=lambda share: request.form.get(f"bagi-{share.code}", KEEP),
        key=new_key,
        links={name: address(name, assessment) for name in ("seat", "unseat", "divide", "invite", "division")},
    )
