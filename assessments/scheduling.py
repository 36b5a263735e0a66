"""When and where a panel meets an instansi (S54): proposed by one side, confirmed by the other, moved, cancelled with a reason.

A visit is announced by a letter before it takes place (PermenPANRB 59/2020 hlm. 86).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import flag_modified

from .actors import Actor
from .agenda import invited_at_first
from .allowing import allow
from .clock import day_of, now, today
from .library import safe_link
from .meeting_questions import HELD_DURING, SETTLERS
from .models import Appointment, Assessment, Meeting, MeetingItem, Organization, PanelPaper
from .models.meeting import MEETING_KINDS, MEETING_MODES
from .panel_questions import EXTERNAL, judged_stage
from .refusal import Refused, Stale, Together
from .texts import clean, clean_line, written_day
from .workflow import happened

NOTE_LIMIT, QUESTION_LIMIT, REASON_LIMIT = 2000, 2000, 500
LONGEST = timedelta(hours=12)
MOST_ITEMS = 200


@dataclass(frozen=True)
class Plan:
    """What is typed of a session. `starts_at` and `ends_at` are UTC; `notice_*` belong to a visit alone."""

    starts_at: datetime | None
    ends_at: datetime | None
    mode: str
    place: str = ""
    link: str = ""
    notice_no: str = ""
    notice_on: date | None = None
    note: str = ""


def of_panel(by: Actor) -> bool:
    """Which side of the table somebody sits on."""
    return by.role in EXTERNAL


def proposed_by_panel(meeting: Meeting) -> bool:
    """Whose proposal it is. Whoever left the panel since then still proposed for it: only offices of the instansi do for it."""
    if any(member.person_id == meeting.proposed_by_id for member in meeting.assessment.panel):
        return True
    of_instansi = exists().where(
        Appointment.person_id == meeting.proposed_by_id, Appointment.role.in_(SETTLERS),
        Appointment.organization_id == Organization.id,
        func.coalesce(Organization.instansi_id, Organization.id) == meeting.assessment.period.organiser_id,
    )
    return not object_session(meeting).scalar(select(of_instansi))


def waits_for(meeting: Meeting, by: Actor) -> bool:
    """Whether it is this side that says yes or names another time."""
    return meeting.state == "proposed" and proposed_by_panel(meeting) != of_panel(by)


def propose(assessment: Assessment, kind: str, by: Actor, plan: Plan, agenda: Mapping[str, str]) -> Meeting:
    """A session of the panel, with what it is about ({item: question}) and who is invited for a start."""
    allow(by, "hold_meetings", assessment)
    if assessment.period.stage(kind) is None:
        raise Refused(f"Kalender putaran ini tidak punya tahap {MEETING_KINDS[kind].lower()}.")
    if HELD_DURING.index(judged_stage(assessment) or "document") > HELD_DURING.index(kind):
        raise Refused(f"Tahap {MEETING_KINDS[kind].lower()} sudah ditutup.")
    session = object_session(assessment)
    with Together() as faults:
        with faults.noted():
            said = checked(kind, plan, assessment)
        with faults.noted():
            if not agenda:
                raise Refused("Pilih sekurang-kurangnya satu indikator untuk agenda.", field="agenda")
            questions = known_questions(assessment, agenda)
    meeting = Meeting(assessment=assessment, kind=kind, proposed_by_id=by.person_id, **said)
    for ordinal, item in enumerate(in_order(assessment, questions)):
        meeting.items.append(MeetingItem(item=item, ordinal=ordinal, question=questions[item]))
    session.add(meeting)
    session.flush()
    meeting.people.extend(invited_at_first(session, assessment, list(questions)))
    happened(assessment, "meeting", f"{named(meeting)} diusulkan", by)
    return meeting


def checked(kind: str, plan: Plan, assessment: Assessment) -> dict:
    """The columns of a meeting, or everything that is wrong, each at its field."""
    said: dict = {"mode": plan.mode, "place": "", "link": "", "notice_no": "", "notice_on": None}
    with Together() as faults:
        with faults.noted():
            said["starts_at"], said["ends_at"] = _hours(plan)
        with faults.noted():
            if plan.mode not in MEETING_MODES:
                raise Refused("Pilih cara pertemuan.", field="mode")
        if plan.mode in ("onsite", "hybrid"):
            with faults.noted():
                said["place"] = clean_line(plan.place, 300, "Tempat", "place", required=True)
        if plan.mode in ("online", "hybrid"):
            with faults.noted():
                said["link"] = _link(plan.link)
        if kind == "visit":
            with faults.noted():
                said["notice_no"] = clean_line(plan.notice_no, 80, "Nomor surat pemberitahuan", "notice_no", required=True)
            with faults.noted():
                said["notice_on"] = _announced(plan, assessment)
        with faults.noted():
            said["note"] = clean(plan.note, NOTE_LIMIT, "Catatan", "note")
    return said


def _hours(plan: Plan) -> tuple[datetime, datetime]:
    if plan.starts_at is None or plan.ends_at is None:
        raise Refused("Isi tanggal, jam mulai, dan jam selesai.", field="day")
    if plan.ends_at <= plan.starts_at:
        raise Refused("Jam selesai harus sesudah jam mulai.", field="until")
    if plan.ends_at - plan.starts_at > LONGEST:
        raise Refused("Satu sesi paling lama 12 jam. Buat sesi lain untuk hari berikutnya.", field="until")
    if plan.starts_at < now() - timedelta(days=1):
        raise Refused("Tanggal ini sudah lewat.", field="day")
    if plan.starts_at > now() + timedelta(days=730):
        raise Refused("Tanggal ini lebih dari dua tahun lagi.", field="day")
    return plan.starts_at, plan.ends_at


def _link(text: str) -> str:
    if not text.strip():
        raise Refused("Tautan pertemuan wajib diisi.", field="link")
    try:
        return safe_link(text)
    except Refused as refused:
        raise Refused(*refused.sentences, field="link") from None


def _announced(plan: Plan, assessment: Assessment) -> date:
    if plan.notice_on is None:
        raise Refused("Tanggal surat pemberitahuan wajib diisi.", field="notice_on")
    zone = assessment.period.zone
    if plan.notice_on > today(zone):
        raise Refused("Tanggal surat pemberitahuan belum tiba.", field="notice_on")
    if plan.starts_at is not None and plan.notice_on > day_of(plan.starts_at, zone):
        raise Refused("Surat pemberitahuan mendahului visitasi, jadi tanggalnya tidak sesudah hari visitasi.", field="notice_on")
    return plan.notice_on


def move(meeting: Meeting, by: Actor, plan: Plan, seen_version: int) -> None:
    """Another time or place. Whoever moves it proposes it; the other side confirms it again."""
    allow(by, "settle_dates", meeting.assessment)
    demand_not_begun(meeting)
    said = checked(meeting.kind, plan, meeting.assessment)
    if all(getattr(meeting, name) == value for name, value in said.items()):
        return
    fresh(meeting, seen_version)
    only_words = all(getattr(meeting, name) == value for name, value in said.items() if name != "note")
    for name, value in said.items():
        setattr(meeting, name, value)
    if not only_words:
        meeting.state, meeting.proposed_by_id, meeting.confirmed_by_id = "proposed", by.person_id, None
        happened(meeting.assessment, "meeting", f"{named(meeting)} diusulkan sebagai waktu atau tempat baru", by)


def confirm(meeting: Meeting, by: Actor, seen_version: int) -> None:
    """The other side agrees to what is proposed; agreeing twice is agreeing once."""
    allow(by, "settle_dates", meeting.assessment)
    if meeting.state == "confirmed":
        return
    demand_not_begun(meeting)
    if not waits_for(meeting, by):
        raise Refused("Jadwal ini diusulkan pihak Anda sendiri, jadi pihak lain yang mengonfirmasi.")
    fresh(meeting, seen_version)
    meeting.state, meeting.confirmed_by_id = "confirmed", by.person_id
    happened(meeting.assessment, "meeting", f"{named(meeting)} dikonfirmasi", by)


def cancel(meeting: Meeting, by: Actor, why: str) -> None:
    allow(by, "settle_dates", meeting.assessment)
    if meeting.state == "cancelled":
        return
    demand_not_begun(meeting)
    meeting.cancelled_why = clean(why, REASON_LIMIT, "Alasan pembatalan", "why", required=True)
    meeting.state = "cancelled"
    happened(meeting.assessment, "meeting", f"{named(meeting)} dibatalkan", by, meeting.cancelled_why)


def set_agenda(meeting: Meeting, by: Actor, wanted: Mapping[str, str], seen_version: int) -> None:
    """What the session is about, as a whole. An item that has a note already stays."""
    allow(by, "hold_meetings", meeting.assessment)
    if meeting.state == "cancelled":
        raise Refused("Sesi ini dibatalkan.")
    if minutes_signed(meeting):
        raise Refused("Berita acara sesi ini sudah ditandatangani, jadi agendanya tetap.")
    questions = known_questions(meeting.assessment, wanted)
    present = {each.item: each for each in meeting.items}
    noted = [each.item for each in meeting.items if each.noted and each.item not in questions]
    if noted:
        numbers = ", ".join(meeting.assessment.period.instrument.item(item).number for item in noted)
        raise Refused(f"Indikator {numbers} sudah punya catatan, jadi tetap pada agenda.", field="agenda")
    if not questions:
        raise Refused("Pilih sekurang-kurangnya satu indikator untuk agenda.", field="agenda")
    if {item: each.question for item, each in present.items()} == questions:
        return
    fresh(meeting, seen_version)
    for item, each in present.items():
        if item not in questions:
            meeting.items.remove(each)
    for ordinal, item in enumerate(in_order(meeting.assessment, questions)):
        each = present.get(item)
        if each is None:
            meeting.items.append(MeetingItem(item=item, ordinal=ordinal, question=questions[item]))
        else:
            each.ordinal, each.question = ordinal, questions[item]
    touched(meeting)
    happened(meeting.assessment, "meeting", f"Agenda {named(meeting)} diubah: {len(questions)} indikator", by)


def minutes_signed(meeting: Meeting) -> bool:
    """Whether minutes of this session are in force."""
    return bool(
        object_session(meeting).scalar(
            select(exists().where(PanelPaper.meeting_id == meeting.id, PanelPaper.withdrawn_at.is_(None)))
        )
    )


def known_questions(assessment: Assessment, wanted: Mapping[str, str]) -> dict[str, str]:
    known = {item.code: item for item in assessment.period.instrument.items}
    if set(wanted) - set(known) or len(wanted) > MOST_ITEMS:
        raise Refused("Ada indikator yang tidak dikenal pada instrumen ini.", field="agenda")
    found = {}
    with Together() as faults:
        for item, question in wanted.items():
            with faults.noted():
                found[item] = clean(question, QUESTION_LIMIT, f"Pertanyaan indikator {known[item].number}", f"tanya-{item}")
    return found


def in_order(assessment: Assessment, items) -> list[str]:
    return [item.code for item in assessment.period.instrument.items if item.code in items]


def fresh(meeting: Meeting, seen_version: int) -> None:
    if meeting.version != seen_version:
        raise Stale(
            "Sesi ini diubah orang lain sesudah Anda membukanya. Bandingkan, lalu simpan lagi.", theirs=as_written(meeting)
        )


def as_written(meeting: Meeting) -> dict[str, str]:
    """What is stored of a schedule, as the form shows it."""
    return {"note": meeting.note, "place": meeting.place, "link": meeting.link, "notice_no": meeting.notice_no}


def touched(meeting: Meeting) -> None:
    """A change of what hangs on a session is a change of the session: whoever holds the older page is told."""
    flag_modified(meeting, "note")


def demand_not_begun(meeting: Meeting) -> None:
    if meeting.state == "cancelled":
        raise Refused("Sesi ini dibatalkan. Usulkan sesi baru.")
    if meeting.state == "held":
        raise Refused("Sesi ini sudah dimulai, jadi jadwalnya tidak dapat diubah lagi.")


def named(meeting: Meeting) -> str:
    day = meeting.starts_at.astimezone(ZoneInfo(meeting.assessment.period.zone)).date()
    return f"{MEETING_KINDS[meeting.kind]} {written_day(day)}"
