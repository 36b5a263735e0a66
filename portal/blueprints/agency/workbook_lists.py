"""The items of an agency as a workbook lists them, and what came back as its page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from assessments.clock import now
from assessments.exchange.agency_workbook.comparing import Part, Proposal, load_answers
from assessments.exchange.agency_workbook.shape import VALUE, Head, Line, Proof, row_id
from assessments.instruments import Item
from assessments.lint import code_of
from assessments.models import Citation, Contribution, DocumentVersion, ReturnedWorkbook, Submission
from assessments.questions import being_filled
from assessments.workflow import Look, look

from ...access import actor
from ...differences import Stretch, difference
from ...extensions import db
from ...formatting import deadline, long_moment
from .ladder import shown_value

STATES = {
    "offered": Look("Belum diterapkan", "work", "half"),
    "applied": Look("Diterapkan", "ok", "check"),
    "undone": Look("Dibatalkan", "plain", "back"),
}


def state_words(returned: ReturnedWorkbook) -> Look:
    return STATES[returned.state]


def head_of(submission: Submission, viewer_zone: str) -> Head:
    period, closes = submission.period, submission.closes_at
    return Head(
        period=period.slug, title=period.title, agency=submission.organization.slug, agency_name=submission.organization.name,
        instrument=period.instrument.sha256, made=long_moment(now(), period.zone),
        closes=deadline(closes, period.zone, viewer_zone) if closes else "",
    )


def lines_and_proofs(submission: Submission) -> tuple[list[Line], list[Proof]]:
    """All items of this part in the order of the instrument, with what is cited for them: three statements."""
    answers = load_answers(db.session, submission)
    _with_citations(answers)
    lines, proofs = [], []
    for item in submission.period.instrument.items:
        answer = answers.get(item.code)
        if answer is not None:
            lines.append(_line(submission, item, answer))
            proofs.extend(_proof(item, citation) for citation in answer.citations)
    return lines, proofs


def _with_citations(answers: dict[str, Contribution]) -> None:
    by_answer: dict[int, list[Citation]] = {answer.id: [] for answer in answers.values()}
    for citation in db.session.scalars(
        select(Citation)
        .where(Citation.contribution_id.in_(by_answer))
        .order_by(Citation.id)
        .options(joinedload(Citation.cited).joinedload(DocumentVersion.document))
    ):
        by_answer[citation.contribution_id].append(citation)
    for answer in answers.values():
        set_committed_value(answer, "citations", by_answer[answer.id])
        for citation in answer.citations:
            set_committed_value(citation, "contribution", answer)


def _line(submission: Submission, item: Item, answer: Contribution) -> Line:
    last, zone = answer.revisions[-1] if answer.revisions else None, submission.period.zone
    return Line(
        id=row_id(submission.id, item.code), item=item, value=answer.value, facts=answer.facts, analysis=answer.analysis,
        state=look(answer).label, changed=f"{last.author.name}, {long_moment(last.at, zone)}" if last else "",
        revision=answer.revision_n, open=being_filled(actor(), answer) is None,
    )


def _proof(item: Item, citation: Citation) -> Proof:
    version = citation.cited
    return Proof(
        code_of(citation), item.number, version.document.title, ", ".join(filter(None, (citation.article, citation.locator))),
        ", ".join(map(str, citation.levels)), version.file_name or version.url or "",
    )


@dataclass(frozen=True)
class ShownPart:
    """One cell: `stored` and `returned` are stretches, each with what is not in the other marked; `whole` are both texts
    where the stretches leave something out."""

    name: str
    stored: list[Stretch]
    returned: list[Stretch]
    clashes: bool
    whole: tuple[str, str] | None


@dataclass(frozen=True)
class Shown:
    """One row of the list; `who` and `at` are of the newest writing in the portal."""

    proposal: Proposal
    parts: list[ShownPart]
    who: str
    at: object


class Effort:
    """How much is still compared word by word on one page: at most some million pairs of letters, well under a second.

    What differs more than that is shown as taken out and put in.
    """

    def __init__(self, pairs: int = 12_000_000):
        self.left = pairs

    def allows(self, one: str, other: str) -> bool:
        head = _alike(one, other)
        tail = _alike(one[head:][::-1], other[head:][::-1])
        pairs = (len(one) - head - tail) * (len(other) - head - tail)
        if pairs > self.left:
            return False
        self.left -= pairs
        return True


def _alike(one: str, other: str) -> int:
    """How many letters both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def shown_proposals(proposals: Iterable[Proposal], effort: Effort) -> list[Shown]:
    return [_shown(proposal, effort) for proposal in proposals]


def _shown(proposal: Proposal, effort: Effort) -> Shown:
    revisions = proposal.contribution.revisions
    return Shown(
        proposal, [_shown_part(proposal.item, part, effort) for part in proposal.parts],
        revisions[-1].author.name if revisions else "", revisions[-1].at if revisions else None,
    )


def _shown_part(item: Item, part: Part, effort: Effort) -> ShownPart:
    texts = [_value_words(item, text) if part.name == VALUE else text for text in (part.stored, part.returned)]
    if not all(texts):  # beside nothing there is nothing to mark
        stored, returned = ([Stretch("same", text)] if text else [] for text in texts)
        return ShownPart(part.name, stored, returned, part.clashes, None)
    pieces = difference(*texts) if effort.allows(*texts) else [Stretch("removed", texts[0]), Stretch("added", texts[1])]
    stored = [piece for piece in pieces if piece.kind != "added"]
    returned = [piece for piece in pieces if piece.kind != "removed"]
    cut = "".join(piece.text for piece in stored) != texts[0]
    return ShownPart(part.name, stored, returned, part.clashes, (texts[0], texts[1]) if cut else None)


def _value_words(item: Item, text: str) -> str:
    if not text:
        return ""
    value = Fraction(text)
    return f"{shown_value(item, value)} ({item.scale.level(value).name})"
