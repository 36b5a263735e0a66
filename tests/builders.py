"""Builders state only what matters: a small city with one office of each role, and a round in the state a test needs.

They speak the verbs of the domain, so what they build could have been built by people.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from assessments import (
    answering,
    attesting,
    checking,
    claiming,
    following_up,
    library,
    results,
    seating,
    sharing,
    staffing,
    team,
)
from assessments import judging as panels
from assessments.actors import SYSTEM, Actor, acting
from assessments.canonical import digest
from assessments.clock import today
from assessments.inventory import keeping
from assessments.models import (
    Account,
    Application,
    Appointment,
    Assessment,
    Category,
    Citation,
    Contribution,
    DocumentVersion,
    Organization,
    Period,
    Person,
    Recommendation,
    Result,
    Session,
    Submission,
    TeamDecision,
)
from assessments.workflow import advance
from tests.memory import remembered

PASSWORD = "kata sandi uji yang panjang"
SINCE = date(2020, 1, 1)
TWO_ITEMS = ("I01", "I12")


@dataclass
class City:
    """An instansi with its agencies and one appointment for each role (`city.people["coordinator"]`)."""

    instansi: Organization
    agencies: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, Appointment] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        appointment = self.people[who]
        return acting(appointment, appointment.person.account.id)


def person(session: OrmSession, name: str, home: Organization, *, password_hash: str = "!") -> Person:
    """Somebody without NIP, with an account named like them."""
    made = staffing.add_person(session, name=name, home=home)
    session.flush()
    staffing.add_account(
        session, made, username=name.lower().replace(" ", "."), password_hash=password_hash
    )
    session.flush()
    return made


def office(session: OrmSession, name: str, organization: Organization, role: str, **more) -> Appointment:
    made = staffing.appoint(session, person(session, name, organization), organization, role, SYSTEM,
                            starts_on=SINCE, **more)
    session.flush()
    return made


def day(later: int = 0) -> date:
    """So many days from now, where the city is."""
    return today("Asia/Makassar") + timedelta(days=later)


@remembered
def city(session: OrmSession, name: str = "Kota Contoh", zone: str = "Asia/Makassar") -> City:
    """Three agencies (kominfo, bappeda, dinkes); bappeda has operator and head, dinkes too ("..._other")."""
    root = staffing.add_organization(session, SYSTEM, name=f"Pemerintah {name}", kind="instansi", instansi=None, zone=zone)
    session.flush()
    made = City(root)
    for key, title in (
        ("kominfo", "Dinas Komunikasi dan Informatika"),
        ("bappeda", "Badan Perencanaan Pembangunan Daerah"),
        ("dinkes", "Dinas Kesehatan"),
    ):
        made.agencies[key] = staffing.add_organization(
            session, SYSTEM, name=title, short_name=key.title(), kind="dinas", instansi=root, code=f"{key}-1"
        )
    session.flush()
    tag = name.lower().replace(" ", "-")
    agencies = made.agencies
    seats = {
        "operator": (agencies["bappeda"], "agency_operator"),
        "operator_other": (agencies["dinkes"], "agency_operator"),
        "head": (agencies["bappeda"], "agency_head"),
        "head_other": (agencies["dinkes"], "agency_head"),
        "round_manager": (agencies["kominfo"], "round_manager"),
        "internal_assessor": (agencies["kominfo"], "internal_assessor"),
        "entry_officer": (agencies["kominfo"], "entry_officer"),
        "responsible_officer": (agencies["kominfo"], "responsible_officer"),
        "coordinator": (root, "coordinator"),
        "inspector": (root, "inspector"),
        "executive": (root, "executive"),
        "inventory_manager": (agencies["kominfo"], "inventory_manager"),
        "system_admin": (root, "system_admin"),
    }
    for who, (organization, role) in seats.items():
        made.people[who] = office(session, f"{who.replace('_', ' ')} {tag}", organization, role)
    return made


@remembered
def outsiders(session: OrmSession) -> City:
    """A university whose people assess: an assessor, another one on no panel, a panel lead, a reviewer."""
    root = staffing.add_organization(session, SYSTEM, name="Universitas Contoh", kind="external", instansi=None)
    session.flush()
    made = City(root)
    for who, role in (("assessor", "assessor"), ("assessor_off", "assessor"), ("panel_lead", "panel_lead"),
                      ("reviewer", "reviewer")):
        made.people[who] = office(session, f"{who.replace('_', ' ')} luar", root, role)
    return made


@remembered
def draft(session: OrmSession, where: City, **more) -> Period:
    """A round in draft with a running self-assessment stage."""
    fields = {
        "slug": "2026", "title": "Penilaian mandiri SPBE 2026", "kind": "evaluation", "track": "local",
        "year": 2026, "zone": "Asia/Makassar",
    } | more
    key = fields.pop("key", "permenpanrb-59-2020")
    guidance = fields.pop("guidance", None)
    period = sharing.draft_round(
        session, where.instansi, where.actor("round_manager"), key=key, guidance=guidance, **fields
    )
    moment = datetime.now(UTC)
    sharing.set_stage(period, "self_assessment", moment - timedelta(days=10), moment + timedelta(days=10))
    sharing.set_stage(period, "internal_check", moment - timedelta(days=9), moment + timedelta(days=20))
    session.flush()
    return period


def assessment_of(session: OrmSession, period: Period) -> Assessment:
    from sqlalchemy import select

    return session.scalar(select(Assessment).where(Assessment.period_id == period.id))


@remembered
def opened(session: OrmSession, where: City, items=TWO_ITEMS, agency: str = "bappeda", **more) -> Period:
    """An open round; `items` are led by `agency`, all others by kominfo."""
    period = draft(session, where, **more)
    assessment = assessment_of(session, period)
    wanted = {
        item.code: (where.agencies[agency if item.code in items else "kominfo"], []) for item in period.instrument.items
    }
    sharing.share_all(session, assessment, wanted, where.actor("round_manager"))
    advance(period, "open", where.actor("round_manager"))
    session.flush()
    return period


def submission(session: OrmSession, period: Period, agency: Organization) -> Submission:
    return sharing.submission_of(session, assessment_of(session, period), agency)


def contribution(session: OrmSession, period: Period, agency: Organization, item: str) -> Contribution:
    return next(c for c in submission(session, period, agency).contributions if c.item == item)


def document(session: OrmSession, owner: Organization, by: Actor, content: bytes = b"%PDF-1.7 contoh") -> DocumentVersion:
    """A document whose bytes are only named by their hash (use `stored_document` where they are opened)."""
    blob = library.remember_blob(session, digest(content), len(content), "application/pdf")
    session.flush()
    made = library.add_document(session, owner, by, title="Peraturan contoh", kind="regulation", blob=blob,
                                file_name="peraturan.pdf")
    session.flush()
    return made


def answered(session: OrmSession, where: City, period: Period, item: str, who: str = "operator",
             value: int = 3) -> Contribution:
    """One item of the operator's agency, filled with evidence and marked ready."""
    by = where.actor(who)
    made = contribution(session, period, where.people[who].organization, item)
    answering.answer(made, by, Fraction(value), "Fakta contoh.", "Analisis contoh.", made.version)
    session.flush()
    answering.cite(made, document(session, where.people[who].organization, by, f"%PDF-{item}".encode()), by,
                   [2, 3], "hlm. 5")
    session.flush()
    answering.mark_item_ready(made, by)
    session.flush()
    return made


@remembered
def ready(session: OrmSession, where: City, period: Period, items=TWO_ITEMS) -> Submission:
    """Bappeda's part, waiting for its head."""
    for item in items:
        answered(session, where, period, item)
    made = submission(session, period, where.agencies["bappeda"])
    answering.hand_to_head(made, where.actor("operator"))
    session.flush()
    return made


@remembered
def signed(session: OrmSession, where: City, period: Period, items=TWO_ITEMS) -> Submission:
    made = ready(session, where, period, items)
    attesting.attest(made, where.actor("head"), attesting.frozen_submission(made).sha256)
    session.flush()
    return made


@remembered
def accepted(session: OrmSession, where: City, period: Period, items=TWO_ITEMS) -> Submission:
    made = signed(session, where, period, items)
    by = where.actor("internal_assessor")
    for each in made.contributions:
        checking.check(each, by, "agreed", None, "", each.revision_n)
    session.flush()
    checking.accept(made, by)
    session.flush()
    return made


def team_decided(session: OrmSession, assessment: Assessment, by: Actor) -> TeamDecision:
    """The decision about the team is on record."""
    made = team.record_decision(session, assessment, by, team.Decree("188.45/1/2020", SINCE, "Wali Kota Contoh", SINCE))
    session.flush()
    return made


def team_undecided(session: OrmSession, assessment: Assessment) -> None:
    """No decision about the team is on record."""
    for each in team.decisions_of(session, assessment):
        session.delete(each)
    session.flush()


@remembered
def ready_to_send(session: OrmSession, where: City, period: Period) -> Assessment:
    """Every item claimed by hand and approved."""
    assessment = assessment_of(session, period)
    writer, boss = where.actor("round_manager"), where.actor("responsible_officer")
    if not period.of_agencies:
        team_decided(session, assessment, where.actor("coordinator"))
    for item in period.instrument.items:
        value = Fraction(3) if item.external_index is None else item.scale.min  # another body's index is awaited
        claim = claiming.write_claim(assessment, item.code, writer, value, "Fakta.", "Analisis.", 0)
        session.flush()
        claiming.propose(claim, writer)
        claiming.approve(claim, boss, claim.revision_n)
        session.flush()
    return assessment


def sign_in(client: FlaskClient, session: OrmSession, appointment: Appointment) -> FlaskClient:
    """Open a session for this office without going through the sign-in page."""
    token, moment = secrets.token_urlsafe(32), datetime.now(UTC)
    session.add(
        Session(
            token_hash=digest(token.encode()),
            account_id=appointment.person.account.id,
            appointment_id=appointment.id,
            created=moment, seen=moment,
            idle_until=moment + timedelta(hours=2), absolute_until=moment + timedelta(hours=12),
        )
    )
    session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


def account_of(appointment: Appointment) -> Account:
    return appointment.person.account


def form(client: FlaskClient, page: str, **fields) -> dict:
    """The hidden fields of the first form on a page (csrf, office, key, version ...) plus `fields`."""
    import re

    html = client.get(page).get_data(as_text=True)
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', html)
    found = {}
    for tag in hidden:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found.setdefault(name.group(1), value.group(1) if value else "")
    return found | fields


# ---------------------------------------------------------------- judging


@remembered
def judging(session: OrmSession, where: City, outside: City, evidence: tuple[str, ...] = (), **more) -> Assessment:
    """A sent self-assessment (all claims 3) whose document stage runs; the lead, a member and a reviewer of `outside`
    sit on its panel. The claims of `evidence` cite a document of bappeda's, the others nothing."""
    period = opened(session, where, **more)
    moment = datetime.now(UTC)
    sharing.set_stage(period, "document", moment - timedelta(days=1), moment + timedelta(days=20))
    assessment = ready_to_send(session, where, period)
    for item in evidence:
        cited(session, where, assessment, item)
    attesting.send(assessment, where.actor("responsible_officer"))
    session.flush()
    seat_panel(session, where, outside, assessment)
    return assessment


def cited(session: OrmSession, where: City, assessment: Assessment, item: str, letter: str = "a") -> Citation:
    """A document of bappeda's under the claim on an item."""
    version = document(session, where.agencies["bappeda"], where.actor("operator"), f"%PDF-{item}{letter}".encode())
    made = Citation(claim=assessment.claim(item), cited=version, levels=[2, 3], locator="hlm. 5", letter=letter)
    session.add(made)
    session.flush()
    return made


def seat_panel(session: OrmSession, where: City, outside: City, assessment: Assessment, declared: bool = True) -> None:
    """Lead, member and reviewer; each says to be free of conflicts."""
    by = where.actor("round_manager")
    for who, part in (("panel_lead", "lead"), ("assessor", "member"), ("reviewer", "reviewer")):
        seating.seat_member(assessment, outside.people[who].person, part, by)
    session.flush()
    if declared and assessment.sent:
        for who in ("panel_lead", "assessor", "reviewer"):
            seating.declare(assessment, outside.actor(who), True)
        session.flush()


@remembered
def judged(session: OrmSession, assessment: Assessment, outside: City, values: dict | None = None) -> Assessment:
    """Every item judged and sent by the member: as claimed, or as `values` {item: value} say."""
    by = outside.actor("assessor")
    for claim in assessment.claims:
        value = Fraction((values or {}).get(claim.item, claim.value))
        panels.write_judgement(claim, by, value, "Fakta asesor.", "Analisis asesor.", "Justifikasi asesor.",
                               "Catatan tim rahasia.", 0)
        session.flush()
        panels.send_judgement(claim, by)
    session.flush()
    return assessment


@remembered
def closed(session: OrmSession, assessment: Assessment, outside: City, values: dict | None = None) -> Assessment:
    """Judged, and the stage closed into decisions: ready for the lead's proposal."""
    judged(session, assessment, outside, values)
    panels.close_stage(assessment, outside.actor("panel_lead"))
    session.flush()
    return assessment


@remembered
def settled(session: OrmSession, assessment: Assessment, outside: City, values: dict | None = None) -> Result:
    """Proposed by the lead and confirmed by the member: final, not yet published."""
    closed(session, assessment, outside, values)
    proposal = results.propose(assessment, outside.actor("panel_lead"))
    session.flush()
    made = results.confirm(assessment, outside.actor("assessor"), proposal.snapshot_sha)
    session.flush()
    return made


@remembered
def published(session: OrmSession, where: City, assessment: Assessment, outside: City, values: dict | None = None) -> Result:
    made = settled(session, assessment, outside, values)
    results.publish(assessment, where.actor("round_manager"))
    session.flush()
    return made


def recommendation(session: OrmSession, where: City, assessment: Assessment, outside: City, agency: str = "bappeda",
                   item: str = "I12") -> Recommendation:
    """Written by the panel for one item; handed out when the result is published."""
    wish = following_up.Wish("Tetapkan dan terapkan peta rencana.", "high", date(2027, 6, 30), item=item,
                             owners=[where.agencies[agency]])
    made = following_up.recommend(assessment, wish, outside.actor("assessor"))
    session.flush()
    return made


def application(session: OrmSession, where: City, agency: str = "bappeda", state: str = "active", **values) -> Application:
    """One record of the inventory, complete enough to be published."""
    category = session.scalar(select(Category).where(Category.slug == "perencanaan"))
    if category is None:
        category = Category(slug="perencanaan", name="Perencanaan")
        session.add(category)
    said = {
        "name": "Aplikasi Contoh", "purpose": "Mencatat usulan warga.", "audience": "Warga kota", "platforms": ["web"],
        "how_to_open": "Buka alamatnya, lalu daftar.", "helpdesk": "Telepon 112", "url": "https://usulan.contoh.go.id/",
    } | values
    made = keeping.add_application(
        session, where.instansi, where.agencies[agency], where.actor("inventory_manager"), said, state=state
    )
    made.category = category
    session.flush()
    return made
