"""What the tests of following up share: recommendations in force, the people around them, and their forms."""

from dataclasses import dataclass

from flask.testing import FlaskClient

from assessments import following_up
from assessments.models import DocumentVersion, Organization, Recommendation
from tests import builders as build

BOARD = "/tindak-lanjut"
DUE = build.date(2027, 6, 30)


@dataclass
class Followed:
    """A city with recommendations of an audit, the first of them bappeda's."""

    city: build.City
    made: list[Recommendation]

    @property
    def one(self) -> Recommendation:
        return self.made[0]

    @property
    def page(self) -> str:
        return f"{BOARD}/{self.one.id}"


def followed(session, count: int = 1, agency: str = "bappeda", city: build.City | None = None) -> Followed:
    city = city or build.city(session)
    made = [audited(session, city, agency, f"Tetapkan peta rencana ke-{n + 1}.") for n in range(count)]
    session.commit()
    return Followed(city, made)


def audited(session, city: build.City, agency: str, text: str, day=DUE, **more) -> Recommendation:
    wish = following_up.Wish(text, "high", day, owners=[city.agencies[agency]], **more)
    made = following_up.add(session, city.instansi, "audit", "LHA 700/12/2026", wish, city.actor("inspector"))
    session.flush()
    return made


def proof(session, where: Followed, mark: str = "a", agency: str = "bappeda") -> DocumentVersion:
    who = "operator" if agency == "bappeda" else "operator_other"
    made = build.document(session, where.city.agencies[agency], where.city.actor(who), f"%PDF-{mark}".encode())
    made.document.title = f"Dokumen {mark}"
    session.flush()
    return made


def reported(session, where: Followed, text: str = "Sudah ditetapkan.", finished: bool = True, mark: str = "a"):
    given = proof(session, where, mark)
    made = following_up.report(where.one, where.city.actor("operator"), text, finished, [(given, "hlm. 5")])
    session.commit()
    return made


def as_(client: FlaskClient, session, where: Followed, who: str) -> FlaskClient:
    return build.sign_in(client, session, where.city.people[who])


def again(session, where: Followed) -> Recommendation:
    """The first recommendation as it is stored now."""
    session.rollback()
    session.expire_all()
    return session.get_one(Recommendation, where.one.id)


def agency(session, city: build.City, n: int) -> Organization:
    made = build.staffing.add_organization(
        session, build.SYSTEM, name=f"Dinas Contoh {n}", short_name=f"Dinas {n}", kind="dinas", instansi=city.instansi,
        code=f"contoh-{n}",
    )
    session.flush()
    return made
