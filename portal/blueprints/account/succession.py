"""An organization is merged, split, renamed or gives work away (S47): first what would happen, then doing it.

One address: with the facts in the query it shows the preview and asks what goes where; posted, it carries that out.
"""

from flask import flash, make_response, render_template, request, url_for
from wtforms import BooleanField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, ValidationError

from assessments.models import Organization
from assessments.models.succession import SUCCESSIONS
from assessments.refusal import Refused
from assessments.succeeding import succeed
from assessments.succession_plan import END, STAY, Choices, Preview, Wish, check, preview

from ...access import actor as asking
from ...access import find
from ...extensions import db
from ...forms import ChoiceField, DayField, Form
from ...once import new_key, once
from . import blueprint
from .offices import office_choices

THINGS = {"documents": "Dokumen", "applications": "Aplikasi", "recommendations": "Rekomendasi", "units": "Unit di bawahnya"}
KINDS_OF_WORK = {"items": "Indikator"} | THINGS
ASKED_AT_MOST = 300  # things of one kind that are asked about one by one; the others go where the rest goes
STAYS_IN_PLACE = "tetap"


class SeveralField(SelectMultipleField):
    """Some of the choices, or a sentence in our own language."""

    def pre_validate(self, form) -> None:
        known = {choice.value for choice in self.iter_choices()}
        if any(each not in known for each in self.data or ()):
            raise ValidationError(f"{self.label.text}: pilih dari daftar.")


class SuccessionForm(Form):
    kind = ChoiceField("Jenis perubahan", validators=[InputRequired("Pilih jenis perubahan.")], choices={"": "Pilih jenis"} | SUCCESSIONS)
    successors = SeveralField("Organisasi penerus")
    predecessors = SeveralField("Digabung bersama")
    effective_on = DayField("Berlaku mulai")
    decision_no = StringField("Nomor keputusan")
    decision_on = DayField("Tanggal keputusan")
    note = StringField("Catatan")
    ends = BooleanField("Organisasi lama berakhir")
    seen = HiddenField()


@blueprint.get("/kelola/organisasi/<string:organization>/peralihan")
def succession(organization: str):
    old = find(Organization, slug=organization, to="write")
    form = _form(request.args)
    if "kind" not in request.args:
        return _page(old, form)
    try:
        wish = _wish(old, form)
        return _page(old, form, wish, preview(db.session, wish, asking()))
    except Refused as refusal:
        form.refused(refusal)
        return _page(old, form, status=422)


@blueprint.post("/kelola/organisasi/<string:organization>/peralihan")
def carry_out_succession(organization: str):
    old = find(Organization, slug=organization, to="write")
    form = _form(request.form)
    answer = once()
    wish = shown = None
    try:
        wish = _wish(old, form)
        shown = preview(db.session, wish, asking())
        if form.seen.data != shown.mark:
            db.session.rollback()
            return _again(organization, form, 409, "Isi organisasi ini berubah sejak ditampilkan. Periksa lagi, lalu laksanakan.")
        succeed(db.session, wish, asking(), _choices(wish, shown, form))
    except Refused as refusal:
        form.refused(refusal)
        db.session.rollback()
        return _again(organization, form, 422)
    flash("Peralihan dilaksanakan. Jejaknya ada pada riwayat setiap hal yang pindah.")
    return answer(url_for("account.organization", organization=organization))


def _again(organization: str, form: SuccessionForm, status: int, sentence: str = ""):
    """The page as it was filled in, with what there is now."""
    old = find(Organization, slug=organization, to="write")
    if sentence:
        form.form_errors.append(sentence)
    try:
        wish = _wish(old, _form(request.form))
        return _page(old, form, wish, preview(db.session, wish, asking()), status)
    except Refused:
        return _page(old, form, status=status)


def _form(sent) -> SuccessionForm:
    form = SuccessionForm(sent)
    others = {slug: name for slug, name in office_choices().items() if slug != request.view_args["organization"]}
    form.successors.choices = form.predecessors.choices = list(others.items())
    return form


def _wish(old: Organization, form: SuccessionForm) -> Wish:
    """What the form says, cleaned; all faults at once."""
    readable = form.validate()
    named = [_named(slug) for slug in form.successors.data or ()]
    wish = Wish(
        (old, *(_named(slug) for slug in (form.predecessors.data or ()) if form.kind.data == "merge")),
        tuple(named), form.kind.data, form.effective_on.day, form.decision_no.data or "", form.decision_on.day, form.note.data or "",
    )
    try:
        checked = check(db.session, wish, asking())
    except Refused as refusal:
        form.also_refused(refusal)
        if not readable or form.errors:
            raise Refused("Periksa isian formulir.") from None
        raise
    if not readable:
        raise Refused("Periksa isian formulir.")
    return checked


def _named(slug: str) -> Organization:
    return find(Organization, slug=slug, to="write")


def _choices(wish: Wish, shown: Preview, form: SuccessionForm) -> Choices:
    """What the selects of the preview say; a value nobody offered is refused."""
    heirs = {each.slug: each.id for each in wish.successors}
    made = Choices(ends=bool(form.ends.data))

    def chosen(name: str) -> int | None:
        said = request.form.get(name, "")
        if said in ("", STAYS_IN_PLACE):
            return None
        if said not in heirs:
            raise Refused("Pilih tujuan dari organisasi penerus.")
        return heirs[said]

    for kind in KINDS_OF_WORK:
        rest = chosen(f"rest-{kind}")
        if rest is not None:
            made.rest[kind] = rest
    if not wish.whole:
        for part in shown.moving:
            for item in part.items:
                _put(made.items, (part.submission.id, item), chosen(f"items-{part.submission.id}-{item}"))
        for kind in THINGS:
            for thing in getattr(shown, kind)[:ASKED_AT_MOST]:
                _put(getattr(made, kind), thing.id, chosen(f"{kind}-{thing.id}"))
    for office in shown.offices:
        said = request.form.get(f"people-{office.id}", "")
        if said in (STAY, END):
            made.people[office.id] = said
        elif said:
            made.people[office.id] = chosen(f"people-{office.id}") or STAY
    return made


def _put(places: dict, key, heir: int | None) -> None:
    if heir is not None:
        places[key] = heir


def _page(old: Organization, form: SuccessionForm, wish: Wish | None = None, shown: Preview | None = None, status: int = 200):
    return make_response(render_template(
        "account/succession.html", old=old, form=form, wish=wish, shown=shown, kinds=SUCCESSIONS, key=new_key(),
        things=THINGS, most=ASKED_AT_MOST, said=request.form, own=asking().person_id, stay=STAY, end=END,
        zone=old.clock_zone,
    ), status)
