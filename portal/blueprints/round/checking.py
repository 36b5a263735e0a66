"""S43: looking at what an agency handed in, item by item; then taking it in or sending it back."""

from dataclasses import dataclass

from flask import abort, flash, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from wtforms import RadioField, SelectField, StringField, TextAreaField

from assessments import checking, entrusting, mending, waiving
from assessments.asking import talk_of
from assessments.instruments import Item
from assessments.models import (
    CheckMark,
    Citation,
    Contribution,
    ContributionRevision,
    DocumentVersion,
    Submission,
)
from assessments.models.submission import REASONS
from assessments.refusal import Faults, Refused
from assessments.workflow import Look, look, open_transitions, unchecked_items

from ... import evidence
from ...access import actor, ask, find, may
from ...differences import Stretch, difference
from ...extensions import db
from ...forms import Form, plain_id
from ...once import new_key, once
from ...returning import MendForm, at_fields, tell_operators
from ...talk import way_of
from . import blueprint
from .evidence import shown_evidence, with_claims
from .places import address, neighbours
from .unchanged import came_along

AGREED = Look("Setuju", "ok", "check")
REFUSED = Look("Perlu perbaikan", "bad", "back")
UNSEEN = Look("Belum diperiksa", "plain", "ring")


class CheckForm(Form):
    verdict = RadioField("Putusan", choices={"agreed": "Setuju", "needs_work": "Perlu perbaikan"}, validate_choice=False)
    reason_kind = SelectField("Jenis alasan", choices={"": "Pilih alasan"} | REASONS, validate_choice=False)
    note = TextAreaField("Catatan untuk OPD")
    revision = StringField()


class ReturnForm(MendForm):
    """`chosen` is what is wrong with the ticked items, which stand beside the fields."""

    note = TextAreaField("Pesan untuk OPD")

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.chosen: list[str] = []

    def of_items(self, refusal: Refused) -> None:
        for each in refusal.each if isinstance(refusal, Faults) else (refusal,):
            if each.field == "items":
                self.chosen.extend(each.sentences)


@dataclass(frozen=True)
class Row:
    """One item of the part with the newest word on it."""

    contribution: Contribution
    item: Item
    url: str
    mended: mending.Mended | None = None

    @property
    def level(self):
        value = self.contribution.value
        return None if value is None else self.item.scale.level(value)

    @property
    def look(self) -> Look:
        mark = self.contribution.mark
        return UNSEEN if mark is None else AGREED if mark.verdict == "agreed" else REFUSED

    @property
    def mark(self) -> CheckMark | None:
        return self.contribution.mark


def _submission(period: str, subject: str, agency: str, to: str = "read") -> Submission:
    """The part of one agency, for those who may see the whole assessment: marks are not for the agency to read."""
    found = find(Submission, to=to, period=period, organization=agency, subject=subject)
    ask("read", found.assessment)
    return found


def _rows(submission: Submission) -> list[Row]:
    """The items of the part in the order of the instrument, with marks and evidence: a fixed number of statements."""
    rows = db.session.scalars(
        select(Contribution)
        .where(Contribution.submission_id == submission.id)
        .options(
            selectinload(Contribution.revisions).load_only(ContributionRevision.author_id),
            joinedload(Contribution.check_marks),
            selectinload(Contribution.citations).joinedload(Citation.cited).joinedload(DocumentVersion.document),
        )
    ).unique()
    found = {row.item: row for row in rows}
    items = [item for item in submission.period.instrument.items if item.code in found]
    for row in found.values():
        set_committed_value(row, "submission", submission)
    set_committed_value(submission, "contributions", [found[item.code] for item in items])
    slug, assessment = submission.organization.slug, submission.assessment
    changed = mending.mended_since(submission, submission.contributions)
    return [
        Row(found[item.code], item, address("check_item", assessment, agency=slug, item=item.code), changed.get(item.code))
        for item in items
    ]


def _address(endpoint: str, submission: Submission, **more) -> str:
    return address(endpoint, submission.assessment, agency=submission.organization.slug, **more)


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/verifikasi/<string:agency>")
def check_agency(period: str, subject: str, agency: str):
    return _list(_submission(period, subject, agency))


def _list(submission: Submission, form: "ReturnForm | None" = None, ticked=frozenset()):
    rows = _rows(submission)
    steps = {step.name: step for step in open_transitions(submission, actor())}
    refused = [row for row in rows if row.look is REFUSED]
    page = render_template(
        "round/check_agency.html",
        submission=submission,
        assessment=submission.assessment,
        period=submission.period,
        state=look(submission),
        rows=[(row, look(row.contribution)) for row in rows],
        checked=sum(row.mark is not None for row in rows),
        refused=refused,
        first=next((row for row in rows if row.mark is None), None) if may("check", submission) else None,
        accept=steps.get("accept"),
        in_the_way=unchecked_items(submission) if "accept" in steps else [],
        # A part that was taken in carries no refused mark: the items to reopen are chosen on the page.
        give_back=steps.get("return") if refused or not may("check", submission) else None,
        choose=not may("check", submission),
        ticked=ticked,
        form=form or ReturnForm(formdata=None),
        problems=[(sentence, "items-0") for sentence in form.chosen] if form else [],
        ends=submission.closes_at,
        zone=submission.period.zone,
        pics=entrusting.pics_of(db.session, submission),
        key=new_key,
        carried=came_along(submission),
        links={name: _address(name, submission) for name in ("accept", "return_", "unchanged_items")},
    )
    return page, 422 if form else 200


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/verifikasi/<string:agency>/terima")
def accept(period: str, subject: str, agency: str):
    submission = _submission(period, subject, agency, to="accept")
    answer = once()
    _rows(submission)
    with_claims(submission.assessment)
    checking.accept(submission, actor())
    flash(f"Isian {submission.organization.short_name} diterima.")
    return answer(_address("check_agency", submission))


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/verifikasi/<string:agency>/pengembalian")
def return_(period: str, subject: str, agency: str):
    submission = _submission(period, subject, agency, to="return")
    answer = once()
    _rows(submission)
    with_claims(submission.assessment)
    form, chosen = ReturnForm(), request.form.getlist("items")
    form.validate()
    items, until = [], form.until(submission)
    try:
        # While it is being checked the marks say which; a part already taken in is reopened item by item.
        reasons = None if may("check", submission) else dict.fromkeys(chosen, form.note.data or "")
        items = checking.return_items(submission, actor(), form.note.data or "", reasons, until)
    except Refused as refusal:
        form.of_items(refusal)
        at_fields(form, refusal)
    if form.errors or form.chosen:
        db.session.rollback()
        return _list(_submission(period, subject, agency), form, frozenset(chosen))
    tell_operators(submission, items, until)
    flash(f"{len(items)} indikator dikembalikan kepada {submission.organization.short_name}.")
    return answer(_address("check_agency", submission))


@blueprint.route(
    "/pengelolaan/<string:period>/<string:subject>/verifikasi/<string:agency>/<string:item>", methods=["GET", "POST"]
)
def check_item(period: str, subject: str, agency: str, item: str):
    if request.method != "POST":
        return _item(_submission(period, subject, agency), item)
    submission = _submission(period, subject, agency, to="check")
    answer = once()
    rows = _rows(submission)
    row = next((row for row in rows if row.item.code == item), None) or abort(404)
    form = CheckForm()
    try:
        checking.check(
            row.contribution,
            actor(),
            form.verdict.data or "",
            form.reason_kind.data,
            form.note.data or "",
            plain_id(form.revision.data) or 0,
        )
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        form.refused(refused)
        return _item(_submission(period, subject, agency), item, form)
    flash(f"Pemeriksaan indikator {row.item.number} disimpan.")
    after = rows[rows.index(row) + 1 :] + rows
    following = next((other for other in after if other.mark is None), None)
    if request.form.get("then") == "next" and following is not None:
        return answer(following.url)
    return answer(_address("check_agency", submission))


def _texts_beside(row: Row) -> list[tuple[str, list[Stretch]]]:
    """(name, pieces) of each text that differs from what was signed before."""
    if row.mended is None:
        return []
    now = row.contribution
    texts = (
        ("Fakta", row.mended.facts, now.facts), ("Analisis", row.mended.analysis, now.analysis),
        ("Cakupan", row.mended.coverage, now.coverage or ""),
    )
    return [(name, difference(old, new)) for name, old, new in texts if old != new]


def _item(submission: Submission, item: str, form: CheckForm | None = None):
    rows = _rows(submission)
    row = next((row for row in rows if row.item.code == item), None) or abort(404)
    here = row.contribution
    chosen = row.level
    levels = list(row.item.scale.levels)
    at = levels.index(chosen) if chosen else -1
    if form is None and may("check", submission):
        mark = row.mark
        form = CheckForm(
            formdata=None,
            verdict=mark.verdict if mark else None,
            reason_kind=mark.reason_kind if mark else "",
            note=mark.note if mark else "",
        )
    records = evidence.records(here.citations)
    values = {each.item.code: each.contribution.value for each in rows}
    page = render_template(
        "round/check_item.html",
        submission=submission,
        period=submission.period,
        row=row,
        item=row.item,
        here=here,
        state=look(here),
        checked=sum(other.mark is not None for other in rows),
        total=len(rows),
        parts=_texts_beside(row),
        around=neighbours([other.item for other in rows], item, lambda other: _address("check_item", submission, item=other.code)),
        evidence=shown_evidence(row.item, here.citations, submission.period.zone, records),
        remarks=waiving.remarks_on([here], evidence.ended(records), values)[row.item.code],
        levels=levels[max(at, 0) : at + 2],
        chosen=chosen,
        form=form,
        marks=list(reversed(here.check_marks)),
        reasons=REASONS,
        key=new_key(),
        list_url=_address("check_agency", submission),
        talk=talk_of(db.session, here),
        way=way_of(here),
    )
    return page, 422 if form is not None and form.errors else 200
