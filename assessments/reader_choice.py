"""How many assessors read each item of a round: one, or two who are closed from each other. Chosen before anybody judged."""

from sqlalchemy import exists, select
from sqlalchemy.orm import object_session

from .actors import Actor
from .allowing import allow
from .models import Assessment, Judgement, Period, Seat
from .refusal import Refused
from .workflow import happened

READERS = {"one": "Satu penilai", "two": "Dua penilai, tertutup"}


def readers_of(period: Period) -> str:
    """The key in READERS."""
    return "two" if period.second_reader else "one"


def fixed_readers(period: Period) -> str | None:
    """Why the choice can no longer change, or None."""
    judged = object_session(period).scalar(
        select(
            exists().where(Judgement.assessment_id == Assessment.id, Assessment.period_id == period.id)
        )
    )
    return "Penilaian asesor sudah dimulai, jadi jumlah penilai tidak dapat diubah lagi." if judged else None


def choose_readers(period: Period, readers: str, by: Actor) -> None:
    """One or two readers; going back to one frees the second seats that were given already."""
    allow(by, "write", period)
    if readers not in READERS:
        raise Refused("Pilih salah satu nilai yang tersedia.", field="readers")
    if readers == readers_of(period):
        return
    why = fixed_readers(period)
    if why:
        raise Refused(why, field="readers")
    period.second_reader = readers == "two"
    session = object_session(period)
    if not period.second_reader:
        panels = select(Assessment.id).where(Assessment.period_id == period.id)
        for seat in session.scalars(select(Seat).where(Seat.assessment_id.in_(panels), Seat.seat == 2)).all():
            session.delete(seat)
    happened(period, "choose_readers", f"Penilai tiap indikator: {READERS[readers].lower()}", by)
