"""The round that is measured, added to the demo by the verbs of the pages: agencies, operators, sessions.

Three agencies answer all items of the instrument (one is only read, one is saved to, one takes uploads); the crowd of the
deadline answers three items each.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import clock, sharing, staffing
from assessments.actors import SYSTEM, Actor, acting
from assessments.models import Account, Appointment, Assessment, Organization, Period
from assessments.workflow import advance
from portal import signing_in
from portal.access import ask
from portal.demo import answers
from portal.extensions import db

from .client import AGENT

SLUG = "beban"
KEY = "permenpanrb-59-2020"
ZONE = "Asia/Makassar"
FULL = ("dibaca", "disimpan", "diunggah")
CROWD_ITEMS = 3


@dataclass(frozen=True)
class Seat:
    """An operator who is signed in: agency, cookie and the items to answer."""

    agency: str
    cookie: str
    items: tuple[str, ...]


def build(app: Flask, crowd: int) -> tuple[dict[str, Seat], list[Seat]]:
    """({name of a full agency: its operator}, the operators of the crowd)."""
    with app.app_context():
        session = db.session
        manager = _actor_of(session, "pengelola")
        city = session.get_one(Organization, manager.instansi_id)
        names = [*FULL, *(f"antre {n}" for n in range(1, crowd + 1))]
        agencies = {name: _agency(session, city, name) for name in names}
        seats = {name: _operator(session, agencies[name], name) for name in names}
        session.flush()
        actors = {name: acting(seat, seat.person.account.id) for name, seat in seats.items()}
        accounts = {name: seat.person.account.id for name, seat in seats.items()}
        period = _round(session, city, manager)
        codes = [item.code for item in period.instrument.items]
        shares = _shares(codes, [name for name in names if name not in FULL])
        sharing.share_all(session, session.scalar(select(Assessment).where(Assessment.period_id == period.id)), {
            code: (agencies[FULL[0]], [agencies[name] for name in names[1:] if code in shares.get(name, codes)])
            for code in codes
        }, manager)
        advance(period, "open", manager)
        session.commit()
        for name in FULL:
            people = {f"operator.{name}": actors[name], f"kepala.{name}": actors[name]}
            answers.fill(session, app.extensions["storage"], period, agencies[name], name, people, "filling")
            session.commit()
        made = {
            name: Seat(agencies[name].slug, _cookie(app, accounts[name]), tuple(shares.get(name, codes)))
            for name in names
        }
        session.remove()
        db.engine.dispose()
    return {name: made[name] for name in FULL}, [made[name] for name in names if name not in FULL]


def _actor_of(session: Session, username: str) -> Actor:
    account = session.scalar(select(Account).where(Account.username_folded == username))
    appointment = session.scalar(select(Appointment).where(Appointment.person_id == account.person_id))
    return acting(appointment, account.id)


def _agency(session: Session, city: Organization, name: str) -> Organization:
    return staffing.add_organization(
        session, SYSTEM, name=f"Dinas Beban {name}", short_name=f"Beban {name}", kind="dinas", instansi=city,
        code=f"beban-{name.replace(' ', '-')}",
    )


def _operator(session: Session, agency: Organization, name: str) -> Appointment:
    session.flush()
    person = staffing.add_person(session, name=f"Operator {name}", home=agency)
    session.flush()
    staffing.add_account(session, person, username=f"beban.{name.replace(' ', '.')}", password_hash="!")
    session.flush()
    return staffing.appoint(session, person, agency, "agency_operator", SYSTEM, starts_on=date(2020, 1, 1))


def _round(session: Session, city: Organization, manager: Actor) -> Period:
    moment = clock.now()
    period = sharing.draft_round(
        session, city, manager, key=KEY, guidance=None, slug=SLUG, title="Gladi beban", kind="evaluation",
        track="rehearsal", year=moment.year, zone=ZONE,
    )
    sharing.set_stage(period, "self_assessment", moment - timedelta(days=1), moment + timedelta(days=1))
    session.flush()
    return period


def _shares(codes: list[str], crowd: list[str]) -> dict[str, list[str]]:
    """Which items each of the crowd answers, dealt out in turn."""
    return {
        name: [codes[(n * CROWD_ITEMS + k) % len(codes)] for k in range(CROWD_ITEMS)] for n, name in enumerate(crowd)
    }


def _cookie(app: Flask, account_id: int) -> str:
    """Sign in as the sign-in page does, and give the cookie a browser would hold."""
    with app.test_request_context("/", headers={"User-Agent": AGENT}, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        from flask import session as cookie_session

        ask("use", "sign_in")
        signing_in.sign_in(db.session.get_one(Account, account_id))
        db.session.commit()
        response = app.response_class()
        app.session_interface.save_session(app, cookie_session, response)
        return response.headers["Set-Cookie"].partition(";")[0]
