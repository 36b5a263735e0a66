"""Conditions of signing for the whole, and of taking back what was signed."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import object_session

from .actors import Actor
from .models import Assessment, CheckMark, Claim, ClaimRevision, Contribution, ContributionRevision, Receipt, Submission
from .questions import writer_of


def wrote_none_of_claims(user: Actor, thing: Assessment) -> str | None:
    """Who signs for the whole wrote none of it: no revision of a claim, none of an answer a claim was taken from."""
    session = object_session(thing)
    wrote = session.scalar(
        select(
            exists().where(
                ClaimRevision.author_id.in_(user.stands_for),
                ClaimRevision.claim_id == Claim.id,
                Claim.assessment_id == thing.id,
            )
            | exists().where(
                ContributionRevision.author_id.in_(user.stands_for),
                ContributionRevision.contribution_id == Claim.contribution_id,
                Claim.assessment_id == thing.id,
            )
        )
    )
    return f"{writer_of(user)} ikut menulis klaim, jadi orang lain yang harus menandatanganinya." if wrote else None


def in_no_signed_paper(user: Actor, thing: Assessment) -> str | None:
    """The berita acara holds the answers to the general questions: while it is in force they stand still."""
    if isinstance(thing, type) or thing.state != "signed":
        return None
    return ("Berita acara yang sudah ditandatangani memuat jawaban ini. Minta Koordinator SPBE menarik tanda tangannya dulu, "
            "lalu ubah jawabannya.")


def agency_goes_on(user: Actor, thing: Submission) -> str | None:
    """Nobody fills anything in for an agency that is no more: its part is returned by the team and goes to the successor."""
    if thing.organization.ended_on is None:
        return None
    return ("Perangkat daerah ini sudah berakhir, jadi isiannya tidak dapat ditarik. Minta asesor internal mengembalikannya; "
            "penerusnya yang memperbaiki.")


def not_yet_checked(user: Actor, thing: Submission) -> str | None:
    """The head takes a part back only while nobody has begun to check what was signed last."""
    signed = select(func.max(Receipt.at)).where(Receipt.submission_id == thing.id).scalar_subquery()
    begun = object_session(thing).scalar(
        select(
            exists().where(
                CheckMark.contribution_id == Contribution.id, Contribution.submission_id == thing.id, CheckMark.at >= signed
            )
        )
    )
    return "Pemeriksaan sudah dimulai. Minta asesor internal mengembalikan indikator yang harus diperbaiki." if begun else None
