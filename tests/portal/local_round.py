"""A round in which each agency is evaluated on its own, as far as a test needs it."""

from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import answering, attesting, checking, local_figures, subjects
from assessments.models import Assessment, Period, Submission
from assessments.workflow import advance
from tests import builders as build

THREE = ("kominfo", "bappeda", "dinkes")
SLUG = "2026-opd"


def local_round(session: Session, city: build.City, agencies=THREE, **more) -> Period:
    """Open, with these agencies in it; nobody has answered."""
    fields = {"slug": SLUG, "title": "Evaluasi SPBE 2026 tiap OPD (putaran lokal)", "subjects": "agencies"} | more
    period = build.draft(session, city, **fields)
    subjects.add_subjects(session, period, [city.agencies[key] for key in agencies], city.actor("round_manager"))
    advance(period, "open", city.actor("round_manager"))
    for key in agencies:
        seat(session, city, key)
    session.flush()
    return period


def seat(session: Session, city: build.City, key: str) -> None:
    """An operator and a head for the agency, under "operator.kominfo" and "head.kominfo"."""
    known = {"bappeda": ("operator", "head"), "dinkes": ("operator_other", "head_other")}
    for role, code in (("operator", "agency_operator"), ("head", "agency_head")):
        if f"{role}.{key}" in city.people:
            continue
        if key in known:
            city.people[f"{role}.{key}"] = city.people[known[key][role == "head"]]
        else:
            city.people[f"{role}.{key}"] = build.office(session, f"{role} {key}", city.agencies[key], code)


def part_of(session: Session, period: Period, city: build.City, key: str) -> Submission:
    return session.scalar(
        select(Submission)
        .join(Submission.assessment)
        .where(Assessment.period_id == period.id, Submission.organization_id == city.agencies[key].id)
    )


def filled(session: Session, city: build.City, period: Period, key: str, value: int) -> Submission:
    """Every item answered with this level and evidence, and vouched for by the head."""
    by, head, part = city.actor(f"operator.{key}"), city.actor(f"head.{key}"), part_of(session, period, city, key)
    proof = build.document(session, city.agencies[key], by, f"%PDF-{key}".encode())
    for contribution in part.contributions:
        answering.answer(contribution, by, Fraction(value), "Fakta contoh.", "Analisis contoh.", contribution.version)
        answering.cite(contribution, proof, by, [value], "hlm. 5")
        session.flush()
        answering.mark_item_ready(contribution, by)
    answering.hand_to_head(part, by)
    session.flush()
    attesting.attest(part, head, attesting.frozen_submission(part).sha256)
    session.flush()
    return part


def accepted(session: Session, city: build.City, period: Period, values: dict[str, int]) -> None:
    """{agency: level of every item}, checked and taken in: its claims are proposed by that."""
    by = city.actor("internal_assessor")
    for key, value in values.items():
        part = filled(session, city, period, key, value)
        for contribution in part.contributions:
            checking.check(contribution, by, "agreed", None, "", contribution.revision_n)
        session.flush()
        checking.accept(part, by)
        session.flush()


def settled(session: Session, city: build.City, period: Period, values: dict[str, int], published: bool = False) -> None:
    accepted(session, city, period, values)
    slugs = [city.agencies[key].slug for key in values]
    boss, manager = city.actor("responsible_officer"), city.actor("round_manager")
    session.expire_all()
    local_figures.approve_all(session, period, boss, dict.fromkeys(slugs, len(period.instrument.items)))
    session.flush()
    local_figures.send_chosen(session, period, boss, slugs)
    session.flush()
    local_figures.settle_all(session, period, manager, slugs)
    session.flush()
    if published:
        local_figures.publish_all(session, period, manager, slugs)
        session.flush()
