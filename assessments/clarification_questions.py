"""What the policy asks about a clarification: whose side somebody is on, and whether it can be answered now."""

from sqlalchemy import exists, select
from sqlalchemy.orm import object_session

from .actors import Actor
from .models import Assessment, Clarification, ClarificationFile, ClarificationReply, DocumentVersion, Share
from .panel_questions import item_shared_here, judged_stage, panels_of, stage_running
from .questions import role

answers_for_team = role("round_manager", "entry_officer")


def went_out(user: Actor, thing) -> bool:
    """Drafts are the panel's own: for everybody else there is no such thing. Neither is there before the whole was sent."""
    return isinstance(thing, type) or (thing.state != "draft" and thing.assessment.sent)


def holds_the_item(user: Actor, thing) -> bool:
    """The agency holds the item that was asked about, as lead or supporting."""
    return isinstance(thing, type) or item_shared_here(user, thing)


def holds_an_item(user: Actor, thing: Assessment) -> bool:
    """The agency holds some item of this assessment."""
    return object_session(thing).scalar(
        select(exists().where(Share.assessment_id == thing.id, Share.organization_id == (user.organization_id or 0)))
    )


def answers_taken(user: Actor, thing: Clarification) -> str | None:
    """Late answers too, until the stage it was asked in closes."""
    if thing.state == "closed":
        return "Pertanyaan ini sudah ditutup tim asesor."
    if judged_stage(thing.assessment) != thing.stage:
        return "Tahap penilaian tempat pertanyaan ini diajukan sudah ditutup, jadi tidak dapat dijawab lagi."
    return stage_running(user, thing)


def answered_before_my_panel(user: Actor, thing: DocumentVersion) -> bool:
    """A version that goes with an answer to a panel the actor sits on."""
    if isinstance(thing, type):
        return True
    return object_session(thing).scalar(
        select(
            exists().where(
                ClarificationFile.document_id == thing.document_id,
                ClarificationFile.n == thing.n,
                ClarificationFile.reply_id == ClarificationReply.id,
                ClarificationReply.clarification_id == Clarification.id,
                Clarification.assessment_id.in_(panels_of(user)),
            )
        )
    )
