"""Builds the demo city by the verbs that the pages use: the round of 2021 as it came out, and one in the middle.

Facts: Kota Denpasar's public list of agencies (2022) and its published levels of 2021. Everything of the running
round is a sample: documents are generated and say so, people are roles, dates are relative to today.
"""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import claiming, clock, results, sharing, staffing
from assessments.actors import SYSTEM, Actor
from assessments.attesting import send
from assessments.exchange.organizations import carry_out_organizations, plan_organizations, read_organizations
from assessments.exchange.tables import read_table
from assessments.models import Assessment, Organization, Period
from assessments.workflow import advance

from ..extensions import db
from . import accounts, answers
from .agencies import build_local_round
from .benchmarks import import_benchmarks
from .clarified import build_clarifications
from .countersigned import build_countersigned
from .general_answers import answer_general_questions
from .holidays import build_holidays
from .inventory import build_inventory
from .judged import build_judged, build_read_twice, follow_up
from .people import BAPPEDA, BKPSDM, BPKAD, HUKUM, INSPEKTORAT, KOMINFO, seat_everybody
from .sessions import arrange_interview
from .succession import build_succession
from .talk import talk
from .team import build_team
from .two_readers import read_twice
from .workbook import bring_workbook_back

HERE = Path(__file__).parent
ZONE = "Asia/Makassar"
INSTRUMENT = "permenpanrb-59-2020"
# Sectoral services (indicators 45-47) are chosen by the city; the demo lets these three agencies hold them.
SECTORAL = {"45": "030201", "46": "030601", "47": "140018"}
BASIS = "Keputusan Menteri PANRB Nomor 1503 Tahun 2021 tentang Hasil Evaluasi SPBE Tahun 2021"


def build(say: Callable[[str], None]) -> None:
    """Fill an empty database. One transaction for each part, so that what is shown as done is stored."""
    session = db.session
    say("Menyiapkan data demo Kota Denpasar ...")
    city, agencies = _organizations(session, say)
    outside = staffing.add_organization(
        session, SYSTEM, name="Perguruan Tinggi Mitra Asesor", short_name="PT Mitra", kind="external", instansi=None, zone=ZONE
    )
    session.flush()
    actors, passwords = seat_everybody(session, city, agencies, outside, say)
    session.commit()
    accounts.keep(current_app.config["SETTINGS"], passwords)
    build_holidays(session, ZONE, say)
    build_inventory(session, city, actors["inventaris"], say)
    session.commit()
    _round_of_2021(session, city, agencies, actors, say)
    session.commit()
    build_succession(session, city, agencies, actors["admin"], say)
    session.commit()
    judged = build_judged(session, current_app.extensions["storage"], city, agencies, actors, _levels("external"), _share_all, say)
    build_clarifications(session, agencies, actors)
    session.commit()
    build_countersigned(session, current_app.extensions["storage"], city, agencies, actors, _levels("external"), say)
    build_local_round(session, current_app.extensions["storage"], city, agencies, actors, say)
    period = _running_round(session, city, agencies, actors, say)
    build_team(session, current_app.extensions["storage"], city, period, actors, say)
    session.commit()
    _parts(session, period, agencies, actors, say)
    bring_workbook_back(session, period, agencies[BAPPEDA], actors["operator.bappeda"])
    answer_general_questions(session, current_app.extensions["storage"], city, period, actors)
    follow_up(session, agencies, actors, judged)
    read_twice(session, build_read_twice(session, city, agencies, actors, _levels("external"), _share_all), actors)
    session.commit()
    say("  gladi dua penilai: sebagian berbeda dan menunggu harmonisasi")
    arrange_interview(session, actors)
    session.commit()
    say("  gladi: satu sesi interviu dijadwalkan")
    import_benchmarks(session, actors["pengelola"])
    session.commit()
    say("Data demo siap.")


def _organizations(session: Session, say) -> tuple[Organization, dict[str, Organization]]:
    city = staffing.add_organization(
        session, SYSTEM, name="Pemerintah Kota Denpasar", short_name="Kota Denpasar", kind="instansi", instansi=None,
        zone=ZONE,
    )
    session.flush()
    records, complaints, _ = read_organizations(read_table(HERE / "opd_kota_denpasar_2022.csv"))
    plan = plan_organizations(session, city, records)
    if complaints or plan.complaints:
        raise RuntimeError(f"the demo's list of agencies has faults: {complaints or plan.complaints}")
    carry_out_organizations(session, SYSTEM, city, plan, date(2000, 1, 1))
    agencies = {
        organization.code: organization
        for organization in session.scalars(select(Organization).where(Organization.instansi_id == city.id))
    }
    session.flush()
    say(f"  {len(agencies)} perangkat daerah dan unit kerja")
    return city, agencies


def _leads(period: Period, agencies: dict[str, Organization]) -> dict[str, list[Organization]]:
    """The usual owners, and for the sectoral services the agencies named above; Diskominfo takes the rest."""
    found = sharing.proposed_shares(period, list(agencies.values()))
    for item in period.instrument.items:
        if not found[item.code]:
            found[item.code] = [agencies[SECTORAL.get(item.number, KOMINFO)]]
    return found


def _share_all(session: Session, period: Period, agencies, by: Actor) -> Assessment:
    assessment = session.scalar(select(Assessment).where(Assessment.period_id == period.id))
    for code, owners in _leads(period, agencies).items():
        sharing.share_out(session, assessment, code, owners[0], owners[1:], by)
    return assessment


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZoneInfo(ZONE)).astimezone(UTC)


def _levels(column: str) -> dict[str, Fraction]:
    with open(HERE / "levels_kota_denpasar_2021.csv", encoding="utf-8", newline="") as file:
        return {row["indicator"]: Fraction(row[column]) for row in csv.DictReader(file)}


def _round_of_2021(session: Session, city, agencies, actors, say) -> None:
    """Claims as the city made them and the levels that came out, entered as the official result."""
    manager, boss = actors["pengelola"], actors["penanggung.jawab"]
    with clock.judged_at(_moment(date(2021, 7, 1), time(9))):
        period = sharing.draft_round(
            session, city, manager, key=INSTRUMENT, guidance="59-2020", slug="2021", title="Evaluasi SPBE 2021",
            kind="evaluation", track="national", year=2021, zone=ZONE,
        )
        sharing.set_stage(period, "self_assessment", _moment(date(2021, 6, 1), time(8)),
                          _moment(date(2021, 7, 31), time(23, 59)))
        assessment = _share_all(session, period, agencies, manager)
        advance(period, "open", manager)
        for code, value in _levels("self_assessed").items():
            claim = claiming.write_claim(
                assessment, code, manager, value,
                "Nilai penilaian mandiri 2021 sebagaimana tercatat; uraian bukti tidak ikut dipindahkan.",
                "Uraian analisis tahun 2021 tidak ikut dipindahkan.", 0,
            )
            claiming.propose(claim, manager)
            session.flush()
            claiming.approve(claim, boss, claim.revision_n)
        session.flush()
        send(assessment, boss)
    with clock.judged_at(_moment(date(2021, 12, 30), time(9))):
        result = results.enter_official(assessment, _levels("external"), BASIS, manager)
        advance(period, "close", manager, "Hasil resmi telah terbit.")
        advance(period, "archive", manager)
    say(f"  putaran 2021: klaim {_two(assessment.cached_index)}, hasil resmi {_two(result.index_exact)} {result.predicate}")


def _two(exact: str) -> str:
    from assessments.scoring import shown

    return shown(Fraction(exact)).replace(".", ",")


def _running_round(session: Session, city, agencies, actors, say) -> Period:
    """Opened two weeks ago, ten days to go."""
    manager, today = actors["pengelola"], clock.today(ZONE)
    begins = today - timedelta(days=14)
    with clock.judged_at(_moment(begins, time(8))):
        period = sharing.draft_round(
            session, city, manager, key=INSTRUMENT, guidance=None, slug=str(today.year),
            title=f"Penilaian mandiri SPBE {today.year}", kind="evaluation", track="local", year=today.year, zone=ZONE,
            asks_papers=True,
        )
        for stage, first, last in (
            ("preparation", -30, -15),
            ("self_assessment", -14, 10),
            ("internal_check", -13, 24),
            ("document", 25, 45),
        ):
            sharing.set_stage(period, stage, _moment(today + timedelta(days=first), time(8)),
                              _moment(today + timedelta(days=last), time(23, 59)), grace_s=0)
        _share_all(session, period, agencies, manager)
        advance(period, "open", manager)
    say(f"  putaran {period.title}: dibuka, batas pengisian 10 hari lagi")
    return period


def _parts(session: Session, period: Period, agencies, actors, say) -> None:
    """Agencies at every point of the way, so that every role finds something to do."""
    storage = current_app.extensions["storage"]
    ago = lambda days, hour: clock.now() - timedelta(days=days, hours=hour)  # noqa: E731
    plan = (
        (BPKAD, "bpkad", "accepted", ago(9, 2)),
        (KOMINFO, "kominfo", "signed", ago(5, 4)),
        (INSPEKTORAT, "inspektorat", "returned", ago(4, 3)),
        (BKPSDM, "bkpsdm", "ready", ago(2, 5)),
        (BAPPEDA, "bappeda", "filling", ago(1, 6)),
        (HUKUM, "hukum", "empty", ago(1, 1)),
    )
    for code, name, until, moment in plan:
        with clock.judged_at(moment):
            part = answers.fill(session, storage, period, agencies[code], name, actors, until)
        session.commit()
        say(f"  {agencies[code].short_name}: {part}")
    answers.claim_some(session, period, actors)
    talk(session, period, agencies, actors)
    session.commit()
