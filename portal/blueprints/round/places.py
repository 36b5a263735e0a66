"""Where the pages of one assessment are, and how its items are listed."""

from collections.abc import Callable

from flask import url_for

from assessments.instruments import Instrument, Item
from assessments.models import Assessment, Event, Period

from ...access import may

# Pages of an assessment that an agency evaluated on its own has no use for: it answers every item itself, for itself.
OF_THE_INSTANSI = ("team", "sharing", "general_answers", "packages")


def address(endpoint: str, assessment: Assessment, **more) -> str:
    """A page of this assessment: `address("claim", assessment, item="I12")`."""
    subject = assessment.subject.organization.slug
    return url_for(f"round.{endpoint}", period=assessment.period.slug, subject=subject, **more)


def tabs(assessment: Assessment, here: str) -> list[tuple[str, str, bool]]:
    """The pages of an assessment, the present one marked."""
    outside: tuple[str, ...] = OF_THE_INSTANSI if assessment.period.of_agencies else ()
    pages = (("overview", "Ringkasan"), ("team", "Tim"), ("sharing", "Penugasan"), ("claims", "Klaim"),
             ("general_answers", "Pertanyaan umum"), ("papers", "Berita acara"), ("finalise", "Kirim"),
             ("packages", "Ekspor"), ("result", "Hasil"))
    if not assessment.period.asks_papers and here != "papers":
        outside += ("papers",)
    found = [(label, address(endpoint, assessment), endpoint == here) for endpoint, label in pages
             if endpoint not in outside and (endpoint != "packages" or may("export", assessment))]
    whole_round = [(label, url_for(f"round.{name}", period=assessment.period.slug), False)
                   for name, label in (("progress", "Kemajuan"), ("matrix", "Matriks"))]
    if may("read_clarifications", assessment):
        place = {"period": assessment.period.slug, "subject": assessment.subject.organization.slug}
        found.append(("Klarifikasi", url_for("agency.panel_questions", **place), False))
    if assessment.sent:
        place = {"period": assessment.period.slug, "subject": assessment.subject.organization.slug}
        found += [(label, url_for("assessor.meetings", room=room, **place), False)
                  for room, kind, label in (("interviu", "interview", "Interviu"), ("visitasi", "visit", "Visitasi"))
                  if assessment.period.stage(kind)]
    return [*found[:1], *whole_round, *found[1:]]


def round_tabs(period: Period, here: str) -> list[tuple[str, str, bool]]:
    """The pages of a round in which each agency is evaluated on its own."""
    pages = (("overview", "OPD"), ("progress", "Kemajuan"), ("matrix", "Matriks"), ("local_table", "Angka lokal"))
    return [(label, url_for(f"round.{name}", period=period.slug), name == here) for name, label in pages]


def grouped(instrument: Instrument, row_of: Callable[[Item], object]) -> list[tuple[str, str, list]]:
    """(title, note, rows) for each knot of the first tier, in the order of the instrument."""
    groups: list[tuple[str, str, list]] = []
    for item in instrument.items:
        top = item.path[0] if item.path else None
        title = top.name if top else ""
        if not groups or groups[-1][0] != title:
            groups.append((title, str(top) if top else "", []))
        groups[-1][2].append(row_of(item))
    return groups


def told(events: list[Event]) -> list[dict]:
    """Events as the history on a page tells them."""
    return [{"at": event.at, "who": event.by_label, "what": event.label, "note": event.note} for event in events]


def neighbours(items: list[Item], here: str, link: Callable[[Item], str]):
    """The items before and after this one, as the pager wants them: (label, url) or None."""
    codes = [item.code for item in items]
    at = codes.index(here)
    before = items[at - 1] if at else None
    after = items[at + 1] if at + 1 < len(items) else None
    return tuple((item.number, link(item)) if item else None for item in (before, after))
