"""What a panel finds in the evidence of the assessment it judges: pages of cited files, by their words."""

from flask import render_template, url_for

from assessments.models import Assessment
from assessments.page_search import citations_of, cited_in
from assessments.panel_questions import judges_here
from assessments.workflow import look

from ...access import actor, find
from ...extensions import db
from ...found_pages import Place, find_pages
from . import blueprint
from .viewer import FILE, PAGE
from .ways import address, tabs


@blueprint.get("/asesmen/<string:period>/<string:subject>/cari")
def page_search(period: str, subject: str):
    assessment = find(Assessment, to="see_room", period=period, subject=subject)
    found = find_pages(cited_in(assessment), lambda hashes: _places(assessment, hashes))
    return render_template(
        "assessor/page_search.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "page_search"),
        found=found,
        link=lambda n: address("page_search", assessment, q=found.question, halaman=n),
    )


def _places(assessment: Assessment, hashes: set[str]) -> list[Place]:
    """Every citation of these bytes, under its item, in the order of the instrument."""
    instrument, judges = assessment.period.instrument, judges_here(actor(), assessment)
    place_of = {item.code: n for n, item in enumerate(instrument.items)}
    found = []
    for citation in citations_of(db.session, assessment, hashes):
        item = instrument.item(citation.claim.item)
        found.append(
            Place(
                f"Indikator {item.number}: {item.name}",
                f"{item.number}.{citation.letter}",
                citation.cited,
                (place_of[item.code], len(citation.letter), citation.letter),
                _way(assessment, item.code, citation, judges),
            )
        )
    return found


def _way(assessment: Assessment, item: str, citation, judges: bool):
    """To the desk at that file and page; who does not judge is led to the page itself, or to the claim without a picture."""
    if judges:
        return lambda page: address("desk", assessment, item=item, **{FILE: citation.id, PAGE: page}, _anchor="lihat")
    drawn = citation.cited.blob.previews or 0 if citation.cited.blob else 0

    def way(page: int) -> str:
        if page <= drawn:
            return url_for("agency.page", document=citation.document_id, n=citation.n, page=page)
        return address("claim", assessment, item=item)

    return way
