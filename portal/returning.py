"""Answers that go back for mending: until when they are asked for, and telling those who answer them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from assessments import entrusting, noticing
from assessments.clock import now
from assessments.models import Submission
from assessments.refusal import Faults, Refused

from .extensions import db
from .formatting import deadline, listing, number
from .forms import DayField, Form
from .moments import ClockField, closing

KIND = "returned"
NAMED_ITEMS = 12


class MendForm(Form):
    """The day, and the minute that still counts as in time; without a day nothing is asked."""

    mend_by = DayField("Perbaiki paling lambat")
    mend_clock = ClockField("Jam", default="23:59")

    def until(self, submission: Submission) -> datetime | None:
        """The instant; in the very minute in which the agency's writing ends, that end itself."""
        day, ends = self.mend_by.day, submission.closes_at
        if day is None:
            return None
        asked = closing(day, self.mend_clock.clock, submission.period.zone)
        return ends if ends is not None and timedelta(0) < asked - ends < timedelta(minutes=1) else asked


def at_fields(form: Form, refusal: Refused) -> None:
    """Everything a returning was refused for, at its fields; what belongs to none is said by the page of the refusal."""
    if all(each.field is None for each in (refusal.each if isinstance(refusal, Faults) else (refusal,))):
        raise refusal
    form.also_refused(refusal)


def tell_operators(submission: Submission, codes: Collection[str], until: datetime | None) -> None:
    """Those who answer for the agency hear at once what came back and until when; a PIC only of what is his or nobody's."""
    period, moment = submission.period, now().isoformat()
    held = entrusting.operators(submission)
    pics = entrusting.pics_of(db.session, submission)
    for person in {office.person_id: office for office in held}.values():
        mine = [code for code in codes if _concerns(pics.get(code), person.person_id, person.acting_for_id)]
        if not mine:
            continue
        numbers = [item.number for item in period.instrument.items if item.code in mine]
        some = listing(numbers) if len(numbers) <= NAMED_ITEMS else f"{', '.join(numbers[:NAMED_ITEMS])}, dan lainnya"
        by_when = f" Perbaiki paling lambat {deadline(until, period.zone, submission.organization.clock_zone)}." if until else ""
        noticing.tell(
            db.session, [person.person_id], KIND,
            f"{number(len(numbers))} indikator dikembalikan untuk diperbaiki: {some}.{by_when} {period.title}.",
            f"/penilaian/{period.slug}?saring=catatan", f"{KIND}:{submission.id}:{moment}",
        )


def _concerns(pic: entrusting.Pic | None, person: int, acting_for: int | None) -> bool:
    return pic is None or not (pic.serves or pic.stand_in) or pic.person_id in (person, acting_for)
