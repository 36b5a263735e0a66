"""Inviting everybody of a list who has not come in yet (S47), and what became of the letters; printable."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, flash, render_template, request, url_for
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from assessments import linking, mailing, staffing
from assessments.models import Account, Mail, Person
from assessments.refusal import Refused

from ... import one_time_links, passwords
from ...access import actor as asking
from ...access import ask, listing
from ...extensions import db
from ...invitations import invite_all
from ...once import new_key, once
from . import blueprint
from .offices import with_offices
from .people import ASKED, narrowed
from .person import shown_once

MOST = 5000
ON_PAPER = 50  # first passwords of one go: each takes a tenth of a second
PER_PAGE = 100


@dataclass(frozen=True)
class Line:
    """One account that nobody has come in with: when it was invited last, and what became of the letter."""

    account: Account
    invited: datetime | None
    letter: tuple | None

    @property
    def state(self) -> dict:
        if not mailing.reachable(self.account):
            return {"label": "Tanpa surel", "tone": "warn", "icon": "warning"}
        if self.letter is None:
            return {"label": "Belum diundang", "tone": "plain", "icon": "ring"}
        state, error = self.letter
        if state == "sent":
            return {"label": "Undangan terkirim", "tone": "ok", "icon": "send"}
        if state == "given_up":
            return {"label": f"Tidak terkirim: {error}"[:120], "tone": "bad", "icon": "warning"}
        return {"label": "Menunggu dikirim", "tone": "work", "icon": "half"}


@blueprint.get("/kelola/pengguna/undangan")
def invitations():
    ask("write", Account)
    page = max(1, request.args.get("halaman", 1, type=int) or 1)
    waiting = _waiting()
    count = db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    last = max(1, -(-count // PER_PAGE))
    page = min(page, last)
    accounts = list(db.session.scalars(
        waiting.join(Account.person).options(*with_offices(joinedload(Account.person))).order_by(Person.name, Account.id)
        .limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    ).unique())
    ids = [account.id for account in accounts]
    lately = linking.invited_lately(db.session, ids)
    reachable, without = _counts(waiting)
    asked = {name: request.args[name] for name in ASKED if request.args.get(name)}
    return render_template(
        "account/invitations.html",
        lines=[Line(account, lately.get(account.id), letter) for account, letter in _letters(accounts)],
        count=count, reachable=reachable, without=without, most=MOST, on_paper=ON_PAPER, sends=_sends(), page=page, last=last,
        link=lambda n: url_for("account.invitations", halaman=n, **asked), asked=asked, key=new_key(),
        days=linking.IN_PEACE.days, zone=asking().zone,
    )


@blueprint.post("/kelola/pengguna/undangan")
def invite_everybody():
    ask("write", Account)
    answer = once()
    if not _sends():
        raise Refused("Portal ini belum dapat mengirim surel, jadi tidak dapat mengundang. Cetak kata sandi awal saja.")
    waiting = set(db.session.scalars(_waiting().with_only_columns(Account.id)))
    lately = linking.invited_lately(db.session, sorted(waiting))
    left = sorted(waiting - set(lately))[:MOST]
    accounts = db.session.scalars(_waiting().where(Account.id.in_(left)).order_by(Account.id)).unique()
    invited = invite_all(db.session, [account for account in accounts if mailing.reachable(account)], asking())
    words = [f"{invited} undangan dikirim bertahap."] if invited else ["Tidak ada undangan baru."]
    if lately:
        words.append(f"{len(lately)} orang sudah diundang dalam {linking.IN_PEACE.days} hari terakhir, jadi tidak diganggu lagi.")
    flash(" ".join(words), "ok" if invited else "warn")
    return answer(url_for("account.invitations", **{name: request.args[name] for name in ASKED if request.args.get(name)}))


@blueprint.post("/kelola/pengguna/kode-awal")
def codes_on_paper():
    """First passwords for those whom no letter reaches, at most fifty at once; shown a single time, to be printed."""
    ask("write", Account)
    ids = [account.id for account in db.session.scalars(_waiting()).unique() if not mailing.reachable(account) or not _sends()][:ON_PAPER]
    if not ids:
        raise Refused("Tidak ada akun tanpa surel yang belum aktif pada daftar ini.")
    db.session.rollback()
    first = {id: passwords.generated() for id in ids}
    hashes = {id: passwords.hashed(password) for id, password in first.items()}
    ask("write", Account)
    pairs = []
    for account in db.session.scalars(_waiting().where(Account.id.in_(ids)).order_by(Account.id)).unique():
        staffing.issue_first_password(account, hashes[account.id], asking())
        pairs.append((account, first[account.id]))
    db.session.commit()
    return shown_once(pairs)


def _waiting():
    """Accounts of the list as it was asked for that were never taken into use, the own one left out."""
    return narrowed(listing(Account)).where(
        Account.active, Account.must_change_password, Account.id != (asking().account_id or 0)
    )


def _counts(waiting) -> tuple[int, int]:
    """(how many have an address, how many have none)."""
    rows = waiting.subquery()
    have = or_(rows.c.email.is_(None), rows.c.email == "")
    without = db.session.scalar(select(func.count()).select_from(rows).where(have)) or 0
    total = db.session.scalar(select(func.count()).select_from(rows)) or 0
    return total - without, without


def _letters(accounts: list[Account]) -> list[tuple[Account, tuple | None]]:
    """Each with the state and the fault of the newest letter that carried a link."""
    newest = (
        select(func.max(Mail.id)).where(
            Mail.dedupe_key.startswith(one_time_links.LINK_KEY), Mail.person_id.in_([account.person_id for account in accounts])
        ).group_by(Mail.person_id)
    )
    found = {person: (state, error) for person, state, error in db.session.execute(
        select(Mail.person_id, Mail.state, Mail.error).where(Mail.id.in_(newest))
    )}
    return [(account, found.get(account.person_id)) for account in accounts]


def _sends() -> bool:
    return current_app.config["SETTINGS"].sends_mail
