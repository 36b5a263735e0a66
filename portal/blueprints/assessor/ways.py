"""Where the rooms of one panel are, and the bar that leads from one to the other."""

from flask import url_for

from assessments.instruments import Instrument, Item
from assessments.models import Assessment

from ...access import may


def address(endpoint: str, assessment: Assessment, **more) -> str:
    """A page of this panel: `address("decide", assessment, item="I12")`."""
    return url_for(
        f"assessor.{endpoint}", period=assessment.period.slug, subject=assessment.subject.organization.slug, **more
    )


def tabs(assessment: Assessment, here: str) -> list[tuple[str, str, bool]]:
    """The rooms this reader may enter, the present one marked."""
    pages = [
        ("room", "Ringkasan"), ("clarifications", "Klarifikasi"), ("objections", "Tanggapan"),
        ("recommendations", "Rekomendasi"), ("analyses", "Analisis"), ("reviews", "Reviu"), ("settling", "Penetapan"),
        ("page_search", "Cari dalam bukti"),
    ]
    if assessment.period.second_reader:
        pages.insert(1, ("harmony", "Harmonisasi"))
    if assessment.period.stage("objection") is None:
        pages.remove(("objections", "Tanggapan"))
    shown = [page for page in pages if may("see_room", assessment) and (page[0] != "clarifications" or may("see_clarifications", assessment))]
    if may("seat_panel", assessment) or here == "team":
        shown = [*shown, ("team", "Tim asesor")]
    found = [(label, address(endpoint, assessment), endpoint == here) for endpoint, label in shown]
    if may("see_room", assessment):
        found[2:2] = sessions_of(assessment, here)
    if may("see_room", assessment) and may("read_general", assessment):
        answers = url_for("round.general_answers", period=assessment.period.slug, subject=assessment.subject.organization.slug)
        found.insert(1, ("Pertanyaan umum", answers, False))
    return found


def sessions_of(assessment: Assessment, here: str = "") -> list[tuple[str, str, bool]]:
    """The way to the sessions of each kind that the calendar has a stage for; `here` is "interviu" or "visitasi"."""
    return [
        (label, address("meetings", assessment, room=room), room == here)
        for room, kind, label in (("interviu", "interview", "Interviu"), ("visitasi", "visit", "Visitasi"))
        if assessment.period.stage(kind)
    ]


def by_aspect(instrument: Instrument, row_of) -> list[tuple[str, str, list]]:
    """(title, note, rows) for each knot right above the items, in the order of the instrument."""
    groups: list[tuple[str, str, list]] = []
    last = None
    for item in instrument.items:
        if not groups or item.parent is not last:
            last = item.parent
            groups.append((last.name if last else "", str(last) if last else "", []))
        groups[-1][2].append(row_of(item))
    return groups


def written_value(item: Item, typed: str | None):
    """A typed value on the scale of an item; empty is none."""
    return item.scale.parse(typed) if (typed or "").strip() else None
