"""A city with a round in every state, and somebody signed in for every column of access.csv."""

import base64
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, TextClause, select, text
from sqlalchemy.orm import Session

from assessments import (
    answering,
    asking,
    attesting,
    checking,
    claiming,
    clarifying,
    dividing,
    feeds,
    general_questions,
    judging,
    library,
    linking,
    objecting,
    removing,
    results,
    reviewing,
    sharing,
    staffing,
    subjects,
    team,
    uploading,
)
from assessments.actors import SYSTEM, Actor, acting
from assessments.exchange.agency_workbook.shape import fingerprint
from assessments.inventory import publishing
from assessments.models import (
    Account,
    Application,
    Assessment,
    Base,
    Citation,
    Clarification,
    Contribution,
    DocumentVersion,
    PanelPaper,
    Period,
    Receipt,
    Recommendation,
    Reminder,
    ReturnedWorkbook,
    ReviewNote,
    Submission,
    Waiver,
)
from assessments.workflow import advance
from portal import previews
from portal.extensions import only_reading
from tests import builders as build
from tests import sessions
from tests.portal import report_pages

# column of access.csv -> (which city, which seat)
ACTORS = {
    "anonymous": None,
    "operator_own": ("city", "operator"),
    "operator_other": ("city", "operator_other"),
    "head_own": ("city", "head"),
    "head_other": ("city", "head_other"),
    "round_manager": ("city", "round_manager"),
    "internal_assessor": ("city", "internal_assessor"),
    "entry_officer": ("city", "entry_officer"),
    "responsible_officer": ("city", "responsible_officer"),
    "coordinator": ("city", "coordinator"),
    "assessor_panel": ("outside", "assessor"),
    "assessor_off": ("outside", "assessor_off"),
    "panel_lead": ("outside", "panel_lead"),
    "reviewer": ("outside", "reviewer"),
    "inspector": ("city", "inspector"),
    "executive": ("city", "executive"),
    "inventory_manager": ("city", "inventory_manager"),
    "system_admin": ("city", "system_admin"),
    "disabled": ("city", "disabled"),
}
# Actors beyond the columns, held to a column's cells: the same offices of another instansi.
FOREIGN = {"operator_other": ("abroad", "operator"), "head_other": ("abroad", "head")}
LEFT_OUT = {"access_log", "session", "throttle"}


@dataclass
class World:
    """What doors need to build an address: ids and slugs of one thing in every state."""

    app: Flask
    session: Session
    city: build.City
    outside: build.City
    abroad: build.City
    ids: dict[str, object] = field(default_factory=dict)
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    appointments: dict[str, int] = field(default_factory=dict)

    def tables(self) -> dict[str, list]:
        """Every row of every table that a refused wish must leave alone."""
        with only_reading():
            self.session.rollback()
            found = {
                table.name: self.session.execute(_everything(table)).fetchall()
                for table in Base.metadata.sorted_tables
                if table.name not in LEFT_OUT
            }
            self.session.rollback()
        return found

    def sign_in_again(self, name: str) -> None:
        """After a door that ends sessions."""
        column, _, place = name.partition("@")
        seat = FOREIGN[column] if place else ACTORS[column]
        if seat is not None and column != "disabled":
            self.clients[name] = self.app.test_client()
            _sign_in(self, self.session, name, seat)
        self.learn_token(name)

    def learn_token(self, name: str) -> None:
        page = "/masuk" if name in ("anonymous", "disabled") else "/akun"
        html = self.clients[name].get(page).get_data(as_text=True)
        self.tokens[name] = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html).group(1)

    def refusals(self) -> int:
        """Lines the access log has for refused wishes."""
        with only_reading():
            self.session.rollback()
            count = self.session.scalar(text("SELECT count(*) FROM access_log WHERE outcome = 'refused'"))
            self.session.rollback()
        return count


# Rounds before a panel: a draft on I12, all judged, proposed by the lead, settled, published.
# In "dua" two closed readers differ on I12 and only one has sent I13. In "tanggap" the window of S32 runs over a lowered I12, in "konsolidasi" it is over and the objection waits.
JUDGED = ("nilai", "tutup", "usulan", "final", "terbit", "tanggap", "konsolidasi", "dua", "temu")
def _everything(table: Table) -> TextClause:
    """As the database has it: values that are only compared are not made into objects."""
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
    return text(f'SELECT * FROM "{table.name}" ORDER BY {keys}')


# slug of the round -> how far bappeda's part (or the whole) has gone in it
STATES = (
    "draf", "isi", "penuh", "siap", "siap2", "ttd", "ttd2", "ttd3", "klaim", "klaim2", "klaim3", "usul", "lengkap", "kirim",
    *JUDGED,
)


def make(app: Flask, session: Session) -> World:
    """Build all of it in one database; each round is a term of the same year."""
    city, outside, abroad = build.city(session), build.outsiders(session), build.city(session, "Kota Lain")
    world = World(app, session, city, outside, abroad)
    disabled = build.office(session, "orang nonaktif", city.agencies["bappeda"], "agency_operator")
    city.people["disabled"] = disabled
    city.people["managed"] = build.office(session, "orang yang diurus", city.agencies["dinkes"], "agency_operator")
    for term, slug in enumerate(STATES, start=1):
        _round(session, city, outside, slug, term)
    build.opened(session, abroad, slug="luar", title="Putaran kota lain")
    _agencies(session, city)
    session.flush()
    _name_things(session, world)
    session.commit()
    for column, seat in ACTORS.items():
        world.clients[column] = app.test_client()
        if seat is not None:
            _sign_in(world, session, column, seat)
    for column, seat in FOREIGN.items():
        world.clients[column + "@abroad"] = app.test_client()
        _sign_in(world, session, column + "@abroad", seat)
    session.get_one(Account, disabled.person.account.id).active = False
    session.commit()
    for name in world.clients:
        world.learn_token(name)
    return world


def _sign_in(world: World, session: Session, name: str, seat: tuple[str, str]) -> None:
    where, who = seat
    appointment = getattr(world, where).people[who]
    world.appointments[name] = appointment.id
    build.sign_in(world.clients[name], session, appointment)


def _round(session: Session, city: build.City, outside: build.City, slug: str, term: int) -> Period:
    more = {"slug": slug, "year": 2026 + (term - 1) // 4, "term": (term - 1) % 4 + 1, "title": f"Putaran {slug}"}
    if slug == "draf":
        return build.draft(session, city, **more)
    if slug in JUDGED:
        return _judged(session, city, outside, slug, more)
    period = build.opened(session, city, **more)
    if slug == "isi":
        build.answered(session, city, period, "I12")
    elif slug == "penuh":
        for item in build.TWO_ITEMS:
            build.answered(session, city, period, item)
    elif slug.startswith("siap"):
        build.ready(session, city, period)
    elif slug.startswith("ttd"):
        _checked(city, build.signed(session, city, period), slug)
    elif slug.startswith(("klaim", "usul")):
        build.accepted(session, city, period)
        if slug == "usul":
            for claim in build.assessment_of(session, period).claims:
                claiming.propose(claim, city.actor("round_manager"))
    elif slug in ("lengkap", "kirim"):
        assessment = build.ready_to_send(session, city, period)
        if slug == "kirim":
            attesting.send(assessment, city.actor("responsible_officer"))
    session.flush()
    return period


def _agencies(session: Session, city: build.City) -> None:
    """A round of agencies: kominfo and bappeda take part, dinkes does not."""
    period = build.draft(session, city, slug="lokal", title="Putaran tiap OPD", subjects="agencies")
    subjects.add_subjects(session, period, [city.agencies["kominfo"], city.agencies["bappeda"]], city.actor("round_manager"))
    advance(period, "open", city.actor("round_manager"))


def _cited_in(session: Session, slug: str) -> Citation:
    """The evidence of I12 in a round."""
    return session.scalar(
        select(Citation)
        .join(Citation.contribution)
        .join(Contribution.submission)
        .join(Submission.assessment)
        .join(Assessment.period)
        .where(Contribution.item == "I12", Period.slug == slug)
    )


def _judged(session: Session, city: build.City, outside: build.City, slug: str, more: dict) -> Period:
    assessment = build.judging(session, city, outside, evidence=("I12",), **more)
    made = build.recommendation(session, city, assessment, outside)
    if slug == "nilai":
        judging.write_judgement(assessment.claim("I12"), outside.actor("assessor"), Fraction(2), "Fakta asesor.",
                                "Analisis asesor.", "Justifikasi asesor.", "Catatan tim rahasia.", 0)
        _sent(session, assessment, "I20", outside.actor("assessor"))
        _asked(session, assessment, outside.actor("assessor"))
    elif slug == "tutup":
        build.judged(session, assessment, outside)
    elif slug == "usulan":
        build.closed(session, assessment, outside)
        results.propose(assessment, outside.actor("panel_lead"))
    elif slug == "final":
        build.settled(session, assessment, outside)
        report_pages.signed(session, assessment, outside)
    elif slug == "temu":
        sessions.for_doors(session, city, outside, assessment)
    elif slug == "dua":
        _two_read(assessment, outside)
    elif slug in ("tanggap", "konsolidasi"):
        _window(session, city, outside, assessment, slug)
    else:
        build.published(session, city, assessment, outside)
        report_pages.signed(session, assessment, outside)
    session.flush()
    return made.assessment.period


def _two_read(assessment: Assessment, outside: build.City) -> None:
    assessment.period.second_reader = True
    first, second = outside.people["assessor"].person, outside.people["panel_lead"].person
    dividing.divide(assessment, {item: {1: first, 2: second} for item in ("I12", "I13")}, outside.actor("panel_lead"))
    for who, item, value in (("assessor", "I12", 1), ("panel_lead", "I12", 2), ("assessor", "I13", 2)):
        claim, by = assessment.claim(item), outside.actor(who)
        judging.write_judgement(claim, by, Fraction(value), "Fakta.", "Analisis.", "Alasan.", "Catatan tim rahasia.", 0)
        judging.send_judgement(claim, by)


def _window(session: Session, city: build.City, outside: build.City, assessment: Assessment, slug: str) -> None:
    """I01 and I12 lowered; in the round whose window is over bappeda's head objected to the latter."""
    build.closed(session, assessment, outside, {"I01": 2, "I12": 1})
    moment = datetime.now(UTC)
    sharing.set_stage(assessment.period, "objection", moment - timedelta(days=3), moment + timedelta(days=30))
    session.flush()
    if slug == "konsolidasi":
        part = build.submission(session, assessment.period, city.agencies["bappeda"])
        objecting.respond(part, "I12", city.actor("head"), "objected", "Sudah ada.", "hlm. 4", None, 0)
        sharing.set_stage(assessment.period, "objection", moment - timedelta(days=3), moment - timedelta(days=1))
        reviewing.review(assessment, "item", "I20", outside.actor("reviewer"), False, "Fakta.", "Analisis.", "Tingkat 2.", 0)


def _asked(session: Session, assessment: Assessment, by: Actor) -> None:
    """Two questions on I12 that went out and two in draft."""
    made = [clarifying.write_draft(assessment, "I12", by, f"Pertanyaan {n} tentang I12?") for n in range(4)]
    session.flush()
    clarifying.send(assessment, made[:2], 3, by)
    session.flush()


def _sent(session: Session, assessment: Assessment, item: str, by: Actor) -> None:
    """One item judged as it was claimed and put before the panel."""
    claim = assessment.claim(item)
    judging.write_judgement(claim, by, Fraction(3), "Fakta asesor.", "Analisis asesor.", "", "", 0)
    session.flush()
    judging.send_judgement(claim, by)
    session.flush()


def _checked(city: build.City, part: Submission, slug: str) -> None:
    """ttd2 can be accepted, ttd3 can be returned, ttd waits for its check."""
    verdicts = {"ttd2": ("agreed", None, ""), "ttd3": ("needs_work", "unfit", "Belum cocok.")}
    if slug in verdicts:
        for contribution in part.contributions:
            checking.check(contribution, city.actor("internal_assessor"), *verdicts[slug], contribution.revision_n)


def _seat_a_team(session: Session, world: World) -> None:
    """A decision and a member in the round "isi"."""
    assessment = build.assessment_of(session, session.scalar(select(Period).where(Period.slug == "isi")))
    by, person = world.city.actor("coordinator"), world.city.people["entry_officer"].person
    made = team.record_decision(
        session, assessment, by, team.Decree("800/1/2026", date(2026, 1, 5), "Wali Kota", date(2026, 1, 5))
    )
    team.add_member(session, assessment, person, by, role="entry_officer", function=3)
    session.flush()
    world.ids["team.decision"], world.ids["team.person"] = made.id, person.id


def _general_questions(session: Session, world: World) -> None:
    """Three of the round being filled, the first one answered with a document of the instansi, the last one to be removed."""
    assessment = session.get_one(Assessment, world.ids["isi.assessment"])
    by = world.city.actor("round_manager")
    made = general_questions.add_questions(session, assessment.period, ["Layanan apa?", "Portal apa?", "Arsitektur apa?"], by)
    world.ids["general"], world.ids["general3"], world.ids["general2"] = (question.id for question in made)
    version = build.document(session, world.city.instansi, by, b"%PDF-umum")
    world.ids["general_document"] = version.document_id
    asked = general_questions.asked_of(session, assessment)[0]
    general_questions.answer(asked, assessment, "Jawaban pertama.", 0, by)
    general_questions.attach(general_questions.asked_of(session, assessment)[0], assessment, version, by)
    session.flush()
    answered = general_questions.asked_of(session, assessment)[0].answer
    world.ids["general.version"] = answered.version if answered else 0


def _bring_a_workbook_back(session: Session, world: World) -> None:
    """Offered for bappeda's part of the round "isi"."""
    said = {"line": 2, "item": "I01", "parts": {"facts": "Dari Excel."}, "marks": {"facts": fingerprint("")}}
    made = ReturnedWorkbook(
        submission_id=world.ids["isi.submission"], by_id=world.city.people["operator"].person_id, file_name="isian.xlsx",
        file_sha256="0" * 64, lines=[{"said": said}],
    )
    session.add(made)
    session.flush()
    world.ids["workbook"] = made.id


def _name_things(session: Session, world: World) -> None:
    agency = world.city.agencies["bappeda"]
    for slug in STATES:
        period = session.scalar(select(Period).where(Period.slug == slug))
        assessment = build.assessment_of(session, period)
        part = session.scalar(
            select(Submission).where(
                Submission.assessment_id == assessment.id, Submission.organization_id == agency.id
            )
        )
        world.ids[f"{slug}.assessment"] = assessment.id
        if part is not None:
            world.ids[f"{slug}.submission"] = part.id
        if slug in JUDGED:
            judged = assessment.claim("I12").citations[0]
            world.ids[f"{slug}.judged_citation"] = judged.id
            world.ids[f"{slug}.document"], world.ids[f"{slug}.n"] = judged.document_id, judged.n
            world.ids[f"{slug}.recommendation"] = session.scalar(
                select(Recommendation.id).where(Recommendation.assessment_id == assessment.id)
            )
        if slug.startswith("klaim"):
            claim = assessment.claim("I12")
            world.ids[f"{slug}.contribution"], world.ids[f"{slug}.version"] = claim.contribution_id, claim.version
            world.ids[f"{slug}.citation"] = claim.contribution.citations[0].id
            world.ids[f"{slug}.claim_citation"] = claim.citations[0].id
        for claim in assessment.claims:
            world.ids[f"{slug}.{claim.item}.claim"] = claim.id
            world.ids[f"{slug}.{claim.item}.revision"] = claim.revision_n
    for key, question in zip(("asked", "asked2", "drafted", "drafted2"), session.scalars(select(Clarification).order_by(Clarification.id)), strict=True):
        world.ids[f"nilai.{key}"], world.ids[f"nilai.{key}_mark"] = question.id, clarifying.mark_of(question)
    for slug in ("final", "terbit"):
        world.ids[f"{slug}.report"] = session.scalar(
            select(PanelPaper.number).where(PanelPaper.assessment_id == world.ids[f"{slug}.assessment"])
        )
    world.ids |= sessions.names_for_doors(session, world.ids["temu.assessment"], agency, world.app.extensions["storage"])
    _seat_a_team(session, world)
    _bring_a_workbook_back(session, world)
    remarked = _cited_in(session, "isi")
    world.ids["citation"] = remarked.id
    left = Waiver(contribution=remarked.contribution, rule="undated_document", place=f"citation:{remarked.id}",
                  reason="Nomornya menyusul.", by_id=world.city.people["operator"].person_id)
    session.add(left)
    session.flush()
    world.ids["waiver"] = left.id
    cited = _cited_in(session, "penuh")  # nobody detaches this one
    world.ids["document"], world.ids["n"] = cited.document_id, cited.n
    before_panel = session.get_one(DocumentVersion, (world.ids["nilai.document"], world.ids["nilai.n"]))
    # What builders.answered() and builders.cited() say the documents of I12 hold.
    for content, version in ((b"%PDF-I12", cited.cited), (b"%PDF-I12a", before_panel)):
        with world.app.extensions["storage"].receive() as incoming:
            incoming.write(content)
            assert incoming.keep().sha256 == version.sha256
        version.blob.previews = 1
        for small in (False, True):
            drawn = previews.picture(world.app.config["EVIDENCE_FOLDER"], version.sha256, 1, small)
            drawn.parent.mkdir(parents=True, exist_ok=True)
            drawn.write_bytes(b"\xff\xd8\xff\xd9")
    for key, more in (("application", {}), ("application2", {"name": "Aplikasi Kedua"}),
                      ("application3", {"name": "Aplikasi Ketiga", "state": "planned"})):
        made = build.application(session, world.city, **more)
        world.ids[key], world.ids[f"{key}.slug"] = made.id, made.slug
    shown = session.get_one(Application, world.ids["application"])
    publishing.publish(shown, world.city.actor("inventory_manager"))
    reported = publishing.report_dead_link(session, shown, "Tidak terbuka.")
    session.flush()
    world.ids["link_report"] = reported.id
    for key in ("spare_document", "removed_document"):
        spare = build.document(session, agency, world.city.actor("operator"), f"%PDF-{key}".encode()).document
        world.ids[key] = spare.id
    removing.remove(spare, world.city.actor("operator"))
    session.flush()
    open_part = session.get_one(Submission, world.ids["isi.submission"])
    asked = asking.ask(next(c for c in open_part.contributions if c.item == "I12"), world.city.actor("operator"), "Notula mana?")
    said = asking.reply(asked, world.city.actor("round_manager"), "Notula rapat reviu.")
    session.flush()
    linked = library.add_document(session, agency, world.city.actor("operator"), title="Tautan", kind="link", url="https://contoh.invalid/")
    session.flush()
    in_item = answering.cite(next(c for c in open_part.contributions if c.item == "I12"), linked, world.city.actor("operator"))
    session.flush()
    world.ids["link"], world.ids["link_citation"] = linked.document_id, in_item.id
    world.ids["question"], world.ids["reply"] = asked.id, said.id
    _general_questions(session, world)
    for key in ("upload", "upload2", "upload3"):
        world.ids[key] = uploading.begin(
            session, world.city.actor("operator"), agency.id, id=secrets.token_hex(16), file_name="Peraturan contoh.pdf",
            length=10, fingerprint=None,
        ).id
    world.ids["document64"] = base64.b64encode(str(world.ids["document"]).encode()).decode()
    reminder = Reminder(submission_id=open_part.id, person_id=world.city.people["operator"].person_id, channel="portal",
                        text="Mohon dilengkapi.", day=date(2026, 1, 5))
    session.add(reminder)
    session.flush()
    world.ids["reminder"] = reminder.id
    # Guests of whom no other door wants anything: one holds a link and a calendar, one is sent another link.
    guest, second = (build.office(session, name, agency, "agency_operator") for name in ("tamu satu", "tamu dua"))
    session.flush()
    world.ids["feed"], world.ids["guest"] = feeds.begin(session, acting(guest, build.account_of(guest).id)), build.account_of(second).id
    world.ids["recommendation"] = world.ids["terbit.recommendation"]
    world.ids["review_note"] = session.scalar(select(ReviewNote.id).limit(1))
    world.ids["receipt"] = session.scalar(select(Receipt.number).limit(1))
    world.ids["ttd.receipt"] = session.scalar(select(Receipt.number).where(Receipt.submission_id == world.ids["ttd.submission"]))
    world.ids["kirim.receipt"] = session.scalar(
        select(Receipt.number).join(Assessment).join(Period).where(Period.slug == "kirim", Receipt.kind == "sent")
    )
    world.ids["subject"], world.ids["agency"] = world.city.instansi.slug, agency.slug
    managed = world.city.people["managed"]
    world.ids["account"], world.ids["appointment"] = managed.person.account.id, managed.id
    world.ids["one_time_link"] = "t" * 43
    linking.make(session, build.account_of(guest), "reset", linking.token_hash(world.ids["one_time_link"]), SYSTEM)
    world.ids["person"], world.ids["organization"] = managed.person_id, agency.id
    head, later = world.city.people["head"], build.day(300)
    world.ids["lent"] = staffing.appoint(
        session, world.city.people["operator"].person, head.organization, "agency_head", world.city.actor("round_manager"),
        kind="plh", acting_for=head.person, decision_no="800/1", decision_on=build.day(), starts_on=later, ends_on=later,
    )
    session.flush()
    world.ids["lent"] = world.ids["lent"].id
