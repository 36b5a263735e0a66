"""What the tests of clarification share: a sent self-assessment before its panel, questions that went out, and their pages."""

import csv
import io
import re
from html import unescape

from sqlalchemy import select

from assessments import clarifying
from assessments.models import Assessment, Clarification, Notice
from portal.once import new_key
from tests import builders as build
from tests.portal.desk_pages import Panel

TEXT = "Halaman berapa yang memuat penetapannya?"


def room(where: Panel) -> str:
    return f"{where.base}/klarifikasi"


def listed(where: Panel) -> str:
    return f"/penilaian/{where.slug}/klarifikasi/{where.subject}"


def plain(client, **fields) -> dict:
    return {**build.form(client, "/akun"), "key": new_key(), **fields}


def asked(session, where: Panel, *items: str, text: str = TEXT, days: int | None = 3, who: str = "assessor") -> list[int]:
    """Drafts on these items; sent together unless `days` is None."""
    assessment = session.get_one(Assessment, where.assessment_id)
    made = [clarifying.write_draft(assessment, item, where.outside.actor(who), text) for item in items]
    session.flush()
    if days is not None:
        clarifying.send(assessment, made, days, where.outside.actor("panel_lead"))
    session.commit()
    return [each.id for each in made]


def question(session, id: int) -> Clarification:
    session.rollback()
    session.expire_all()
    return session.get_one(Clarification, id)


def told(session, appointment) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Notice.sentence).where(Notice.person_id == appointment.person_id).order_by(Notice.id)))


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return unescape(answer.get_data(as_text=True))


def rows_of(client, address: str) -> list[dict]:
    content = client.get(address).get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content), delimiter=";"))


def marks(page: str) -> list[str]:
    """The ticks of the drafts on S53."""
    return re.findall(r'name="chosen" value="([^"]+)"', page)
