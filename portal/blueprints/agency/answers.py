"""The answers of one agency as its pages list them: loaded at once, with their state in words."""

from dataclasses import dataclass

from flask import request, url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from assessments.entrusting import Pic, is_own
from assessments.instruments import Item
from assessments.lint import code_of
from assessments.models import Citation, Contribution, ContributionRevision, DocumentVersion, Submission
from assessments.workflow import Look, look

from ...access import actor
from ...extensions import db


def asked_agency() -> str:
    """Slug of the agency whose part is asked for; empty for the reader's own."""
    return request.args.get("opd", "")


def address(endpoint: str, submission: Submission, **more) -> str:
    """A page of this part; it names the agency only for readers from elsewhere."""
    if submission.organization_id != actor().organization_id:
        more["opd"] = submission.organization.slug
    return url_for(f"agency.{endpoint}", period=submission.period.slug, **more)


WITH_TEXTS = (
    selectinload(Contribution.revisions),
    selectinload(Contribution.citations).joinedload(Citation.cited).joinedload(DocumentVersion.document),
)
# A list says who saved when and how much evidence there is; it opens neither texts nor documents.
WITHOUT_TEXTS = (
    selectinload(Contribution.revisions).load_only(
        ContributionRevision.author_id, ContributionRevision.at, raiseload=True
    ),
    selectinload(Contribution.citations).raiseload(Citation.cited),
)


def with_answers(submission: Submission, *, texts: bool = False) -> Submission:
    """Load everything lists ask of the answers, in the order of the instrument: a fixed number of statements."""
    rows = db.session.scalars(
        select(Contribution)
        .where(Contribution.submission_id == submission.id)
        .options(*(WITH_TEXTS if texts else WITHOUT_TEXTS), selectinload(Contribution.check_marks))
    ).all()
    order = {item.code: n for n, item in enumerate(submission.period.instrument.items)}
    rows = sorted(rows, key=lambda row: order.get(row.item, len(order)))
    for row in rows:
        set_committed_value(row, "submission", submission)
        for citation in row.citations:
            set_committed_value(citation, "contribution", row)
    set_committed_value(submission, "contributions", rows)
    return submission


@dataclass(frozen=True)
class Row:
    """One item in a list of tasks."""

    answer: Contribution
    item: Item
    look: Look
    url: str
    pic: Pic | None = None

    @property
    def level(self):
        value = self.answer.value
        return None if value is None else self.item.scale.level(value)

    @property
    def is_ready(self) -> bool:
        return self.answer.state == "ready"

    @property
    def own(self) -> bool:
        """Whether the reader is its PIC, or stands in for that person."""
        return is_own(actor(), self.pic)

    @property
    def note(self) -> str:
        """What was asked to be mended, until it is handed in again."""
        if self.answer.returned_n is None:
            return ""
        refused = [mark for mark in self.answer.check_marks if mark.verdict == "needs_work"]
        return refused[-1].note if refused else "Dikembalikan untuk diperbaiki"

    @property
    def codes(self) -> list[tuple[str, Citation]]:
        return [(code_of(citation), citation) for citation in self.answer.citations]


def rows_of(submission: Submission, pics: dict[str, Pic | None] | None = None) -> list[Row]:
    """The rows of a submission whose answers are loaded; with `pics` they say who answers."""
    instrument, pics = submission.period.instrument, pics or {}
    return [
        Row(
            answer,
            instrument.item(answer.item),
            look(answer),
            address("item", submission, item=answer.item),
            pics.get(answer.item),
        )
        for answer in submission.contributions
    ]


def grouped(rows: list) -> list[tuple[str, str, list]]:
    """(title, note, rows) for each knot of the first tier, in the order of the instrument; rows know their `item`."""
    groups: list[tuple[str, str, list]] = []
    for row in rows:
        top = row.item.path[0] if row.item.path else None
        title = top.name if top else ""
        if not groups or groups[-1][0] != title:
            groups.append((title, str(top) if top else "", []))
        groups[-1][2].append(row)
    return [(title, f"{note}, {len(found)} indikator" if note else "", found) for title, note, found in groups]
