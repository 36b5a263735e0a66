"""S32: what the instansi says to provisional values that lie below its claims, item by item, while the window runs.

Before the window opens the page holds no value at all; after it the same rows stand there to be read.
"""

from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import RadioField, StringField, TextAreaField

from assessments import objecting
from assessments.clock import now
from assessments.consolidation_questions import STAGE, values_shown, window_has_opened, window_runs
from assessments.models import Document, Organization, Period, Share, Submission
from assessments.objecting import LIMIT, Lowered
from assessments.questions import is_round_manager
from assessments.refusal import Refused, Stale
from assessments.workflow import Look

from ...access import actor, ask, find, listing, may
from ...extensions import db
from ...formatting import short_date
from ...forms import ChoiceField, Form, plain_version
from ...once import new_key, once
from . import blueprint
from .answers import asked_agency

OFFERED = 200
LOOKS = {
    "left": Look("Belum ditanggapi", "warn", "ring"),
    "accepted": Look("Diterima", "ok", "check"),
    "objected": Look("Tidak disetujui", "work", "flag"),
    "upheld": Look("Nilai tetap", "plain", "lock"),
    "changed": Look("Nilai diubah", "ok", "check"),
}
ADDRESS = "/penilaian/<string:period>/tanggapan"


class ObjectionForm(Form):
    answer = RadioField("Tanggapan", choices=objecting.ANSWERS, validate_choice=False)
    grounds = TextAreaField("Alasan tidak setuju")
    locator = StringField("Berkas dan halaman yang menunjukkannya")
    document = ChoiceField("Dokumen dari pustaka")


@dataclass(frozen=True)
class Part:
    """One agency in the overview of the round manager."""

    agency: Organization
    lowered: int
    answered: int
    url: str


def look_of(row: Lowered) -> Look:
    return LOOKS["left" if row.said is None else row.said.ruling or row.said.answer]


def _address(endpoint: str, submission: Submission, **more) -> str:
    """The page of one part; only its own head needs no name for it."""
    if actor().role != "agency_head":
        more["opd"] = submission.organization.slug
    return url_for(f"agency.{endpoint}", period=submission.period.slug, **more)


@blueprint.get(ADDRESS)
def objections(period: str):
    if is_round_manager(actor(), None) and not asked_agency():
        return _overview(period)
    return _page(_part(period, "read_provisional"))


@blueprint.post(f"{ADDRESS}/<string:item>")
def object_to(period: str, item: str):
    """One answer to one item. What was refused comes back with what was typed, stale words beside the stored ones."""
    submission = _part(period, "object")
    answer = once()
    form = _form(submission)
    try:
        typed = form.document.data or ""
        chosen = next((one for one in _library(submission) if str(one.id) == typed), None) if typed else None
        if typed and chosen is None:
            form.document.errors = ["Pilih dokumen dari daftar."]
        objecting.respond(
            submission, item, actor(), form.answer.data or "", form.grounds.data or "", form.locator.data or "", chosen,
            plain_version(request.form.get("version")),
        )
        if form.document.errors:
            raise Refused("Pilih dokumen dari daftar.", field="document")
    except Stale as stale:
        db.session.rollback()
        return _page(_part(period, "read_provisional"), item, form, stale), 409
    except Refused as refused:
        if refused.field is None:
            raise
        form.also_refused(refused)
        db.session.rollback()
        return _page(_part(period, "read_provisional"), item, form), 422
    number = submission.period.instrument.item(item).number
    flash(f"Tanggapan untuk indikator {number} tersimpan.")
    return answer(_address("objections", submission, _anchor=f"butir-{item}"))


@blueprint.post(ADDRESS)
def accept_rest(period: str):
    submission = _part(period, "object")
    answer = once()
    count = objecting.accept_rest(submission, actor())
    flash(f"{count} nilai sementara diterima.")
    return answer(_address("objections", submission))


def _part(period: str, to: str) -> Submission:
    return find(Submission, to=to, period=period, organization=asked_agency())


def _form(submission: Submission, **more) -> ObjectionForm:
    form = ObjectionForm(**more)
    form.document.choices = {"": "Tanpa dokumen tambahan"} | {str(one.id): _called(one, submission.period.zone) for one in _library(submission)}
    return form


def _called(document: Document, zone: str) -> str:
    """Title, version and the day it came in: a library holds several of one title."""
    newest = document.newest
    return f"{document.title}, versi {newest.n}, diunggah {short_date(newest.at, zone)}"


def _library(submission: Submission) -> list[Document]:
    """The newest documents of the agency's library, or of the instansi's for whoever answers in its name."""
    owners = {submission.organization_id, submission.organization.root_id}
    return list(
        db.session.scalars(
            listing(Document)
            .where(Document.owner_org_id.in_(owners))
            .options(selectinload(Document.versions))
            .order_by(Document.id.desc())
            .limit(OFFERED)
        ).unique()
    )


def _filled(row: Lowered) -> dict:
    said = row.said
    if said is None:
        return {"answer": "objected"}
    return {"answer": said.answer, "grounds": said.grounds, "locator": said.locator, "document": str(said.document_id or "")}


def _page(submission: Submission, item: str = "", form: ObjectionForm | None = None, stale: Stale | None = None) -> str:
    assessment, period = submission.assessment, submission.period
    opened = values_shown(actor(), assessment)
    rows = objecting.lowered(db.session, assessment, objecting.led_by(db.session, submission)) if opened else []
    writes = may("object", submission)
    code = item or request.args.get("butir", "")
    chosen = next((row for row in rows if row.item.code == code and _changeable(row)), None) if writes else None
    if chosen is not None and form is None:
        form = _form(submission, formdata=None, data=_filled(chosen))
    counts, stage = objecting.counts(rows), period.stage(STAGE)
    return render_template(
        "agency/objections.html",
        submission=submission,
        period=period,
        agency=submission.organization,
        opened=opened,
        again=not opened and window_has_opened(assessment),
        why=None if writes else window_runs(actor(), submission),
        closes_at=period.closes_at(STAGE, assessment),
        stage=stage,
        opens_at=stage.opens_at if stage is not None and stage.opens_at > now() else None,
        rows=[(row, look_of(row), writes and _changeable(row)) for row in rows],
        counts=counts,
        chosen=chosen,
        form=form if chosen is not None else None,
        stale=stale,
        limit=LIMIT,
        key=new_key,
        url=_address("objections", submission),
        save_url=lambda row: _address("object_to", submission, item=row.item.code),
        choose_url=lambda row: _address("objections", submission, butir=row.item.code, _anchor="tanggapan"),
        rest_url=_address("accept_rest", submission),
        overview_url=url_for("agency.objections", period=period.slug) if is_round_manager(actor(), None) else "",
        file_url=_file_url,
    )


def _changeable(row: Lowered) -> bool:
    return row.said is None or row.said.ruling is None


def _file_url(row: Lowered) -> str:
    version = row.said.document_version if row.said is not None else None
    if version is None or not may("download", version):
        return ""
    return url_for("agency.download", document=version.document_id, n=version.n)


def _overview(slug: str) -> str:
    """Every agency of the round with what of its part was lowered: for the round manager."""
    period = find(Period, slug=slug)
    ask("read_provisional", Submission)
    parts = db.session.scalars(
        listing(Submission)
        .join(Submission.organization)
        .where(Submission.assessment.has(period_id=period.id))
        .options(joinedload(Submission.assessment), joinedload(Submission.organization).joinedload(Organization.states))
        .order_by(Submission.id)
    ).unique().all()
    rows, holder = _all_rows(parts)
    found = []
    for part in parts:
        own = [row for row in rows if holder.get((part.assessment_id, row.item.code)) == part.organization_id]
        found.append(Part(part.organization, len(own), sum(row.said is not None for row in own), _address("objections", part)))
    first = parts[0] if parts else None
    return render_template(
        "agency/objections_overview.html",
        period=period,
        stage=period.stage(STAGE),
        closes_at=period.closes_at(STAGE, first.assessment if first else None),
        opened=first is not None and values_shown(actor(), first.assessment),
        counted=not period.of_agencies,
        why=window_runs(actor(), first) if first is not None else None,
        parts=found if period.of_agencies else [part for part in found if part.lowered],
    )


def _all_rows(parts: list[Submission]) -> tuple[list[Lowered], dict[tuple[int, str], int]]:
    """The lowered items of the one assessment of a round, and {(assessment, item): agency that leads it}."""
    whole = {part.assessment_id: part.assessment for part in parts}
    if len(whole) != 1 or not values_shown(actor(), parts[0].assessment):
        return [], {}
    assessment = parts[0].assessment
    leads = db.session.execute(
        select(Share.item, Share.organization_id).where(Share.assessment_id == assessment.id, Share.part == "lead")
    )
    return objecting.lowered(db.session, assessment), {(assessment.id, item): agency for item, agency in leads}
