"""What the tests of the agency's pages share: a round with two items and the addresses of its pages."""

import io
import re
from contextlib import contextmanager
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from assessments.models import Contribution, Period
from tests import builders as build

PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass
class Round:
    """A city with an open round; bappeda answers I01 and I12, all other items lie with kominfo."""

    city: build.City
    period: Period
    slug: str

    def item(self, code: str = "I12") -> str:
        return f"/penilaian/{self.slug}/indikator/{code}"


def begun(session, **more) -> Round:
    city = build.city(session)
    period = build.opened(session, city, **more)
    session.commit()
    return Round(city, period, period.slug)


def as_operator(client: FlaskClient, session, where: Round, who: str = "operator") -> FlaskClient:
    return build.sign_in(client, session, where.city.people[who])


def answer_of(session, where: Round, code: str = "I12", agency: str = "bappeda") -> Contribution:
    session.rollback()
    session.expire_all()
    return build.contribution(session, where.period, where.city.agencies[agency], code)


def answer(client: FlaskClient, page: str, **fields):
    """Fill the answer form of a page and send it."""
    sent = form_of(client, page, "jawaban") | {"value": "3", "facts": "Fakta.", "analysis": "Analisis."} | fields
    return client.post(page, data={name: text for name, text in sent.items() if text is not None})


def form_of(client: FlaskClient, page: str, id: str = "", part: str = "") -> dict[str, str]:
    """The hidden fields of the form with this id (or whose opening tag holds `part`)."""
    html = client.get(page).get_data(as_text=True)
    for opening, body in re.findall(r"(<form[^>]*>)(.*?)</form>", html, re.S):
        if (id and f'id="{id}"' in opening) or (part and part in opening):
            tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', body)
            found = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
            return {name.group(1): value.group(1) for name, value in found if name and value}
    raise AssertionError(f"no form {id or part} on {page}")


def upload(client: FlaskClient, page: str, *files: tuple[str, bytes], **fields):
    """Send files to an item."""
    sent = form_of(client, page, "jawaban") | fields
    sent["files"] = [(io.BytesIO(content), name) for name, content in files]
    return client.post(f"{page}/bukti", data=sent, content_type="multipart/form-data")


def pdf(mark: str = "") -> bytes:
    """A whole PDF of one page; another mark makes other bytes."""
    return PDF.replace(b"%PDF-1.7\n", b"%PDF-1.7\n%" + mark.encode() + b"\n")


@contextmanager
def statements():
    """Counts the SQL statements inside; transactions themselves are not counted."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        seen[:] = [s for s in seen if not s.upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE"))]
