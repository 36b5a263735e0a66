"""S60: what the panel recommends, item by item or for the whole; handed out when the result is published."""

from flask import abort, flash, render_template, request
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from assessments import following_up
from assessments.clock import today
from assessments.models import Assessment, Organization, OrganizationState, Recommendation, RecommendationOwner, Share
from assessments.models.organization import ANSWERING
from assessments.models.recommendation import PRIORITIES
from assessments.panel_room import claimed_now, values_so_far
from assessments.refusal import Refused
from assessments.workflow import Look, look

from ...access import actor, find, listing, may
from ...extensions import db
from ...forms import ChoiceField, DayField, Form, plain_id, plain_version
from ...once import new_key, once
from . import blueprint
from .ways import address, tabs

PRIORITY_LOOKS = {
    "high": Look("Prioritas tinggi", "bad", "flag"),
    "medium": Look("Prioritas sedang", "work", "flag"),
    "low": Look("Prioritas rendah", "plain", "flag"),
}
OWNERLESS = Look("Butuh OPD pelaksana", "warn", "warning")
WEAK = 2  # levels 1 and 2 are a weakness (Pedoman 3/2024 hlm. 226)


class RecommendationForm(Form):
    item = ChoiceField("Indikator")
    text = TextAreaField("Rekomendasi")
    priority = ChoiceField("Prioritas", choices={"": "Pilih prioritas"} | PRIORITIES)
    due_on = DayField("Batas waktu")
    no_due_reason = StringField("Alasan tanpa batas waktu")
    lead = ChoiceField("OPD pelaksana utama")
    supporting = SelectMultipleField(
        "OPD pendukung", validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


@blueprint.get("/asesmen/<string:period>/<string:subject>/rekomendasi")
def recommendations(period: str, subject: str):
    """The list, with the form for a new one (`?butir=I12` proposes its words) or for one that is changed (`?ubah=7`)."""
    assessment = find(Assessment, to="see_room", period=period, subject=subject)
    form = changed = None
    if may("recommend", assessment) and (id := plain_id(request.args.get("ubah"))):
        changed = _one(assessment, id)
        form = _filled(changed)
    return _page(assessment, form, changed)


@blueprint.post("/asesmen/<string:period>/<string:subject>/rekomendasi")
def recommend(period: str, subject: str):
    assessment = find(Assessment, to="recommend", period=period, subject=subject)
    answer = once()
    form = RecommendationForm()
    _choices(form, assessment, _agencies(assessment))
    try:
        made = following_up.recommend(assessment, _wish(form, assessment), actor())
    except Refused as refused:
        return _again(period, subject, form, refused)
    flash(f"Rekomendasi {made.number} tersimpan.")
    return answer(address("recommendations", assessment) + f"#{made.number}")


@blueprint.post("/asesmen/<string:period>/<string:subject>/rekomendasi/<int:id>")
def change_recommendation(period: str, subject: str, id: int):
    assessment = find(Assessment, to="recommend", period=period, subject=subject)
    answer = once()
    changed = _one(assessment, id)
    form = RecommendationForm()
    _choices(form, assessment, _agencies(assessment))
    if plain_version(request.form.get("version")) != changed.version:
        db.session.rollback()
        again = find(Assessment, to="recommend", period=period, subject=subject)
        return _page(again, form, _one(again, id), stale=True), 409
    try:
        following_up.change(changed, _wish(form, assessment), actor(), changed.version)
    except Refused as refused:
        return _again(period, subject, form, refused, id)
    flash(f"Rekomendasi {changed.number} tersimpan.")
    return answer(address("recommendations", assessment) + f"#{changed.number}")


@blueprint.post("/asesmen/<string:period>/<string:subject>/rekomendasi/<int:id>/hapus")
def drop_recommendation(period: str, subject: str, id: int):
    assessment = find(Assessment, to="recommend", period=period, subject=subject)
    answer = once()
    dropped = _one(assessment, id)
    if plain_version(request.form.get("version")) != dropped.version:
        raise Refused("Rekomendasi ini diubah orang lain sesudah Anda membukanya. Muat ulang dan baca lagi.")
    number = dropped.number
    following_up.drop(dropped, actor())
    flash(f"Rekomendasi {number} dihapus.")
    return answer(address("recommendations", assessment))


def _one(assessment: Assessment, id: int) -> Recommendation:
    """One of this assessment; another's is none."""
    query = _of(assessment).where(Recommendation.id == id)
    return db.session.scalars(query).unique().one_or_none() or abort(404)


def _of(assessment: Assessment):
    owner = selectinload(Recommendation.owners).joinedload(RecommendationOwner.organization)
    return (
        listing(Recommendation)
        .where(Recommendation.assessment_id == assessment.id)
        .options(owner.joinedload(Organization.states), joinedload(Recommendation.instansi).lazyload(Organization.states))
    )


def _agencies(assessment: Assessment) -> dict[str, str]:
    """{slug: name} of the agencies that can carry something out, by name, in one statement."""
    day, root = today(assessment.period.zone), assessment.period.organiser_id
    state = OrganizationState
    rows = db.session.execute(
        select(Organization.slug, state.name)
        .join(state, state.organization_id == Organization.id)
        .where(
            Organization.instansi_id == root, state.kind.in_(ANSWERING), state.valid_from <= day,
            or_(state.valid_to.is_(None), state.valid_to > day),
        )
        .order_by(state.name)
    )
    return dict(rows.all())


def _choices(form: RecommendationForm, assessment: Assessment, agencies: dict[str, str]) -> None:
    items = {item.code: f"{item.number} {item.short_name}" for item in assessment.period.instrument.items}
    form.item.choices = {"": "Umum, untuk seluruh hasil"} | items
    form.lead.choices = {"": "Belum ditentukan"} | agencies
    form.supporting.choices = list(agencies.items())


def _wish(form: RecommendationForm, assessment: Assessment) -> following_up.Wish:
    if not form.validate():
        raise Refused("Periksa isian rekomendasi.")
    slugs = list(dict.fromkeys([slug for slug in (form.lead.data, *(form.supporting.data or ())) if slug]))
    found = {
        organization.slug: organization
        for organization in db.session.scalars(
            select(Organization).where(Organization.slug.in_(slugs)).options(lazyload(Organization.states))
        )
    }
    if form.supporting.data and not form.lead.data:
        raise Refused("Pilih OPD pelaksana utama dulu.", field="lead")
    if len(found) < len(slugs):
        raise Refused("Pilih OPD dari daftar.", field="supporting")
    return following_up.Wish(
        form.text.data or "", form.priority.data, form.due_on.day, form.no_due_reason.data or "", form.item.data or None,
        [found[slug] for slug in slugs],
    )


def _again(period: str, subject: str, form: RecommendationForm, refused: Refused, id: int | None = None):
    if not form.errors:
        if refused.field is None:
            raise refused
        form.refused(Refused(*refused.sentences, field="lead") if refused.field == "owners" else refused)
    db.session.rollback()
    assessment = find(Assessment, to="recommend", period=period, subject=subject)
    return _page(assessment, form, _one(assessment, id) if id else None), 422


def _filled(changed: Recommendation) -> RecommendationForm:
    """The form as the recommendation stands."""
    owners = changed.current_owners
    return RecommendationForm(
        formdata=None,
        data={
            "item": changed.item or "", "text": changed.text, "priority": changed.priority,
            "due_on": changed.due_on.isoformat() if changed.due_on else "", "no_due_reason": changed.no_due_reason or "",
            "lead": next((owner.organization.slug for owner in owners if owner.part == "lead"), ""),
            "supporting": [owner.organization.slug for owner in owners if owner.part != "lead"],
        },
    )


def _proposed(assessment: Assessment, values: dict) -> RecommendationForm:
    """An empty form; for an item that was asked for with the next level's criterion and whoever holds the item."""
    code = request.args.get("butir", "")
    if code not in {item.code for item in assessment.period.instrument.items}:
        return RecommendationForm(formdata=None, data={"due_on": following_up.proposed_day(assessment).isoformat()})
    value = values[code] if code in values else claimed_now(db.session, assessment).get(code)
    lead, *supporting = _holders(assessment, code) or [""]
    return RecommendationForm(
        formdata=None,
        data={
            "item": code, "text": following_up.proposed_text(assessment, code, value), "lead": lead,
            "supporting": supporting, "due_on": following_up.proposed_day(assessment).isoformat(),
        },
    )


def _holders(assessment: Assessment, item: str) -> list[str]:
    """Slugs of who holds an item in this round, lead first."""
    rows = db.session.scalars(
        select(Organization.slug)
        .join(Share, Share.organization_id == Organization.id)
        .where(Share.assessment_id == assessment.id, Share.item == item)
        .order_by(Share.part, Organization.slug)
    )
    return list(rows)


def _page(assessment: Assessment, form: RecommendationForm | None = None, changed: Recommendation | None = None,
          stale: bool = False):
    writes = may("recommend", assessment)
    written = list(db.session.scalars(_of(assessment).order_by(Recommendation.id)).unique())
    values = values_so_far(db.session, assessment) if writes else {}
    done = {one.item for one in written}
    weak = [
        (item, values[item.code])
        for item in assessment.period.instrument.items
        if item.code in values and values[item.code] <= WEAK and item.code not in done
    ]
    if writes:
        form = form or _proposed(assessment, values)
        _choices(form, assessment, _agencies(assessment))
    number = {item.code: (index, item) for index, item in enumerate(assessment.period.instrument.items)}
    written.sort(key=lambda one: number[one.item][0] if one.item in number else -1)
    return render_template(
        "assessor/recommendations.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "recommendations"),
        written=[(one, number[one.item][1] if one.item in number else None, PRIORITY_LOOKS[one.priority]) for one in written],
        ownerless=[one for one in written if not one.current_owners],
        ownerless_look=OWNERLESS,
        weak=weak,
        writes=writes,
        form=form if writes else None,
        changed=changed,
        stale=stale,
        key=new_key,
        url=address("recommendations", assessment),
        save_url=address("change_recommendation", assessment, id=changed.id) if changed else address("recommend", assessment),
        drop_url=lambda one: address("drop_recommendation", assessment, id=one.id),
    )
