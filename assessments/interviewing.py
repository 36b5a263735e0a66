"""A session while it runs (S55, S56): begun, who was there, what was said or seen on each item, and its end.

Until minutes are signed the notes may be completed, also after the session; signed minutes keep them as they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import object_session

from .actors import Actor
from .allowing import allow
from .clock import now
from .models import Meeting, MeetingItem, MeetingPerson
from .models.meeting import FINDINGS, SIDES
from .models.period import STAGES
from .refusal import Refused, Stale, Together
from .scheduling import fresh, minutes_signed, named, touched
from .texts import clean, clean_line
from .workflow import happened

TEXT_LIMIT = 8000
PRESENT = {True: "Hadir", False: "Tidak", None: "Belum"}
MOST_PEOPLE = 120


@dataclass(frozen=True)
class Note:
    """What is written on one item; an interviu has no `seen`, `location` and `finding`."""

    answer: str = ""
    seen: str = ""
    location: str = ""
    finding: str | None = None
    follow_up: bool = False


def begin(meeting: Meeting, by: Actor) -> None:
    allow(by, "hold_meetings", meeting.assessment)
    if meeting.state == "held":
        return
    if meeting.state != "confirmed":
        raise Refused("Sesi dimulai sesudah jadwalnya dikonfirmasi kedua pihak.")
    if meeting.assessment.state != meeting.kind:
        raise Refused(
            f"Sesi ini dimulai saat tahap {STAGES[meeting.kind].lower()} berjalan. Ketua tim menutup tahap sebelumnya dulu."
        )
    meeting.state, meeting.began_at = "held", now()
    happened(meeting.assessment, "meeting", f"{named(meeting)} dimulai", by)


def end(meeting: Meeting, by: Actor) -> None:
    allow(by, "hold_meetings", meeting.assessment)
    if meeting.state != "held":
        raise Refused("Sesi ini belum dimulai.")
    if meeting.ended_at is None:
        meeting.ended_at = now()
        happened(meeting.assessment, "meeting", f"{named(meeting)} selesai", by)


def why_locked(meeting: Meeting) -> str | None:
    """Why nothing is written down in this session now."""
    if meeting.state == "cancelled":
        return "Sesi ini dibatalkan."
    if meeting.state != "held":
        return "Catatan ditulis sesudah sesi dimulai."
    if minutes_signed(meeting):
        return "Berita acara sesi ini sudah ditandatangani. Tarik dulu bila catatannya perlu diperbaiki."
    return None


def _writable(meeting: Meeting, by: Actor) -> None:
    allow(by, "hold_meetings", meeting.assessment)
    if sentence := why_locked(meeting):
        raise Refused(sentence)


def item_of(meeting: Meeting, item: str) -> MeetingItem | None:
    return next((each for each in meeting.items if each.item == item), None)


def write_note(meeting: Meeting, each: MeetingItem, by: Actor, note: Note, seen_version: int) -> bool:
    """Keep what was said on one item; True where that changes something. Another version than seen is `Stale`."""
    _writable(meeting, by)
    visit = meeting.kind == "visit"
    said: dict = {"follow_up": note.follow_up}
    with Together() as faults:
        with faults.noted():
            said["answer"] = clean(note.answer, TEXT_LIMIT, "Catatan" if not visit else "Keterangan", "answer")
        if visit:
            with faults.noted():
                said["seen"] = clean(note.seen, TEXT_LIMIT, "Yang dilihat", "seen")
            with faults.noted():
                said["location"] = clean_line(note.location, 300, "Tempat", "location")
            with faults.noted():
                if (note.finding or None) not in (None, *FINDINGS):
                    raise Refused("Pilih temuan dari daftar.", field="finding")
                said["finding"] = note.finding or None
    if all(getattr(each, name) == value for name, value in said.items()):
        return False
    if each.noted and not any(said.get(name) for name in ("answer", "seen", "finding")):
        raise Refused("Catatan yang sudah ada tidak dapat dikosongkan. Perbaiki isinya.", field="answer")
    if each.version != seen_version:
        raise Stale("Catatan ini diubah orang lain sesudah Anda membukanya. Bandingkan, lalu simpan lagi.", theirs=stored(each))
    for name, value in said.items():
        setattr(each, name, value)
    each.by_id, each.at = by.person_id, now()
    return True


def stored(each: MeetingItem) -> dict[str, str]:
    """A note as its form writes it."""
    return {
        "answer": each.answer, "seen": each.seen, "location": each.location, "finding": each.finding or "",
        "follow_up": "y" if each.follow_up else "",
    }


# ---------------------------------------------------------------- people


@dataclass(frozen=True)
class Invited:
    """Somebody on the list: `person_id` for an account, none for a typed name."""

    name: str
    office: str
    side: str
    person_id: int | None = None


def set_people(meeting: Meeting, by: Actor, wanted: Iterable[Invited], seen_version: int) -> None:
    """The whole list; who stays on it keeps the word on attendance."""
    allow(by, "hold_meetings", meeting.assessment)
    if meeting.state == "cancelled":
        raise Refused("Sesi ini dibatalkan.")
    if minutes_signed(meeting):
        raise Refused("Berita acara sesi ini sudah ditandatangani, jadi daftar pesertanya tetap.")
    people = [_cleaned(each, place) for place, each in enumerate(wanted)]
    if len(people) > MOST_PEOPLE:
        raise Refused(f"Paling banyak {MOST_PEOPLE} peserta dalam satu sesi.", field="names")
    present = {_key(each): each for each in meeting.people}
    if [_key(each) for each in people] == list(present):
        return
    fresh(meeting, seen_version)
    keys = {_key(each) for each in people}
    for key, listed in present.items():
        if key not in keys:
            meeting.people.remove(listed)
    n = max((each.n for each in present.values()), default=0)
    for invited in people:
        if _key(invited) not in present:
            n += 1
            present[_key(invited)] = made = MeetingPerson(n=n, **asdict(invited))
            meeting.people.append(made)
    touched(meeting)


def _key(each: Invited | MeetingPerson) -> tuple:
    return (each.person_id,) if each.person_id is not None else (each.name, each.office, each.side)


def _cleaned(each: Invited, place: int) -> Invited:
    if each.person_id is not None:
        return each
    if each.side not in SIDES:
        raise Refused("Pilih pihak peserta.", field="names")
    name = clean_line(each.name, 160, "Nama peserta", "names", required=True)
    return Invited(name, clean_line(each.office, 200, "Jabatan peserta", "names"), each.side)


def mark_present(meeting: Meeting, by: Actor, said: Mapping[int, bool | None], seen: Mapping[int, object]) -> int:
    """{number on the list: was there, was not, not said}, and the same as the page showed it; how many changed.

    Each person's word stands for itself: only what differs from what was seen is written. Where somebody else said
    another word meanwhile it is `Stale` with {number: the stored word}, and nothing is written.
    """
    _writable(meeting, by)
    # Two who save at the same moment wait for one another here.
    rows = object_session(meeting).scalars(
        select(MeetingPerson).where(MeetingPerson.meeting_id == meeting.id).order_by(MeetingPerson.n)
        .with_for_update().execution_options(populate_existing=True)
    )
    chosen = [
        (each, said[each.n]) for each in rows
        if each.n in said and said[each.n] is not seen.get(each.n) and each.present is not said[each.n]
    ]
    crossed = {str(each.n): PRESENT[each.present] for each, _word in chosen if each.present is not seen.get(each.n)}
    if crossed:
        raise Stale("Kehadiran ini diubah orang lain sesudah Anda membukanya. Bandingkan, lalu simpan lagi.", theirs=crossed)
    for each, word in chosen:
        each.present = word
    return len(chosen)
