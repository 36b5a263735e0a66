"""S30 as one page: every question of an agency, or of all agencies for the team, with how long each has waited."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from sqlalchemy import case, func, select
from sqlalchemy.orm import contains_eager, selectinload

from assessments import asking
from assessments.asking import Help, Said, Thread
from assessments.clock import day_of, today
from assessments.models import (
    Assessment,
    Clarification,
    Contribution,
    ItemHelp,
    Organization,
    Period,
    Question,
    Subject,
    Submission,
)
from assessments.questions import is_agency
from assessments.working_days import holidays_of, working_days_between

from ...access import actor, ask, find, listing
from ...extensions import db
from ...forms import plain_id
from ...talk import Way, way_of
from . import blueprint
from .answers import address, asked_agency

PER_PAGE = 25
FILTERS = {"": "Menunggu jawaban", "terjawab": "Terjawab", "ditutup": "Ditutup", "semua": "Semua"}
STATES = {"": "open", "terjawab": "answered", "ditutup": "closed"}


@dataclass(frozen=True)
class Group:
    """The threads of one answer, with the words around them."""

    contribution: Contribution
    threads: list[Thread]
    way: Way
    number: str
    name: str
    agency: str
    url: str


@blueprint.get("/penilaian/<string:period>/klarifikasi")
def clarifications(period: str):
    """All threads of one agency; for the team those of every agency."""
    user = actor()
    if is_agency(user, None) or asked_agency():
        submission = find(Submission, period=period, organization=asked_agency())
        whole = submission.period
        rows = listing(Question).where(Question.contribution.has(Contribution.submission_id == submission.id))
    else:
        submission = None
        rows = listing(Question)
        ask("read", Question)
        whole = find(Period, slug=period)
        rows = rows.where(Question.contribution.has(
            Contribution.submission.has(Submission.assessment.has(Assessment.period_id == whole.id))
        ))
    chosen = request.args.get("saring", "")
    chosen = chosen if chosen in FILTERS else ""
    counts = dict(db.session.execute(
        rows.with_only_columns(Question.state, func.count()).group_by(Question.state)
    ).all())
    if chosen in STATES:
        rows = rows.where(Question.state == STATES[chosen])
    total = counts.get(STATES[chosen], 0) if chosen in STATES else sum(counts.values())
    last = max(1, -(-total // PER_PAGE))
    page = min(plain_id(request.args.get("halaman")) or 1, last)
    found = db.session.scalars(
        rows.join(Question.contribution)
        .join(Contribution.submission)
        .join(Submission.organization)
        .options(
            contains_eager(Question.contribution).contains_eager(Contribution.submission).contains_eager(Submission.organization)
            .joinedload(Organization.states),
            contains_eager(Question.contribution).contains_eager(Contribution.submission).joinedload(Submission.assessment),
            selectinload(Question.replies),
        )
        .order_by(Question.at, Question.id)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    ).unique().all()
    keep = {"period": period, "opd": asked_agency() or None}
    return render_template(
        "agency/clarifications.html",
        period=whole,
        agency=submission.organization if submission else None,
        groups=_grouped(found, whole),
        total=sum(counts.values()),
        tab_links=[
            (f"{label} {counts.get(STATES[key], 0) if key in STATES else sum(counts.values())}",
             url_for("agency.clarifications", saring=key or None, **keep), key == chosen)
            for key, label in FILTERS.items()
        ],
        page=page,
        last=last,
        link=lambda n: url_for("agency.clarifications", saring=chosen or None, halaman=n, **keep),
        home=address("tasks", submission) if submission else url_for("round.period", period=period),
        of_panels=_of_panels(whole),
    )


def _of_panels(period: Period) -> list[tuple[str, int, str]]:
    """(subject, questions that wait, address) of the assessors' own questions this reader may answer or read."""
    rows = db.session.execute(
        listing(Clarification)
        .join(Clarification.assessment)
        .join(Assessment.subject)
        .join(Organization, Organization.id == Subject.organization_id)
        .where(Assessment.period_id == period.id)
        .with_only_columns(Organization.slug, func.sum(case((Clarification.state == "sent", 1), else_=0)))
        .group_by(Organization.slug)
        .order_by(Organization.slug)
    ).all()
    return [(slug, waiting, url_for("agency.panel_questions", period=period.slug, subject=slug)) for slug, waiting in rows]


def _grouped(found: list[Question], period: Period) -> list[Group]:
    """The threads by answer, in the order of the oldest one, with how long each has waited."""
    zone, day = period.zone, today(period.zone)
    oldest = min((day_of(question.at, zone) for question in found), default=day)
    holidays = holidays_of(db.session, period.organiser_id, oldest, day) if found else frozenset()
    helps = _helps_of(found)
    groups: dict[int, Group] = {}
    for question in found:
        contribution = question.contribution
        if contribution.id not in groups:
            item = period.instrument.item(contribution.item)
            groups[contribution.id] = Group(
                contribution, [], way_of(contribution), item.number, item.short_name,
                contribution.submission.organization.short_name, address("item", contribution.submission, item=item.code),
            )
        thread = _thread(question, helps)
        if question.state == "open":
            days = working_days_between(day_of(thread.last.at, zone), day, holidays)
            thread.waited = f"menunggu {days} hari kerja" if days else "sejak hari ini"
        groups[contribution.id].threads.append(thread)
    return list(groups.values())


def _thread(question: Question, helps: dict[int, Help]) -> Thread:
    said = Said(question.id, question.asked_by_label, question.from_team, question.text, question.at)
    replies = [Said(each.id, each.by_label, each.from_team, each.text, each.at) for each in question.replies]
    given = next((helps[each.id] for each in question.replies if each.id in helps), None)
    return Thread(said, question.state, replies, given)


def _helps_of(found: list[Question]) -> dict[int, Help]:
    """{reply: the help it became}."""
    replies = [reply.id for question in found for reply in question.replies]
    if not replies or actor().role not in asking.HEARING:
        return {}
    rows = db.session.scalars(select(ItemHelp).where(ItemHelp.reply_id.in_(replies), ItemHelp.ended_at.is_(None)))
    return {row.reply_id: Help(row.text, "", row.at, 0, row.reply_id) for row in rows if row.reply_id}
