"""What a round needs before it opens, line by line: what must be there, and what may follow but is better known now.

Each line says with `place` where it is mended; the page turns that into an address. Asked in a handful of statements for any
number of agencies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, object_session

from .clock import day_of, now
from .models import (
    Account,
    Appointment,
    Assessment,
    GeneralQuestion,
    Holiday,
    Organization,
    Period,
    Share,
    TeamDecision,
)
from .models.team import TEAM_ROLES
from .stage_order import contradictions

NAMED_ITEMS = 12
OFFICES = ("coordinator", "responsible_officer", "entry_officer")
CREW = {"agency_operator": "operator", "agency_head": "kepala"}


@dataclass(frozen=True)
class ChecklistLine:
    """`text` says how it stands; `place` where it is mended: stage:<code>, subjects, shares, team, people, questions, holidays."""

    text: str
    done: bool
    required: bool = True
    place: str = ""


def opening_checklist(period: Period) -> list[ChecklistLine]:
    """Calendar, subjects and leads first, which a round cannot do without; then what may follow."""
    session = object_session(period)
    assessments, shares = _shared(session, period)
    return [*_needed(period, assessments, shares), *_wished(session, period, assessments, shares)]


def needed(period: Period) -> list[ChecklistLine]:
    """Only the first part: what the opening itself asks."""
    return _needed(period, *_shared(object_session(period), period))


def _shared(session: Session, period: Period) -> tuple[Sequence[int], Sequence[Share]]:
    """The assessments of a round, and who has which item of them."""
    assessments = session.scalars(select(Assessment.id).where(Assessment.period_id == period.id)).all()
    return assessments, session.scalars(select(Share).where(Share.assessment_id.in_(assessments))).all()


def _line(done: bool, good: str, bad: str, place: str, required: bool = True) -> ChecklistLine:
    return ChecklistLine(good if done else bad, done, required, place)


def _needed(period: Period, assessments: Sequence[int], shares: Sequence[Share]) -> list[ChecklistLine]:
    wanted = {(one, item.code) for one in assessments for item in period.instrument.items}
    without = wanted - {(share.assessment_id, share.item) for share in shares if share.part == "lead"}
    left = f"{len(without)} butir belum punya OPD utama{_numbers(period, {code for _one, code in without})}."
    return [
        _line(period.stage("self_assessment") is not None, "Tahap penilaian mandiri punya tanggal buka dan tutup.",
              "Tahap penilaian mandiri harus punya tanggal buka dan tutup.", "stage:self_assessment"),
        _line(period.stage("internal_check") is not None, "Tahap pemeriksaan internal punya tanggal.",
              "Tahap pemeriksaan internal belum punya tanggal.", "stage:internal_check", required=False),
        *(_line(False, "", sentence, f"stage:{code}", required=False) for code, sentence in contradictions(period)),
        _line(bool(assessments), "Yang dinilai sudah dipilih.", "Belum ada yang dinilai pada periode ini.", "subjects"),
        _line(bool(wanted) and not without, "Setiap butir punya OPD utama.",
              left if wanted else "Butir dibagikan sesudah yang dinilai dipilih.", "shares" if wanted else "subjects"),
    ]


def _numbers(period: Period, codes: set[str]) -> str:
    """Which items, where they are few enough to be named."""
    numbers = [item.number for item in period.instrument.items if item.code in codes]
    return f": {', '.join(numbers)}" if 0 < len(numbers) <= NAMED_ITEMS else ""


def _wished(session: Session, period: Period, assessments: Sequence[int], shares: Sequence[Share]) -> list[ChecklistLine]:
    """A team, its offices, people in the agencies, general questions, days off: one statement for what is counted."""
    years = sorted({period.year, *(day_of(end, period.zone).year for stage in period.stages for end in (stage.opens_at, stage.closes_at))})
    counted = session.execute(select(
        select(func.count()).select_from(TeamDecision).where(TeamDecision.assessment_id.in_(assessments)).scalar_subquery(),
        select(func.count()).select_from(GeneralQuestion).where(GeneralQuestion.period_id == period.id).scalar_subquery(),
        *(select(func.count()).select_from(Holiday).where(
            Holiday.instansi_id.is_(None), Holiday.day.between(date(year, 1, 1), date(year, 12, 31))
        ).scalar_subquery() for year in years),
    )).one()
    decisions, questions, days = counted[0], counted[1], dict(zip(years, counted[2:], strict=True))
    bare = [str(year) for year in years if not days[year]]
    agencies = {share.organization_id for share in shares}
    seats = _seats(session, period, agencies)
    whole = [] if period.subjects == "agencies" else [
        _line(decisions > 0, "Keputusan tim asesor internal sudah dicatat.", "Keputusan tim asesor internal belum dicatat.",
              "team", required=False),
        _offices({role for organization, role in seats if role in OFFICES}),
    ]
    asked = [] if period.subjects == "agencies" else [
        _line(questions > 0, f"{questions} pertanyaan umum sudah ditulis.", "Pertanyaan umum belum ditulis.", "questions", required=False)
    ]
    return [
        *whole,
        _crews(agencies, seats),
        *asked,
        _line(not bare, f"Hari libur nasional {' dan '.join(map(str, years))} sudah diisi.",
              f"Tabel hari libur nasional {' dan '.join(bare)} masih kosong; admin sistem mengisinya pada Data acuan.", "holidays",
              required=False),
    ]


def _seats(session: Session, period: Period, agencies: set[int]) -> set[tuple[int, str]]:
    """(organization, role) held today by somebody whose account works: the three offices, operators and heads."""
    today = day_of(now(), period.zone)
    rows = session.execute(
        select(Appointment.organization_id, Appointment.role)
        .join(Account, Account.person_id == Appointment.person_id)
        .join(Organization, Organization.id == Appointment.organization_id)
        .where(
            Account.active, Appointment.starts_on <= today,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= today),
            or_(Organization.id == period.organiser_id, Organization.instansi_id == period.organiser_id),
            or_(Appointment.role.in_(OFFICES), Appointment.role.in_(CREW) & Appointment.organization_id.in_(agencies)),
        )
        .distinct()
    )
    return {(organization, role) for organization, role in rows}


def _offices(held: set[str]) -> ChecklistLine:
    """The three offices without which nothing is entered, approved or signed."""
    missing = [TEAM_ROLES[role] for role in OFFICES if role not in held]
    return _line(not missing, "Koordinator SPBE, penanggung jawab, dan pelaksana entri data ada pejabatnya.",
                 f"Belum ada pejabat dengan akun aktif: {', '.join(missing)}.", "people", required=False)


def _crews(agencies: set[int], seats: set[tuple[int, str]]) -> ChecklistLine:
    """Agencies with items that nobody could fill, or nobody could vouch for."""
    lacking = {role: sum((agency, role) not in seats for agency in agencies) for role in CREW}
    words = " dan ".join(f"{count} OPD tanpa {CREW[role]}" for role, count in lacking.items() if count)
    return _line(bool(agencies) and not words, "Setiap OPD yang mendapat butir punya operator dan kepala dengan akun aktif.",
                 f"{words} dengan akun aktif." if agencies else "Operator dan kepala OPD diperiksa sesudah butir dibagikan.",
                 "people", required=False)
