"""The judged half of the demo: last year's round with a settled result and its follow-up, and a rehearsal at the desk.

Last year's claims and levels are samples made from the city's published levels of 2021 (one level of progress on some
items); texts say of themselves that they are samples.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import assuring, claiming, clock, following_up, judging, marking, phrasing, results, seating, sharing
from assessments.actors import Actor
from assessments.attesting import send
from assessments.models import (
    Assessment,
    Claim,
    Document,
    DocumentVersion,
    Organization,
    Period,
    Person,
    Recommendation,
)
from assessments.workflow import advance

from .answers import shelf_of
from .consolidated import answered, reported, ruled, texts
from .people import BAPPEDA, BKPSDM, HUKUM, INSPEKTORAT, KOMINFO
from .talk import answer_last_year

ZONE = "Asia/Makassar"
# Items the city is imagined to have raised by one level since 2021, and those an assessor lowers.
RAISED = ("I02", "I11", "I12", "I15", "I21", "I23", "I29", "I34", "I43")
LOWERED = ("I03", "I08", "I14", "I18", "I22", "I26", "I31", "I36", "I40", "I47")
# item -> (agency that carries it out, priority, how far it is)
FOLLOWED = (
    ("I02", HUKUM, "high", "started"),
    ("I12", BAPPEDA, "high", "waiting"),
    ("I21", KOMINFO, "high", "done"),
    ("I25", BKPSDM, "medium", "open"),
    ("I29", INSPEKTORAT, "high", "overdue"),
    ("I22", KOMINFO, "medium", "impossible"),
)


def moment(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(ZONE)).astimezone(UTC)


def build_judged(
    session: Session, storage, city: Organization, agencies: dict[str, Organization], actors: dict[str, Actor],
    levels: dict[str, Fraction], share_all: Callable, say: Callable[[str], None],
) -> Assessment:
    """Both rounds, and gives the settled one; `levels` are the city's published ones, `share_all(session, period, agencies, by)` shares items out."""
    year = clock.today(ZONE).year - 1
    assessment = _last_year(session, storage, city, agencies, actors, levels, share_all, year)
    session.commit()
    own = assessment.results[-1]
    say(f"  putaran {year}: dinilai tim asesor, hasil {own.index_shown.replace('.', ',')} {own.predicate}, terbit, "
        f"{len(FOLLOWED)} rekomendasi")
    _rehearsal(session, city, agencies, actors, levels, share_all, year + 1, [row.cited for row in assessment.claim("I12").citations])
    session.commit()
    say("  gladi: penilaian dokumen berjalan di meja asesor")
    return assessment


def _claims_from(levels: dict[str, Fraction], highest: dict[str, Fraction]) -> dict[str, Fraction]:
    return {code: min(value + (1 if code in RAISED or code in LOWERED else 0), highest[code])
            for code, value in levels.items()}


def _round(session, city, agencies, actors, share_all, evidence, claims, *, begins: date, sent: date, judged_until: date,
           fill: Callable[[Period], None] | None = None, **fields) -> Assessment:
    """Opened, filled in (by `fill`, where there is one), claimed, approved and sent, with the panel seated."""
    manager, boss, inspector = actors["pengelola"], actors["penanggung.jawab"], actors["inspektorat"]
    with clock.judged_at(moment(begins)):
        period = sharing.draft_round(session, city, manager, key="permenpanrb-59-2020", guidance=None, zone=ZONE, **fields)
        sharing.set_stage(period, "self_assessment", moment(begins, 8), moment(sent, 17))
        sharing.set_stage(period, "document", moment(sent + timedelta(days=1), 8), moment(judged_until, 17))
        assessment = share_all(session, period, agencies, manager)
        advance(period, "open", manager)
    if fill is not None:
        with clock.judged_at(moment(begins + timedelta(days=30))):
            fill(period)
    with clock.judged_at(moment(sent)):
        for code, value in claims.items():
            item = period.instrument.item(code)
            claim = claiming.write_claim(
                assessment, code, manager, value,
                f"Contoh isian: dokumen kota tentang {item.short_name} memuat ruang lingkup, penanggung jawab, dan jadwal.",
                f"Contoh isian: isi dokumen memenuhi kriteria sampai tingkat {value}.", 0,
            )
            session.flush()
            for place, version in enumerate(evidence.get(code, ())):
                claiming.cite_for_claim(claim, version, manager, [2, int(value)] if value > 2 else [2],
                                        "Bab II" if place == 0 else "hlm. 2")
            session.flush()
            claiming.propose(claim, manager)
            claiming.approve(claim, boss, claim.revision_n)
        session.flush()
        assuring.note_quality(assessment, inspector, "Contoh catatan mutu: setiap klaim di atas tingkat 2 menunjuk bukti "
                              "yang dapat dibuka.", True)
        send(assessment, boss)
        session.flush()
        for name, part in (("asesor.ketua", "lead"), ("asesor.anggota", "member"), ("asesor.reviu", "reviewer")):
            seating.seat_member(assessment, _person(session, actors[name]), part, manager)
        session.flush()
        for name in ("asesor.ketua", "asesor.anggota", "asesor.reviu"):
            seating.declare(assessment, actors[name], True)
    return assessment


def _person(session: Session, actor: Actor):
    return session.get_one(Person, actor.person_id)


def _judge(session: Session, claim: Claim, by: Actor, value: Fraction) -> None:
    item = claim.assessment.period.instrument.item(claim.item)
    lowered = value < claim.value
    judging.write_judgement(
        claim, by, value,
        f"Contoh penilaian: dokumen yang dirujuk memuat {item.short_name}.",
        "Contoh penilaian: kriteria tingkat di bawahnya terpenuhi.",
        f"Contoh penilaian: bukti pelaksanaan untuk tingkat {claim.value} belum tampak, jadi tingkat {value}." if lowered
        else f"Contoh penilaian: bukti mendukung tingkat {value}.",
        "Contoh catatan tim: tanyakan jadwal reviu." if lowered else "", 0,
    )
    session.flush()
    judging.send_judgement(claim, by)


def _last_year(session, storage, city, agencies, actors, levels, share_all, year: int) -> Assessment:
    shelf = shelf_of(session, storage, agencies[KOMINFO], actors["operator.kominfo"])
    evidence: dict[str, list[DocumentVersion]] = {
        code: [shelf[n % len(shelf)], shelf[(n + 1) % len(shelf)]] for n, code in enumerate(("I01", "I02", "I12", "I21", "I22"))
    }
    highest = {code: Fraction(5) for code in levels}
    claims = _claims_from(levels, highest)
    assessment = _round(
        session, city, agencies, actors, share_all, evidence, claims, begins=date(year, 6, 1), sent=date(year, 8, 29),
        judged_until=date(year, 10, 31), slug=str(year), title=f"Evaluasi SPBE {year}", kind="evaluation", track="local",
        year=year, fill=lambda period: answer_last_year(session, storage, period, agencies, actors, claims),
    )
    lead, member = actors["asesor.ketua"], actors["asesor.anggota"]
    with clock.judged_at(moment(date(year, 10, 6))):
        for n, claim in enumerate(assessment.claims):
            outcome = claim.value - 1 if claim.item in LOWERED and claim.value > 1 else claim.value
            _judge(session, claim, lead if n % 4 == 0 else member, outcome)
        for citation in assessment.claim("I22").citations[:1]:
            judging.judge_citation(assessment.claim("I22"), citation, member, "doubtful", "outdated", "Tahun lalu berakhir.")
        session.flush()
        session.expire(assessment, ["judgements", "seats"])
    with clock.judged_at(moment(date(year, 11, 3))):
        judging.close_stage(assessment, lead)
        session.flush()
        _recommend(session, assessment, agencies, member)
        sharing.set_stage(assessment.period, "objection", moment(date(year, 11, 3), 8), moment(date(year, 11, 10), 17))
        session.flush()
        answered(session, assessment, actors["pengelola"])
    with clock.judged_at(moment(date(year, 11, 12))):
        ruled(session, assessment, [lead, member])
        texts(session, assessment, member)
        session.flush()
        proposal = results.propose(assessment, lead)
        session.flush()
        results.confirm(assessment, member, proposal.snapshot_sha)
        session.flush()
        reported(session, assessment, lead)
    with clock.judged_at(moment(date(year, 12, 15))):
        results.publish(assessment, actors["pengelola"])
        advance(assessment.period, "close", actors["pengelola"], "Hasil telah terbit.")
    return assessment


def _recommend(session: Session, assessment: Assessment, agencies, by: Actor) -> None:
    year, values = assessment.period.year, judging.decided_values(assessment)
    for code, agency, priority, state in FOLLOWED:
        text = following_up.proposed_text(assessment, code, values[code])
        due = date(year + 1, 3, 31) if state == "overdue" else date(year + 2, 6, 30)
        following_up.recommend(
            assessment,
            following_up.Wish(text or "Pertahankan dan tingkatkan penerapannya.", priority, due, item=code,
                              owners=[agencies[agency]]),
            by,
        )
        session.flush()


def follow_up(session: Session, agencies, actors: dict[str, Actor], assessment: Assessment) -> None:
    """What the agencies did since, with the documents of their libraries, and the inspectorate's word on some."""
    year, inspector = assessment.period.year + 1, actors["inspektorat"]
    operators = {HUKUM: "operator.hukum", BAPPEDA: "operator.bappeda", KOMINFO: "operator.kominfo",
                 BKPSDM: "operator.bkpsdm", INSPEKTORAT: "operator.inspektorat"}
    rows = {r.item: r for r in session.scalars(select(Recommendation).where(Recommendation.assessment_id == assessment.id))}
    for code, agency, _priority, state in FOLLOWED:
        recommendation, by = rows[code], actors[operators[agency]]
        if state in ("open", "overdue"):
            continue
        with clock.judged_at(moment(date(year, 2, 10))):
            following_up.plan(recommendation, by, "Contoh rencana: menyusun rancangan, membahasnya, lalu menetapkannya.",
                              date(year + 1, 3, 31))
            session.flush()
        if state == "started":
            continue
        proof = _newest_document(session, agencies[agency])
        with clock.judged_at(moment(date(year, 7, 20))):
            following_up.report(recommendation, by, "Contoh kemajuan: dokumen sudah ditetapkan dan disosialisasikan.",
                                proof is not None and state != "impossible", [(proof, "hlm. 1")] if proof else [])
            session.flush()
        if state == "waiting":
            continue
        with clock.judged_at(moment(date(year, 8, 5))):
            session.refresh(recommendation)
            seen = recommendation.progress[-1].id
            if state == "done":
                following_up.give_verdict(recommendation, inspector, "followup_conforming",
                                          "Contoh verifikasi: bukti memenuhi rekomendasi.", None, seen)
            else:
                following_up.give_verdict(recommendation, inspector, "followup_not_applicable",
                                          "Contoh verifikasi: kewenangan berpindah ke pusat.", proof, seen)
            session.flush()


def _newest_document(session: Session, agency: Organization) -> DocumentVersion | None:
    return session.scalar(
        select(DocumentVersion).join(Document).where(Document.owner_org_id == agency.id).order_by(DocumentVersion.at.desc())
    )


def _rehearsal(session, city, agencies, actors, levels, share_all, year: int, shelf: list[DocumentVersion]) -> Period:
    today = clock.today(ZONE)
    assessment = _round(
        session, city, agencies, actors, share_all, dict.fromkeys(("I05", "I06", "I24"), shelf), levels, begins=today - timedelta(days=40),
        sent=today - timedelta(days=6), judged_until=today + timedelta(days=9), slug=f"{year}-gladi",
        title=f"Gladi penilaian dokumen {year}", kind="evaluation", track="rehearsal", year=year,
    )
    lead, member, manager = actors["asesor.ketua"], actors["asesor.anggota"], actors["pengelola"]
    instrument = assessment.period.instrument
    half = len(instrument.items) // 2
    for actor, items in ((lead, instrument.items[:half]), (member, instrument.items[half:])):
        seating.share_out(assessment, [item.code for item in items], _person(session, actor), manager)
    session.flush()
    session.expire(assessment, ["seats"])
    with clock.judged_at(moment(today - timedelta(days=1))):
        for code in ("I01", "I02", "I03", "I04"):
            claim = assessment.claim(code)
            _judge(session, claim, lead, claim.value)
        judging.write_judgement(assessment.claim(instrument.items[half].code), member, Fraction(2), "Contoh draf.", "", "",
                                "", 0)
        _begun(session, assessment.claim("I05"), lead)
        session.flush()
    return assessment.period


def build_read_twice(
    session: Session, city: Organization, agencies: dict[str, Organization], actors: dict[str, Actor],
    levels: dict[str, Fraction], share_all: Callable,
) -> Assessment:
    """A rehearsal whose document stage runs and in which two closed readers judge each item; nothing is divided yet."""
    today = clock.today(ZONE)
    return _round(
        session, city, agencies, actors, share_all, {}, levels, begins=today - timedelta(days=40),
        sent=today - timedelta(days=6), judged_until=today + timedelta(days=9), slug=f"{today.year}-gladi-dua-penilai",
        title=f"Gladi dua penilai {today.year}", kind="evaluation", track="rehearsal", year=today.year, term=2,
        second_reader=True,
    )


def _begun(session: Session, claim: Claim, by: Actor) -> None:
    """A desk somebody has sat at: criteria marked, one file looked at, one in doubt, sentences kept to use again."""
    judging.write_judgement(
        claim, by, claim.value, "Contoh draf: dokumen pertama memuat ruang lingkup dan penanggung jawab.", "", "",
        "Contoh catatan tim: bahas cakupannya bersama.", 0, flagged=True, criteria={1: "met", 2: "met", 3: "doubtful"},
    )
    session.flush()
    for citation in claim.citations[1:2]:
        judging.judge_citation(claim, citation, by, "doubtful", "wrong_page", "Halaman 2 memuat hal lain.")
    seen = {(citation.document_id, citation.n) for citation in claim.citations[:1]}
    marking.remember_seen(claim, by, seen, seen, ())
    for field, text in (
        ("facts", "Dokumen resmi, ditandatangani pejabat berwenang, dan masih berlaku."),
        ("analysis", "Kriteria tingkat di bawahnya terpenuhi; muatannya belum mencakup seluruh unsur."),
        ("justification", "Bukti pelaksanaan belum tampak pada dokumen yang dirujuk."),
    ):
        phrasing.keep_phrase(session, by, field, text)
