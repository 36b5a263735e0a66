"""S60: the analysis of each aspect and the four-part conclusion, proposed from the values and edited by people.

Both kinds of text are one page: `/analisis/A3` for an aspect, `/analisis/kesimpulan` for the conclusion.
"""

from dataclasses import asdict, dataclass

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy import Row, literal, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value
from wtforms import TextAreaField

from assessments import analysing
from assessments.analysing import LABELS, LIMIT, PARTS, AspectText, ConclusionText
from assessments.comparing import reasons_so_far
from assessments.consolidation_questions import ENDED, OPEN_STATES, newest_notes
from assessments.instruments import Item, Node
from assessments.models import AspectAnalysis, Assessment, Conclusion, Person, ReviewAnswer, ReviewNote
from assessments.panel_room import values_so_far
from assessments.policies import obstacle
from assessments.refusal import Faults, Refused, Stale
from assessments.scoring import score
from assessments.workflow import Look, look

from ...access import actor, find, may
from ...errors import problem
from ...extensions import db
from ...formatting import clock
from ...forms import Form, plain_version
from . import blueprint
from .ways import address, tabs

ADDRESS = "/asesmen/<string:period>/<string:subject>/analisis"
WHOLE = "kesimpulan"
LOOKS = {
    "none": Look("Belum ditulis", "warn", "ring"),
    "written": Look("Tersimpan", "ok", "check"),
    "old": Look("Nilai berubah sesudah ditulis", "warn", "warning"),
}
REVIEWED = {
    "valid": Look("Reviu: valid", "ok", "check"),
    "invalid": Look("Reviu: tidak valid", "bad", "x"),
    "answered": Look("Reviu: sudah dijawab", "work", "chat"),
}


class AspectForm(Form):
    fulfilment = TextAreaField("Pemenuhan aspek", description="Indikator pada tingkat 2 sampai 5.")
    strengths = TextAreaField("Kekuatan", description="Indikator tingkat 4 dan 5 dari yang tertinggi, dengan fakta dan buktinya.")
    weaknesses = TextAreaField("Kelemahan", description="Indikator tingkat 1 dan 2 dari yang terendah, dengan alasannya.")


class ConclusionForm(Form):
    summary = TextAreaField("Ringkasan", description="Gambaran manfaat penerapan SPBE bagi instansi.")
    strength = TextAreaField("Keunggulan", description="Aspek dengan rata-rata tertinggi dan manfaatnya.")
    weakness = TextAreaField("Kelemahan", description="Aspek dengan rata-rata terendah dan akibatnya.")
    advice = TextAreaField("Apresiasi atau saran perbaikan", description="Saran menurut prioritas bila predikat di bawah Baik.")


@dataclass(frozen=True)
class Place:
    """What is written about: an aspect of the instrument, or the whole (`node` is None)."""

    assessment: Assessment
    node: Node | None

    @property
    def key(self) -> str:
        return self.node.code if self.node else WHOLE

    @property
    def title(self) -> str:
        return f"{self.node} {self.node.name}" if self.node else "Rekomendasi umum"

    @property
    def labels(self) -> dict[str, str]:
        return LABELS if self.node else PARTS

    @property
    def about(self) -> tuple[str, str]:
        """How Tim Reviu names it."""
        return ("aspect", self.node.code) if self.node else ("conclusion", "")

    def form(self, **more) -> Form:
        return (AspectForm if self.node else ConclusionForm)(**more)

    def stored(self) -> AspectAnalysis | Conclusion | None:
        kind, key = (AspectAnalysis, (self.assessment.id, self.node.code)) if self.node else (Conclusion, self.assessment.id)
        return db.session.get(kind, key, options=[joinedload(kind.by)])

    def write(self, form: Form, seen: int):
        typed = {name: form[name].data or "" for name in self.labels}
        if self.node:
            return analysing.write_analysis(self.assessment, self.node.code, actor(), AspectText(**typed), seen)
        return analysing.write_conclusion(self.assessment, actor(), ConclusionText(**typed), seen)


@blueprint.get(ADDRESS)
def analyses(period: str, subject: str):
    assessment = find(Assessment, to="see_room", period=period, subject=subject)
    written = _last_writers(assessment)
    notes = newest_notes(with_notes(assessment))
    places = [Place(assessment, node) for node in analysing.aspects(assessment.period.instrument)] + [Place(assessment, None)]
    return render_template(
        "assessor/analyses.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "analyses"),
        rows=[
            (place, row, LOOKS[_kept(place, row)], reviewed(notes.get(place.about)),
             address("analysis", assessment, node=place.key))
            for place in places
            for row in [written.get(place.about[1])]
        ],
        done=len(written),
        ended=assessment.state in ENDED,
        why=obstacle(actor(), "analyse", assessment),
        reviews_url=address("reviews", assessment),
        recommendations_url=address("recommendations", assessment),
    )


@blueprint.route(f"{ADDRESS}/<string:node>", methods=["GET", "POST"])
def analysis(period: str, subject: str, node: str):
    if request.method != "POST":
        return _page(_place(period, subject, node, "see_room"))
    place = _place(period, subject, node, "analyse")
    form = place.form()
    try:
        place.write(form, plain_version(request.form.get("version")))
    except Stale as stale:
        db.session.rollback()
        return _page(_place(period, subject, node, "see_room"), form, stale), 409
    except Refused as refused:
        if refused.field is None:
            raise
        form.also_refused(refused)
        db.session.rollback()
        return _page(_place(period, subject, node, "see_room"), form), 422
    title = place.title
    url = address("analysis", place.assessment, node=node)
    db.session.commit()
    flash(f"{title} tersimpan.")
    return redirect(url)


@blueprint.post(f"{ADDRESS}/<string:node>/simpan-otomatis")
def save_analysis_by_itself(period: str, subject: str, node: str):
    """200 {saved_at, version, note}; 409 with what is stored; 422 with the sentences."""
    place = _place(period, subject, node, "analyse")
    form, zone = place.form(), place.assessment.period.zone
    try:
        made = place.write(form, plain_version(request.form.get("version")))
    except Stale as stale:
        row = place.stored()
        answer = {
            "status": 409, "detail": stale.sentences[0], "theirs": stale.theirs, "version": row.version if row else 0,
            "who": row.by.name if row else "", "at": clock(row.at, zone) if row else "",
        }
        db.session.rollback()
        return jsonify(answer), 409
    except Refused as refused:
        fields = [each.field for each in (refused.each if isinstance(refused, Faults) else (refused,))]
        response = problem(422, refused.sentences)
        if response.is_json:
            response.set_data(jsonify(status=422, sentences=refused.sentences, fields=fields).get_data())
        return response
    db.session.flush()
    answer = {"saved_at": clock(made.at, zone), "version": made.version, "note": ""}
    db.session.commit()
    return jsonify(answer)


def _last_writers(assessment: Assessment) -> dict[str, Row]:
    """{aspect, or "" for the conclusion: (when, name of who wrote it last)} in one statement."""
    of = assessment.id
    rows = db.session.execute(
        select(AspectAnalysis.node, AspectAnalysis.at, Person.name).join(AspectAnalysis.by).where(AspectAnalysis.assessment_id == of)
        .union_all(select(literal(""), Conclusion.at, Person.name).join(Conclusion.by).where(Conclusion.assessment_id == of))
    )
    return {row[0]: row for row in rows}


def _kept(place: Place, row: Row | None) -> str:
    if row is None:
        return "none"
    return "old" if analysing.outdated(place.assessment, place.about[1], row.at) else "written"


def _place(period: str, subject: str, node: str, to: str) -> Place:
    assessment = find(Assessment, to=to, period=period, subject=subject)
    if node == WHOLE:
        return Place(assessment, None)
    known = {each.code: each for each in analysing.aspects(assessment.period.instrument)}
    return Place(assessment, known.get(node) or abort(404))


def _proposed(place: Place) -> AspectText | ConclusionText:
    """What the values say now; nothing before every item has one."""
    assessment, instrument = place.assessment, place.assessment.period.instrument
    values = values_so_far(db.session, assessment)
    if assessment.state not in ENDED or len(values) < len(instrument.items):
        return AspectText() if place.node else ConclusionText()
    if place.node:
        codes = [item.code for item in place.node.items]
        return analysing.proposed_aspect(place.node, values, reasons_so_far(db.session, assessment.id, codes))
    found = score(instrument, values)
    return analysing.proposed_conclusion(instrument, assessment.subject.name, found, values, assessment.period.predicate_rule)


def _page(place: Place, form: Form | None = None, stale: Stale | None = None) -> str:
    assessment = with_notes(place.assessment)
    writes, stored, proposed = may("analyse", assessment), place.stored(), asdict(_proposed(place))
    fresh = stored is None or "susun" in request.args
    if form is None:
        data = proposed if fresh else {name: getattr(stored, name) for name in place.labels}
        form = place.form(formdata=None, data=data)
    places = [*analysing.aspects(assessment.period.instrument), None]
    at = places.index(place.node)
    return render_template(
        "assessor/analysis.html",
        assessment=assessment,
        period=assessment.period,
        place=place,
        tabs=tabs(assessment, "analyses"),
        writes=writes,
        why=obstacle(actor(), "analyse", assessment),
        stored=stored,
        old=stored is not None and assessment.state in OPEN_STATES and analysing.outdated(assessment, place.about[1], stored.at),
        form=form,
        fields=[form[name] for name in place.labels],
        proposed=[(label, proposed[name]) for name, label in place.labels.items()],
        unstored=fresh and any(proposed.values()),
        stale=[(label, stale.theirs[name]) for name, label in place.labels.items()] if stale else [],
        version=plain_version(request.form.get("version")) if stale is None and request.method == "POST" else
        (stored.version if stored else 0),
        note=newest_notes(assessment).get(place.about),
        limit=LIMIT,
        recommended=_recommended(place),
        url=address("analysis", assessment, node=place.key),
        list_url=address("analyses", assessment),
        again_url=address("analysis", assessment, node=place.key, susun="ya"),
        save_by_itself_url=address("save_analysis_by_itself", assessment, node=place.key),
        sign_in_url=url_for("account.sign_in", next=url_for("account.start")),
        reviews_url=address("reviews", assessment),
        neighbours=[
            (f"{each}" if each else "Rekomendasi umum", address("analysis", assessment, node=each.code if each else WHOLE))
            if each is not False else None
            for each in (places[at - 1] if at else False, places[at + 1] if at + 1 < len(places) else False)
        ],
    )


def _recommended(place: Place) -> list[tuple[Item, list, str]]:
    """Of an aspect: each item with what was recommended for it, and where another one is written."""
    if place.node is None:
        return []
    found = analysing.recommendations_by_item(db.session, place.assessment)
    return [
        (item, found.get(item.code, []), address("recommendations", place.assessment, butir=item.code, _anchor="tulis"))
        for item in place.node.items
    ]


def with_notes(assessment: Assessment) -> Assessment:
    """The same with every note of Tim Reviu, its author and its answer, in one statement."""
    rows = db.session.scalars(
        select(ReviewNote)
        .where(ReviewNote.assessment_id == assessment.id)
        .options(joinedload(ReviewNote.by), joinedload(ReviewNote.answer).joinedload(ReviewAnswer.by))
        .order_by(ReviewNote.id)
    )
    set_committed_value(assessment, "review_notes", list(rows))
    return assessment


def reviewed(note: ReviewNote | None) -> Look | None:
    if note is None:
        return None
    return REVIEWED["valid" if note.valid else "answered" if note.answer is not None else "invalid"]
