"""What the tests of sessions share: a round in its interview stage, its people signed in, a session in some state."""

from dataclasses import dataclass

from flask.testing import FlaskClient

from assessments.models import Assessment, Meeting
from tests import builders as build
from tests import sessions
from tests.portal.round_pages import hidden, send, statements

__all__ = ["Met", "hidden", "met", "send", "statements"]


@dataclass
class Met:
    """A city that is interviewed by a university; `meeting` is the id of the session that was built, if any."""

    city: build.City
    outside: build.City
    id: int
    base: str
    meeting: int = 0

    @property
    def page(self) -> str:
        return f"{self.base}/interviu/{self.meeting}"

    def row(self, session) -> Meeting:
        session.rollback()
        session.expire_all()
        return session.get_one(Meeting, self.meeting)

    def assessment(self, session) -> Assessment:
        session.rollback()
        session.expire_all()
        return session.get_one(Assessment, self.id)

    def as_(self, client: FlaskClient, session, who: str) -> FlaskClient:
        people = self.outside.people if who in self.outside.people else self.city.people
        return build.sign_in(client, session, people[who])


def met(session, far: str = "", items=("I01", "I12", "I20"), **more) -> Met:
    """`far`: arranged, held (begun, nothing noted) or noted; empty is a round without a session."""
    city, outside = build.city(session), build.outsiders(session)
    assessment = sessions.in_interview(session, city, outside, **more)
    made = None
    if far == "arranged":
        made = sessions.arranged(session, city, outside, assessment, items)
    elif far:
        made = sessions.held(session, city, outside, assessment, items, noted=far == "noted")
    session.commit()
    base = f"/asesmen/{assessment.period.slug}/{city.instansi.slug}"
    return Met(city, outside, assessment.id, base, made.id if made else 0)
