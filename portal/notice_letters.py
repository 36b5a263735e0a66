"""Notices become letters, as each person chose: at once, or one letter a day gathered at the end of the quiet hours.

Whoever tells something need not know: a round of the worker looks for notices that went into no letter yet. What was
seen in the portal before its letter was due is not mailed any more.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from flask import current_app
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from assessments import mailing
from assessments.clock import now
from assessments.models import Account, Notice, NoticeChoice, Person
from assessments.noticing import shortened
from assessments.refusal import Refused

from .extensions import db, only_reading
from .journal import log

NOT_OLDER = timedelta(days=3)
GRACE = timedelta(minutes=2)  # whoever is looking at the portal right now has seen it by then
AT_ONCE = 500
ZONES = ("Asia/Jayapura", "Asia/Makassar", "Asia/Jakarta")
LONGEST_SUBJECT = 150
ROOM = 12_000  # bytes for the sentences of one letter


def mail_notices() -> None:
    """Write the letters that are due. Where nothing can be sent, notices stay in the portal and that is all."""
    if not current_app.config["SETTINGS"].sends_mail:
        return
    with only_reading():
        waiting = any(db.session.scalar(query.with_only_columns(Notice.id).limit(1)) for query in (_at_once(), _daily()))
        db.session.rollback()
    if not waiting:
        return
    _write(db.session, _held(db.session, _at_once()), gathered=False)
    _write(db.session, _held(db.session, _daily()), gathered=True)
    db.session.commit()


def _unmailed() -> Select:
    return select(Notice).where(Notice.mailed_at.is_(None), Notice.at > now() - NOT_OLDER, Notice.at <= now() - GRACE)


def _chose_daily():
    return select(NoticeChoice.person_id).where(NoticeChoice.person_id == Notice.person_id, NoticeChoice.daily).exists()


def _at_once() -> Select:
    return _unmailed().where(~_chose_daily())


def _daily() -> Select:
    """Told before a morning that is over somewhere; whose morning is looked at one by one."""
    return _unmailed().where(_chose_daily(), Notice.at < max(mailing.last_morning(zone) for zone in ZONES))


def _held(session: Session, query: Select) -> list[Notice]:
    """Two workers never take the same ones."""
    return list(session.scalars(query.order_by(Notice.id).limit(AT_ONCE).with_for_update(skip_locked=True)))


def _write(session: Session, notices: list[Notice], gathered: bool) -> None:
    people = _people(session, {notice.person_id for notice in notices})
    choices = {choice.person_id: choice for choice in session.scalars(
        select(NoticeChoice).where(NoticeChoice.person_id.in_(people)))}
    by_person: dict[int, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_person[notice.person_id].append(notice)
    for person_id, all_told in by_person.items():
        person = people[person_id]
        zone = mailing.zone_of(session, person)
        told = all_told
        if gathered:
            morning = mailing.last_morning(zone)
            told = [notice for notice in all_told if notice.at < morning] if now() >= morning + GRACE else []
        wanted = [
            notice for notice in told if notice.seen_at is None and mailing.wants(choices.get(person_id), notice.kind)
        ]
        try:
            if gathered and wanted:
                _one_letter(session, person, wanted, zone)
            elif not gathered:
                for notice in wanted:
                    _letter(session, person, notice, zone)
        except Refused as refusal:
            log.warning("notice_not_mailed", person=person_id, why=refusal.sentences[0])
        for notice in told:
            notice.mailed_at = now()


def _people(session: Session, ids: Iterable[int]) -> dict[int, Person]:
    found = session.scalars(
        select(Person).where(Person.id.in_(list(ids))).options(joinedload(Person.account).lazyload(Account.person))
    )
    return {person.id: person for person in found}


def _letter(session: Session, person: Person, notice: Notice, zone: str) -> None:
    mailing.write(
        session, person=person, subject=shortened(notice.sentence, LONGEST_SUBJECT), body=_line(notice),
        dedupe_key=f"notice:{notice.id}", notice=notice, zone=zone,
    )


def _one_letter(session: Session, person: Person, notices: list[Notice], zone: str) -> None:
    lines, left = [], ROOM
    for notice in notices:
        line = _line(notice)
        left -= len(line.encode())
        if left < 0:
            break
        lines.append(line)
    if len(lines) < len(notices):
        lines.append(f"{len(notices) - len(lines)} pemberitahuan lagi ada di portal.")
    mailing.write(
        session, person=person, subject=f"Portal SPBE: {len(notices)} pemberitahuan", body="\n\n".join(lines),
        dedupe_key=f"digest:{person.id}:{notices[-1].id}", zone=zone,
    )


def _line(notice: Notice) -> str:
    return f"{notice.sentence}\n{current_app.config['SETTINGS'].address}{notice.path}"
