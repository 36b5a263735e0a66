"""A clarification in words: what both sides see of a question, its answers, its documents and its clock."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, func

from assessments import clarifying
from assessments.clock import now
from assessments.instruments import Item
from assessments.models import Assessment, Clarification, ClarificationReply, DocumentVersion
from assessments.models.period import STAGES
from assessments.panel_questions import is_external
from assessments.questions import is_agency, of_same_agency
from assessments.workflow import Look

from . import evidence
from .access import actor
from .extensions import db
from .formatting import listing, long_moment

FILTERS = {"": "Semua", "menunggu": "Menunggu jawaban", "terjawab": "Terjawab", "ditutup": "Ditutup"}
STATES = {"menunggu": "sent", "terjawab": "answered", "ditutup": "closed"}
PANEL = "Tim asesor eksternal"
HEAD = (
    "Indikator", "Nama indikator", "Tahap", "Status", "Batas jawaban", "Sisa waktu", "Macam", "Siapa", "Waktu", "Terlambat",
    "Isi", "Dokumen",
)


@dataclass(frozen=True)
class Paper:
    """A document that goes with an answer; `url` is empty where it has no address."""

    name: str
    url: str
    facts: str
    state: Look | None
    uses: list[str]
    plain: str


@dataclass(frozen=True)
class Line:
    """One thing that was said. `elsewhere` says of which agency documents are that this reader may not know."""

    kind: str
    who: str
    at: datetime
    text: str
    late: bool = False
    papers: list[Paper] = field(default_factory=list)
    elsewhere: str = ""


@dataclass(frozen=True)
class Shown:
    """One question with all that was said about it."""

    question: Clarification
    item: Item
    look: Look
    clock: str
    lines: list[Line]

    @property
    def id(self) -> int:
        return self.question.id

    @property
    def is_draft(self) -> bool:
        return self.question.state == "draft"

    @property
    def is_closed(self) -> bool:
        return self.question.state == "closed"

    @property
    def stage(self) -> str:
        return STAGES[self.question.stage]

    @property
    def due(self) -> datetime | None:
        return self.question.batch.due_at if self.question.batch else None


def show(questions: Sequence[Clarification], assessment: Assessment) -> list[Shown]:
    """In the order of the instrument, each item's questions as they were asked; one statement for the days off."""
    dues = [each.batch.due_at for each in questions if each.state == "sent" and each.batch]
    holidays = clarifying.holidays_around(db.session, assessment, dues)
    order = {item.code: n for n, item in enumerate(assessment.period.instrument.items)}
    rows = sorted(questions, key=lambda each: (order.get(each.item, len(order)), each.id))
    return [_shown(each, assessment, holidays) for each in rows]


def _shown(question: Clarification, assessment: Assessment, holidays: Collection[date]) -> Shown:
    period = assessment.period
    clock = ""
    if question.state == "sent" and question.batch is not None:
        clock = clarifying.clock_words(question.batch.due_at, now(), period.zone, holidays)
    asked = question.batch.at if question.batch else question.at
    first = Line("Pertanyaan", _panel_name(question.asked_by.name), asked, question.text)
    said = [_line(reply, period.zone) for reply in question.replies]
    return Shown(question, period.instrument.item(question.item), clarifying.LOOKS[question.state], clock, [first, *said])


def _panel_name(name: str) -> str:
    """Who of the panel asked is said within the panel; the instansi talks to the panel as one."""
    return name if is_external(actor(), "page") else PANEL


def _line(reply: ClarificationReply, zone: str) -> Line:
    if reply.from_panel:
        return Line("Tanggapan tim asesor", _panel_name(reply.by_label), reply.at, reply.text)
    versions = [(each.document_version, each.locator) for each in reply.files]
    mine = [(version, locator) for version, locator in versions if _opens(version)]
    owners = {version.document.owner_org.short_name for version, _ in versions if not _opens(version)}
    others = len(versions) - len(mine)
    return Line(
        "Jawaban", reply.by_label, reply.at, reply.text, reply.late,
        [_paper(version, locator, zone) for version, locator in mine],
        f"Disertai {others} dokumen milik {listing(sorted(owners))}." if others else "",
    )


def _opens(version: DocumentVersion) -> bool:
    """An agency learns of documents of its own library only; the doors of the bytes ask the policy themselves."""
    user = actor()
    return not is_agency(user, version) or of_same_agency(user, version)


def _paper(version: DocumentVersion, locator: str, zone: str) -> Paper:
    title, place = version.document.title, f", {locator}" if locator else ""
    return Paper(
        title,
        evidence.source(version),
        evidence.about(version, zone),
        evidence.reading(version),
        [evidence.link_to_page(version, locator, locator)] if locator else [],
        f"{title} (versi {version.n}){place}",
    )


def grouped(rows: Iterable[Shown]) -> list[tuple[Item, list[Shown]]]:
    """By item, in the order the rows have."""
    found: list[tuple[Item, list[Shown]]] = []
    for row in rows:
        if not found or found[-1][0] is not row.item:
            found.append((row.item, []))
        found[-1][1].append(row)
    return found


def counted(rows: Select) -> dict[str, int]:
    """{state: how many} of a narrowed SELECT of questions."""
    found = db.session.execute(
        rows.with_only_columns(Clarification.state, func.count()).group_by(Clarification.state)
    ).all()
    return dict(found)


def chosen(word: str | None) -> str:
    """The filter an address asks for; what is none of them shows all."""
    return word if word in STATES else ""


def table(rows: Iterable[Shown], zone: str) -> list[tuple]:
    """What the page says as lines of a table: one for each thing that was said."""
    return [
        (
            row.item.number, row.item.short_name, row.stage, row.look.label,
            long_moment(row.due, zone) if row.due else "", row.clock, line.kind, line.who, long_moment(line.at, zone),
            "ya" if line.late else "", line.text,
            "; ".join([*(paper.plain for paper in line.papers), *([line.elsewhere] if line.elsewhere else [])]),
        )
        for row in rows
        for line in row.lines
    ]
