"""S80: the one page for the leadership: the newest result, what is missing, where it fell short, what runs now."""

from dataclasses import dataclass

from flask import render_template, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from assessments import claiming, whatif
from assessments.claiming import Provisional
from assessments.comparing import Comparison, compare, earlier_result, sent_claims
from assessments.models import Assessment, Organization, Period, Result, Subject, Submission
from assessments.panel_questions import is_external
from assessments.workflow import look

from ... import charts
from ...access import actor, ask, listing, may
from ...extensions import db
from ...loading import ROUND_WITH_RESULTS
from . import blueprint
from .results import SOURCES, address, axis_of
from .words import distance, finding, since_claim, since_earlier

VOUCHED = ("signed", "accepted")


@dataclass(frozen=True)
class Running:
    """The round that runs now; figures only for those who may read them while it runs."""

    period: Period
    assessment: Assessment | None = None
    now: Provisional | None = None
    parts: int = 0
    vouched: int = 0
    span: whatif.Span | None = None

    @property
    def band(self):
        return self.now.score.predicate(self.period.predicate_rule) if self.now and self.now.score else None


@blueprint.get("/pimpinan")
def board():
    ask("read", Result)
    found = _newest()
    lines = _compared(found) if found else None
    return render_template(
        "leadership/board.html",
        lines=lines,
        charts=charts,
        result=found,
        axis=axis_of(lines) if lines else None,
        finding=finding(lines) if lines else "",
        missing=distance(lines) if lines else ("", ""),
        since_claim=since_claim(lines) if lines else "",
        since_earlier=since_earlier(lines) if lines else "",
        sources=SOURCES,
        url=address("result", found) if found else "",
        running=_running(),
        simulation_url=address("simulated", found) if found and may("simulate", found.assessment) else "",
        look=look,
        overview=lambda assessment: url_for(
            "round.overview", period=assessment.period.slug, subject=assessment.subject.organization.slug
        ),
    )


def _newest() -> Result | None:
    """The result of the newest round this actor may see, always of a whole instansi; the official one first."""
    newest = (
        listing(Result)
        .with_only_columns(Result.assessment_id)
        .join(Assessment, Assessment.id == Result.assessment_id)
        .join(Period, Period.id == Assessment.period_id)
        .where(Period.track != "rehearsal", Period.subjects == "instansi")
        .order_by(Period.year.desc(), Period.term.desc(), Period.id.desc(), Result.source)
        .limit(1)
        .scalar_subquery()
    )
    assessment = db.session.scalars(ROUND_WITH_RESULTS.where(Assessment.id == newest)).unique().one_or_none()
    if assessment is None:
        return None
    ordered = sorted(assessment.results, key=lambda each: (each.source, -each.n))
    return next((result for result in ordered if may("read", result)), None)


def _compared(result: Result) -> Comparison:
    assessment = result.assessment
    return compare(
        result, sent_claims(db.session, assessment), earlier_result(db.session, assessment, listing(Result))
    )


def _running() -> Running | None:
    """The newest open round of the own instansi; who judges from outside has no own one."""
    if is_external(actor(), Period):
        return None
    open_ones = (
        (Period.state == "open") & (Period.track != "rehearsal") & (Period.subjects == "instansi")
    )
    newest = (Period.year.desc(), Period.term.desc(), Period.id.desc())
    if not may("read", Assessment):
        period = db.session.scalars(
            listing(Period)
            .where(open_ones)
            .order_by(*newest)
            .options(joinedload(Period.stages), joinedload(Period.extensions))
        ).unique().first()
        return Running(period) if period is not None and may("read", period) else None
    found = db.session.execute(
        listing(Assessment)
        .add_columns(_parts(), _parts(VOUCHED))
        .join(Assessment.period)
        .where(open_ones)
        .order_by(*newest)
        .options(
            contains_eager(Assessment.period).options(
                joinedload(Period.instrument_copy), joinedload(Period.stages), joinedload(Period.extensions)
            ),
            joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
        )
    ).unique().first()
    if found is None or not may("read", found[0]):
        return None
    assessment, parts, vouched = found
    now = None if assessment.sent else claiming.provisional(assessment)
    # Only while somebody still approves: what assessors confirm stays in their room until the result is made.
    span = None if assessment.sent else whatif.approval_span(db.session, assessment)
    return Running(assessment.period, assessment, now, parts, vouched, span)


def _parts(states: tuple[str, ...] = ()):
    """How many agencies have a part in an assessment, or how many of them stand for theirs."""
    counted = select(func.count(Submission.id)).where(Submission.assessment_id == Assessment.id)
    if states:
        counted = counted.where(Submission.state.in_(states))
    return counted.correlate(Assessment).scalar_subquery()
