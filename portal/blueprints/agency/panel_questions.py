"""S30: what the assessors ask about items an agency holds, with the clock, and the answers with evidence of the library."""

import re
from dataclasses import dataclass

from flask import abort, flash, render_template, request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload
from wtforms import SelectField, StringField, TextAreaField

from assessments import clarification_hearers, clarifying, noticing
from assessments.clarifying import LONGEST, MOST_FILES, Carried
from assessments.models import Assessment, Clarification, Document, DocumentVersion
from assessments.panel_questions import is_external
from assessments.policies import entitled, obstacle
from assessments.questions import is_agency
from assessments.refusal import Refused

from ...access import actor, find, listing
from ...clarified import FILTERS, HEAD, STATES, chosen, counted, grouped, show, table
from ...extensions import db
from ...forms import Form, plain_id
from ...loading import LARGEST_ID, WITH_WHAT_WAS_SAID
from ...once import new_key, once
from ...plain_tables import as_csv
from . import blueprint

PLACE = "/penilaian/<string:period>/klarifikasi/<string:subject>"
PER_PAGE = 50
OFFERED = 200
PINNED = re.compile(r"([1-9][0-9]{0,9})-([1-9][0-9]{0,5})")


class AnswerForm(Form):
    """The text and some rows with a document ("id-version") and where in it to look."""

    text = TextAreaField("Jawaban")

    @property
    def rows(self) -> list[tuple]:
        return [(self[f"document{n}"], self[f"locator{n}"]) for n in range(MOST_FILES)]


for _n in range(MOST_FILES):
    setattr(AnswerForm, f"document{_n}", SelectField(f"Dokumen {_n + 1}", validate_choice=False))
    setattr(AnswerForm, f"locator{_n}", StringField(f"Halaman, bab, atau waktu {_n + 1}"))


@dataclass(frozen=True)
class Offered:
    """A document of the reader's library in its newest version."""

    key: str
    title: str


# ---------------------------------------------------------------- the list


@blueprint.get(PLACE)
def panel_questions(period: str, subject: str):
    assessment = find(Assessment, to="read_clarifications", period=period, subject=subject)
    rows, word = _of(assessment), chosen(request.args.get("saring"))
    counts = counted(rows)
    wanted = rows.where(Clarification.state == STATES[word]) if word else rows
    total = counts.get(STATES[word], 0) if word else sum(counts.values())
    last = max(1, -(-total // PER_PAGE))
    leaf = min(plain_id(request.args.get("halaman")) or 1, last)
    found = _shown(assessment, wanted)[(leaf - 1) * PER_PAGE : leaf * PER_PAGE] if total else []
    why_not = {row.id: _why_not(row.question) for row in found}
    return render_template(
        "agency/panel_questions.html",
        assessment=assessment,
        period=assessment.period,
        outside=is_external(actor(), "page"),
        of_agency=is_agency(actor(), "page"),
        groups=grouped(found),
        answers=lambda row: why_not[row.id] is None,
        counts=counts,
        total=sum(counts.values()),
        tab_links=[
            (f"{label} {counts.get(STATES[key], 0) if key else sum(counts.values())}",
             _at(assessment, saring=key or None), key == word)
            for key, label in FILTERS.items()
        ],
        page=leaf,
        last=last,
        link=lambda n: _at(assessment, saring=word or None, halaman=n),
        csv_url=url_for("agency.panel_question_table", period=period, subject=subject, saring=word or None),
        home=_home(assessment),
    )


@blueprint.get(f"{PLACE}/daftar.csv")
def panel_question_table(period: str, subject: str):
    """Exactly what the page shows under the same filter, over all its leaves."""
    assessment = find(Assessment, to="read_clarifications", period=period, subject=subject)
    word = chosen(request.args.get("saring"))
    rows = _of(assessment).where(Clarification.state == STATES[word]) if word else _of(assessment)
    return as_csv(HEAD, table(_shown(assessment, rows), assessment.period.zone), f"klarifikasi-{period}-{subject}")


def _of(assessment: Assessment) -> Select:
    return listing(Clarification).where(Clarification.assessment_id == assessment.id)


def _shown(assessment: Assessment, rows: Select):
    return show(db.session.scalars(rows.options(*WITH_WHAT_WAS_SAID)).unique().all(), assessment)


def _at(assessment: Assessment, **more) -> str:
    return url_for(
        "agency.panel_questions", period=assessment.period.slug, subject=assessment.subject.organization.slug, **more
    )


def _home(assessment: Assessment) -> tuple[str, str]:
    """Where this reader came from."""
    slug, user = assessment.period.slug, actor()
    if is_external(user, "page"):
        return "Antrean", url_for("assessor.queue")
    if is_agency(user, "page"):
        return f"Tugas {assessment.period.year}", url_for("agency.tasks", period=slug)
    return assessment.period.title, url_for("round.period", period=slug)


def _why_not(question: Clarification) -> str | None:
    """Why this reader cannot answer now; empty words for those whose part it is not. The rows listed are held by the reader."""
    user = actor()
    if not (is_agency(user, question) or entitled(user, "answer", question)):
        return ""
    return obstacle(user, "answer", question)


# ---------------------------------------------------------------- one question


@blueprint.get("/klarifikasi/<int:id>")
def panel_question(id: int):
    return _page(find(Clarification, id=id))


@blueprint.post("/klarifikasi/<int:id>")
def answer_panel_question(id: int):
    """One more answer, with versions of documents of the own library."""
    form = AnswerForm()
    try:
        question = find(Clarification, id=id, to="answer")
    except Refused as refused:
        return _too_late(id, refused, form)
    answer = once()
    try:
        reply = clarifying.answer(question, actor(), form.text.data, _chosen(form), _library())
    except Refused as refused:
        if refused.field is None:
            return _too_late(id, refused, form)
        db.session.rollback()
        form.refused(refused)
        return _page(find(Clarification, id=id), form), 422
    db.session.flush()
    assessment = question.assessment
    number = assessment.period.instrument.item(question.item).number
    path = url_for(
        "assessor.clarifications", period=assessment.period.slug, subject=assessment.subject.organization.slug,
        _anchor=f"tanya-{id}",
    )
    noticing.tell(
        db.session, clarification_hearers.judges_of(assessment), "clarification",
        f"{actor().organization_name} menjawab pertanyaan klarifikasi tentang indikator {number}.", path,
        f"clarification_reply:{reply.id}",
    )
    flash("Jawaban terkirim." + (" Jawaban ini tercatat terlambat." if reply.late else ""))
    return answer(url_for("agency.panel_question", id=id))


def _too_late(id: int, refused: Refused, form: AnswerForm):
    """It cannot be answered any more: the page says why and still holds the text."""
    db.session.rollback()
    return _page(find(Clarification, id=id), form, refused), 409


def _library() -> int | None:
    """Whose documents may go with an answer: the agency's own, for the team those of the instansi."""
    user = actor()
    return user.organization_id if is_agency(user, "page") else user.instansi_id


def _chosen(form: AnswerForm) -> list[Carried]:
    """Every row of the form; a document that is not in a library this reader may see does not exist."""
    wanted = [(PINNED.fullmatch(document.data or ""), document.data, locator.data or "") for document, locator in form.rows]
    keys = {(int(match[1]), int(match[2])) for match, _, _ in wanted if match and int(match[1]) <= LARGEST_ID}
    found = {}
    if keys:
        rows = db.session.scalars(
            select(DocumentVersion)
            .join(DocumentVersion.document)
            .where(
                Document.id.in_(listing(Document).with_only_columns(Document.id)),
                Document.id.in_([document for document, _ in keys]),
            )
            .options(joinedload(DocumentVersion.document))
        ).unique()
        found = {(row.document_id, row.n): row for row in rows}
    kept = []
    for match, typed, locator in wanted:
        version = found.get((int(match[1]), int(match[2]))) if match else None
        if version is None and typed:
            abort(404)
        kept.append(Carried(version, locator))
    return kept


def _offered() -> list[Offered]:
    """The documents of the own library in their newest versions, the newest first."""
    rows = db.session.execute(
        listing(Document)
        .join(Document.versions)
        .where(Document.owner_org_id == (_library() or 0))
        .with_only_columns(Document.id, Document.title, func.max(DocumentVersion.n))
        .group_by(Document.id, Document.title)
        .order_by(Document.id.desc())
        .limit(OFFERED)
    )
    return [Offered(f"{id}-{n}", f"{title} (versi {n})" if n > 1 else title) for id, title, n in rows]


def _page(question: Clarification, form: AnswerForm | None = None, late: Refused | None = None):
    assessment = question.assessment
    row = show([question], assessment)[0]
    entitled_here = entitled(actor(), "answer", question)
    why_not = obstacle(actor(), "answer", question) if entitled_here else ""
    writes = entitled_here and why_not is None
    form = form or AnswerForm(formdata=None)
    if writes:
        offered = [(each.key, each.title) for each in _offered()]
        for document, _locator in form.rows:
            document.choices = [("", "Tanpa dokumen"), *offered]
    return render_template(
        "agency/panel_question.html",
        row=row,
        question=question,
        assessment=assessment,
        period=assessment.period,
        writes=writes,
        why_not=why_not,
        late=late,
        form=form,
        typed=bool(form.errors) or any(document.data or locator.data for document, locator in form.rows),
        offers=bool(writes and offered),
        limit=LONGEST,
        key=new_key(),
        list_url=_at(assessment),
        library_owner=actor().organization_name if is_agency(actor(), "page") else "instansi",
    )
