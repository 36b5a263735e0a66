"""What there is to do for one office today, the most pressing first, derived from the state of the rounds.

A task names what, why and where; which page that is, the portal knows. However many rounds, agencies or items: as many statements.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from . import mend_dates
from .actors import Actor
from .clarification_tasks import to_answer
from .clock import now, today
from .consolidation_tasks import to_object
from .inventory.tasks import of_keeper, of_owner
from .local_tasks import settling
from .meeting_tasks import of_sessions
from .models import (
    Appointment,
    Assessment,
    Claim,
    Contribution,
    Organization,
    Period,
    Recommendation,
    Share,
    Subject,
    Submission,
)
from .next_items import SEPARATOR, entrusted, next_item, sooner
from .open_recommendations import AWAITS, OPEN, PLANNED, counted, late
from .panel_tasks import of_assessor
from .policies import visible
from .reviews import of_agency
from .signing_tasks import sending, signing
from .tasks_shape import Task

LEADING = ("agency_head", "agency_operator")


@dataclass(frozen=True)
class Today:
    """The tasks of an office, and when something begins next where there is none."""

    tasks: list[Task]
    next_opening: datetime | None
    next_title: str

    @property
    def pressing(self) -> list[Task]:
        return [task for task in self.tasks if task.pressing]

    @property
    def others(self) -> list[Task]:
        return [task for task in self.tasks if not task.pressing]


def today_of(session: Session, user: Actor) -> Today:
    """Everything the start page of this office says."""
    periods = list(
        session.scalars(
            visible(user, Period)
            .where(Period.state.in_(("draft", "open")))
            .options(joinedload(Period.instrument_copy), joinedload(Period.stages))
            .order_by(Period.year.desc(), Period.id.desc())
        ).unique()
    )
    ahead = [(stage.opens_at, f"{stage.label}, {p.title}") for p in periods for stage in p.stages if stage.opens_at > now()]
    opening, title = min(ahead, default=(None, ""))
    tasks = FINDERS[user.role](session, user, periods) if user.role in FINDERS else []
    tasks += to_answer(session, user, periods) if user.role in (*LEADING, "round_manager", "entry_officer") else []
    tasks += to_object(session, user, periods) if user.role in ("agency_head", "round_manager") else []
    tasks += of_sessions(session, user, periods)
    tasks.sort(key=lambda task: (not task.pressing, task.due is None, task.due or now()))
    return Today(tasks, opening, title)


# ---------------------------------------------------------------- an agency's own part


def _parts(session: Session, user: Actor, periods: list[Period]) -> list[tuple[Submission, set[str]]]:
    """The agency's submissions in running rounds, with states and no texts; beside each the items entrusted to this person.

    What was left unfinished when the whole was sent can be finished by nobody, so it is nobody's task.
    """
    parts = list(
        session.execute(
            visible(user, Submission)
            .add_columns(entrusted(user))
            .join(Submission.assessment)
            .where(
                Assessment.period_id.in_([p.id for p in periods]),
                exists().where(  # what a successor took over is nobody's task here
                    Share.assessment_id == Submission.assessment_id, Share.organization_id == Submission.organization_id
                ),
            )
            .options(
                joinedload(Submission.assessment),
                selectinload(Submission.contributions).options(defer(Contribution.facts), defer(Contribution.analysis)),
            )
            .order_by(Submission.id)
        )
    )
    open_ones = [each for each in parts if not each[0].assessment.sent or each[0].state in ("signed", "accepted")]
    return [(part, set((own or "").split(SEPARATOR))) for part, own in open_ones]


def _of_operator(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    found = []
    for part, own in _parts(session, user, periods):
        if not part.contributions:
            continue
        period, states = part.period, Counter(c.state for c in part.contributions)
        place = {"period": period.slug, "due": part.closes_at, "zone": period.zone}
        done = f"{period.title}: {states['ready']} dari {len(part.contributions)} indikator siap diperiksa"
        step = PARTS_OF_OPERATOR.get(part.state)
        if step == "fill" and states["ready"] == len(part.contributions):
            found.append(Task("review", "Serahkan isian ke kepala OPD", f"{done}.", "Periksa dan serahkan", **place))
        elif step == "fill":
            item, back = next_item(part, own), states["returned"]
            wait = f"; {back} dikembalikan untuk diperbaiki" if back else ""
            verb = "Perbaiki" if item.state == "returned" else "Mulai" if item.state == "empty" else "Lanjutkan"
            number = period.instrument.item(item.item).number
            found.append(
                Task("item", f"{verb} indikator {number}", f"{done}{wait}.", f"{verb} indikator {number}",
                     item=item.item, **place | {"due": sooner(mend_dates.until_of(part), part.closes_at)})
            )
        else:
            found.append(Task("part", STILL[part.state], f"{done}.", "Lihat isian", pressing=False, **place))
    return [*found, *_to_carry_out(session, user), *of_owner(session, user), *of_agency(session, user)]


def _to_carry_out(session: Session, user: Actor) -> list[Task]:
    """Recommendations of the agency that are past their day, or that nobody planned yet."""
    overdue, unplanned = counted(session, visible(user, Recommendation), late(today(user.office_zone)), OPEN & ~PLANNED)
    found = []
    if overdue:
        why = "Laporkan kemajuannya kepada Inspektorat."
        found.append(Task("follow_up", f"{overdue} rekomendasi lewat batas waktu", why, "Buka tindak lanjut"))
    if unplanned:
        why = "Tulis apa yang akan dikerjakan dan kapan selesai."
        found.append(Task("follow_up", f"{unplanned} rekomendasi belum punya rencana", why, "Buka tindak lanjut"))
    return found


PARTS_OF_OPERATOR = {"empty": "fill", "filling": "fill", "returned": "fill"}
STILL = {
    "empty": "Isian belum dimulai operator",
    "filling": "Isian sedang diisi operator",
    "returned": "Isian sedang diperbaiki operator",
    "ready": "Isian menunggu tanda tangan kepala OPD",
    "signed": "Isian sedang diperiksa asesor internal",
    "accepted": "Isian sudah diterima",
}


def _of_head(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    found = []
    for part, _own in _parts(session, user, periods):
        period, count = part.period, len(part.contributions)
        place = {"period": period.slug, "due": part.closes_at, "zone": period.zone}
        done = sum(c.state == "ready" for c in part.contributions)
        if part.state == "ready":
            found.append(
                Task("approval", f"Tinjau dan tandatangani isian {user.organization_name}",
                     f"{period.title}: {count} indikator menunggu pernyataan Anda.", "Tinjau isian",
                     submission=part.id, **place)
            )
        else:
            found.append(
                Task("part", STILL[part.state], f"{period.title}: {done} dari {count} indikator siap diperiksa.",
                     "Lihat isian", pressing=False, **place)
            )
    return [*found, *of_agency(session, user)]


# ---------------------------------------------------------------- the team


@dataclass
class Progress:
    """Where the parts and claims of one round stand, by state."""

    period: Period
    assessments: list[Assessment]
    parts: Counter
    claims: Counter

    @property
    def due(self) -> datetime | None:
        return self.period.closes_at("internal_check") or self.period.closes_at("self_assessment")

    @property
    def items(self) -> int:
        return len(self.assessments) * len(self.period.instrument.items)

    @property
    def unclaimed(self) -> int:
        return self.items - sum(self.claims.values())

    @property
    def sentence(self) -> str:
        sealed = self.parts["signed"] + self.parts["accepted"]
        return (
            f"{sealed} dari {sum(self.parts.values())} OPD sudah menandatangani; "
            f"{self.claims['approved']} dari {self.items} klaim disetujui."
        )

    @property
    def subject(self) -> str:
        """The one who is evaluated; empty where there are several."""
        only = self.assessments[0].subject.organization if len(self.assessments) == 1 else None
        return only.slug if only else ""

    def task(self, kind: str, title: str, why: str, action: str, pressing: bool = True) -> Task:
        return Task(kind, title, f"{self.period.title}: {why}", action, period=self.period.slug, subject=self.subject, due=self.due,
                    zone=self.period.zone, pressing=pressing)


def _rounds(session: Session, user: Actor, periods: list[Period]) -> list[Progress]:
    """Every running round, counted in two statements."""
    running = {p.id: p for p in periods if p.state == "open"}
    assessments = list(
        session.scalars(
            visible(user, Assessment)
            .where(Assessment.period_id.in_(running))
            .options(joinedload(Assessment.subject).joinedload(Subject.organization).lazyload(Organization.states))
        )
    )
    parts, claims = _counted(session, user, [a.id for a in assessments])
    return [
        Progress(
            period,
            mine := [a for a in assessments if a.period_id == period.id],
            sum((parts[a.id] for a in mine), Counter()),
            sum((claims[a.id] for a in mine), Counter()),
        )
        for period in running.values()
    ]


def _counted(session: Session, user: Actor, assessments: list[int]) -> tuple[dict[int, Counter], dict[int, Counter]]:
    """How many submissions and how many claims of each assessment are in which state."""
    found: dict[Any, dict[int, Counter]] = {kind: {each: Counter() for each in assessments} for kind in (Submission, Claim)}
    counts = [
        visible(user, kind)
        .where(kind.assessment_id.in_(assessments))
        .with_only_columns(literal(kind.__tablename__), kind.assessment_id, kind.state, func.count())
        .group_by(kind.assessment_id, kind.state)
        for kind in found
    ]
    kinds = {kind.__tablename__: kind for kind in found}
    for name, assessment_id, state, count in session.execute(union_all(*counts)):
        found[kinds[name]][assessment_id][state] = count
    return found[Submission], found[Claim]


def _open(progress: Progress) -> bool:
    return any(not assessment.sent for assessment in progress.assessments)


def _checking(each: Progress) -> list[Task]:
    waiting = each.parts["signed"]
    return [each.task("check", f"Periksa isian {waiting} OPD", f"{each.sentence}", "Periksa isian")] if waiting else []


def _claiming(each: Progress) -> list[Task]:
    found = []
    if each.claims["needs_work"]:
        found.append(each.task("claims", f"Perbaiki {each.claims['needs_work']} klaim", each.sentence, "Buka klaim"))
    if each.claims["draft"]:
        found.append(each.task("claims", f"Lengkapi dan usulkan {each.claims['draft']} klaim", each.sentence, "Buka klaim"))
    if each.unclaimed > 0:
        found.append(each.task("claims", f"Tulis klaim untuk {each.unclaimed} indikator", each.sentence, "Buka klaim",
                               pressing=not found))
    return found


def _following(each: Progress) -> list[Task]:
    return [each.task("progress", "Kemajuan penilaian", each.sentence, "Lihat kemajuan", pressing=False)]


def _team(*finders):
    def find(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
        return [
            task
            for each in _rounds(session, user, periods)
            for finder in (finders if _open(each) else tuple(f for f in finders if f is _publishing) or (_following,))
            for task in finder(each)
        ]

    return find


def _publishing(each: Progress) -> list[Task]:
    if each.period.of_agencies:
        return settling(each)
    if each.period.track == "rehearsal" or not any(a.state == "final" for a in each.assessments):
        return []
    return [replace(each.task("publish", "Terbitkan hasil", "tim asesor sudah menetapkan hasilnya.", "Buka hasil"), due=None)]


def _approving(each: Progress) -> list[Task]:
    waiting = each.claims["proposed"]
    found = [each.task("claims", f"Setujui {waiting} klaim", each.sentence, "Tinjau klaim")] if waiting else []
    return [*found, *sending(each)] or _following(each)


def _of_manager(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    drafts = [
        Task("draft", f"Lengkapi dan buka {p.title}", "Masih draf: atur jadwal dan bagikan indikator ke OPD.",
             "Lengkapi periode", period=p.slug)
        for p in periods
        if p.state == "draft"
    ]
    running = _team(_checking, _claiming, _following, _publishing)(session, user, periods)
    found = [*drafts, *_unstaffed(session, user), *running, *of_keeper(session, user)]
    if not periods:
        found.insert(0, Task("new_round", "Buat periode penilaian", "Belum ada periode yang disiapkan atau dibuka.",
                             "Buat periode"))
    return found


def _of_admin(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    return _unstaffed(session, user) or [
        Task("people", "Pengguna dan jabatan", "Setiap OPD pada putaran berjalan punya operator dan kepala.",
             "Buka daftar pengguna", pressing=False)
    ]


def _unstaffed(session: Session, user: Actor) -> list[Task]:
    """Agencies that share in a running round and have nobody to fill in or to sign."""
    day = today(user.office_zone)
    held = and_(
        Appointment.organization_id == Submission.organization_id,
        Appointment.role.in_(LEADING),
        Appointment.starts_on <= day,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
    )
    empty = session.scalars(
        select(Submission.organization_id)
        .join(Submission.assessment)
        .join(Assessment.period)
        .outerjoin(Appointment, held)
        .where(Period.organiser_id == user.instansi_id, Period.state == "open")
        .group_by(Submission.organization_id)
        .having(func.count(Appointment.role.distinct()) < len(LEADING))
    ).all()
    if not empty:
        return []
    return [
        Task("people", f"{len(empty)} OPD belum punya operator atau kepala",
             "Tanpa keduanya, isian OPD itu tidak dapat diisi atau ditandatangani.", "Lengkapi pengguna")
    ]


def _quality(each: Progress) -> list[Task]:
    if not any(a.sent or a.state == "ready_to_sign" for a in each.assessments):
        return []
    why = "semua klaim sudah disetujui."
    return [each.task("quality", "Catatan mutu penilaian mandiri", why, "Buka catatan mutu", pressing=False)]


def _of_inspector(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    rounds = [task for each in _rounds(session, user, periods) for task in (*_quality(each), *_following(each))]
    (waiting,) = counted(session, visible(user, Recommendation), AWAITS)
    why = "OPD sudah melaporkan kemajuan dengan bukti."
    return [Task("follow_up", f"Verifikasi {waiting} tindak lanjut", why, "Buka tindak lanjut"), *rounds] if waiting else rounds


def _of_reader(session: Session, user: Actor, periods: list[Period]) -> list[Task]:
    return [
        Task("round", p.title, "Putaran sedang berjalan.", "Lihat periode", period=p.slug, pressing=False,
             due=p.closes_at("self_assessment"), zone=p.zone)
        for p in periods
        if p.state == "open"
    ]


FINDERS = {
    "agency_operator": _of_operator,
    "agency_head": _of_head,
    "round_manager": _of_manager,
    "internal_assessor": _team(_checking, _claiming, _following),
    "entry_officer": _team(_claiming, _following),
    "responsible_officer": _team(_approving),
    "coordinator": _team(signing, _following, _publishing),
    "assessor": of_assessor,
    "panel_lead": of_assessor,
    "reviewer": of_assessor,
    "inspector": _of_inspector,
    "inventory_manager": lambda session, user, periods: of_keeper(session, user),
    "executive": _of_reader,
    "system_admin": _of_admin,
}
