"""S20: what this agency has to answer in a round, and how far it is."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from assessments import carrying, entrusting, history
from assessments.clock import now
from assessments.models import Appointment, Assessment, Period, Submission
from assessments.progress import meter
from assessments.questions import is_agency
from assessments.workflow import look

from ...access import actor, ask, find, listing, may
from ...extensions import db
from . import blueprint
from .answers import Row, address, asked_agency, grouped, rows_of, with_answers

TABS = {"": "Semua", "saya": "Tugas saya", "belum": "Belum lengkap", "catatan": "Ada catatan"}


@blueprint.get("/penilaian")
def tasks_home():
    """To the newest open round of the own agency; else say that there is none and which comes next."""
    ask("list", "own_task")
    if is_agency(actor(), None):
        newest = db.session.scalar(
            listing(Submission)
            .join(Submission.assessment)
            .join(Assessment.period)
            .where(Period.state == "open")
            .order_by(Period.year.desc(), Period.term.desc(), Period.id.desc())
            .options(contains_eager(Submission.assessment).contains_eager(Assessment.period))
            .limit(1)
        )
        if newest is not None:
            return redirect(url_for("agency.tasks", period=newest.period.slug))
    rounds = db.session.scalars(listing(Period).order_by(Period.year.desc(), Period.id.desc()).limit(12)).all()
    ahead = [period for period in rounds if (stage := period.stage("self_assessment")) and stage.opens_at > now()]
    return render_template("agency/no_tasks.html", ahead=ahead, earlier=_earlier())


def _earlier() -> list[Submission]:
    """Rounds this agency took part in before."""
    if not is_agency(actor(), None):
        return []
    return list(
        db.session.scalars(
            listing(Submission)
            .join(Submission.assessment)
            .join(Assessment.period)
            .order_by(Period.year.desc(), Period.id.desc())
            .options(contains_eager(Submission.assessment).contains_eager(Assessment.period))
            .limit(12)
        )
    )


@blueprint.get("/penilaian/<string:period>")
def tasks(period: str):
    submission = with_answers(find(Submission, period=period, organization=asked_agency()))
    rows = rows_of(submission, entrusting.pics_of(db.session, submission))
    named = sum(row.pic is not None for row in rows)
    tabs = TABS if named and is_agency(actor(), submission) else {key: label for key, label in TABS.items() if key != "saya"}
    chosen = request.args.get("saring", "")
    chosen = chosen if chosen in tabs else ""
    return render_template(
        "agency/tasks.html",
        submission=submission,
        period=submission.period,
        state=look(submission),
        progress=meter(row.look for row in rows),
        groups=grouped([row for row in rows if _shown(row, chosen)]),
        ready=sum(row.is_ready for row in rows),
        total=len(rows),
        tab_links=[
            (f"{label} {sum(_shown(row, key) for row in rows)}", _tab(submission, key), key == chosen)
            for key, label in tabs.items()
        ],
        named=named,
        may_entrust=may("entrust", submission),
        entrust_url=address("entrust", submission),
        before=history.before(db.session, submission.assessment),
        copyable=carrying.can_be_copied(db.session, submission) if may("carry_over", submission) else 0,
        carry_url=address("carry_over", submission),
        workbook_url=address("workbook", submission),
        talk_url=address("clarifications", submission),
        objections_url=address("objections", submission) if _has_window(submission) else None,
        resume=_last_edited(rows) if may("mark_ready", submission) else None,
        signers=_heads(submission.organization_id),
        can_hand_in=may("mark_ready", submission),
        review_url=address("review", submission),
        sent_url=address("sent", submission) if submission.state in ("ready", "signed", "accepted") else None,
    )


def _has_window(submission: Submission) -> bool:
    """Whether this reader answers provisional values of the round."""
    return submission.period.stage("objection") is not None and may("read_provisional", submission)


def _shown(row: Row, tab: str) -> bool:
    if tab == "saya":
        return row.own
    if tab == "belum":
        return not row.is_ready
    return bool(row.note) if tab == "catatan" else True


def _tab(submission: Submission, key: str) -> str:
    return address("tasks", submission, saring=key or None)


@dataclass(frozen=True)
class Edited:
    row: Row
    at: object


def _last_edited(rows: list[Row]) -> Edited | None:
    """What the reader worked on last, while something of it is left to do."""
    me = actor().person_id
    edits = [
        Edited(row, revision.at)
        for row in rows
        if not row.is_ready
        for revision in row.answer.revisions
        if revision.author_id == me
    ]
    return max(edits, key=lambda edit: edit.at, default=None)


def _heads(organization_id: int) -> list[Appointment]:
    """Who vouches for this agency today."""
    found = db.session.scalars(
        select(Appointment)
        .where(Appointment.organization_id == organization_id, Appointment.role == "agency_head")
        .options(joinedload(Appointment.person))
    )
    return [appointment for appointment in found if appointment.held_on()]
