"""The register of policies: which article serves which items, when each was reviewed last and has to be reviewed next.

A review or an evaluation of a policy counts while it is under two years old (pedoman 3/2024 p.10, 130), so the next one is
due on the day two years after the last one, or after the policy's own date where nobody reviewed it yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, lazyload, object_session

from .actors import Actor
from .clock import today
from .lint.dates import years_before
from .models import Assessment, Citation, Contribution, Document, DocumentReview, DocumentVersion, Period, Submission
from .models.reviewing import REVIEW_KINDS
from .policies import visible
from .refusal import Refused, Together
from .tasks_shape import Task
from .texts import clean
from .workflow import Look, happened

YEARS, WARNED_MONTHS = 2, 6
TEXT_LENGTH = 4000
STATES = {
    "late": Look("Lewat dua tahun", "bad", "warning"),
    "soon": Look("Segera direviu", "warn", "warning"),
    "never": Look("Belum pernah direviu", "plain", "ring"),
    "fresh": Look("Reviu masih berlaku", "ok", "check"),
}


@dataclass(frozen=True)
class Standing:
    """One policy: its last review, the day before which the next one must be, and how that looks today."""

    document: Document
    last: DocumentReview | None
    due: date | None
    state: str

    @property
    def look(self) -> Look:
        return STATES[self.state]

    @property
    def version(self) -> DocumentVersion:
        return self.document.newest


@dataclass(frozen=True)
class Serving:
    """An article that serves an item, at which levels; `article` is empty where the citation names none."""

    article: str
    number: int
    name: str
    levels: tuple[int, ...]

    @property
    def sentence(self) -> str:
        levels = f", tingkat {', '.join(map(str, self.levels))}" if self.levels else ""
        return f"{self.article or 'Tanpa pasal'}: indikator {self.number} {self.name}{levels}"


# ---------------------------------------------------------------- days


def years_after(day: date, years: int) -> date:
    """The same day of a later year; after the 29th of February the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
    return date(year, month, min(day.day, last))


def _cut(day: date) -> date:
    """What was reviewed on this day or before is due by `day`."""
    return years_before(day, YEARS)


# ---------------------------------------------------------------- the register


_own_day = (
    select(func.coalesce(DocumentVersion.dated, DocumentVersion.effective_on))
    .where(DocumentVersion.document_id == Document.id)
    .order_by(DocumentVersion.n.desc())
    .limit(1)
    .correlate(Document)
    .scalar_subquery()
)
_reviewed = (
    select(func.max(DocumentReview.reviewed_on))
    .where(DocumentReview.document_id == Document.id)
    .correlate(Document)
    .scalar_subquery()
)
_counted_from = func.coalesce(_reviewed, _own_day)


def register(user: Actor, state: str = "") -> Select:
    """The policies this reader sees, the one that is due first before the others; `state` is one of STATES."""
    rows = visible(user, Document).where(or_(Document.kind == "regulation", _reviewed.is_not(None)))
    day = today(user.office_zone)
    late, soon = _counted_from <= _cut(day), _counted_from <= _cut(months_after(day, WARNED_MONTHS))
    wishes = {
        "late": late,
        "soon": soon & ~late,
        "never": _reviewed.is_(None) & (_counted_from.is_(None) | ~soon),
        "fresh": _reviewed.is_not(None) & ~soon,
    }
    if state in wishes:
        rows = rows.where(wishes[state])
    return rows.order_by(case((_counted_from.is_(None), 1), else_=0), _counted_from, Document.id)


def standings(session: Session, user: Actor, documents: Sequence[Document]) -> list[Standing]:
    """How each of these stands today; one statement."""
    newest: dict[int, DocumentReview] = {}
    for review in session.scalars(
        select(DocumentReview)
        .where(DocumentReview.document_id.in_([document.id for document in documents]))
        .order_by(DocumentReview.reviewed_on, DocumentReview.id)
    ):
        newest[review.document_id] = review
    day = today(user.office_zone)
    return [_standing(document, newest.get(document.id), day) for document in documents]


def _standing(document: Document, last: DocumentReview | None, day: date) -> Standing:
    since = last.reviewed_on if last else document.newest.dated or document.newest.effective_on
    due = years_after(since, YEARS) if since else None
    if due is not None and due <= day:
        state = "late"
    elif due is not None and due <= months_after(day, WARNED_MONTHS):
        state = "soon"
    else:
        state = "never" if last is None else "fresh"
    return Standing(document, last, due, state)


def reviews_of(document: Document) -> list[DocumentReview]:
    """All reviews of one policy, the newest first, with what proves them."""
    return list(
        object_session(document).scalars(
            select(DocumentReview)
            .where(DocumentReview.document_id == document.id)
            .options(
                joinedload(DocumentReview.by),
                joinedload(DocumentReview.proof).joinedload(DocumentVersion.document),
            )
            .order_by(DocumentReview.reviewed_on.desc(), DocumentReview.id.desc())
        )
    )


def servings(session: Session, user: Actor, documents: Sequence[int]) -> dict[int, list[Serving]]:
    """{document: which article serves which item} in the answers this reader sees, over all rounds; one statement."""
    rows = session.execute(
        select(Citation.document_id, Citation.article, Citation.levels, Contribution.item, Period)
        .join(Citation.contribution)
        .join(Contribution.submission)
        .join(Submission.assessment)
        .join(Assessment.period)
        .where(
            Citation.document_id.in_(documents),
            Submission.id.in_(visible(user, Submission).with_only_columns(Submission.id)),
        )
        .options(joinedload(Period.instrument_copy), lazyload(Period.stages), lazyload(Period.extensions))
        .order_by(Citation.id)
    )
    found: dict[int, dict[tuple, set[int]]] = {}
    for document, article, levels, code, period in rows:
        item = period.instrument.item(code)
        found.setdefault(document, {}).setdefault((item.number, article, item.short_name), set()).update(levels)
    return {
        document: [Serving(article, number, name, tuple(sorted(levels))) for (number, article, name), levels in sorted(said.items())]
        for document, said in found.items()
    }


# ---------------------------------------------------------------- recording


def record_review(
    document: Document, by: Actor, *, kind: str, reviewed_on: date | None, issues: str, recommendations: str,
    proof: DocumentVersion | None = None,
) -> DocumentReview:
    """Say that a policy was reviewed: when, what was found, what was advised and what proves it."""
    with Together() as faults:
        with faults.noted():
            if kind not in REVIEW_KINDS:
                raise Refused("Pilih jenis reviu dari daftar.", field="kind")
        with faults.noted():
            _possible(document, by, reviewed_on)
        with faults.noted():
            issues = clean(issues, TEXT_LENGTH, "Permasalahan", "issues")
        with faults.noted():
            recommendations = clean(recommendations, TEXT_LENGTH, "Rekomendasi", "recommendations")
        with faults.noted():
            if proof is not None and (proof.document.owner_org_id != document.owner_org_id or proof.document.removed_at):
                raise Refused("Pilih bukti dari pustaka yang sama.", field="proof")
    review = DocumentReview(
        document=document, kind=kind, reviewed_on=reviewed_on, issues=issues, recommendations=recommendations,
        proof=proof, by_id=by.person_id,
    )
    object_session(document).add(review)
    happened(document, "review", f"{REVIEW_KINDS[kind]} dicatat", by)
    return review


def _possible(document: Document, by: Actor, day: date | None) -> None:
    if day is None:
        raise Refused("Isi tanggal reviu.", field="reviewed_on")
    if day > today(by.office_zone):
        raise Refused("Tanggal reviu belum tiba. Catat sesudah reviunya dilakukan.", field="reviewed_on")
    first = min((version.dated for version in document.versions if version.dated), default=None)
    if first is not None and day < first:
        raise Refused("Tanggal reviu mendahului tanggal kebijakannya.", field="reviewed_on")


# ---------------------------------------------------------------- what there is to do


def of_agency(session: Session, user: Actor) -> list[Task]:
    """Policies whose two years run out, for the operator who has them reviewed and for the head who hears of it."""
    day = today(user.office_zone)
    rows = register(user).with_only_columns(_counted_from.label("since")).order_by(None).subquery()
    late, soon = session.execute(
        select(
            func.count(case((rows.c.since <= _cut(day), 1))),
            func.count(case((rows.c.since <= _cut(months_after(day, WARNED_MONTHS)), 1))),
        )
    ).one()
    own, found = user.role == "agency_operator", []
    if late:
        why = "Reviu atau evaluasinya berumur dua tahun atau lebih, jadi tidak lagi dihitung."
        found.append(Task("policies", f"{late} kebijakan lewat waktu reviu", why, "Buka daftar kebijakan", pressing=own))
    if soon > late:
        why = f"Dua tahun sejak reviu terakhir berakhir dalam {WARNED_MONTHS} bulan. Catat reviu berikutnya sebelum itu."
        found.append(Task("policies", f"{soon - late} kebijakan segera perlu direviu", why, "Buka daftar kebijakan", pressing=own))
    return found


__all__ = [
    "REVIEW_KINDS", "STATES", "Serving", "Standing", "of_agency", "record_review", "register",
    "reviews_of", "servings", "standings",
]
