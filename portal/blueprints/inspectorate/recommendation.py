"""S71: one recommendation with all that was said of it, as a page and as a printed sheet."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from flask import render_template, url_for
from sqlalchemy import select

from assessments.actors import Actor
from assessments.following_up import look_of, overdue
from assessments.instruments import Item
from assessments.models import DocumentVersion, Recommendation, Result, ResultValue
from assessments.models.recommendation import PRIORITIES, SOURCES, VERDICTS
from assessments.questions import is_team

from ... import evidence
from ...access import actor, find, listing, may
from ...extensions import db
from . import blueprint


@dataclass(frozen=True)
class Happened:
    """A line of the timeline."""

    at: datetime
    who: str
    what: str
    note: str = ""


@blueprint.get("/tindak-lanjut/<int:id>")
def recommendation(id: int):
    found = find(Recommendation, id=id)
    may_report, may_judge = may("report", found), may("verdict", found)
    return render_template(
        "inspectorate/recommendation.html",
        **said_of(found),
        value=_value_then(found),
        timeline=_timeline(found),
        report_url=url_for("inspectorate.report", id=found.id) if may_report else "",
        verify_url=url_for("inspectorate.verification", id=found.id) if may_judge else "",
    )


def said_of(found: Recommendation) -> dict:
    """What every page about one recommendation shows of it."""
    return {
        "recommendation": found,
        "look": look_of(found),
        "late": overdue(found),
        "item": item_of(found),
        "period": found.assessment.period if found.assessment else None,
        "owners": sorted(found.current_owners, key=lambda owner: owner.part != "lead"),
        "source": SOURCES[found.source],
        "priority": PRIORITIES[found.priority],
        "verdicts": VERDICTS,
        "opens": _opening(actor()),
        "evidence": evidence,
        "zone": found.instansi.clock_zone,
        "board_url": url_for("inspectorate.board"),
    }


def item_of(found: Recommendation) -> Item | None:
    return found.assessment.period.instrument.item(found.item) if found.assessment and found.item else None


def _opening(user: Actor):
    """Which proofs this reader may open: the team those of its instansi, an agency those of its own library."""
    team = is_team(user, None)

    def opens(version: DocumentVersion) -> bool:
        return team or version.document.owner_org_id == user.organization_id

    return opens


def _value_then(found: Recommendation) -> Fraction | None:
    """The settled value of the item the recommendation is about; the portal's own before that of another body."""
    if not found.assessment_id or not found.item:
        return None
    exact = db.session.scalar(
        select(ResultValue.exact)
        .join(ResultValue.result)
        .where(
            Result.id.in_(listing(Result).with_only_columns(Result.id)),
            Result.assessment_id == found.assessment_id,
            ResultValue.node == found.item,
        )
        .order_by(Result.source.desc(), Result.n.desc())
        .limit(1)
    )
    return Fraction(exact) if exact is not None else None


def _timeline(found: Recommendation) -> list[Happened]:
    """Plans, reports and verdicts in one line of time, the newest first."""
    lines = [
        *(Happened(plan.at, plan.by.name, f"Rencana {'diubah' if at else 'ditulis'}", plan.reason)
          for at, plan in enumerate(found.plans)),
        *(Happened(step.at, step.by.name, "OPD menyatakan selesai" if step.finished else "Kemajuan dilaporkan")
          for step in found.progress),
        *(Happened(verdict.at, verdict.by.name, VERDICTS[verdict.status], verdict.note) for verdict in found.verdicts),
    ]
    if found.released_at is not None:
        lines.append(Happened(found.released_at, "", "Rekomendasi terbit"))
    return sorted(lines, key=lambda line: line.at, reverse=True)
