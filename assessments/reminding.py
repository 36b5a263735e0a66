"""Reminders to agencies that are not done: whom they reach, what holds one back, and that nobody is nagged.

Nobody hears of the same round twice on one day, nobody is disturbed in the evening, at night or on days off unless a reason
is given, and whoever is done is left alone. What was sent stays as the history.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from . import mend_dates
from .actors import Actor
from .chasing import STAGE, Planner, Standing
from .clock import day_of, now
from .mend_dates import Mending
from .models import Account, Appointment, Assessment, Organization, Period, Person, Reminder, Submission
from .progress import progress
from .refusal import Refused
from .texts import clean, clean_line
from .working_days import DAY, is_working_day

QUIET_FROM, QUIET_UNTIL = 20, 7  # o'clock in the zone of the round
AUTOMATIC_FROM = 8
MARKS = (7, 3, 1, 0)  # days before the deadline; the last one in the morning of the day itself
LONGEST = 2000
SHOWN = 300
WHO_ACTS = {"ready": "agency_head"}  # state of the part -> whose turn it is; else the operators


@dataclass(frozen=True)
class Recipient:
    person_id: int
    name: str
    phone: str | None
    email: str | None


@dataclass
class Letter:
    """What one agency would hear: whom it reaches, and why it is not sent where it is not."""

    standing: Standing
    people: list[Recipient] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    last: datetime | None = None
    times: int = 0
    mending: list[Mending] = field(default_factory=list)

    @property
    def submission(self) -> Submission:
        return self.standing.part.submission


def letters(session: Session, period: Period, wanted: Iterable[int] | None = None) -> list[Letter]:
    """One for each agency of the round (or of those wanted), in a handful of statements for any number of them."""
    planner = Planner(session, period)
    parts = progress(session, period)
    if wanted is not None:
        chosen = set(wanted)
        parts = [part for part in parts if part.submission.id in chosen]
    made = [Letter(planner.standing(part)) for part in parts]
    people = _recipients(session, period, {letter.submission.organization_id for letter in made})
    told = _told(session, [letter.submission.id for letter in made])
    mending = mend_dates.waiting(session, [letter.submission.id for letter in made])
    today = day_of(now(), period.zone)
    nagged = set(session.scalars(
        select(Reminder.person_id).where(Reminder.day == today, Reminder.channel == "portal")
    ))
    for letter in made:
        sent = told.get(letter.submission.id, [])
        letter.times, letter.last = len({day for day, _at in sent}), max((at for _day, at in sent), default=None)
        letter.mending = mending.get(letter.submission.id, [])
        _judge(letter, people, nagged)
    return made


def _judge(letter: Letter, people: dict[tuple[int, str], list[Recipient]], nagged: set[int | None]) -> None:
    part = letter.submission
    if letter.standing.done:
        letter.refusals.append("Sudah selesai: isiannya sudah ditandatangani kepala OPD.")
        return
    role = WHO_ACTS.get(part.state, "agency_operator")
    found = people.get((part.organization_id, role), [])
    if not found:
        whom = "kepala OPD" if role == "agency_head" else "operator"
        letter.refusals.append(f"Tidak ada {whom} dengan akun aktif pada OPD ini.")
        return
    letter.people = [one for one in found if one.person_id not in nagged]
    if not letter.people:
        letter.refusals.append("Sudah diingatkan hari ini; paling banyak satu pengingat per orang per hari.")


def _recipients(session: Session, period: Period, agencies: set[int]) -> dict[tuple[int, str], list[Recipient]]:
    """{(agency, role): who holds it today and can sign in}."""
    day = day_of(now(), period.zone)
    rows = session.execute(
        select(Appointment.organization_id, Appointment.role, Person.id, Person.name, Person.phone, Account.email)
        .join(Person, Person.id == Appointment.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(
            Appointment.organization_id.in_(agencies),
            Appointment.role.in_(("agency_operator", "agency_head")),
            Appointment.starts_on <= day,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
            Account.active,
        )
        .order_by(Person.name, Person.id)
    )
    found: dict[tuple[int, str], list[Recipient]] = {}
    for agency, role, person, name, phone, email in rows:
        row = found.setdefault((agency, role), [])
        if all(one.person_id != person for one in row):
            row.append(Recipient(person, name, phone, email))
    return found


def _told(session: Session, submissions: list[int]) -> dict[int, list[tuple[date, datetime]]]:
    found: dict[int, list[tuple[date, datetime]]] = {}
    rows = session.execute(
        select(Reminder.submission_id, Reminder.day, Reminder.at).where(Reminder.submission_id.in_(submissions))
    )
    for submission, day, at in rows:
        found.setdefault(submission, []).append((day, at))
    return found


def disturbs(session: Session, period: Period) -> str | None:
    """Why people would rather not hear of work at this moment; None in office hours."""
    here = now().astimezone(ZoneInfo(period.zone))
    if here.hour >= QUIET_FROM or here.hour < QUIET_UNTIL:
        return f"Sekarang jam tenang ({QUIET_FROM}.00–0{QUIET_UNTIL}.00)."
    planner = Planner(session, period)
    if not is_working_day(here.date(), planner.holidays):
        return "Hari ini hari libur."
    return None


def send(
    session: Session, period: Period, texts: dict[int, str], by: Actor | None, reason: str = ""
) -> list[tuple[Letter, Recipient, str]]:
    """Remind the agencies of `texts` ({submission: words}); gives who is really reminded now, each with the words.

    What is held back is left out. Two that send at the same time remind nobody twice: the database keeps one row for a
    person, a way and a day.
    """
    found = [letter for letter in letters(session, period, texts) if not letter.refusals]
    reason = clean_line(reason, 300, "Alasan", "reason")
    if found and not reason and (sentence := disturbs(session, period)):
        raise Refused(f"{sentence} Tulis alasan mengapa pengingat tetap dikirim sekarang.", field="reason")
    moment = now()
    words = {
        letter.submission.id: clean(texts[letter.submission.id], LONGEST, "Teks pengingat", f"text-{letter.submission.id}", required=True)
        for letter in found
    }
    rows, taken = [], set()
    for letter in found:
        for one in letter.people:
            if one.person_id not in taken:
                taken.add(one.person_id)
                rows.append(_row(letter.submission.id, one.person_id, by, "portal", words[letter.submission.id], reason, period, moment))
    stored = _store(session, rows)
    return [
        (letter, one, words[letter.submission.id])
        for letter in found for one in letter.people if (letter.submission.id, one.person_id) in stored
    ]


def remember(
    session: Session, period: Period, submission_id: int, person_id: int, by: Actor | None, channel: str, text: str
) -> bool:
    """That the same words also went another way; whether this is the first time today."""
    row = _row(submission_id, person_id, by, channel, text, "", period, now())
    return bool(_store(session, [row]))


def remember_all(
    session: Session, period: Period, sent: Iterable[tuple[int, int, str]], by: Actor | None, channel: str
) -> None:
    """The same for many at once: (submission, person, words)."""
    moment = now()
    _store(session, [_row(*one[:2], by, channel, one[2], "", period, moment) for one in sent])


def _row(submission: int, person: int, by: Actor | None, channel: str, text: str, reason: str, period: Period, at: datetime) -> dict:
    return {
        "submission_id": submission, "person_id": person, "by_id": by.person_id if by else None, "channel": channel,
        "text": text, "reason": reason, "day": day_of(at, period.zone), "at": at,
    }


def _store(session: Session, rows: list[dict]) -> set[tuple[int, int]]:
    """Append what is not there yet; {(submission, person)} of what was."""
    if not rows:
        return set()
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    stored = session.execute(
        make(Reminder)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["person_id", "channel", "day"])
        .returning(Reminder.submission_id, Reminder.person_id)
    )
    return {(submission, person) for submission, person in stored}


# ---------------------------------------------------------------- history


def history(session: Session, period: Period, submission_id: int | None = None) -> list[Reminder]:
    """What was sent in a round, or to one of its agencies, the newest first."""
    wanted = select(Reminder).join(Reminder.submission).join(Submission.assessment).where(Assessment.period_id == period.id)
    if submission_id is not None:
        wanted = wanted.where(Reminder.submission_id == submission_id)
    return list(session.scalars(
        wanted.options(
            joinedload(Reminder.submission).joinedload(Submission.organization).joinedload(Organization.states),
            joinedload(Reminder.person), joinedload(Reminder.by),
        ).order_by(Reminder.at.desc(), Reminder.id.desc()).limit(SHOWN)
    ).unique())


# ---------------------------------------------------------------- by themselves


def mark_of_today(closes_at: datetime, planner: Planner) -> int | None:
    """Which of the marks before a deadline falls on today; one on a day off is moved to the working day before it.

    On the last day itself nobody is reminded of what is over: a deadline before 08.00 has had its letter the day before.
    """
    here = planner.moment.astimezone(ZoneInfo(planner.period.zone))
    if not AUTOMATIC_FROM <= here.hour < QUIET_FROM:
        return None
    for mark in sorted(MARKS):
        day = day_of(closes_at, planner.period.zone) - mark * DAY
        while not is_working_day(day, planner.holidays) and day > planner.first:
            day -= DAY
        if day == here.date() and is_working_day(day, planner.holidays) and planner.moment <= closes_at:
            return mark
    return None


def due_by_themselves(session: Session, period: Period) -> list[tuple[Letter, int]]:
    """The incomplete agencies whose deadline, or date for mending, is 7, 3, 1 or 0 days away today and whom nobody reminded yet."""
    if period.state != "open" or period.stage(STAGE) is None:
        return []
    planner = Planner(session, period)
    ends = {period.stage(STAGE).closes_at, *(more.until for more in period.extensions if more.stage == STAGE)}
    if all(mark_of_today(end, planner) is None for end in (*ends, *mend_dates.asked(session, period))):
        return []
    found = []
    for letter in letters(session, period):
        dates = [letter.submission.closes_at, *(one.until for one in letter.mending)]
        marks = [mark for date in dates if (mark := mark_of_today(date, planner)) is not None]
        if marks and not letter.refusals:
            found.append((letter, min(marks)))
    return found
