"""Inviting many: letters with a one-time link, a few dozen in each transaction of the worker, nobody twice within days."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assessments import linking
from assessments.actors import Actor, acting
from assessments.models import Account, Appointment, Person

from . import one_time_links
from .jobs import enqueue, job

AT_ONCE = 50  # letters of one transaction: others write in between


def invite_all(session: Session, accounts: Iterable[Account], by: Actor) -> int:
    """Ask the worker to invite these; gives how many. The caller commits."""
    ids = [account.id for account in accounts]
    for start in range(0, len(ids), AT_ONCE):
        enqueue(session, "invite_people", {"accounts": ids[start : start + AT_ONCE], "office": by.appointment_id})
    return len(ids)


@job("invite_people")
def invite_people(session: Session, accounts: list[int], office: int) -> None:
    """A letter to each who never chose a password and was not invited lately; running twice writes nobody twice."""
    asked_by = session.get(Appointment, office)
    if asked_by is None:
        return
    by, lately = acting(asked_by), linking.invited_lately(session, accounts)
    found = session.scalars(
        select(Account).where(Account.id.in_(accounts), Account.active, Account.must_change_password)
        .options(joinedload(Account.person).joinedload(Person.account)).order_by(Account.id)
    ).unique()
    for account in found:
        if account.id not in lately and one_time_links.can_mail(account):
            one_time_links.send(session, account, "invite", by)
