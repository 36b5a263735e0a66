"""Letters that wait to be sent. What is written here goes out with the transaction it belongs to; `portal/postman.py` sends it.

Nobody is written to between 20.00 and 07.00 in the zone of the person's instansi, except about the safety of the account.
"""

import re
import secrets
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from .clock import now
from .models import Account, Appointment, Mail, Notice, NoticeChoice, Organization, Person
from .refusal import Refused
from .texts import clean, clean_line
from .working_days import DAY, holidays_of, is_working_day

ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")
LONGEST_SUBJECT, LONGEST_KEY = 200, 160
LARGEST = 15_000  # bytes
QUIET_FROM, QUIET_UNTIL = time(20), time(7)
DEFAULT_ZONE = "Asia/Jakarta"
LOOKED_AHEAD = timedelta(days=40)  # no row of days off is longer

# What the portal tells, by kind: what somebody may switch off. `Notice.kind` of another name counts as "other".
KINDS = {
    "question": "Pertanyaan dan jawaban tentang isian",
    "clarification": "Pertanyaan tim asesor dan jawabannya",
    "reminder": "Pengingat tenggat dan isian yang belum selesai",
    "returned": "Isian yang dikembalikan untuk diperbaiki",
    "other": "Pemberitahuan lain",
}


def write(
    session: Session,
    *,
    person: Person,
    subject: str,
    body: str,
    dedupe_key: str,
    not_before: datetime | None = None,
    notice: Notice | None = None,
    urgent: bool = False,
    zone: str | None = None,
    message_id: str | None = None,
) -> None:
    """Leave a letter for this person; nothing where there is no address, or where one was written under the same key.

    `notice` is the sentence it carries, which is then mailed by nothing else. `zone` saves asking for it.
    """
    address = person.account.email if person.account is not None and person.account.active else None
    if not address:
        return
    if not usable(address):
        raise Refused("Alamat surel ini memuat karakter yang tidak dapat dipakai.", field="email")
    subject = clean_line(subject, LONGEST_SUBJECT, "Perihal surel", required=True)
    body = clean(body, LARGEST, "Isi surel", required=True)
    if len(body.encode()) > LARGEST:
        raise Refused(f"Isi surel terlalu panjang: paling banyak {LARGEST} byte.")
    if len(dedupe_key) > LONGEST_KEY:
        raise ValueError(f"a key of {len(dedupe_key)} letters")
    at = max(not_before or now(), now())
    if not urgent:
        at = outside_quiet_hours(at, zone or zone_of(session, person))
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = make(Mail).values(
        person_id=person.id, notice_id=notice.id if notice else None, address=address, subject=subject, body=body,
        message_id=message_id or secrets.token_hex(20), dedupe_key=dedupe_key, state="waiting", urgent=urgent, attempts=0,
        not_before=at, at=now(), error="",
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["dedupe_key"]))
    if notice is not None:
        notice.mailed_at = now()


def usable(address: str | None) -> bool:
    """Whether letters can be sent there: one plain address, nothing that could become a second header."""
    return bool(address) and len(address) <= 254 and ADDRESS.match(address) is not None


def reachable(account: Account | None) -> bool:
    return account is not None and account.active and usable(account.email)


def outside_quiet_hours(at: datetime, zone: str) -> datetime:
    """The same moment, or the end of the quiet hours it falls into."""
    local = at.astimezone(ZoneInfo(zone))
    if local.time() >= QUIET_FROM:
        return _morning(local.date() + DAY, zone)
    return _morning(local.date(), zone) if local.time() < QUIET_UNTIL else at


def in_office_hours(session: Session, instansi: Organization, at: datetime | None = None) -> datetime:
    """When a reminder may go out: on a working day of the instansi, outside the quiet hours, not before `at`."""
    zone = instansi.clock_zone
    at = outside_quiet_hours(at or now(), zone)
    day = at.astimezone(ZoneInfo(zone)).date()
    holidays = holidays_of(session, instansi.root_id, day, day + LOOKED_AHEAD)
    first = day
    while not is_working_day(day, holidays) and day - first < LOOKED_AHEAD:
        day += DAY
    return at if day == first else _morning(day, zone)


def _morning(day: date, zone: str) -> datetime:
    return datetime.combine(day, QUIET_UNTIL, ZoneInfo(zone)).astimezone(now().tzinfo)


def last_morning(zone: str) -> datetime:
    """The end of quiet hours that was last: what was told before it belongs into the letter of that day."""
    local = now().astimezone(ZoneInfo(zone))
    return _morning(local.date() if local.time() >= QUIET_UNTIL else local.date() - DAY, zone)


def zone_of(session: Session, person: Person) -> str:
    """The zone this person chose, else works in, by the first office held today, else by the office at home."""
    if person.account is not None and person.account.zone:
        return person.account.zone
    held = session.scalars(
        select(Appointment)
        .where(Appointment.person_id == person.id)
        .options(joinedload(Appointment.organization).joinedload(Organization.instansi).lazyload(Organization.states))
        .order_by(Appointment.id)
    )
    for appointment in held:
        if appointment.held_on():
            return appointment.organization.clock_zone
    return person.home_org.clock_zone if person.home_org else DEFAULT_ZONE


# ---------------------------------------------------------------- how somebody wants to be told


def choice_of(session: Session, person_id: int) -> NoticeChoice:
    """What this person chose; what holds for everybody who chose nothing."""
    return session.get(NoticeChoice, person_id) or NoticeChoice(person_id=person_id, by_mail=True, daily=False, muted=[])


def choose(session: Session, person_id: int, *, by_mail: bool, daily: bool, kinds: list[str]) -> None:
    """Keep how this person wants to be told; `kinds` are those that are wanted by mail."""
    chosen = session.merge(choice_of(session, person_id))
    chosen.by_mail, chosen.daily = by_mail, daily
    chosen.muted = [kind for kind in KINDS if kind not in kinds]


def wants(choice: NoticeChoice | None, kind: str) -> bool:
    """Whether a notice of this kind is to become a letter."""
    return choice is None or (choice.by_mail and (kind if kind in KINDS else "other") not in choice.muted)


def tell_of_account(session: Session, account: Account, sentence: str, mark: str) -> None:
    """A letter about the safety of the account, at once and whatever was chosen; nothing where there is no address."""
    if not reachable(account):
        return
    write(
        session,
        person=account.person,
        subject=sentence.rstrip("."),
        body=f"{account.person.name},\n\n{sentence}\n\nBukan Anda? Hubungi pengelola penilaian atau admin sistem instansi Anda sekarang.",
        dedupe_key=f"account:{account.id}:{mark}",
        urgent=True,
    )
