"""What the tests of an assessor's pages share: a sent self-assessment before its panel, its addresses and its forms."""

from dataclasses import dataclass
from html import unescape

from flask.testing import FlaskClient

from assessments.models import Assessment, Claim, Judgement
from tests import builders as build
from tests.portal.agency_pages import form_of, statements

__all__ = ["Panel", "as_", "before_a_panel", "judge", "page", "statements"]


@dataclass
class Panel:
    """Bappeda leads I01 and I12; the claim on I12 cites one document of bappeda's."""

    city: build.City
    outside: build.City
    assessment_id: int
    slug: str
    subject: str
    citation: int

    @property
    def base(self) -> str:
        return f"/asesmen/{self.slug}/{self.subject}"

    def desk(self, item: str = "I12") -> str:
        return f"{self.base}/butir/{item}"

    def claim(self, item: str = "I12") -> str:
        return f"{self.base}/klaim/{item}"

    @property
    def declaration(self) -> str:
        return f"{self.base}/pernyataan"

    def assessment(self, session) -> Assessment:
        session.rollback()
        session.expire_all()
        return session.get_one(Assessment, self.assessment_id)

    def on(self, session, item: str = "I12") -> Claim:
        return self.assessment(session).claim(item)

    def judgement(self, session, item: str = "I12", who: str = "assessor") -> Judgement | None:
        person = self.outside.people[who].person_id
        found = self.assessment(session).judgements
        return next((each for each in found if (each.item, each.person_id) == (item, person)), None)


def before_a_panel(session, evidence=("I12",), **more) -> Panel:
    city, outside = build.city(session), build.outsiders(session)
    assessment = build.judging(session, city, outside, evidence=evidence, **more)
    session.commit()
    citations = assessment.claim("I12").citations
    return Panel(
        city, outside, assessment.id, assessment.period.slug, city.instansi.slug, citations[0].id if citations else 0
    )


def as_(client: FlaskClient, session, where: Panel, who: str) -> FlaskClient:
    """Signed in as a seat of the city or of those outside."""
    people = where.outside.people if who in where.outside.people else where.city.people
    return build.sign_in(client, session, people[who])


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return unescape(answer.get_data(as_text=True))


def judge(client: FlaskClient, address: str, then: str = "simpan", **fields):
    """Fill the form of the desk and send it."""
    sent = form_of(client, address, "penilaian") | {
        "value": "3", "facts": "Fakta asesor.", "analysis": "Analisis asesor.", "justification": "", "team_note": "",
        "then": then,
    } | fields
    return client.post(address, data={name: text for name, text in sent.items() if text is not None})
