"""S45: the rounds there are, and everything about one of them."""

from flask import render_template, url_for
from sqlalchemy.orm import joinedload

from assessments import history
from assessments.extending import given
from assessments.models import Account, Assessment, Organization, Period, Subject
from assessments.models.period import CLAIM_RULES, PERIOD_KINDS, PREDICATE_RULES, STAGES, SUBJECT_KINDS, TRACKS
from assessments.opening_list import opening_checklist
from assessments.progress import progress
from assessments.reader_choice import READERS, readers_of
from assessments.stage_order import contradictions
from assessments.workflow import look, open_transitions

from ...access import actor, ask, find, listing, may
from ...extensions import db
from ...once import new_key
from . import blueprint
from .places import told
from .readers import readers_form
from .schedule import stage_form


@blueprint.get("/kelola/periode")
def periods():
    ask("read", Period)
    rows = db.session.scalars(
        listing(Period)
        .options(joinedload(Period.stages), joinedload(Period.extensions))
        .order_by(Period.year.desc(), Period.term.desc(), Period.id.desc())
    ).unique().all()
    return render_template(
        "round/periods.html",
        rows=[(period, look(period), period.current_stage) for period in rows],
        tracks=TRACKS,
        kinds=PERIOD_KINDS,
        subject_kinds=SUBJECT_KINDS,
        works_there=may("read", Assessment),
        may_open=may("write", Period),
        may_compare=may("compare", "pack"),
    )


@blueprint.get("/kelola/periode/<string:period>")
def period(period: str):
    return period_page(find(Period, slug=period))


def period_page(period: Period, *, stage=None, readers=None, problems=(), note: str = "", status: int = 200):
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
        clashes=[] if checklist else [sentence for _code, sentence in contradictions(period)],
        checklist=[(line, mending(period, line.place)) for line in checklist],
        steps=[step for step in steps if ready or step.name != "open"],
        in_hand=in_hand,
        extensions=given(db.session, period) if period.extensions else [],
        parts=[(part, part.look) for part in parts],
        subjects=_subjects(period) if period.subjects == "agencies" and not works_there else [],
        events=told(history.events_of(db.session, period)),
        stage_form=stage or (stage_form(period) if in_hand else None),
        readers_form=readers or (readers_form(period) if in_hand else None),
        may_extend=in_hand and bool(parts),
        problems=list(problems),
        form=readers or stage,
        note=note,
        key=new_key,
    )
    return page, status


def mending(period: Period, place: str) -> str:
    """Where a line of the opening list is put right; nothing for whoever may not."""
    kind, _colon, code = place.partition(":")
    match kind:
        case "stage":
            return url_for("round.period", period=period.slug, tahap=code, _anchor="atur")
        case "subjects" if period.subjects == "agencies":
            return url_for("round.subjects", period=period.slug)
        case "shares" if period.subjects == "instansi":
            return url_for("round.sharing", period=period.slug, subject=period.organiser.slug)
        case "team" if period.subjects == "instansi":
            return url_for("round.team", period=period.slug, subject=period.organiser.slug)
        case "people" if may("read", Account):
            return url_for("account.people")
        case "questions":
            return url_for("round.general_questions", period=period.slug)
        case "holidays" if may("administer", "reference"):
            return url_for("reference_holiday.index_view")
    return ""


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
        ("Klaim OPD" if period.of_agencies else "Klaim instansi", CLAIM_RULES[period.claim_rule]),
        ("Berita acara dan persetujuan publikasi",
         "ditandatangani Koordinator SPBE sebelum dikirim" if period.asks_papers else "tidak diminta sebelum dikirim"),
        ("Penilai tiap indikator", READERS[readers_of(period)].lower()),
    ]


def _unchecked(period: Period) -> list[str]:
    """Numbers of the items whose words were not compared with the official text."""
    instrument = period.instrument
    return [item.number for item in instrument.items if item.unverified or instrument.edition.unverified]


def _subjects(period: Period) -> list[Assessment]:
    return list(
        db.session.scalars(
            listing(Assessment)
            .where(Assessment.period_id == period.id)
            .options(joinedload(Assessment.subject).joinedload(Subject.organization).joinedload(Organization.states))
        ).unique()
    )
