"""The questions about judging and what follows: who sits on a panel, what may be seen before and after a result."""

from sqlalchemy import exists, select
from sqlalchemy.orm import object_session

from .actors import Actor
from .blindness import read_blind, seats_that_judge
from .clock import day_of, now
from .models import (
    Assessment,
    Citation,
    Claim,
    ClaimRevision,
    DocumentVersion,
    GeneralFile,
    Judgement,
    Meeting,
    MeetingPromise,
    Objection,
    PanelMember,
    Period,
    PeriodStage,
    Proposal,
    Recommendation,
    Result,
    Share,
)
from .models.judgement import JUDGED_STAGES
from .questions import role
from .texts import written_day

EXTERNAL = ("assessor", "panel_lead", "reviewer")
JUDGES = ("lead", "member")
SETTLED = ("final", "published")
SENT = ("sent", "document", "interview", "visit", "consolidating", "reviewing", "proposed_final", *SETTLED)

is_external = role(*EXTERNAL)
is_inspector = role("inspector")
is_executive = role("executive")
closes_rounds = role("round_manager", "coordinator")
enters_external = role("round_manager", "entry_officer")


def assessment_of(thing) -> Assessment:
    """The assessment behind a thing of judging."""
    return thing if isinstance(thing, Assessment) else thing.assessment


def seat_on_panel(user: Actor, assessment: Assessment) -> PanelMember | None:
    """The actor's place on the panel; none for another office than an assessor's, with a declared conflict or an office there."""
    if user.role not in EXTERNAL:
        return None
    return next((m for m in assessment.panel if m.person_id == user.person_id and m.active), None)


def on_panel(user: Actor, thing) -> bool:
    """A member of the panel without conflict, once the self-assessment was sent."""
    if isinstance(thing, type):
        return user.role in EXTERNAL
    if thing.__class__ is Recommendation and thing.assessment is None:
        return False
    assessment = assessment_of(thing)
    return assessment.sent and seat_on_panel(user, assessment) is not None


def judges_here(user: Actor, thing) -> bool:
    """Lead or member of the panel: those who set values."""
    if isinstance(thing, type):
        return user.role in EXTERNAL
    assessment = assessment_of(thing)
    member = seat_on_panel(user, assessment)
    return assessment.sent and member is not None and member.role in JUDGES


def leads_here(user: Actor, thing) -> bool:
    member = seat_on_panel(user, assessment_of(thing))
    return assessment_of(thing).sent and member is not None and member.role == "lead"


def leads_panel(user: Actor, thing: Assessment) -> bool:
    """The lead, also before anything was sent: who divides the work."""
    member = seat_on_panel(user, thing)
    return member is not None and member.role == "lead"


def on_a_panel_of(user: Actor, thing: Period) -> bool:
    """A round is known to whoever judges in it."""
    if isinstance(thing, type):
        return True
    return object_session(thing).scalar(
        select(exists().where(Assessment.period_id == thing.id, Assessment.id.in_(panels_of(user))))
    )


def panels_of(user: Actor):
    """SELECT of the ids of assessments that were sent and on whose panel the actor sits without conflict."""
    return (
        select(PanelMember.assessment_id)
        .join(Assessment, Assessment.id == PanelMember.assessment_id)
        .where(
            PanelMember.person_id == (user.person_id or 0),
            PanelMember.conflict != "declared",
            ~PanelMember.at_home,
            Assessment.state.in_(SENT),
        )
    )


def was_sent(user: Actor, thing) -> bool:
    return isinstance(thing, type) or assessment_of(thing).sent


def item_shared_here(user: Actor, thing) -> bool:
    """The agency holds the item of a claim or of a question about it, as lead or supporting."""
    if isinstance(thing, type):
        return False
    return object_session(thing).scalar(
        select(
            exists().where(
                Share.assessment_id == thing.assessment_id,
                Share.item == thing.item,
                Share.organization_id == (user.organization_id or 0),
            )
        )
    )


def cited_before_my_panel(user: Actor, thing: DocumentVersion) -> bool:
    """The bytes of what a sent claim cites or a general answer carries, and of versions that replaced them since: all are
    shown to whoever judges. Of what an objection names or was brought after a session, exactly the version it names.
    """
    if isinstance(thing, type):
        return True
    with_claim = exists().where(
        Citation.document_id == thing.document_id,
        Citation.n <= thing.n,
        Citation.claim_id == Claim.id,
        Claim.assessment_id.in_(panels_of(user)),
    )
    with_general_answer = exists().where(
        GeneralFile.document_id == thing.document_id,
        GeneralFile.document_n <= thing.n,
        GeneralFile.assessment_id.in_(panels_of(user)),
    )
    with_objection = exists().where(
        Objection.document_id == thing.document_id, Objection.n == thing.n, Objection.assessment_id.in_(panels_of(user))
    )
    promised = exists().where(
        MeetingPromise.document_id == thing.document_id, MeetingPromise.n == thing.n, MeetingPromise.meeting_id == Meeting.id,
        Meeting.assessment_id.in_(panels_of(user)),
    )
    return object_session(thing).scalar(select(with_claim | with_general_answer | with_objection | promised))


# ---------------------------------------------------------------- results


def published(user: Actor, thing) -> bool:
    """What another body published is public from the start; an own result once the round's result is published."""
    if isinstance(thing, type):
        return True
    return thing.source == "official" or thing.assessment.state == "published"


NO_REHEARSAL = "Putaran gladi tidak dapat menjadi hasil."


def rehearsal_is_no_result(user: Actor, thing: Assessment) -> str | None:
    if thing.period.track == "rehearsal":
        return NO_REHEARSAL
    return None


# ---------------------------------------------------------------- recommendations


def released(user: Actor, thing) -> bool:
    return isinstance(thing, type) or thing.released_at is not None


def must_carry_it_out(user: Actor, thing) -> bool:
    if isinstance(thing, type):
        return True
    return any(owner.organization_id == user.organization_id for owner in thing.current_owners)


def not_closed(user: Actor, thing: Recommendation) -> str | None:
    if thing.released_at is None:
        return "Rekomendasi ini belum diterbitkan."
    return "Rekomendasi ini sudah dinyatakan selesai oleh inspektorat." if thing.closed else None


# ---------------------------------------------------------------- conditions, each with its sentence


def judged_stage(assessment: Assessment) -> str | None:
    """The stage whose values are being set: the running one, or the document stage that the first judgement begins."""
    if assessment.state in JUDGED_STAGES:
        return assessment.state
    return "document" if assessment.state == "sent" and assessment.period.stage("document") else None


def stage_running(user: Actor, thing) -> str | None:
    assessment = assessment_of(thing)
    stage = judged_stage(assessment)
    if stage is None:
        if assessment.state == "sent":
            return "Putaran ini tidak punya tahap penilaian dokumen. Minta pengelola menambahkannya pada kalender."
        return "Tahap penilaian sudah ditutup."
    if assessment.period.accepts(stage, assessment):
        return None
    row = assessment.period.stage(stage)
    if assessment.period.state == "open" and row is not None and row.opens_at > now():
        return _not_open_yet(row, assessment.period.zone)
    return "Tahap penilaian ini sudah lewat batas waktunya. Minta perpanjangan kepada pengelola penilaian."


def own_seat(user: Actor, thing: Claim) -> str | None:
    """Where the item was given to somebody, only that person judges it; a free one is anybody's on the panel.

    Where two read closed only the holders of its two seats do: who takes a free one would tell by it that reading began.
    """
    stage = judged_stage(thing.assessment)
    holders = [seat for seat in seats_that_judge(thing.assessment, stage) if seat.item == thing.item]
    if any(seat.person_id == user.person_id for seat in holders):
        return None
    if not holders:
        closed = read_blind(thing.assessment, stage)
        return "Indikator ini belum dibagikan kepada kedua penilainya. Ketua tim yang membaginya." if closed else None
    return f"Indikator ini dibagikan kepada {' dan '.join(seat.person.name for seat in holders)}."


def not_decided(user: Actor, thing: Claim) -> str | None:
    stage = judged_stage(thing.assessment)
    decided = any(d.item == thing.item and d.stage == stage for d in thing.assessment.decisions)
    return "Nilai indikator ini sudah diputuskan untuk tahap ini." if decided else None


def declared_free(user: Actor, thing) -> str | None:
    """Nobody judges or settles before saying a word on conflicts of interest (Pedoman 3/2024 hlm. 232-235)."""
    member = seat_on_panel(user, assessment_of(thing))
    if member is not None and member.conflict == "free":
        return None
    return "Beri pernyataan benturan kepentingan dulu; sesudah itu Anda dapat menilai."


def stage_unfinished(user: Actor, thing: Assessment) -> str | None:
    """A stage is decided and ends after it has opened, also past its last day, while the round is open."""
    stage = judged_stage(thing)
    if stage is None:
        return "Tahap penilaian sudah ditutup."
    if thing.period.state != "open":
        return "Periode ini tidak sedang dibuka."
    row = thing.period.stage(stage)
    return _not_open_yet(row, thing.period.zone) if row is not None and row.opens_at > now() else None


def _not_open_yet(row: PeriodStage, zone: str) -> str:
    return f"Tahap penilaian ini belum dibuka; mulai {written_day(day_of(row.opens_at, zone))}."


def not_settled(user: Actor, thing: Assessment) -> str | None:
    return "Hasil sudah final." if thing.state in SETTLED else None


def panel_may_change(user: Actor, thing: Assessment) -> str | None:
    if thing.state in SETTLED:
        return "Hasil sudah final, jadi tim asesor tidak dapat diubah lagi."
    return None


def before_publication(user: Actor, thing: Assessment) -> str | None:
    return "Hasil sudah terbit, jadi rekomendasinya tidak dapat diubah lagi." if thing.state == "published" else None


def may_be_proposed(user: Actor, thing: Assessment) -> str | None:
    if thing.state in ("consolidating", "reviewing", *SETTLED):
        return None
    return "Setiap tahap penilaian harus ditutup dulu." if thing.state != "proposed_final" else "Usulan sedang menunggu."


def proposed_by_somebody_else(user: Actor, thing: Assessment) -> str | None:
    proposal = open_proposal(thing)
    if proposal is None:
        return no_open_proposal(thing)
    return "Anda yang mengusulkan, jadi anggota lain yang menetapkan." if proposal.by_id == user.person_id else None


def no_open_proposal(assessment: Assessment) -> str:
    """Why there is nothing to settle: who was first, where somebody was."""
    last = max(assessment.proposals, key=lambda each: each.id, default=None)
    if last is None or last.decided_by is None:
        return "Belum ada usulan hasil akhir."
    if last.state == "confirmed":
        return f"Hasil sudah ditetapkan oleh {last.decided_by.name}."
    return f"Usulan ini sudah ditolak oleh {last.decided_by.name}. Tunggu usulan berikutnya."


def open_proposal(assessment: Assessment) -> Proposal | None:
    return next((p for p in assessment.proposals if p.state == "open"), None)


def sets_no_level(user: Actor, thing: Assessment) -> str | None:
    """Quality assurance and setting levels are apart (process.md 9): one revision of a claim is enough to be out."""
    wrote = object_session(thing).scalar(
        select(
            exists().where(
                ClaimRevision.author_id == user.person_id,
                ClaimRevision.claim_id == Claim.id,
                Claim.assessment_id == thing.id,
            )
            | exists().where(Judgement.person_id == user.person_id, Judgement.assessment_id == thing.id)
        )
    )
    return "Anda ikut menetapkan tingkat, jadi orang lain yang memberi catatan mutu." if wrote else None


def consolidated(user: Actor, thing: Assessment) -> str | None:
    if thing.state == "preparing":
        return "Catatan mutu ditulis sesudah semua klaim disetujui penanggung jawab."
    return None


def newest_result(assessment: Assessment, source: str = "portal") -> Result | None:
    """The version that counts."""
    found = [result for result in assessment.results if result.source == source]
    return max(found, key=lambda result: result.n, default=None)


def embargo_over(user: Actor, thing: Assessment) -> str | None:
    result = newest_result(thing)
    if result is not None and result.embargo_until is not None and result.embargo_until > now():
        return "Embargo hasil ini belum berakhir."
    return None
