"""Links that let one person choose a password, once. What is sent is never kept, only its SHA-256."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from .actors import Actor
from .canonical import digest
from .clock import now
from .models import Account, OneTimeLink
from .refusal import Refused
from .workflow import happened

GOOD_FOR = {"reset": timedelta(minutes=60), "invite": timedelta(days=7)}
MADE = {"reset": "Tautan untuk mengganti kata sandi dibuat", "invite": "Undangan dengan tautan dibuat"}
IN_PEACE = timedelta(days=3)  # between two invitations of one person
ASKED_WITHIN, ASKED_AT_MOST = timedelta(hours=1), 3
OVER = "Tautan ini sudah dipakai, sudah diganti yang lebih baru, atau sudah lewat waktunya. Minta tautan baru."


def token_hash(token: str) -> str:
    return digest(token.encode("utf-8", "surrogatepass"))


def make(session: Session, account: Account, purpose: str, hashed: str, by: Actor) -> OneTimeLink:
    """A link whose token has this hash; every earlier one of the account is dead from now on."""
    if not account.active:
        raise Refused("Akun ini dimatikan. Nyalakan dulu sebelum membuat tautan.")
    if purpose == "invite" and not account.must_change_password:
        raise Refused("Pemilik akun ini sudah mempunyai kata sandi sendiri; kirim tautan ganti kata sandi.")
    end_links(session, account)
    moment = now()
    link = OneTimeLink(
        token_hash=hashed, account_id=account.id, purpose=purpose, made_at=moment, expires_at=moment + GOOD_FOR[purpose]
    )
    session.add(link)
    happened(account, "link", MADE[purpose], by)
    return link


def end_links(session: Session, account: Account) -> None:
    """Whatever was sent to this account opens nothing any more."""
    if account.id is None:
        return
    for link in session.scalars(
        select(OneTimeLink).where(OneTimeLink.account_id == account.id, OneTimeLink.ended_at.is_(None))
    ):
        link.ended_at = now()


def asked_too_often(session: Session, account: Account) -> bool:
    """Whether somebody has asked for this account's password so often that its mailbox should be spared."""
    made = select(func.count()).where(
        OneTimeLink.account_id == account.id, OneTimeLink.purpose == "reset", OneTimeLink.made_at > now() - ASKED_WITHIN
    )
    return session.scalar(made) >= ASKED_AT_MOST


def invited_lately(session: Session, accounts: list[int]) -> dict[int, datetime]:
    """{account: when} of those who were sent an invitation within the last days: they are left in peace."""
    rows = session.execute(
        select(OneTimeLink.account_id, func.max(OneTimeLink.made_at))
        .where(OneTimeLink.account_id.in_(accounts), OneTimeLink.purpose == "invite", OneTimeLink.made_at > now() - IN_PEACE)
        .group_by(OneTimeLink.account_id)
    )
    return dict(rows.all())


def living(session: Session, hashed: str, to_use: bool = False) -> OneTimeLink | None:
    """The link with this hash while it opens something. `to_use` holds it, so that of two at once one finds it ended."""
    found = select(OneTimeLink).where(OneTimeLink.token_hash == hashed)
    if to_use:
        found = found.with_for_update().execution_options(populate_existing=True)
    else:
        found = found.options(joinedload(OneTimeLink.account).joinedload(Account.person))
    link = session.scalar(found)
    if link is None or link.ended_at is not None or link.expires_at <= now() or not link.account.active:
        return None
    return link
