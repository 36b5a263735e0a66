"""What a change of organizations would do: who becomes whom, what would move, what stays, what stands in the way.

Reading only; `succeeding.succeed()` carries it out.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import moving_parts, moving_things
from .actors import Actor
from .canonical import digest
from .clock import today
from .models import (
    Application,
    Appointment,
    Document,
    Organization,
    Recommendation,
    Submission,
    Succession,
    Upload,
)
from .models.organization import ANSWERING
from .models.succession import SUCCESSIONS
from .moving_parts import VOUCHED, Part
from .policies import entitled
from .refusal import Refused, Together
from .texts import clean_line, written_day
from .workflow import Forbidden

NO_HEIRS = ("kecamatan", "kelurahan", "external", "other")  # what an agency's work cannot go to
WHOLE = ("merge", "rename")  # everything goes to one successor
STAY, END = "stay", "end"


@dataclass(frozen=True)
class Wish:
    """Who becomes whom, from which day on, by which decision."""

    predecessors: tuple[Organization, ...]
    successors: tuple[Organization, ...]
    kind: str
    effective_on: date | None
    decision_no: str = ""
    decision_on: date | None = None
    note: str = ""

    @property
    def whole(self) -> bool:
        return self.kind in WHOLE

    @property
    def heir(self) -> Organization:
        return self.successors[0]

    @property
    def words(self) -> str:
        """For the history of each thing."""
        said = f"Keputusan {self.decision_no} tanggal {written_day(self.decision_on)}, berlaku {written_day(self.effective_on)}."
        return f"{said} {self.note}".strip()


@dataclass
class Choices:
    """Where each thing goes: {id: id of a successor}; what is not named stays. `people` is {office: successor, "stay" or
    "end"}; `rest` is {"items" | "documents" | "applications" | "recommendations" | "units": successor} for all that is not
    named.
    `ends` says that the predecessor of a split is no more."""

    items: dict[tuple[int, str], int] = field(default_factory=dict)  # (submission, item)
    documents: dict[int, int] = field(default_factory=dict)
    applications: dict[int, int] = field(default_factory=dict)
    recommendations: dict[int, int] = field(default_factory=dict)
    units: dict[int, int] = field(default_factory=dict)
    people: dict[int, int | str] = field(default_factory=dict)
    rest: dict[str, int] = field(default_factory=dict)
    ends: bool = False


@dataclass
class Preview:
    """What there is, and what stands in the way; nothing is changed by making it."""

    parts: list[Part]
    documents: list[Document]
    applications: list[Application]
    recommendations: list[Recommendation]
    uploads: list[Upload]
    units: list[Organization]
    offices: list[Appointment]
    people: dict[int, int | str]  # what is proposed for each office
    meeting: list[str]  # items on which two agencies meet
    obstacles: list[str]

    @property
    def moving(self) -> list[Part]:
        return [part for part in self.parts if not part.why_stays and part.items]

    @property
    def staying(self) -> list[Part]:
        return [part for part in self.parts if part.why_stays]

    @property
    def items(self) -> int:
        return sum(len(part.items) for part in self.moving)

    @property
    def mark(self) -> str:
        """What was shown, as one short text: what came in afterwards is shown before it moves."""
        shown = (
            [(part.submission.id, part.items, part.why_stays) for part in self.parts],
            *([thing.id for thing in things] for things in
              (self.documents, self.applications, self.recommendations, self.units, self.offices)),
            self.obstacles,
        )
        return digest(repr(shown).encode())[:24]


def check(session: Session, wish: Wish, by: Actor) -> Wish:
    """The wish with its words cleaned; every fault at once, at its field."""
    for organization in (*wish.predecessors, *wish.successors):
        if not entitled(by, "write", organization):
            raise Forbidden("write")
    olds, news = {each.id for each in wish.predecessors}, {each.id for each in wish.successors}
    number = note = ""
    with Together() as faults:
        with faults.noted():
            if wish.kind not in SUCCESSIONS:
                raise Refused("Pilih jenis perubahan.", field="kind")
        with faults.noted():
            _check_numbers(wish, olds, news)
        with faults.noted():
            if any(each.instansi_id is None for each in (*wish.predecessors, *wish.successors)):
                raise Refused("Instansi sendiri tidak dapat digabung, dipecah, atau dialihkan.", field="successors")
        for each in (*wish.predecessors, *wish.successors):
            with faults.noted():
                if each.states[-1].valid_to is not None:
                    raise Refused(f"{each.short_name} sudah berakhir.", field="successors")
        with faults.noted():
            if any(each.kind in ANSWERING for each in wish.predecessors):
                for each in wish.successors:
                    if each.kind in NO_HEIRS:
                        raise Refused(f"{each.short_name} bukan perangkat daerah, jadi tidak dapat"
                                      " meneruskan pekerjaannya.", field="successors")
        with faults.noted():
            _check_day(session, wish, olds, news)
        with faults.noted():
            number = clean_line(wish.decision_no, 80, "Nomor keputusan", "decision_no", required=True)
        with faults.noted():
            if wish.decision_on is None:
                raise Refused("Tanggal keputusan wajib diisi.", field="decision_on")
            if wish.decision_on > _today(wish):
                raise Refused("Tanggal keputusan tidak boleh di masa depan.", field="decision_on")
        with faults.noted():
            note = clean_line(wish.note, 500, "Catatan", "note")
    return Wish(wish.predecessors, wish.successors, wish.kind, wish.effective_on, number, wish.decision_on, note)


def _today(wish: Wish) -> date:
    """Where the organizations are; those that are to be merged, split or replaced share one clock."""
    return today(next((each.clock_zone for each in (*wish.predecessors, *wish.successors)), "Asia/Jakarta"))


def _check_numbers(wish: Wish, olds: set[int], news: set[int]) -> None:
    if not news:
        raise Refused("Pilih organisasi penerus.", field="successors")
    if olds & news:
        raise Refused("Organisasi penerus harus lain dari organisasi lama.", field="successors")
    if wish.kind != "split" and len(news) > 1:
        raise Refused("Pilih satu organisasi penerus. Untuk beberapa penerus, jenisnya pemecahan.", field="successors")
    if wish.kind == "split" and len(news) < 2:
        raise Refused("Pemecahan memerlukan sedikitnya dua organisasi penerus. Untuk satu penerus, pilih pengalihan urusan.",
                      field="successors")
    if wish.kind != "merge" and len(olds) > 1:
        raise Refused("Beberapa organisasi lama hanya ada pada penggabungan.", field="predecessors")


def _check_day(session: Session, wish: Wish, olds: set[int], news: set[int]) -> None:
    day = wish.effective_on
    if day is None:
        raise Refused("Tanggal berlaku wajib diisi.", field="effective_on")
    if day > _today(wish):
        raise Refused("Tanggal berlaku belum tiba. Laksanakan perubahan ini pada harinya.", field="effective_on")
    for each in wish.predecessors:
        if day <= each.states[-1].valid_from:
            raise Refused(f"Tanggal berlaku harus sesudah {written_day(each.states[-1].valid_from)}, "
                          f"mulainya nama {each.short_name} yang sekarang.", field="effective_on")
    for each in wish.successors:
        if day < each.states[0].valid_from:
            raise Refused(f"{each.short_name} baru ada sejak {written_day(each.states[0].valid_from)}.", field="effective_on")
    if session.scalar(select(Succession.kind).where(
        Succession.predecessor_id.in_(olds), Succession.successor_id.in_(news), Succession.effective_on == day,
    ).limit(1)):
        raise Refused("Perubahan ini sudah tercatat pada tanggal itu.", field="effective_on")


def preview(session: Session, wish: Wish, by: Actor, hold: bool = False) -> Preview:
    """Everything that would move or stay, and every sentence that stands in the way."""
    olds, news = [each.id for each in wish.predecessors], [each.id for each in wish.successors]
    found = moving_parts.open_parts(session, [*wish.predecessors, *wish.successors], hold)
    mine = [part for part in found if part.organization_id in olds]
    theirs = [part for part in found if part.organization_id in news]
    shares = moving_parts.shares_of(session, mine)
    parts = moving_parts.parts_of(mine, theirs, shares, wish.whole)
    offices = moving_things.offices_of(session, olds)
    shown = Preview(
        parts=parts,
        documents=moving_things.documents_of(session, olds),
        applications=moving_things.applications_of(session, olds),
        recommendations=moving_things.recommendations_of(session, olds),
        uploads=moving_things.uploads_of(session, olds),
        units=[unit for unit in moving_things.units_below(session, olds) if unit.id not in news],
        offices=offices,
        people=_proposed(session, wish, offices, by),
        meeting=[],
        obstacles=[],
    )
    _meet(wish, shown, theirs)
    return shown


def _proposed(session: Session, wish: Wish, offices: list[Appointment], by: Actor) -> dict[int, int | str]:
    """People go with the work where all of it goes; a second head or other single holder of an office ends."""
    if not wish.whole:
        return {office.id: STAY for office in offices}
    taken = moving_things.rivals(session, wish.heir)
    found: dict[int, int | str] = {}
    for office in offices:
        if office.person_id == by.person_id:
            found[office.id] = STAY
        elif office.kind != "definitive" or (wish.heir.id, office.role) in taken:
            found[office.id] = END
        else:
            found[office.id] = wish.heir.id
            if office.role in moving_things.staffing.ONE_HOLDER:
                taken.add((wish.heir.id, office.role))
    return found


def _meet(wish: Wish, shown: Preview, theirs: list[Submission]) -> None:
    """Where the successor answers the same item already, and where it cannot take anything in any more."""
    there = {(part.assessment_id, part.organization_id): part for part in theirs}
    answered: dict[tuple[int, str], int] = {}
    for part in shown.moving:
        for target in wish.successors:
            other = there.get((part.submission.assessment_id, target.id))
            if other is not None and other.state in VOUCHED:
                shown.obstacles.append(
                    f"Isian {target.short_name} pada {part.period.title} sudah ditandatangani, jadi tidak dapat menerima "
                    "indikator lagi. Kembalikan dulu isian itu."
                )
        heir = there.get((part.submission.assessment_id, wish.heir.id))
        names = {item.code: item.number for item in part.period.instrument.items}
        known = {contribution.item for contribution in heir.contributions} if heir is not None else set()
        for item in part.items:
            if item in known or answered.setdefault((part.submission.assessment_id, item), part.submission.id) != part.submission.id:
                shown.meeting.append(f"{part.period.title}, indikator {names[item]}")
    shown.obstacles = list(dict.fromkeys(shown.obstacles))
    shown.meeting = list(dict.fromkeys(shown.meeting))
