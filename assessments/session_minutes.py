"""Berita acara of an interviu or a visitasi: made of stored rows alone, frozen, signed by the lead of the panel.

No text prints a form of it; the content follows the session record of forms.md 13 and 14. What is not stored is a hole
that the paper prints as "belum diisi".
"""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, object_session

from .actors import Actor
from .allowing import allow
from .attesting import Changed, new_number, office_of, title_of
from .canonical import canonical, digest
from .clock import now
from .countersigning import DraftPaper
from .models import Appointment, Meeting, PanelPaper, Signature, Snapshot
from .models.meeting import FINDINGS, MEETING_MODES, SIDES
from .models.panel_paper import PANEL_PAPER_KINDS
from .models.period import PERIOD_KINDS
from .refusal import Refused
from .scheduling import named
from .texts import clean
from .workflow import happened

KINDS = {"interview": "interview_minutes", "visit": "visit_minutes"}
PREFIX, REASON_LIMIT = "BA", 1000


class MinutesDraft(DraftPaper):
    """The minutes as they would be signed now."""

    @property
    def title(self) -> str:
        return PANEL_PAPER_KINDS[self.kind]


def minutes_of(meeting: Meeting) -> list[PanelPaper]:
    """Every minutes ever signed of this session with who signed it, the newest first."""
    return list(
        object_session(meeting).scalars(
            select(PanelPaper)
            .where(PanelPaper.meeting_id == meeting.id)
            .options(
                joinedload(PanelPaper.signature).options(joinedload(Signature.appointment), joinedload(Signature.acting_for)),
                joinedload(PanelPaper.snapshot),
                joinedload(PanelPaper.withdrawn_by),
            )
            .order_by(PanelPaper.at.desc(), PanelPaper.number)
        )
    )


def content_of(meeting: Meeting, signer: Appointment | None, earlier: int) -> dict:
    """What the minutes say, as plain values.

    kind; signing (how many times before, plus one); period, title, year, round_kind, track; subject; session {mode,
    place, starts, ends, began, ended, notice_no, notice_on, note} with instants as ISO text; people [{name, office, side,
    present}]; items [{item, number, name, question, answer, seen, location, finding, follow_up}] in the order of the
    agenda; promises [{item, number, text, organization, due}]; photos [{item, number, sha256, caption, at}]; lead None or {name,
    nip, title, acting_for}. Values of the panel are no part of it: both sides read this paper.
    """
    period = meeting.assessment.period
    items = {item.code: item for item in period.instrument.items}
    return {
        "kind": KINDS[meeting.kind],
        "signing": earlier + 1,
        "period": period.slug,
        "title": period.title,
        "year": period.year,
        "round_kind": PERIOD_KINDS[period.kind],
        "track": period.track,
        "subject": meeting.assessment.subject.name,
        "session": {
            "mode": MEETING_MODES[meeting.mode],
            "place": meeting.place,
            "starts": meeting.starts_at.isoformat(),
            "ends": meeting.ends_at.isoformat(),
            "began": meeting.began_at.isoformat() if meeting.began_at else None,
            "ended": meeting.ended_at.isoformat() if meeting.ended_at else None,
            "notice_no": meeting.notice_no,
            "notice_on": meeting.notice_on.isoformat() if meeting.notice_on else None,
            "note": meeting.note,
        },
        "people": [
            {"name": each.name, "office": each.office, "side": SIDES[each.side], "present": each.present}
            for each in meeting.people
        ],
        "items": [
            {
                "item": each.item,
                "number": items[each.item].number,
                "name": items[each.item].name,
                "question": each.question,
                "answer": each.answer,
                "seen": each.seen,
                "location": each.location,
                "finding": FINDINGS[each.finding] if each.finding else "",
                "follow_up": each.follow_up,
            }
            for each in meeting.items
        ],
        "promises": [
            {
                "item": each.item,
                "number": items[each.item].number,
                "text": each.text,
                "organization": each.organization.name,
                "due": each.due_at.isoformat(),
            }
            for each in meeting.promises
            if each.withdrawn_at is None
        ],
        "photos": [
            {"item": each.item, "number": items[each.item].number, "sha256": each.sha256, "caption": each.caption, "at": each.at.isoformat()}
            for each in meeting.photos
        ],
        "lead": None if signer is None else {
            "name": signer.person.name,
            "nip": signer.person.nip,
            "title": title_of(signer),
            "acting_for": signer.acting_for.name if signer.acting_for else None,
        },
    }


def draft(meeting: Meeting, signer: Appointment) -> MinutesDraft:
    earlier = object_session(meeting).scalar(select(func.count()).where(PanelPaper.meeting_id == meeting.id))
    content = content_of(meeting, signer, earlier)
    session = content["session"]
    noted = sum(bool(each["answer"] or each["seen"] or each["finding"]) for each in content["items"])
    words = (
        f"Saya, {signer.person.name}, {title_of(signer)}, menyatakan bahwa {named(meeting)} dengan {content['subject']} "
        f"({session['mode'].lower()}) membahas {noted} dari {len(content['items'])} indikator pada agenda dan mencatat "
        f"{len(content['promises'])} bukti yang dijanjikan, seperti tertulis dalam berita acara ini."
    )
    return MinutesDraft(content["kind"], content, digest(canonical(content)), words)


def why_not_signed(meeting: Meeting) -> str | None:
    """What keeps the minutes from being signed, as a sentence."""
    if meeting.state != "held":
        return "Berita acara dibuat sesudah sesi berlangsung."
    if meeting.ended_at is None:
        return "Sesi masih berjalan. Akhiri sesi dulu."
    if not any(each.noted for each in meeting.items):
        return "Belum ada satu catatan pun dalam sesi ini."
    return None


def sign(meeting: Meeting, by: Actor, seen: str, method: str = "password") -> PanelPaper:
    """The lead's name under exactly what the page showed (`seen` is its SHA-256), or `Changed`."""
    allow(by, "sign_minutes", meeting.assessment)
    given = next((paper for paper in minutes_of(meeting) if paper.withdrawn_at is None), None)
    if given is not None:
        if given.snapshot_sha == seen and given.signature.appointment.person_id == by.person_id:
            return given
        raise Refused("Berita acara sesi ini sudah ditandatangani.")
    if sentence := why_not_signed(meeting):
        raise Refused(sentence)
    session = object_session(meeting)
    office = office_of(session, by)
    wanted = draft(meeting, office)
    if wanted.sha256 != seen:
        raise Changed("Isi berita acara berubah sesudah Anda membukanya. Periksa lagi sebelum menandatangani.")
    moment = now()
    snapshot = Snapshot(sha256=wanted.sha256, kind=wanted.kind, content=canonical(wanted.content), at=moment)
    signature = Signature(
        snapshot=snapshot, statement=wanted.statement, appointment=office, acting_for_id=office.acting_for_id,
        name=office.person.name, title=title_of(office), method=method, at=moment,
    )
    paper = PanelPaper(
        number=new_number(meeting.assessment.period.slug, PREFIX), kind=wanted.kind, assessment=meeting.assessment,
        meeting=meeting, snapshot=snapshot, signature=signature, at=moment,
    )
    session.add(paper)
    happened(meeting.assessment, "minutes", f"{wanted.title} {paper.number} ditandatangani", by)
    return paper


def take_back(meeting: Meeting, by: Actor, why: str) -> PanelPaper:
    """The minutes in force no longer hold; the notes may be mended and signed anew. The row and its reason stay."""
    allow(by, "sign_minutes", meeting.assessment)
    paper = next((each for each in minutes_of(meeting) if each.withdrawn_at is None), None)
    if paper is None:
        raise Refused("Tidak ada berita acara yang berlaku untuk sesi ini.")
    reason = clean(why, REASON_LIMIT, "Alasan", "note", required=True)
    paper.withdrawn_at, paper.withdrawn_by_id, paper.withdrawn_why = now(), by.person_id, reason
    happened(meeting.assessment, "minutes", f"{paper.number} tidak berlaku lagi", by, reason)
    return paper
