"""What the tests of the panel's rooms share: a round under judgement, its addresses, its people signed in."""

from dataclasses import dataclass

from flask.testing import FlaskClient

from assessments.models import Assessment
from tests import builders as build
from tests.portal.round_pages import hidden, send, statements

__all__ = ["Panel", "drafted", "hidden", "panel", "send", "statements", "without_audit"]
SECRET = "Catatan-XQ7 hanya untuk penulisnya"


@dataclass
class Panel:
    """A city whose self-assessment is judged by a university: lead, member and reviewer sit, one assessor does not."""

    city: build.City
    outside: build.City
    id: int
    base: str

    def assessment(self, session) -> Assessment:
        session.rollback()
        session.expire_all()
        return session.get_one(Assessment, self.id)

    def as_(self, client: FlaskClient, session, who: str) -> FlaskClient:
        people = self.outside.people if who in self.outside.people else self.city.people
        return build.sign_in(client, session, people[who])


def panel(session, far: str = "", **more) -> Panel:
    """`far`: judged, closed, proposed, settled or published; empty is the document stage without a judgement."""
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.judging(session, city, outside, **more)
    if far == "judged":
        build.judged(session, assessment, outside)
    elif far in ("closed", "proposed"):
        build.closed(session, assessment, outside)
    elif far == "settled":
        build.settled(session, assessment, outside)
    elif far == "published":
        build.published(session, city, assessment, outside)
    if far == "proposed":
        build.results.propose(assessment, outside.actor("panel_lead"))
    session.commit()
    base = f"/asesmen/{assessment.period.slug}/{city.instansi.slug}"
    return Panel(city, outside, assessment.id, base)


def drafted(session, where: Panel, item: str = "I12", who: str = "assessor", value: int = 1):
    """A draft with words that nobody but its author may ever see."""
    claim = where.assessment(session).claim(item)
    made = build.panels.write_judgement(
        claim, where.outside.actor(who), build.Fraction(value), SECRET, SECRET, SECRET, SECRET, 0
    )
    session.commit()
    return made


def without_audit(texts: list[str]) -> list[str]:
    """Statements of a deed; what its line in the record costs is counted there."""
    return [text for text in texts if "audit_" not in text]
