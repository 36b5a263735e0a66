"""A PDF that somebody holds, against what the portal printed."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from assessments.models import PanelPaper, Paper, PrintedPaper, Receipt

from ..extensions import db
from .examining import Examined, examined
from .sealing import NotSealed, chosen

MOST = 5 << 20
NO_PDF = "Ini bukan berkas PDF. Pilih berkas PDF tanda terima atau surat yang diunduh dari portal."
CLOSED = "Berkas PDF ini rusak atau dikunci kata sandi, jadi tidak dapat diperiksa."


@dataclass(frozen=True)
class Outcome:
    """`verdict` is same, changed or unknown; `number` is the paper's, `why` says what is different about a changed one.

    `sealed`: the institution's seal is on it and whole. `refusal`: it could not be compared at all.
    """

    verdict: str = ""
    number: str = ""
    why: str = ""
    sealed: bool = False
    refusal: str = ""


def compared(pdf: bytes, sha256: str) -> Outcome:
    """Byte for byte first; only what differs, or carries a seal, is opened. No transaction is open meanwhile."""
    if b"%PDF-" not in pdf[:1024]:
        return Outcome(refusal=NO_PDF)
    row = db.session.execute(
        select(PrintedPaper.number, PrintedPaper.sealed).where(PrintedPaper.sha256 == sha256).limit(1)
    ).one_or_none()
    db.session.rollback()
    if row is not None:
        return Outcome("same", row.number, sealed=row.sealed and _holds(_look(pdf)))
    seen = _look(pdf)
    if not seen.readable:
        return Outcome(refusal=CLOSED)
    number, was_sealed = _first_known(seen.numbers)
    if not number:
        return Outcome("unknown")
    return Outcome("changed", number, _difference(seen, was_sealed))


def _look(pdf: bytes) -> Examined:
    try:
        trusted = chosen(current_app.config["SETTINGS"]).trusted()
    except NotSealed:
        trusted = []
    return examined(pdf, trusted)


def _holds(seen: Examined) -> bool:
    return seen.seal is not None and seen.seal.trusted and seen.seal.whole


def _first_known(numbers: tuple[str, ...]) -> tuple[str, bool]:
    """The first number that is really one of ours, and whether its print carries a seal."""
    if not numbers:
        return "", False
    known = set()
    for kind in (Receipt, Paper, PanelPaper):
        known |= set(db.session.scalars(select(kind.number).where(kind.number.in_(numbers))))
    number = next((each for each in numbers if each in known), "")
    printed = db.session.get(PrintedPaper, number) if number else None
    db.session.rollback()
    return number, bool(printed and printed.sealed)


def _difference(seen: Examined, was_sealed: bool) -> str:
    if seen.seal is None:
        return "segel instansi sudah tidak ada di dalamnya" if was_sealed else "isinya tidak sama dengan yang dicetak portal"
    if not seen.seal.intact:
        return "isi yang disegel sudah diubah"
    if not seen.seal.trusted:
        return "segelnya bukan dari sertifikat instansi"
    return "isinya tidak sama dengan yang dicetak portal" if seen.seal.whole else "ada yang ditambahkan sesudah disegel"
