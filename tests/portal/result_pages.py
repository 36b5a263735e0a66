"""What the tests of results share: Denpasar's round of 2021 as claimed, and a judged round with its reasons."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from openpyxl import load_workbook

from assessments import attesting, claiming, judging, sharing
from assessments.models import Assessment
from portal.demo import building
from tests import builders as build

LEVELS = Path(building.__file__).parent / "levels_kota_denpasar_2021.csv"
NATIONAL = Path(building.__file__).parent / "national_2023.csv"
BASIS = "Keputusan Menteri PANRB Nomor 1503 Tahun 2021"


@dataclass
class Evaluated:
    city: build.City
    outside: build.City
    assessment: Assessment
    slug: str
    subject: str

    @property
    def page(self) -> str:
        return f"/hasil/{self.slug}/{self.subject}"

    @property
    def team_page(self) -> str:
        return f"/pengelolaan/{self.slug}/{self.subject}/hasil"


def levels(column: str) -> dict[str, Fraction]:
    with open(LEVELS, encoding="utf-8", newline="") as file:
        return {row["indicator"]: Fraction(row[column]) for row in csv.DictReader(file)}


def denpasar(session, name: str = "Kota Denpasar", document_stage: bool = False, **more) -> Evaluated:
    """The self-assessment of 2021, sent as the city claimed it; bappeda leads I01 and I12."""
    where = _claimed(session, name, document_stage, **more)
    session.commit()
    return where


@build.remembered
def _claimed(session, name: str, document_stage: bool, **more) -> Evaluated:
    city, outside = build.city(session, name), build.outsiders(session)
    fields = {"slug": "2021", "year": 2021, "track": "national", "title": "Evaluasi SPBE 2021"} | more
    period = build.opened(session, city, **fields)
    if document_stage:
        moment = datetime.now(UTC)
        sharing.set_stage(period, "document", moment - timedelta(days=1), moment + timedelta(days=20))
    assessment = build.assessment_of(session, period)
    writer, boss = city.actor("round_manager"), city.actor("responsible_officer")
    for item, value in levels("self_assessed").items():
        claim = claiming.write_claim(assessment, item, writer, value, "Fakta.", "Analisis.", 0)
        session.flush()
        claiming.propose(claim, writer)
        claiming.approve(claim, boss, claim.revision_n)
    session.flush()
    attesting.send(assessment, boss)
    session.flush()
    build.seat_panel(session, city, outside, assessment)
    return Evaluated(city, outside, assessment, period.slug, city.instansi.slug)


def judged_denpasar(session, publish: bool = True, name: str = "Kota Denpasar") -> Evaluated:
    """The same, judged to the published levels, settled and published; a recommendation on I12 for bappeda."""
    where = _judged(session, name, publish)
    session.commit()
    return where


@build.remembered
def _judged(session, name: str, publish: bool) -> Evaluated:
    where = _claimed(session, name, True)
    build.recommendation(session, where.city, where.assessment, where.outside)
    if publish:
        build.published(session, where.city, where.assessment, where.outside, levels("external"))
    else:
        build.settled(session, where.assessment, where.outside, levels("external"))
    return where


def draft_of(session, where: Evaluated, item: str, who: str = "assessor") -> None:
    """A judgement that is not sent, with marks that must never leave its author."""
    judging.write_judgement(
        where.assessment.claim(item), where.outside.actor(who), Fraction(2), "DRAF-FAKTA", "DRAF-ANALISIS",
        "DRAF-JUSTIFIKASI", "CATATAN-TIM", 0,
    )
    session.commit()


def page_rows(html: str) -> list[str]:
    """The codes of the rows on a page, in their order."""
    return re.findall(r'<tr role="row" id="[^"]*" data-row="([^"]+)"', html)


def sheet(content: bytes) -> list[tuple]:
    """The rows of the first sheet of a workbook, below its head."""
    book = load_workbook(io.BytesIO(content), read_only=False)
    return list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
