"""Sending reminders by every way there is, and the ones that go out by themselves before a deadline."""

from itertools import groupby
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from assessments import chasing, mailing, noticing, reminding
from assessments.actors import Actor
from assessments.clock import day_of, now
from assessments.models import Notice, NoticeChoice, Organization, Period, Person
from assessments.reminding import Letter, Recipient
from assessments.window_news import news_of

from .formatting import long_moment
from .jobs import enqueue, job
from .reminder_words import path_of, sentence, words

KIND = "reminder"
AT_ONCE = 10  # agencies of one transaction


def carry(session: Session, period: Period, sent: list[tuple[Letter, Recipient, str]], by: Actor | None) -> None:
    """Tell those who are really reminded: in the portal, and by letter whoever has an address and did not choose otherwise."""
    if not sent:
        return
    day = day_of(now(), period.zone)
    for letter, together in groupby(sent, key=itemgetter(0)):  # those of one agency stand together and read the same words
        heard = list(together)
        noticing.tell(
            session, [one.person_id for _letter, one, _text in heard], KIND, sentence(heard[0][2]), path_of(letter, period),
            f"{KIND}:{letter.submission.id}:{day}",
        )
    ids = [one.person_id for _letter, one, _text in sent]
    people = {person.id: person for person in session.scalars(
        select(Person).where(Person.id.in_(ids)).options(joinedload(Person.account))
    )}
    choices = {choice.person_id: choice for choice in session.scalars(select(NoticeChoice).where(NoticeChoice.person_id.in_(ids)))}
    keys = [f"{KIND}:{letter.submission.id}:{day}:{one.person_id}" for letter, one, _text in sent]
    notices = {notice.dedupe_key: notice for notice in session.scalars(select(Notice).where(Notice.dedupe_key.in_(keys)))}
    written = []
    with session.no_autoflush:  # what is said of the notices is stored for all of them at once
        for (letter, one, text), key in zip(sent, keys, strict=True):
            choice = choices.get(one.person_id)
            if not mailing.reachable(people[one.person_id].account) or not mailing.wants(choice, KIND) or (choice and choice.daily):
                continue  # whoever gathers letters once a day finds the notice among them
            mailing.write(
                session, person=people[one.person_id], subject=f"Pengingat {period.title}", body=text, dedupe_key=f"{key}:mail",
                notice=notices.get(key), zone=period.zone,
            )
            written.append((letter.submission.id, one.person_id, text))
    reminding.remember_all(session, period, written, by, "email")


@job("remind_round")
def remind_round(session: Session, period: int) -> None:
    """7, 3 and 1 days before its deadline and on its day from 08.00 an incomplete agency hears of it; running twice reminds nobody twice.
    An open window for provisional values is told by the same run."""
    found = session.scalars(
        select(Period).where(Period.id == period).options(
            joinedload(Period.instrument_copy), joinedload(Period.organiser).joinedload(Organization.states)
        )
    ).unique().one_or_none()
    if found is not None:
        tell_window(session, found)
    due = reminding.due_by_themselves(session, found) if found else []
    if not due:
        return
    letters = [letter for letter, _mark in due]
    left = chasing.unready(session, [letter.submission.id for letter in letters])
    texts = {letter.submission.id: words(letter, found, left[letter.submission.id]) for letter in letters}
    for n in range(0, len(letters), AT_ONCE):
        some = {letter.submission.id: texts[letter.submission.id] for letter in letters[n : n + AT_ONCE]}
        carry(session, found, reminding.send(session, found, some, None), None)
        if n + AT_ONCE < len(letters):
            session.commit()  # others write in between; the last ones are stored with the outcome of the job


def tell_window(session: Session, period: Period) -> None:
    """Whoever may answer provisional values hears of it once, and once more when the end of the window is another one."""
    for news in news_of(session, period):
        until = long_moment(news.until, period.zone)
        noticing.tell_each(
            session,
            {person: f"{count} nilai sementara di bawah klaim. Terima atau ajukan keberatan sampai {until}. {period.title}."
             for person, count in news.told.items()},
            "other", f"/penilaian/{period.slug}/tanggapan", f"objection:{news.assessment.id}:{news.until:%Y%m%d%H%M}",
        )


def ask_to_remind(session: Session) -> None:
    """One job for each open round; the worker says this once an hour, the job knows whether today is a day for it."""
    for period in session.scalars(select(Period.id).where(Period.state == "open")):
        enqueue(session, "remind_round", {"period": period}, dedupe_key=f"remind_round:{period}")
