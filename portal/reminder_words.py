"""The words of a reminder: what is open, until when, and where to go on. Without a name in it, it can be shared with a group."""

from collections.abc import Iterable
from urllib.parse import quote

from flask import current_app

from assessments.clock import now
from assessments.models import Period
from assessments.reminding import Letter

from .formatting import deadline, listing, number, time_left

NAMED_ITEMS = 12
WA = "https://wa.me/"


def path_of(letter: Letter, period: Period) -> str:
    """Where whoever is reminded goes on: the operators at their list, the head at what waits for the signature."""
    part = letter.submission
    return f"/persetujuan/{part.id}" if part.state == "ready" else f"/penilaian/{period.slug}"


def address_of(path: str) -> str:
    return current_app.config["SETTINGS"].address + path


def words(letter: Letter, period: Period, open_items: Iterable[str]) -> str:
    """The text an agency gets unless somebody writes another one."""
    part = letter.standing.part
    until = f"Batas akhir: {deadline(part.closes_at, period.zone, part.agency.clock_zone)} ({time_left(part.closes_at, period.zone, now())})."
    for one in letter.mending:
        numbers = [period.instrument.item(code).number for code in one.items]
        until = (
            f"Perbaiki paling lambat {deadline(one.until, period.zone, part.agency.clock_zone)}: butir {_some(numbers)}.\n{until}"
        )
    where = f"Lanjutkan di {address_of(path_of(letter, period))}"
    if part.submission.state == "ready":
        first = f"Isian {part.agency.name} untuk {period.title} sudah lengkap dan menunggu tanda tangan kepala OPD."
    else:
        numbers = [period.instrument.item(code).number for code in open_items]
        first = (
            f"{part.agency.name}: {number(len(numbers))} dari {number(part.total)} butir {period.title} belum siap"
            f" (butir {_some(numbers)})."
        ) if numbers else f"{part.agency.name}: semua butir {period.title} sudah siap; tinggal dikirim ke kepala OPD."
    return f"{first}\n{until}\n{where}"


def _some(numbers: list[str]) -> str:
    shown = numbers[:NAMED_ITEMS]
    return ", ".join(shown) + f", dan {len(numbers) - NAMED_ITEMS} lainnya" if len(numbers) > NAMED_ITEMS else listing(shown)


def sentence(text: str) -> str:
    """What stands in the portal: the words without the address, which is the link itself there."""
    return "Pengingat: " + " ".join(line for line in text.split("\n") if not line.startswith("Lanjutkan di "))


def whatsapp(text: str, phone: str | None = None) -> str:
    """An address that opens WhatsApp with the words; to one person where the number is known, else to be chosen there."""
    digits = "".join(filter(str.isdigit, phone or ""))
    if digits.startswith("0"):
        digits = "62" + digits[1:]
    return f"{WA}{digits}?text={quote(text)}"
