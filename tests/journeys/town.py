"""A city in the middle of its work, with a page of every kind to look at; and another city where nothing has begun."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import (
    answering,
    asking,
    attesting,
    checking,
    claiming,
    clarifying,
    clock,
    countersigning,
    dividing,
    external_values,
    following_up,
    general_questions,
    judging,
    library,
    linking,
    noticing,
    results,
    seating,
    sharing,
    staffing,
    team,
    working_days,
)
from assessments.actors import Actor
from assessments.inventory import living, publishing
from assessments.models import (
    Assessment,
    Benchmark,
    Citation,
    Contribution,
    DocumentVersion,
    Meeting,
    Organization,
    Period,
    Receipt,
    Submission,
)
from assessments.workflow import advance
from portal.demo.documents import make_pdf
from portal.demo.workbook import bring_workbook_back
from portal.evidence_jobs import ask_to_read
from portal.jobs import run_due
from tests import builders as build
from tests import sessions
from tests.journeys.people import cookie_of

FACTS = """Peraturan Wali Kota Nomor 12 Tahun 2024 tentang Tata Kelola SPBE (rujukan a), Bab III Pasal 9 sampai Pasal 14, \
halaman 9–43, memuat domain proses bisnis, data, aplikasi, infrastruktur, dan keamanan.

Laporan reviu tahunan (rujukan b) halaman 3 menyebut hasil reviu dan rekomendasinya."""
ANALYSIS = "Ketentuan berlaku bagi semua perangkat daerah dan direviu setiap tahun, jadi kriteria tingkat ini terpenuhi."
REASON = "Laporan reviu belum menyebut rekomendasi; tambahkan halaman yang memuatnya dan tanggal penetapannya."
AGENCY_ITEMS = ("I01", "I12", "I13", "I32", "I45")


@dataclass
class Town:
    """`city` works, `nowhere` has nothing yet; `ids` names one thing of every kind for addresses."""

    city: build.City
    nowhere: build.City
    ids: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.ids[name]


def _team(session: Session, now: Period, city: build.City) -> tuple[int, int]:
    """A decision, and two people of whom one is named for an office he does not hold: (decision, person)."""
    assessment, by = build.assessment_of(session, now), city.actor("coordinator")
    decision = team.record_decision(
        session, assessment, by, team.Decree("188.45/12/2026", date(2026, 1, 5), "Wali Kota", date(2026, 1, 5))
    )
    team.add_member(session, assessment, city.people["entry_officer"].person, by, role="entry_officer", function=3)
    seated = team.add_member(session, assessment, city.people["internal_assessor"].person, by, role="coordinator")
    session.flush()
    return decision.id, seated.person_id


def make(app: Flask, session: Session) -> Town:
    """Everything is stored and committed; nothing holds the database afterwards."""
    town = Town(build.city(session), build.city(session, "Kota Baru"))
    _last_year(session, town.city)
    now = _this_year(app, session, town.city)
    bring_workbook_back(session, now, town.city.agencies["bappeda"], town.city.actor("operator"))
    town.ids["general"] = _asked_of_all(session, now, town.city)
    town.ids["decision"], town.ids["seated"] = _team(session, now, town.city)
    waiting = _second_term(session, town.city)
    draft = build.draft(session, town.city, slug="draf", term=4, title="Penilaian mandiri SPBE 2026, putaran persiapan")
    _draft_of_agencies(session, town.city)
    build.ready_to_send(session, town.city, build.opened(session, town.city, slug="lengkap", term=3))
    town.ids["office"] = _papers(session, town.city)
    _second_office(session, town)
    town.ids["followed"] = _followed(session, town.city)
    town.ids["application"] = build.application(session, town.city).id
    _shown(session, town)
    _leaning(session, town.city)
    _national_table(session, town.city)
    outside = _before_a_panel(session, town.city)
    _clarified(session, town, outside)
    _two_read(session, town.city, outside)
    _in_sessions(session, town, town.city, outside)
    holiday = working_days.save_holiday(session, None, day=date(2026, 8, 17), name="Hari Kemerdekaan", kind="national", instansi_id=None)
    session.flush()
    town.ids["holiday"], town.ids["token"] = holiday.id, "tautan-sekali-pakai"
    guest = build.account_of(town.city.people["executive"])
    linking.make(session, guest, "reset", linking.token_hash(town.ids["token"]), town.city.actor("round_manager"))
    session.commit()
    run_due()
    _name_things(session, town, now, waiting, draft)
    for prefix, city in (("", town.city), ("", outside), ("nowhere ", town.nowhere)):
        for who, appointment in city.people.items():
            town.cookies[prefix + who] = cookie_of(app, session, appointment)
    session.commit()
    return town


def _asked_of_all(session: Session, period: Period, city: build.City) -> int:
    """General questions of the running round, the first one answered."""
    by, assessment = city.actor("round_manager"), build.assessment_of(session, period)
    general_questions.add_questions(session, period, general_questions.TOPICS, by)
    asked = general_questions.asked_of(session, assessment)[0]
    general_questions.answer(asked, assessment, "Layanan perizinan dan kependudukan.", 0, by)
    return asked.question.id


def _shown(session: Session, town: Town) -> None:
    """What the public directory holds: one that lives, and one that says to use it instead."""
    by = town.city.actor("inventory_manager")
    shown, over = (build.application(session, town.city, name=name) for name in ("Usulan Warga", "Usulan Lama"))
    for application in (shown, over):
        publishing.publish(application, by)
    texts = {"reason": "Diganti.", "decision_no": "1/2026", "data_fate": "Dipindah.", "account_fate": "Ditutup."}
    living.change_state(over, "retire", by, living.Given(texts, successor=shown), over.version)
    session.flush()
    town.ids["shown"], town.ids["over"], town.ids["category"] = shown.slug, over.slug, shown.category_id
    town.ids["person"] = town.city.people["operator_other"].person_id


def _last_year(session: Session, city: build.City) -> Period:
    """Sent and judged: locked pages, a receipt and a result to compare with."""
    with clock.judged_at(datetime.now(UTC) - timedelta(days=300)):
        period = build.draft(session, city, slug="2025", year=2025, track="national", title="Evaluasi SPBE 2025")
        moment = clock.now()
        for stage in ("self_assessment", "internal_check"):
            sharing.set_stage(period, stage, moment - timedelta(days=9), moment + timedelta(days=9))
        _share(session, city, period)
        build.accepted(session, city, period, AGENCY_ITEMS)
        assessment = build.assessment_of(session, period)
        writer, boss = city.actor("entry_officer"), city.actor("responsible_officer")
        for item in period.instrument.items:
            claim = assessment.claim(item.code)
            if claim is None:
                claim = claiming.write_claim(assessment, item.code, writer, Fraction(3), FACTS, ANALYSIS, 0)
            session.flush()
            claiming.propose(claim, writer)
            session.flush()
            claiming.approve(claim, boss, claim.revision_n)
        session.flush()
        attesting.send(assessment, boss)
        results.enter_official(
            assessment, {item.code: Fraction(2) for item in period.instrument.items}, "Keputusan Menteri 2025",
            city.actor("round_manager"),
        )
    return period


def _share(session: Session, city: build.City, period: Period) -> None:
    kominfo, bappeda = city.agencies["kominfo"], city.agencies["bappeda"]
    wanted = {
        item.code: (bappeda, [kominfo]) if item.code in AGENCY_ITEMS else (kominfo, [])
        for item in period.instrument.items
    }
    sharing.share_all(session, build.assessment_of(session, period), wanted, city.actor("round_manager"))
    advance(period, "open", city.actor("round_manager"))
    session.flush()


def _this_year(app: Flask, session: Session, city: build.City) -> Period:
    """Bappeda writes; Dinkes has signed and is being checked; some claims wait for a yes."""
    period = build.draft(session, city, title="Penilaian mandiri SPBE 2026")
    _share(session, city, period)
    assessment, dinkes = build.assessment_of(session, period), city.agencies["dinkes"]
    boss = city.actor("round_manager")
    sharing.give_lead(session, assessment, ["I40", "I41", "I42"], dinkes, boss)
    sharing.extend(period, "internal_check", datetime.now(UTC) + timedelta(days=30), "Banyak OPD baru selesai.", boss)
    operator = city.actor("operator")
    perwali = _stored(app, session, city.agencies["bappeda"], operator, "Peraturan Wali Kota tentang Tata Kelola SPBE")
    _fill(session, city, period, "I12", perwali, 4, ready=True)
    _fill(session, city, period, "I01", perwali, 3, ready=False)
    link = library.add_document(session, city.agencies["bappeda"], operator, title="Berita penerapan arsitektur SPBE di "
                                "portal pemerintah kota", kind="link", url="https://contoh.go.id/" + "berita/" * 12)
    session.flush()
    answering.cite(_own(session, city, period, "I01"), link, operator)
    _asked(session, city, period)
    _signed_by_dinkes(app, session, city, period)
    _some_claims(session, city, period)
    return period


def _asked(session: Session, city: build.City, period: Period) -> None:
    """One question that waits, and one that was answered and became help."""
    operator, boss = city.actor("operator"), city.actor("round_manager")
    asking.ask(_own(session, city, period, "I12"), operator, REASON)
    answered = asking.ask(_own(session, city, period, "I01"), operator, "Apakah notula rapat reviu cukup?")
    reply = asking.reply(answered, boss, "Cukup bila bertanggal dan ditandatangani.")
    session.flush()
    asking.make_help(answered, reply.id, boss, "Notula reviu diterima bila bertanggal dan ditandatangani.")
    noticing.tell(session, [city.people["operator"].person_id], "question", f"Tim menjawab: {reply.text}",
                  f"/penilaian/{period.slug}/indikator/I01", f"reply:{reply.id}")
    session.flush()


def _own(session: Session, city: build.City, period: Period, item: str, agency: str = "bappeda") -> Contribution:
    return build.contribution(session, period, city.agencies[agency], item)


def _stored(app: Flask, session: Session, owner: Organization, by: Actor, title: str) -> DocumentVersion:
    """A document whose bytes lie in the store."""
    content = make_pdf(title, "12 Tahun 2024", date(2024, 5, 6), "Wali Kota", [ANALYSIS])
    with app.extensions["storage"].receive() as incoming:
        incoming.write(content)
        kept = incoming.keep()
    blob = library.remember_blob(session, kept.sha256, kept.size, "application/pdf")
    session.flush()
    made = library.add_document(
        session, owner, by, title=title, kind="regulation", blob=blob, file_name="Perwali-12-2024.pdf",
        number="12 Tahun 2024", dated=date(2024, 5, 6), effective_on=date(2024, 6, 1),
    )
    session.flush()
    ask_to_read(session, blob)
    return made


def _fill(session: Session, city: build.City, period: Period, item: str, version: DocumentVersion, value: int, *,
          ready: bool, who: str = "operator") -> None:
    by = city.actor(who)
    made = build.contribution(session, period, city.people[who].organization, item)
    answering.answer(made, by, Fraction(value), FACTS, ANALYSIS, made.version)
    session.flush()
    answering.cite(made, version, by, [2, 3], "hlm. 9-43")
    session.flush()
    if ready:
        answering.mark_item_ready(made, by)
        session.flush()


def _signed_by_dinkes(app: Flask, session: Session, city: build.City, period: Period) -> None:
    """Returned once, mended, signed again; now one item is agreed, one refused again, one unseen."""
    operator, assessor = city.actor("operator_other"), city.actor("internal_assessor")
    version = _stored(app, session, city.agencies["dinkes"], operator, "Laporan Layanan Rujukan")
    for item in ("I40", "I41", "I42"):
        _fill(session, city, period, item, version, 3, ready=True, who="operator_other")
    part = build.submission(session, period, city.agencies["dinkes"])
    _sign_and_mark(session, city, part)
    checking.return_items(part, assessor, "Lengkapi yang ditandai, lalu kirim lagi.")
    session.flush()
    mended = _own(session, city, period, "I41", "dinkes")
    answering.answer(mended, operator, Fraction(3), FACTS + " Rekomendasinya di halaman 4.", ANALYSIS, mended.version)
    session.flush()
    answering.mark_item_ready(mended, operator)
    session.flush()
    _sign_and_mark(session, city, part)


def _sign_and_mark(session: Session, city: build.City, part: Submission) -> None:
    """Handed in and signed; I40 is agreed to, I41 is not."""
    answering.hand_to_head(part, city.actor("operator_other"))
    session.flush()
    attesting.attest(part, city.actor("head_other"), attesting.frozen_submission(part).sha256)
    session.flush()
    for item, verdict, why, note in (("I40", "agreed", None, ""), ("I41", "needs_work", "unfit", REASON)):
        each = next(c for c in part.contributions if c.item == item)
        checking.check(each, city.actor("internal_assessor"), verdict, why, note, each.revision_n)
    session.flush()


def _some_claims(session: Session, city: build.City, period: Period) -> None:
    """Draft, proposed, approved and sent back for more work."""
    assessment = build.assessment_of(session, period)
    writer, boss = city.actor("entry_officer"), city.actor("responsible_officer")
    for n, code in enumerate(("I02", "I03", "I04", "I05")):
        claim = claiming.write_claim(assessment, code, writer, Fraction(2 + n % 2), FACTS, ANALYSIS, 0)
        session.flush()
        if n:
            claiming.propose(claim, writer)
            session.flush()
        if n == 2:
            claiming.approve(claim, boss, claim.revision_n)
        if n == 3:
            claiming.needs_work(claim, boss, REASON)
    claim = claiming.write_claim(assessment, "I12", writer, Fraction(3), FACTS, ANALYSIS, 0)
    session.flush()
    version = session.query(Citation).join(Citation.contribution).filter(Contribution.item == "I12").first()
    claiming.cite_for_claim(claim, version.cited, writer, [2, 3], "hlm. 9")
    session.flush()


def _second_term(session: Session, city: build.City) -> Period:
    """Bappeda's part waits for its head; Dinkes' part was returned."""
    period = build.opened(session, city, slug="2026-2", term=2, title="Penilaian mandiri SPBE 2026, termin kedua")
    build.ready(session, city, period)
    sharing.give_lead(session, build.assessment_of(session, period), ["I45", "I46"], city.agencies["dinkes"],
                      city.actor("round_manager"))
    for item in ("I45", "I46"):
        build.answered(session, city, period, item, "operator_other")
    part = build.submission(session, period, city.agencies["dinkes"])
    answering.hand_to_head(part, city.actor("operator_other"))
    session.flush()
    checking.send_back(part, city.actor("head_other"), REASON, ["I45"])
    session.flush()
    return period


def _national_table(session: Session, city: build.City) -> None:
    """The own city, two others, and one row whose predicate does not fit its index."""
    for name, index, predicate in (
        (city.instansi.name, "3.80", "Sangat Baik"), ("Pemerintah Kota Denpasar", "3.19", "Baik"),
        ("Pemerintah Kabupaten Badung", "4.25", "Memuaskan"), ("Pemerintah Kota Ganjil", "3.10", "Cukup"),
    ):
        session.add(Benchmark(year=2025, name=name, kind="kota" if "Kota" in name else "kabupaten", domain_1="3.00",
                              domain_2="2.90", domain_3="2.10", domain_4="3.60", index_shown=index, predicate=predicate,
                              source="Keputusan Menteri PANRB tentang hasil evaluasi 2025"))
    session.flush()


def _leaning(session: Session, city: build.City) -> Period:
    """A rehearsal of 8/2026: one index is in and corrected, a value was set from it, others are awaited."""
    period = build.opened(session, city, (), slug="pemdi", key="permenpanrb-8-2026", track="rehearsal", title="Gladi Pemdi 2026")
    assessment, boss = build.assessment_of(session, period), city.actor("round_manager")
    source = build.document(session, city.agencies["kominfo"], boss, b"%PDF-ikasandi")
    for raw, told in (("82.5", "Surat BSSN 12/2026"), ("80.1", "Ralat BSSN 14/2026")):
        external_values.enter(
            assessment, boss, index_key="ikasandi", year=2026, raw=Fraction(raw), source=told, document=source,
            published_on=date(2026, 10, 1),
        )
        session.flush()
    for item, value in (("I10", Fraction("3.25")), ("I05", None)):
        claiming.write_claim(assessment, item, boss, value, FACTS, ANALYSIS, 0)
    session.flush()
    return period


def _before_a_panel(session: Session, city: build.City) -> build.City:
    """A rehearsal that is being judged (its reviewer has not said a word on conflicts yet): I12 is a draft with a doubt about its evidence, I13 is sent, I20 is the lead's."""
    outside = build.outsiders(session)
    assessment = build.judging(
        session, city, outside, evidence=("I12", "I13"), slug="panel", track="rehearsal", title="Gladi penilaian SPBE 2026"
    )
    silent = next(member for member in assessment.panel if member.role == "reviewer")
    silent.conflict, silent.declared_at = "none", None
    by, lead = outside.actor("assessor"), outside.people["panel_lead"].person
    seating.share_out(assessment, ["I20"], lead, city.actor("round_manager"))
    for item in ("I12", "I13"):
        claim = assessment.claim(item)
        judging.write_judgement(claim, by, Fraction(2), FACTS, ANALYSIS, REASON, "Tanyakan saat interviu.", 0)
        session.flush()
        judging.judge_citation(claim, claim.citations[0], by, "doubtful", "unsigned", "Masih konsep.")
    judging.send_judgement(assessment.claim("I13"), by)
    session.flush()
    return outside


def _clarified(session: Session, town: Town, outside: build.City) -> None:
    """Before the same panel: one question that waits, one that was answered with a document, one in draft."""
    assessment = session.scalars(select(Assessment).join(Period).where(Period.slug == "panel")).one()
    by, operator = outside.actor("panel_lead"), town.city.actor("operator")
    made = [clarifying.write_draft(assessment, item, by, REASON) for item in ("I12", "I01", "I12")]
    session.flush()
    clarifying.send(assessment, made[:2], 3, by)
    proof = build.document(session, town.city.agencies["bappeda"], operator, b"%PDF-klarifikasi")
    clarifying.answer(made[1], operator, FACTS, [clarifying.Carried(proof, "hlm. 5")], town.city.agencies["bappeda"].id)
    session.flush()
    town.ids["clarification"] = made[0].id


def _two_read(session: Session, city: build.City, outside: build.City) -> None:
    """A rehearsal with two closed readers: I12 and I13 differ, on I12 the lead is asked to look; I20 is alike, I40 still closed."""
    assessment = build.judging(
        session, city, outside, evidence=("I12", "I13"), slug="dua", track="rehearsal", title="Gladi dua penilai 2026",
        second_reader=True,
    )
    first, second = outside.actor("assessor"), outside.actor("panel_lead")
    people = {1: outside.people["assessor"].person, 2: outside.people["panel_lead"].person}
    dividing.divide(assessment, dict.fromkeys(("I12", "I13", "I20", "I40"), people), second)
    for by, item, value in ((first, "I12", 2), (second, "I12", 4), (first, "I13", 3), (second, "I13", 2), (first, "I20", 3),
                            (second, "I20", 3), (first, "I40", 2)):
        claim = assessment.claim(item)
        judging.write_judgement(claim, by, Fraction(value), FACTS, ANALYSIS, REASON, "Tanyakan saat interviu.", 0,
                                flagged=(by, item) == (first, "I12"), criteria={1: "met", 2: "doubtful"})
        session.flush()
        judging.send_judgement(claim, by)
    session.flush()


def _in_sessions(session: Session, town: Town, city: build.City, outside: build.City) -> None:
    """A rehearsal in its interview stage: a session agreed to, one that runs, one with signed minutes, and a visit ahead."""
    assessment = build.judging(
        session, city, outside, evidence=("I12",), slug="temu", track="rehearsal", title="Gladi interviu SPBE 2026"
    )
    sessions.for_doors(session, city, outside, assessment)
    rows = session.query(Meeting).filter_by(assessment_id=assessment.id).order_by(Meeting.id).all()
    names = ("arranged", "running", "ended", "visit")
    town.ids |= {f"temu.{name}": row.id for name, row in zip(names, rows, strict=True)}
    town.ids["temu.promise"] = rows[1].promises[0].id


def _draft_of_agencies(session: Session, city: build.City) -> Period:
    return build.draft(session, city, slug="opd", title="Penilaian tiap OPD 2026", subjects="agencies",
                       predicate_rule="shown")


def _papers(session: Session, city: build.City) -> int:
    """A rehearsal that waits for the Koordinator, and one where both papers are signed; the office that will be left."""
    for slug, title in (("naskah", "Gladi naskah"), ("tertanda", "Gladi tanda tangan")):
        period = build.opened(session, city, slug=slug, title=title, track="rehearsal", asks_papers=True)
        assessment = build.ready_to_send(session, city, period)
        if slug == "naskah":  # its minutes will say that no decision about the team is on record
            build.team_undecided(session, assessment)
    seen = {draft.kind: draft.sha256 for draft in countersigning.drafts(assessment, city.people["coordinator"])}
    countersigning.sign(assessment, city.actor("coordinator"), seen)
    session.flush()
    return city.people["operator_other"].id


def _second_office(session: Session, town: Town) -> None:
    """The operator also works for Dinkes: there is an office to choose."""
    operator, manager = town.city.people["operator"], town.city.actor("system_admin")
    staffing.appoint(session, operator.person, town.city.agencies["dinkes"], "agency_operator", manager,
                     starts_on=date(2024, 1, 2), title="Analis Kebijakan Ahli Muda")
    session.flush()


def _followed(session: Session, city: build.City) -> int:
    """Recommendations of an audit: one that was planned, reported, judged and reported again; one nobody began."""
    operator, inspector, agency = city.actor("operator"), city.actor("inspector"), city.agencies["bappeda"]
    made = []
    for text in ("Tetapkan peta rencana yang memuat audit TIK.", "Susun daftar risiko dan rencana penanganannya."):
        wish = following_up.Wish(text, "high", date(2027, 6, 30), owners=[agency])
        made.append(following_up.add(session, city.instansi, "audit", "LHA 700/12/2026", wish, inspector))
        session.flush()
    one, proof = made[0], build.document(session, agency, operator, b"%PDF-tindak-lanjut")
    following_up.plan(one, operator, "Menyusun lalu menetapkan peraturannya.", date(2027, 3, 1))
    following_up.report(one, operator, "Rancangan selesai.", False, [(proof, "hlm. 5")])
    session.flush()
    following_up.give_verdict(one, inspector, "followup_in_progress", "Belum ditetapkan.", None, one.progress[-1].id)
    following_up.report(one, operator, "Peraturan sudah ditetapkan.", True, [(proof, "hlm. 1")])
    session.flush()
    return one.id


def _name_things(session: Session, town: Town, now: Period, waiting: Period, draft: Period) -> None:
    bappeda, dinkes = town.city.agencies["bappeda"], town.city.agencies["dinkes"]
    sent = session.query(Period).filter_by(slug="2025").one()
    version = session.query(DocumentVersion).join(DocumentVersion.document).filter_by(owner_org_id=bappeda.id).first()
    town.ids |= {
        "now": now.slug, "waiting": waiting.slug, "draft": draft.slug, "sent": sent.slug,
        "subject": town.city.instansi.slug, "bappeda": bappeda.slug, "dinkes": dinkes.slug,
        "waiting.bappeda": build.submission(session, waiting, bappeda).id,
        "sent.bappeda": build.submission(session, sent, bappeda).id,
        "now.bappeda": build.submission(session, now, bappeda).id,
        "now.dinkes": build.submission(session, now, dinkes).id,
        "document": version.document_id, "n": version.n,
        "account": town.city.people["operator"].person.account.id,
        "receipt": session.query(Receipt).order_by(Receipt.at).first().number,
        "receipt.sent": session.query(Receipt).filter(Receipt.assessment_id.is_not(None)).first().number,
    }
