"""The decisions about a team: number, date, signatory, period, and the file in the instansi's library."""

from flask import abort, current_app, flash, render_template, request
from sqlalchemy.orm import selectinload
from wtforms import MultipleFileField, StringField

from assessments import filetypes, library
from assessments import team as teams
from assessments.models import Assessment, Document, DocumentVersion, TeamDecision
from assessments.refusal import Refused, Stale
from assessments.team import Decree
from assessments.texts import written_day

from ... import evidence_jobs
from ...access import actor, find, listing, may
from ...arrivals import Arrived, arrived
from ...extensions import db
from ...formatting import size
from ...forms import ChoiceField, DayField, Form, plain_id
from ...intake import check_form
from ...once import new_key, once
from ...uploads import accepts_upload
from . import blueprint
from .places import address
from .team import TEAM

OFFERED = 50
CHOOSE_AGAIN = "Berkas belum disimpan karena isian lain perlu diperbaiki. Pilih lagi berkasnya."


class DecisionForm(Form):
    number = StringField("Nomor keputusan")
    dated = DayField("Tanggal keputusan")
    subject = StringField("Tentang")
    signatory = StringField("Ditandatangani oleh", description="Nama dan jabatan; tim ditetapkan kepala instansi.")
    starts_on = DayField("Berlaku sejak")
    ends_on = DayField("Berlaku sampai")
    document = ChoiceField("Berkas dari pustaka instansi")
    files = MultipleFileField("Unggah berkas keputusan")


@blueprint.route(f"{TEAM}/keputusan", methods=["GET", "POST"])
@accepts_upload
def new_decision(period: str, subject: str):
    if request.method == "POST":
        return _written(period, subject)
    return _page(find(Assessment, to="write_team", period=period, subject=subject), DecisionForm(formdata=None))


@blueprint.route(f"{TEAM}/keputusan/<int:decision>", methods=["GET", "POST"])
@accepts_upload
def decision(period: str, subject: str, decision: int):
    if request.method == "POST":
        return _written(period, subject, decision)
    assessment = find(Assessment, to="write_team", period=period, subject=subject)
    known = _known(assessment, decision)
    names = ("number", "subject", "signatory")
    form = DecisionForm(
        formdata=None, dated=known.dated.isoformat(), starts_on=known.starts_on.isoformat(),
        ends_on=known.ends_on.isoformat() if known.ends_on else "", document=str(known.document_id or ""),
        **{name: getattr(known, name) for name in names},
    )
    return _page(assessment, form, known)


def _known(assessment: Assessment, number: int) -> TeamDecision:
    rows = teams.decisions_of(db.session, assessment)
    return next((one for one in rows if one.id == number), None) or abort(404)


def _written(period: str, subject: str, number: int | None = None):
    """A decision is recorded or put right; the body is read with no transaction open."""
    owner = find(Assessment, to="write_team", period=period, subject=subject).period.organiser
    files, refused = [], []
    if may("upload", owner):
        files, refused = arrived(owner.id)
    else:
        db.session.rollback()
        check_form()
    assessment = find(Assessment, to="write_team", period=period, subject=subject)
    known = _known(assessment, number) if number is not None else None
    answer, stale = once(), None
    form = _with_documents(assessment, DecisionForm(), known)
    valid = form.validate()
    form.files.errors = [f"{name}: {sentence}" for name, sentence in refused if name]  # no file at all is no mistake
    try:
        decree = Decree(
            number=form.number.data or "", dated=form.dated.day, signatory=form.signatory.data or "",
            starts_on=form.starts_on.day, subject=form.subject.data or "", ends_on=form.ends_on.day,
            document=_chosen(form.document.data, assessment, known) if valid else None,
        )
        if known is None:
            made = teams.record_decision(db.session, assessment, actor(), decree)
        else:
            made = known
            teams.correct_decision(db.session, known, actor(), decree, request.form.get("version", ""))
    except Stale as refusal:
        stale = refusal
    except Refused as refusal:
        (form.refused if valid else form.also_refused)(refusal)
    if form.errors or stale:
        if files and not form.files.errors:
            form.files.errors = [CHOOSE_AGAIN]
        db.session.rollback()
        assessment = find(Assessment, to="write_team", period=period, subject=subject)
        known = _known(assessment, number) if number is not None else None
        return _page(assessment, form, known, stale), 409 if stale else 422
    if files:
        db.session.flush()
        teams.attach_file(made, _kept(assessment, files[0], made))
    flash(f"Keputusan {made.number} {'diperbaiki' if known else 'dicatat'}.")
    return answer(address("team", assessment, _anchor="keputusan"))


def _kept(assessment: Assessment, file: Arrived, made: TeamDecision) -> DocumentVersion:
    """The file in the instansi's library: the document that already holds these bytes, or a new one."""
    owner = assessment.period.organiser
    known = library.known_in_library(db.session, owner, file.kept.sha256)
    if known is not None:
        return known
    version = library.add_document(
        db.session, owner, actor(), title=f"Keputusan tim asesor internal {made.number}"[:200], kind="regulation",
        file_name=file.name, number=made.number, dated=made.dated, effective_on=made.starts_on, signatory=made.signatory,
        blob=library.remember_blob(db.session, file.kept.sha256, file.kept.size, file.kind.media_type),
    )
    db.session.flush()
    evidence_jobs.ask_to_read(db.session, version.blob)
    return version


def _documents(assessment: Assessment):
    return (
        listing(Document).where(Document.owner_org_id == assessment.period.organiser_id)
        .options(selectinload(Document.versions)).order_by(Document.id.desc())
    )


def _with_documents(assessment: Assessment, form: DecisionForm, known: TeamDecision | None) -> DecisionForm:
    """The newest documents of the instansi's library, and the one this decision has."""
    found = {str(one.id): one.title for one in db.session.scalars(_documents(assessment).limit(OFFERED))}
    if known is not None and known.document is not None:
        found.setdefault(str(known.document_id), known.document.document.title)
    form.document.choices = {"": "Belum ada berkas"} | found
    return form


def _chosen(typed: str | None, assessment: Assessment, known: TeamDecision | None) -> DocumentVersion | None:
    """The newest version of the chosen document; the same one again keeps the version it had."""
    number = plain_id(typed)
    if number is None:
        return None
    if known is not None and known.document_id == number:
        return known.document
    found = db.session.scalar(_documents(assessment).where(Document.id == number))
    return found.newest if found else None


def _typed(form: DecisionForm) -> dict[str, str]:
    """What was typed, by field, as the page puts it beside what is stored."""
    days = {name: written_day(form[name].day) if form[name].day else "" for name in ("dated", "starts_on", "ends_on")}
    words = {name: form[name].data or "" for name in ("number", "subject", "signatory")}
    return words | {"document": form.document.choices.get(form.document.data or "", "") if form.document.data else ""} | days


def _page(assessment: Assessment, form: DecisionForm, known: TeamDecision | None = None, stale: Stale | None = None):
    allowed = current_app.config["EVIDENCE_KINDS"]
    _with_documents(assessment, form, known)
    form.files.render_kw = {"accept": filetypes.accept_attribute(allowed)}
    form.files.description = (
        f"{filetypes.labels(allowed)}; paling besar {size(current_app.config['EVIDENCE_MAX_BYTES'])}. "
        "Berkasnya masuk pustaka instansi."
    )
    return render_template(
        "round/team_decision.html",
        assessment=assessment,
        period=assessment.period,
        form=form,
        known=known,
        version=teams.mark_of(known) if known else None,
        stale=stale,
        typed=_typed(form) if stale else {},
        may_upload=may("upload", assessment.period.organiser),
        to=lambda name, **more: address(name, assessment, **more),
        key=new_key,
    )
