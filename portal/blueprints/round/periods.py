"""S45: the rounds there are, and everything about one of them."""

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from assessments import history
from assessments.models import Assessment, Extension, Organization, Period, Person, Subject, Submission
from assessments.models.period import CLAIM_RULES, PERIOD_KINDS, PREDICATE_RULES, STAGES, SUBJECT_KINDS, TRACKS
from assessments.progress import progress
from assessments.workflow import look, open_transitions, opening_checklist

from ...access import actor, ask, find, listing, may
from ...extensions import db
from ...once import new_key
from . import blueprint
from .places import told
from .schedule import extension_form, stage_form


@blueprint.get("/kelola/periode")
def periods():
    ask("read", Period)
    rows = db.session.scalars(
        listing(Period)
        .options(lazyload(Period.extensions))
        .order_by(Period.year.desc(), Period.term.desc(), Period.id.desc())
    ).all()
    return render_template(
        "round/periods.html",
        rows=[(period, look(period), period.current_stage) for period in rows],
        tracks=TRACKS,
        kinds=PERIOD_KINDS,
        subject_kinds=SUBJECT_KINDS,
        works_there=may("read", Assessment),
        may_open=may("write", Period),
    )


@blueprint.get("/kelola/periode/<string:period>")
def period(period: str):
    return period_page(find(Period, slug=period))


def period_page(period: Period, *, stage=None, extension=None, problems=(), note: str = "", status: int = 200):
    """The page of a round, with the form that was refused where there is one."""
    in_hand = may("write", period)
    works_there = may("read", Assessment)
    parts = progress(db.session, period) if works_there else []
    steps = open_transitions(period, actor())
    checklist = opening_checklist(period) if any(step.name == "open" for step in steps) else []
    ready = all(line.done for line in checklist if line.required)
    page = render_template(
        "round/period.html",
        period=period,
        state=look(period),
        works_there=works_there,
        facts=_facts(period),
        unchecked=_unchecked(period),
        stages=STAGES,
        checklist=checklist,
        steps=[step for step in steps if ready or step.name != "open"],
        in_hand=in_hand,
        extensions=_extensions(period),
        parts=[(part, part.look) for part in parts],
        subjects=_subjects(period) if period.subjects == "agencies" and not parts else [],
        events=told(history.events_of(db.session, period)),
        stage_form=stage or (stage_form(period) if in_hand else None),
        extend_form=extension or (extension_form(period, parts) if in_hand and parts else None),
        problems=list(problems),
        form=stage or extension,
        note=note,
        key=new_key,
    )
    return page, status


def _facts(period: Period) -> list[tuple[str, str]]:
    instrument = period.instrument
    return [
        ("Jenis", PERIOD_KINDS[period.kind]),
        ("Jalur", TRACKS[period.track]),
        ("Yang dinilai", SUBJECT_KINDS[period.subjects]),
        ("Tahun dan termin", f"{period.year}, termin {period.term}"),
        ("Instrumen", f"{instrument.title} ({instrument.key}), {len(instrument.items)} butir"),
        ("Panduan", instrument.edition.title or instrument.guidance),
        ("Predikat dihitung dari", PREDICATE_RULES[period.predicate_rule]),
        ("Klaim instansi", CLAIM_RULES[period.claim_rule]),
    ]


def _unchecked(period: Period) -> list[str]:
    """Numbers of the items whose words were not compared with the official text."""
    instrument = period.instrument
    return [item.number for item in instrument.items if item.unverified or instrument.edition.unverified]


def _extensions(period: Period) -> list[tuple[Extension, str, str]]:
    """(extension, whom it touches, who gave it), newest first."""
    if not period.extensions:
        return []
    rows = db.session.execute(
        select(Extension, Submission, Person)
        .join(Person, Person.id == Extension.by_id)
        .outerjoin(Submission, Submission.id == Extension.submission_id)
        .where(Extension.period_id == period.id)
        .options(joinedload(Submission.organization).joinedload(Organization.states))
        .order_by(Extension.at.desc())
    ).unique()
    return [
        (extension, submission.organization.short_name if submission else "Semua OPD", person.name)
        for extension, submission, person in rows
    ]


def _subjects(period: Period) -> list[Assessment]:
    return list(
        db.session.scalars(
            listing(Assessment)
            .where(Assessment.period_id == period.id)
            .options(joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states))
        ).unique()
    )
