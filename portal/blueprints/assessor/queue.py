"""S50: the assessments on whose panel somebody sits, how far each is, and the way to the next item."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from assessments import clarification_tasks
from assessments.blindness import counts, open_to
from assessments.clock import now
from assessments.meeting_questions import to_be_valued
from assessments.models import Assessment, Decision, Judgement, Organization, PanelMember, Period, Subject
from assessments.models.judgement import PANEL_ROLES
from assessments.models.meeting import MEETING_KINDS
from assessments.models.period import STAGES
from assessments.panel_questions import (
    SETTLED,
    declared_free,
    judged_stage,
    judges_here,
    panels_of,
    seat_on_panel,
    stage_running,
)
from assessments.workflow import look

from ...access import actor, ask, listing
from ...extensions import db
from . import blueprint
from .meeting_ways import PATHS as ROOMS
from .ways import address
from .work import Work, work_of


@dataclass(frozen=True)
class Row:
    """One assessment: what is left for this person, what the panel has, and until when."""

    assessment: Assessment
    member: PanelMember
    stage: str | None
    closes: datetime | None
    work: Work
    team: int
    judges: bool
    why_not: str | None
    following: str | None
    clarified: clarification_tasks.Count = clarification_tasks.NONE

    @property
    def name(self) -> str:
        return self.assessment.subject.name

    @property
    def part(self) -> str:
        return PANEL_ROLES[self.member.role]

    @property
    def state(self):
        return look(self.assessment)

    @property
    def stage_label(self) -> str:
        return STAGES[self.stage] if self.stage else ""

    @property
    def undeclared(self) -> bool:
        return self.member.conflict == "none" and self.assessment.state not in SETTLED

    @property
    def way(self) -> tuple[str, str]:
        """(words, address) of the step that waits where nothing is left to judge; empty where there is none."""
        state, lead = self.assessment.state, self.member.role == "lead"
        if state == "proposed_final":
            return ("Usulan menunggu penetapan", self.url("settling"))
        if self.stage in MEETING_KINDS and self.judges and self.why_not is None:
            return (f"Buka {self.stage_label.lower()}", self.url("meetings", room=ROOMS[self.stage]))
        if state in ("consolidating", "reviewing") and self.judges:
            return ("Usulkan hasil akhir" if lead else "Lihat nilai akhir", self.url("settling"))
        if state in SETTLED:
            return ("Lihat hasil", self.url("settling"))
        return ("", "")

    @property
    def number(self) -> str:
        return self.assessment.period.instrument.item(self.following).number if self.following else ""

    def url(self, endpoint: str, **more) -> str:
        return address(endpoint, self.assessment, **more)


@blueprint.get("/asesmen")
def queue():
    ask("list", "own_task")
    rows = _rows()
    return render_template(
        "assessor/queue.html",
        rows=rows,
        first=next((row for row in rows if row.following), None),
        undeclared=[row for row in rows if row.undeclared],
        zone=actor().zone,
        moment=now(),
    )


def _rows() -> list[Row]:
    """A fixed number of statements for any number of assessments; drafts of others are not fetched."""
    user = actor()
    assessments = db.session.scalars(
        listing(Assessment)
        .where(Assessment.id.in_(panels_of(user)))
        .options(
            joinedload(Assessment.period).options(
                joinedload(Period.instrument_copy), joinedload(Period.stages), joinedload(Period.extensions)
            ),
            joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states),
            selectinload(Assessment.panel),
            selectinload(Assessment.seats),
        )
    ).unique().all()
    if not assessments:
        return []
    ids = [assessment.id for assessment in assessments]
    said = db.session.execute(
        select(Judgement.assessment_id, Judgement.stage, Judgement.item, Judgement.person_id, counts()).where(
            Judgement.assessment_id.in_(ids), Judgement.state == "sent", open_to(user.person_id)
        )
    ).all()
    decided = db.session.execute(
        select(Decision.assessment_id, Decision.stage, Decision.item).where(Decision.assessment_id.in_(ids))
    ).all()
    clarified = clarification_tasks.counts_of(db.session, list(assessments))
    valued = to_be_valued(db.session, assessments)
    rows = [replace(_row(one, said, decided, valued.get(one.id)), clarified=clarified.get(one.id, clarification_tasks.NONE))
            for one in assessments]
    return sorted(rows, key=lambda row: (row.closes is None, row.closes, row.name))


def _row(assessment: Assessment, said, decided, valued) -> Row:
    user, stage = actor(), judged_stage(assessment)
    key = (assessment.id, stage)
    sent = [(item, person, told) for at, of, item, person, told in said if (at, of) == key]
    settled = {item for at, of, item in decided if (at, of) == key}
    work = work_of(
        assessment,
        stage,
        user.person_id,
        [item for item, person, _told in sent if person == user.person_id],
        settled,
        valued,
    )
    judges = judges_here(user, assessment)
    why_not = declared_free(user, assessment) or stage_running(user, assessment)
    return Row(
        assessment,
        seat_on_panel(user, assessment),
        stage,
        assessment.period.closes_at(stage, assessment) if stage else None,
        work,
        len({item for item, _person, told in sent if told} | settled),
        judges,
        why_not,
        work.following() if judges and why_not is None else None,
    )
