"""Saving without a button, and going back to what was written before."""

from fractions import Fraction

from sqlalchemy.orm import object_session

from .actors import Actor
from .answering import answer, reopen, write
from .clock import now
from .models import Contribution, ContributionRevision, Person
from .refusal import Refused


def autosave(
    contribution: Contribution, by: Actor, value: Fraction | None, facts: str, analysis: str, seen_version: int
) -> bool:
    """What `answering.answer` does, by the same rules: one author's savings within ten minutes are one revision.

    What waits to be looked at again (*perlu ditinjau*) still does: only a deliberate saving says that it was.
    """
    if not write(contribution, value, facts, analysis, seen_version):
        return False
    running = contribution.running(by.person_id, now())
    if running is not None:
        running.say_again(contribution, running.at)
    else:
        contribution.remember(object_session(contribution).get_one(Person, by.person_id)).autosaved = True
    if contribution.state != "needs_review":
        reopen(contribution, by)
    return True


def close(contribution: Contribution) -> None:
    """What is stored now stays a revision of its own: somebody is about to write over it knowingly."""
    newest = contribution.revisions[-1] if contribution.revisions else None
    if newest is not None and newest.autosaved:
        newest.autosaved = False


def restore(contribution: Contribution, revision: ContributionRevision, by: Actor, seen_version: int) -> bool:
    """Say again what an earlier revision said, as a new revision; True when that changes something.

    Evidence stays as it is: a revision keeps the level and the texts.
    """
    if revision.contribution_id != contribution.id:
        raise Refused("Tulisan ini milik indikator lain.")
    close(contribution)
    return answer(contribution, by, revision.value, revision.facts, revision.analysis, seen_version)
