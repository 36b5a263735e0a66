"""The window in which the instansi answers provisional values (S32), and the ruling of somebody who did not set them.

Neither PermenPANRB 59/2020 nor Pedoman 3/2024 has a rule on objections (process.md 3); a round that wants one has the
stage "objection" in its calendar. Who judged an item, as first or second reader or as the lead who decided it, never
rules on it; where nobody else sits on the panel, one more assessor has to be seated (`who_rules` says so).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, object_session

from .actors import Actor
from .allowing import allow
from .clock import now
from .comparing import Reason, reasons_of_decisions
from .consolidation_questions import is_open, moved_values, provisional_values
from .instruments import Item
from .models import (
    Assessment,
    Claim,
    Decision,
    Document,
    DocumentVersion,
    Judgement,
    Objection,
    PanelMember,
    Share,
    Submission,
)
from .models.objection import RULINGS
from .panel_questions import JUDGES
from .refusal import Refused, Stale, Together
from .texts import clean, clean_line
from .workflow import happened

LIMIT = 4000
ANSWERS = {"accepted": "Terima nilai sementara", "objected": "Tidak setuju"}
NOBODY_LEFT = (
    "Setiap penilai tim ini sudah menilai indikator ini, jadi tidak ada yang boleh memutus. "
    "Tambahkan satu asesor lain ke tim."
)


@dataclass(frozen=True)
class Lowered:
    """One item whose provisional value lies below the claim, why, and what the instansi said to it.

    `final` is what it stands at now: a ruling or an answer to Tim Reviu may have moved it, and the later word counts.
    """

    item: Item
    claimed: Fraction
    value: Fraction
    final: Fraction
    reason: Reason | None = field(repr=False)
    said: Objection | None


def lowered(session: Session, assessment: Assessment, only: Iterable[str] | None = None) -> list[Lowered]:
    """The lowered items in the order of the instrument, in six statements; `only` narrows them."""
    wanted = None if only is None else set(only)
    claimed = dict(session.execute(select(Claim.item, Claim.value).where(Claim.assessment_id == assessment.id)).all())
    values = provisional_values(assessment)
    below = {
        code for code, value in values.items()
        if claimed.get(code) is not None and value < claimed[code] and (wanted is None or code in wanted)
    }
    if not below:
        return []
    why, said = reasons_of_decisions(session, assessment.id, below), _said(session, assessment)
    moved = moved_values(assessment, said.values())
    return [
        Lowered(
            item, claimed[item.code], values[item.code], moved.get(item.code, (values[item.code],))[0], why.get(item.code),
            said.get(item.code),
        )
        for item in assessment.period.instrument.items
        if item.code in below
    ]


def _said(session: Session, assessment: Assessment) -> dict[str, Objection]:
    rows = session.scalars(
        select(Objection)
        .where(Objection.assessment_id == assessment.id)
        .options(
            joinedload(Objection.by), joinedload(Objection.ruled_by),
            joinedload(Objection.document_version).joinedload(DocumentVersion.document),
        )
    )
    return {row.item: row for row in rows}


def led_by(session: Session, submission: Submission) -> set[str]:
    """The items this agency leads: those it answers for alone."""
    rows = session.scalars(
        select(Share.item).where(
            Share.assessment_id == submission.assessment_id, Share.organization_id == submission.organization_id,
            Share.part == "lead",
        )
    )
    return set(rows)


# ---------------------------------------------------------------- the instansi


def respond(
    submission: Submission, item: str, by: Actor, answer: str, grounds: str, locator: str, document: Document | None,
    seen_version: int,
) -> Objection:
    """Accept one lowered item or object to it; `seen_version` is 0 where nothing was said yet.

    An objection names its grounds and the page that shows them; a document is pinned at its newest version.
    """
    allow(by, "object", submission)
    session, assessment = object_session(submission), submission.assessment
    row = next((row for row in lowered(session, assessment, led_by(session, submission)) if row.item.code == item), None)
    if row is None:
        raise Refused("Indikator ini tidak diturunkan, atau bukan bagian OPD ini.")
    with Together() as faults:
        with faults.noted():
            if answer not in ANSWERS:
                raise Refused("Pilih terima atau tidak setuju.", field="answer")
        with faults.noted():
            grounds = clean(grounds, LIMIT, "Alasan", "grounds", required=answer == "objected")
        with faults.noted():
            locator = clean_line(locator, 120, "Berkas dan halaman", "locator", required=answer == "objected")
        with faults.noted():
            if document is not None and (document.removed_at is not None or not _usable(submission, document)):
                raise Refused("Pilih dokumen dari pustaka OPD ini.", field="document")
    if answer == "accepted":
        grounds, locator, document = "", "", None
    said = row.said
    if said is not None and said.ruling is not None:
        raise Refused("Tanggapan ini sudah diputus, jadi tidak dapat diubah lagi.")
    version = document.newest if document is not None else None
    new = (answer, grounds, locator, *((version.document_id, version.n) if version else (None, None)))
    if said is not None and (said.answer, said.grounds, said.locator, said.document_id, said.n) == new:
        return said
    if seen_version != (said.version if said else 0):
        raise Stale(
            "Tanggapan ini berubah sesudah Anda membukanya. Bandingkan, lalu simpan lagi.",
            theirs={"answer": ANSWERS[said.answer] if said else "", "grounds": said.grounds if said else "",
                    "locator": said.locator if said else ""},
        )
    return _write(submission, row, by, new)


def _usable(submission: Submission, document: Document) -> bool:
    """Of the agency's own library, or of the instansi's for the one who answers in its name."""
    return document.owner_org_id in (submission.organization_id, submission.organization.root_id)


def _write(submission: Submission, row: Lowered, by: Actor, new: tuple) -> Objection:
    session, said = object_session(submission), row.said
    if said is None:
        said = Objection(assessment_id=submission.assessment_id, item=row.item.code, organization_id=submission.organization_id)
        session.add(said)
    said.answer, said.grounds, said.locator, said.document_id, said.n = new
    said.value, said.organization_id, said.by_id, said.at = row.value, submission.organization_id, by.person_id, now()
    label = "diterima" if said.answer == "accepted" else "tidak disetujui"
    happened(submission.assessment, "object", f"Nilai sementara indikator {row.item.number} {label}", by)
    return said


def accept_rest(submission: Submission, by: Actor) -> int:
    """Accept every lowered item of the part that nothing was said to yet; how many."""
    allow(by, "object", submission)
    session = object_session(submission)
    rest = [row for row in lowered(session, submission.assessment, led_by(session, submission)) if row.said is None]
    if not rest:
        raise Refused("Semua nilai yang diturunkan sudah ditanggapi.")
    for row in rest:
        session.add(
            Objection(
                assessment_id=submission.assessment_id, item=row.item.code, value=row.value, answer="accepted",
                organization_id=submission.organization_id, by_id=by.person_id, at=now(),
            )
        )
    happened(submission.assessment, "object", f"{len(rest)} nilai sementara diterima {submission.organization.short_name}", by)
    return len(rest)


# ---------------------------------------------------------------- the ruling


def who_judged(session: Session, assessment: Assessment) -> dict[str, set[int]]:
    """{item: persons who set its value}: every sent judgement of any stage, and the lead where it was decided."""
    found: dict[str, set[int]] = {}
    sent = select(Judgement.item, Judgement.person_id).where(
        Judgement.assessment_id == assessment.id, Judgement.state == "sent"
    )
    decided = select(Decision.item, Decision.by_id).where(Decision.assessment_id == assessment.id, Decision.by_id.is_not(None))
    for item, person in session.execute(sent.union(decided)):
        found.setdefault(item, set()).add(person)
    return found


def who_rules(assessment: Assessment, judged: set[int]) -> list[PanelMember]:
    """Lead and members in force who did not judge the item; nobody where all of them did."""
    return [
        member for member in assessment.panel
        if member.role in JUDGES and member.active and member.person_id not in judged
    ]


def rule(assessment: Assessment, item: str, by: Actor, value: Fraction | None, reason: str, seen_version: int) -> Objection:
    """Uphold the value (None, or the same) or change it, with a reason; once said it stands."""
    allow(by, "rule_objection", assessment)
    session = object_session(assessment)
    said = session.get(Objection, (assessment.id, item), options=[joinedload(Objection.ruled_by)], populate_existing=True)
    if said is None or said.answer != "objected":
        raise Refused("Tidak ada keberatan pada indikator ini.")
    if said.ruling is not None:
        raise Refused(f"Tanggapan ini sudah diputus {said.ruled_by.name}.")
    judged = who_judged(session, assessment).get(item, set())
    if by.person_id in judged:
        if not who_rules(assessment, judged):
            raise Refused(NOBODY_LEFT)
        raise Refused("Anda ikut menilai indikator ini, jadi asesor lain yang memutus.")
    wanted, scale = assessment.period.instrument.item(item), assessment.period.instrument.item(item).scale
    with Together() as faults:
        with faults.noted():
            reason = clean(reason, LIMIT, "Alasan putusan", "reason", required=True)
        with faults.noted():
            if value is not None and not scale.holds(value):
                raise Refused(f"Nilai harus {scale.allowed}.", field="value")
    if seen_version != said.version:
        raise Stale("Tanggapan ini berubah sesudah Anda membukanya. Baca lagi, lalu putuskan.", theirs={"grounds": said.grounds})
    # What stands now, an answer to Tim Reviu included: that is what the page shows and what "nilai tetap" upholds.
    changed = value is not None and value != moved_values(assessment, [said]).get(item, (said.value,))[0]
    said.ruling, said.ruling_value = ("changed", value) if changed else ("upheld", None)
    said.ruling_reason, said.ruled_by_id, said.ruled_at = reason, by.person_id, now()
    happened(assessment, "rule_objection", f"Tanggapan indikator {wanted.number}: {RULINGS[said.ruling].lower()}", by, reason)
    return said


# ---------------------------------------------------------------- what came of it


@dataclass
class Tally:
    """How many items were lowered, objected to, left as they were and changed, of one aspect or one assessor."""

    name: str
    lowered: int = 0
    objected: int = 0
    upheld: int = 0
    changed: int = 0

    def count(self, row: Lowered) -> None:
        self.lowered += 1
        if row.said is not None and row.said.answer == "objected":
            self.objected += 1
            self.upheld += row.said.ruling == "upheld"
            self.changed += row.said.ruling == "changed"


def tally_by_aspect(rows: Iterable[Lowered]) -> list[Tally]:
    """In the order of the instrument."""
    found: dict[str, Tally] = {}
    for row in rows:
        node = row.item.parent
        found.setdefault(node.code if node else "", Tally(f"{node} {node.name}" if node else "Semua")).count(row)
    return list(found.values())


def tally_by_assessor(session: Session, assessment: Assessment, rows: Iterable[Lowered]) -> list[Tally]:
    """Under the name of who set the value that was answered: the judgement's author, or the lead who decided it."""
    authors: dict[str, str] = {}
    for decision in sorted(assessment.decisions, key=lambda each: each.at):
        if decision.origin != "carried" and decision.by is not None:
            authors[decision.item] = decision.by.name
    found: dict[str, Tally] = {}
    for row in rows:
        name = authors.get(row.item.code, "Tidak tercatat")
        found.setdefault(name, Tally(name)).count(row)
    return sorted(found.values(), key=lambda tally: tally.name)


def counts(rows: Iterable[Lowered]) -> Counter:
    """{"left", "accepted", "objected", "open", "upheld", "changed": how many}."""
    found: Counter = Counter()
    for row in rows:
        found["left" if row.said is None else row.said.answer] += 1
        if row.said is not None and is_open(row.said):
            found["open"] += 1
        elif row.said is not None and row.said.ruling:
            found[row.said.ruling] += 1
    return found
