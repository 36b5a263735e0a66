"""What the tests of the round's pages share: a city with a round, its addresses, forms as a browser would send them."""

import re
from dataclasses import dataclass
from html import unescape

from flask.testing import FlaskClient

from assessments.models import Assessment, Period
from portal.once import new_key
from tests import builders as build
from tests.portal.agency_pages import statements

__all__ = ["Round", "as_", "begun", "drafted", "hidden", "send", "statements"]


@dataclass
class Round:
    """A city with a round; bappeda leads I01 and I12, kominfo all others."""

    city: build.City
    period: Period
    slug: str
    subject: str

    @property
    def base(self) -> str:
        return f"/pengelolaan/{self.slug}/{self.subject}"

    @property
    def calendar(self) -> str:
        return f"/kelola/periode/{self.slug}"

    def check(self, item: str = "", agency: str = "bappeda") -> str:
        return f"{self.base}/verifikasi/{agency}" + (f"/{item}" if item else "")

    def claim(self, item: str = "I12") -> str:
        return f"{self.base}/klaim/{item}"

    def assessment(self, session) -> Assessment:
        session.rollback()
        session.expire_all()
        return build.assessment_of(session, self.period)


def begun(session, **more) -> Round:
    city = build.city(session)
    return _named(session, city, build.opened(session, city, **more))


def drafted(session, **more) -> Round:
    city = build.city(session)
    return _named(session, city, build.draft(session, city, **more))


def _named(session, city: build.City, period: Period) -> Round:
    session.commit()
    return Round(city, period, period.slug, city.instansi.slug)


def as_(client: FlaskClient, session, where: Round, who: str) -> FlaskClient:
    """The client, signed in as this seat of the city."""
    return build.sign_in(client, session, where.city.people[who])


def hidden(client: FlaskClient, page: str, action: str = "") -> dict[str, list[str]]:
    """Names and values of the hidden fields of the form that goes to `action` (the first form with a key without it)."""
    html = client.get(page).get_data(as_text=True)
    for opening, body in re.findall(r"(<form[^>]*>)(.*?)</form>", html, re.S):
        if (f'action="{action}"' in opening) if action else ('name="key"' in body):
            found: dict[str, list[str]] = {}
            for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', body):
                name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
                if name and value:
                    found.setdefault(unescape(name.group(1)), []).append(unescape(value.group(1)))
            return found
    raise AssertionError(f"no form to {action} on {page}")


def send(client: FlaskClient, action: str, page: str = "", fresh: bool = True, **fields):
    """Fill the form of `page` that goes to `action` and send it; without such a form only what every form carries."""
    try:
        sent = hidden(client, page or action, action)
    except AssertionError:
        sent = _tokens(client)
    sent |= {name: value if isinstance(value, list) else [value] for name, value in fields.items() if value is not None}
    if fresh:
        sent.setdefault("key", [new_key()])
    for name in [name for name, value in fields.items() if value is None]:
        sent.pop(name, None)
    return client.post(action, data=sent)


def _tokens(client: FlaskClient) -> dict[str, list[str]]:
    html = client.get("/akun").get_data(as_text=True)
    found = {}
    for name in ("csrf_token", "office"):
        value = re.search(rf'name="{name}"[^>]*value="([^"]+)"', html)
        if value:
            found[name] = [value.group(1)]
    return found
