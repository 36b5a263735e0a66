"""What should improve, and what becomes of it: recommendations, the agency's plan and progress, the inspectorate's word.

No regulation orders this part (process.md 8); the four verdicts are those of SIPTL. An agency never closes its own:
*selesai menurut OPD* is a word of its progress, the status is the newest verdict.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session, selectinload
from sqlalchemy.orm.attributes import flag_modified

from .actors import Actor
from .clock import now, today
from .models import (
    Assessment,
    DocumentVersion,
    Organization,
    Plan,
    Progress,
    Proof,
    Recommendation,
    RecommendationOwner,
    Verdict,
)
from .models.recommendation import PRIORITIES, SOURCES, VERDICTS
from .policies import entitled, obstacle
from .refusal import Refused
from .texts import clean, clean_line
from .workflow import Forbidden, Look, happened

TEXT = 2000
LOOKS = {
    "followup_not_started": Look(VERDICTS["followup_not_started"], "warn", "ring"),
    "followup_in_progress": Look(VERDICTS["followup_in_progress"], "work", "half"),
    "followup_conforming": Look(VERDICTS["followup_conforming"], "ok", "check"),
    "followup_not_applicable": Look(VERDICTS["followup_not_applicable"], "plain", "lock"),
}


def _allow(by: Actor, action: str, thing) -> None:
    if not entitled(by, action, thing):
        raise Forbidden(action)
    sentence = obstacle(by, action, thing)
    if sentence:
        raise Refused(sentence)


@dataclass(frozen=True)
class Wish:
    """What a recommendation says, as it was typed."""

    text: str
    priority: str
    due_on: date | None = None
    no_due_reason: str = ""
    item: str | None = None
    owners: Sequence[Organization] = ()


def _checked(wish: Wish, instansi: Organization, codes: Iterable[str] | None) -> Wish:
    text = clean(wish.text, TEXT, "Rekomendasi", "text", required=True)
    if wish.priority not in PRIORITIES:
        raise Refused("Pilih prioritas.", field="priority")
    reason = clean_line(wish.no_due_reason, 300, "Alasan tanpa batas waktu", "no_due_reason")
    if wish.due_on is None and not reason:
        raise Refused("Isi batas waktu, atau tulis mengapa tidak ada.", field="due_on")
    if wish.item and (codes is None or wish.item not in codes):
        raise Refused("Indikator ini tidak ada pada instrumen putaran ini.", field="item")
    if any(owner.root_id != instansi.id for owner in wish.owners):
        raise Refused("OPD pelaksana harus dari instansi yang sama.", field="owners")
    return Wish(text, wish.priority, wish.due_on, "" if wish.due_on else reason, wish.item or None, tuple(wish.owners))


def proposed_text(assessment: Assessment, item: str, value) -> str:
    """The next level's criterion as a first wording (how a city broke its recommendation down, process.md 8)."""
    found = assessment.period.instrument.item(item)
    if value is None:
        return ""
    following = min((level for level in found.scale.levels if level.value > value), key=lambda level: level.value, default=None)
    criterion = found.criteria.get(following.value, "") if following else ""
    return f"Penuhi kriteria tingkat {following.value} ({following.name}): {criterion}" if criterion else ""


def proposed_day(assessment: Assessment) -> date:
    """A due date to begin with: the end of the year after the round's, before the next evaluation looks."""
    return date(assessment.period.year + 1, 12, 31)


def recommend(assessment: Assessment, wish: Wish, by: Actor) -> Recommendation:
    """The panel writes one, for an item or for the whole; it is handed out when the result is published."""
    _allow(by, "recommend", assessment)
    instansi = assessment.period.organiser
    wish = _checked(wish, instansi, {item.code for item in assessment.period.instrument.items})
    return _store(object_session(assessment), instansi, wish, by, "result", assessment=assessment)


def change(recommendation: Recommendation, wish: Wish, by: Actor, seen_version: int) -> None:
    """Mend one that was not handed out yet."""
    _allow(by, "recommend", recommendation.assessment)
    if seen_version != recommendation.version:
        raise Refused("Rekomendasi ini diubah orang lain sesudah Anda membukanya. Muat ulang dan bandingkan lagi.")
    instrument = recommendation.assessment.period.instrument
    wish = _checked(wish, recommendation.instansi, {item.code for item in instrument.items})
    recommendation.text, recommendation.priority = wish.text, wish.priority
    recommendation.due_on, recommendation.no_due_reason = wish.due_on, wish.no_due_reason or None
    recommendation.item = wish.item
    _own(recommendation, wish.owners)


def drop(recommendation: Recommendation, by: Actor) -> None:
    """Take away one that was not handed out yet."""
    _allow(by, "recommend", recommendation.assessment)
    session = object_session(recommendation)
    for owner in recommendation.owners:
        session.delete(owner)
    session.delete(recommendation)


def add(session: Session, instansi: Organization, source: str, source_note: str, wish: Wish, by: Actor) -> Recommendation:
    """The inspectorate enters one of an audit, of its monitoring or of a review; it is in force at once."""
    _allow(by, "create", Recommendation)
    if source not in SOURCES or source == "result":
        raise Refused("Pilih sumber rekomendasi.", field="source")
    if instansi.id != by.instansi_id and not by.system:
        raise Forbidden("create")
    source_note = clean_line(source_note, 200, "Dokumen sumber", "source_note", required=True)
    wish = _checked(wish, instansi, None)
    if not wish.owners:
        raise Refused("Pilih OPD pelaksana.", field="owners")
    made = _store(session, instansi, wish, by, source, source_note=source_note)
    made.released_at = now()
    return made


def _store(session: Session, instansi: Organization, wish: Wish, by: Actor, source: str, **more) -> Recommendation:
    made = Recommendation(
        number=_new_number(session, instansi), source=source, instansi=instansi, item=wish.item, text=wish.text,
        priority=wish.priority, due_on=wish.due_on, no_due_reason=wish.no_due_reason or None, by_id=by.person_id, at=now(),
        **more,
    )
    session.add(made)
    _own(made, wish.owners)
    happened(made, "create", "Rekomendasi ditulis", by)
    return made


def _new_number(session: Session, instansi: Organization) -> str:
    """R-<year>-<n>, counted within the instansi; the row's UNIQUE settles a race."""
    year = today(instansi.clock_zone).year
    start = f"R-{instansi.id}-{year}-"
    taken = session.scalar(select(func.count()).where(Recommendation.number.like(f"{start}%")))
    last = session.scalar(select(func.max(Recommendation.number)).where(Recommendation.number.like(f"{start}%")))
    return f"{start}{max(taken, int(last.rsplit('-', 1)[1]) if last else 0) + 1:04d}"


def _own(recommendation: Recommendation, owners: Sequence[Organization]) -> None:
    day = today(recommendation.instansi.clock_zone)
    wanted = {owner.id: ("lead" if place == 0 else "supporting") for place, owner in enumerate(owners)}
    for owner in list(recommendation.owners):
        if wanted.pop(owner.organization_id, None) is None:
            recommendation.owners.remove(owner)
            session = object_session(owner)
            if session is not None:
                session.delete(owner)
    for organization_id, part in wanted.items():
        recommendation.owners.append(RecommendationOwner(organization_id=organization_id, from_day=day, part=part))
    for owner in recommendation.owners:
        if owners:
            owner.part = "lead" if owner.organization_id == owners[0].id else "supporting"


def ownerless(assessment: Assessment) -> list[Recommendation]:
    """Recommendations of this assessment that nobody was asked to carry out."""
    found = object_session(assessment).scalars(
        select(Recommendation)
        .where(Recommendation.assessment_id == assessment.id)
        .options(selectinload(Recommendation.owners))
    )
    return [recommendation for recommendation in found if not recommendation.current_owners]


def unfit_to_release(assessment: Assessment) -> list[str]:
    """What keeps the recommendations, and with them the result, from being published: each needs an owner (S60)."""
    without = ownerless(assessment)
    return [f"{len(without)} rekomendasi belum punya OPD pelaksana, jadi hasil belum dapat diterbitkan."] if without else []


def release_of(assessment: Assessment, by: Actor) -> int:
    """Hand out what the panel wrote."""
    if missing := unfit_to_release(assessment):
        raise Refused(*missing)
    waiting = object_session(assessment).scalars(
        select(Recommendation).where(Recommendation.assessment_id == assessment.id, Recommendation.released_at.is_(None))
    ).all()
    for recommendation in waiting:
        recommendation.released_at = now()
        happened(recommendation, "release", "Diterbitkan bersama hasil", by)
    return len(waiting)


def _renumber(recommendation: Recommendation) -> None:
    """Another version of the row: of two who write about it at the same time one is refused, so a verdict never passes
    over a report."""
    flag_modified(recommendation, "number")


# ---------------------------------------------------------------- the agency's side


def plan(recommendation: Recommendation, by: Actor, text: str, due_on: date | None, reason: str = "") -> Plan:
    """What the agency will do and by when. A changed date asks for its reason; the earlier plan stays readable."""
    _allow(by, "plan", recommendation)
    text = clean(text, TEXT, "Rencana", "text", required=True)
    reason = clean(reason, 500, "Alasan", "reason")
    before = recommendation.plans[-1] if recommendation.plans else None
    asked = before.due_on if before else recommendation.due_on
    if due_on is None:
        raise Refused("Isi tanggal selesai yang direncanakan.", field="due_on")
    if due_on < today(recommendation.instansi.clock_zone):
        raise Refused("Tanggal rencana sudah lewat.", field="due_on")
    if asked is not None and due_on > asked and not reason:
        raise Refused("Tanggal rencana lebih lambat dari batas sebelumnya, jadi tulis alasannya.", field="reason")
    if before is not None and (before.text, before.due_on) == (text, due_on):
        raise Refused("Rencana ini sama dengan yang sudah tersimpan.", field="text")
    made = Plan(recommendation=recommendation, text=text, due_on=due_on, reason=reason, by_id=by.person_id, at=now())
    object_session(recommendation).add(made)
    _renumber(recommendation)
    happened(recommendation, "plan", "Rencana diubah" if before else "Rencana ditulis", by, reason)
    return made


def report(
    recommendation: Recommendation,
    by: Actor,
    text: str,
    finished: bool,
    proofs: Sequence[tuple[DocumentVersion, str]] = (),
) -> Progress:
    """What was done, with proof from the own library as (version, where in it); `finished` is the agency's own word."""
    _allow(by, "report", recommendation)
    text = clean(text, TEXT, "Kemajuan", "text", required=True)
    if finished and not proofs:
        raise Refused("Lampirkan bukti sebelum menyatakan selesai.", field="proofs")
    if any(version.document.owner_org_id != by.organization_id for version, _locator in proofs):
        raise Refused("Bukti harus dari pustaka OPD Anda.", field="proofs")
    shown = [
        Proof(document_id=version.document_id, n=version.n, locator=clean_line(locator, 120, "Letak", "locator"))
        for version, locator in proofs
    ]
    made = Progress(
        recommendation=recommendation, text=text, finished=finished, by_id=by.person_id, at=now(), proofs=shown
    )
    object_session(recommendation).add(made)
    _renumber(recommendation)
    happened(recommendation, "report", "OPD menyatakan selesai" if finished else "Kemajuan dilaporkan", by)
    return made


# ---------------------------------------------------------------- the inspectorate's side


def give_verdict(
    recommendation: Recommendation,
    by: Actor,
    status: str,
    note: str,
    document: DocumentVersion | None,
    seen_progress: int | None,
) -> Verdict:
    """One of the four with a note; *tidak dapat ditindaklanjuti* leans on a document.

    `seen_progress` is the newest report that was on the page (None for none): a verdict never passes over one that
    came in meanwhile.
    """
    _allow(by, "verdict", recommendation)
    if status not in VERDICTS:
        raise Refused("Pilih salah satu status.", field="status")
    note = clean(note, TEXT, "Catatan", "note", required=True)
    newest = recommendation.progress[-1].id if recommendation.progress else None
    if newest != seen_progress:
        raise Refused("OPD melaporkan kemajuan baru sesudah Anda membuka halaman ini. Muat ulang dan baca dulu.")
    if status == "followup_not_applicable" and document is None:
        raise Refused("Lampirkan dokumen yang menyatakan tidak dapat ditindaklanjuti.", field="document")
    if status == "followup_conforming" and not recommendation.progress:
        raise Refused("Belum ada kemajuan yang dilaporkan OPD, jadi belum dapat dinyatakan sesuai.", field="status")
    given = Verdict(
        recommendation=recommendation, status=status, note=note, by_id=by.person_id, at=now(),
        document_id=document.document_id if document else None, n=document.n if document else None,
    )
    object_session(recommendation).add(given)
    _renumber(recommendation)
    happened(recommendation, "verdict", VERDICTS[status], by, note)
    return given


def look_of(recommendation: Recommendation) -> Look:
    return LOOKS[recommendation.status]


def overdue(recommendation: Recommendation) -> bool:
    day = today(recommendation.instansi.clock_zone)
    return not recommendation.closed and recommendation.due_on is not None and recommendation.due_on < day
