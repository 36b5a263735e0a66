"""What the tests of last year's answers and of questions share: a city with a round of last year and one of today."""

from fractions import Fraction

from sqlalchemy import select

from assessments import answering, attesting, library, results
from assessments.actors import Actor
from assessments.models import Contribution, DocumentVersion, Organization, Period
from tests import builders as build
from tests.portal.agency_pages import Round


def two_years(session, *, items=build.TWO_ITEMS, before=None, **more) -> Round:
    """Bappeda answered `items` last year (level 3, one document each) and holds I01 and I12 again this year."""
    city = build.city(session)
    earlier = build.opened(session, city, items=items, slug="2025", year=2025, title="Evaluasi SPBE 2025", **(before or {}))
    for item in items:
        build.answered(session, city, earlier, item)
    period = build.opened(session, city, items=items, **more)
    session.commit()
    return Round(city, period, period.slug)


def earlier(session, where: Round, item: str = "I12") -> Contribution:
    return build.contribution(session, period_of(session, "2025"), where.city.agencies["bappeda"], item)


def period_of(session, slug: str) -> Period:
    return session.scalar(select(Period).where(Period.slug == slug))


def came_out(session, where: Round, value: int) -> None:
    """The official result of last year: `value` on every item."""
    period = period_of(session, "2025")
    assessment = build.ready_to_send(session, where.city, period)
    attesting.send(assessment, where.city.actor("responsible_officer"))
    session.flush()
    results.enter_official(
        assessment, {item.code: Fraction(value) for item in period.instrument.items}, "Keputusan Menteri 2025",
        where.city.actor("round_manager"),
    )
    session.commit()


def paper(session, owner: Organization, by: Actor, mark: str, **more) -> DocumentVersion:
    """A document of its own bytes with these dates."""
    blob = library.remember_blob(session, mark * 64, 10, "application/pdf")
    session.flush()
    made = library.add_document(session, owner, by, **({"title": f"Dokumen {mark}", "kind": "report", "blob": blob,
                                                      "file_name": "a.pdf"} | more))
    session.flush()
    return made


def cited_last_year(session, where: Round, version: DocumentVersion, levels, item: str = "I12"):
    made = answering.cite(earlier(session, where, item), version, where.city.actor("operator"), levels, "hlm. 1")
    session.flush()
    return made
