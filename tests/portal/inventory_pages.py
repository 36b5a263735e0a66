"""What the tests of the inventory's decisions share: a city with applications, and their forms."""

from dataclasses import dataclass

from flask.testing import FlaskClient

from assessments.models import Application
from tests import builders as build
from tests.portal.agency_pages import form_of

CENSUS, PORTFOLIO, PUBLICATION, FIGURES = (
    "/inventaris/sensus", "/inventaris/keputusan", "/inventaris/publikasi", "/inventaris/angka"
)


@dataclass
class Inventory:
    """A city whose agency bappeda owns the applications of `made`."""

    city: build.City
    made: list[Application]

    @property
    def one(self) -> Application:
        return self.made[0]

    @property
    def life(self) -> str:
        return life_of(self.one)


def life_of(application: Application) -> str:
    return f"/inventaris/catatan/{application.id}/daur-hidup"


def listed(session, count: int = 1, **values) -> Inventory:
    city = build.city(session)
    made = [
        build.application(session, city, **({"name": f"{'ABCDEFGHIJ'[n % 10] * 3} Layanan {n}", "url": f"https://l{n}.go.id/"} | values))
        for n in range(count)
    ]
    session.commit()
    return Inventory(city, made)


def as_(client: FlaskClient, session, where: Inventory, who: str) -> FlaskClient:
    return build.sign_in(client, session, where.city.people[who])


def again(session, application: Application) -> Application:
    """The application as it is stored now."""
    key = application.id
    session.rollback()
    session.expire_all()
    return session.get_one(Application, key)


def take(client: FlaskClient, life: str, named: str, **fields):
    """Fill the form of one step on the life cycle page and send it."""
    sent = form_of(client, f"{life}?langkah={named}", "daur-hidup") | {"day": "2026-03-03", "then": "jalankan"} | fields
    return client.post(life, data={name: text for name, text in sent.items() if text is not None})
