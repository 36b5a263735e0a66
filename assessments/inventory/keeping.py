"""Writing an application's record: what it is, who owns and uses it. Required only to be published, never to be kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session

from ..actors import Actor
from ..clock import now, today
from ..models import (
    Application,
    ApplicationLink,
    ApplicationOwner,
    ApplicationTest,
    ApplicationUser,
    Category,
    Organization,
)
from ..policies import entitled, obstacle
from ..refusal import Refused, Stale, Together
from ..texts import clean_line
from ..workflow import Forbidden, happened
from .columns import checked, whole
from .fields import IMPORTED, cleaned
from .searching import remember_words

METHODS = {"api": "API", "service_bus": "SPLP", "file": "Berkas", "database": "Basis data langsung", "manual": "Manual"}
TEST_KINDS = {"itsa": "ITSA/VAPT", "self": "Uji mandiri", "internal_audit": "Audit internal",
              "external_audit": "Audit eksternal"}
CREATED = "Dicatat pada inventaris"
# What must be known before citizens see it.
FOR_PUBLISHING = {
    "name": "nama", "purpose": "fungsi", "audience": "siapa yang dapat memakai", "how_to_open": "cara membuka",
    "helpdesk": "bantuan", "category_id": "kategori",
}
# What a good record says; the share of it is its completeness.
WISHED = ("purpose", "audience", "how_to_open", "helpdesk", "category_id", "url", "raa_code", "platforms", "year_built",
          "integrated", "https", "personal_data", "pse_number", "user_count", "legal_basis")
WISHED_DETAILS = ("hosting", "database", "languages", "data_class", "pse_state", "builder", "officer")


def allow(by: Actor, action: str, thing) -> None:
    if not entitled(by, action, thing):
        raise Forbidden(action)
    sentence = obstacle(by, action, thing)
    if sentence:
        raise Refused(sentence)


def completeness(application: Application) -> float:
    """The share (0..1) of what a good record says."""
    known = sum(getattr(application, name) not in (None, "", []) for name in WISHED)
    known += sum(key in application.details for key in WISHED_DETAILS)
    return known / (len(WISHED) + len(WISHED_DETAILS))


def missing_for_publishing(application: Application) -> list[str]:
    """What citizens would miss, in words."""
    missing = [word for name, word in FOR_PUBLISHING.items() if getattr(application, name) in (None, "")]
    if not application.url and "web" in application.platforms:
        missing.append("alamat")
    return missing


@dataclass
class Batch:
    """Many records at once: what is taken is read once, and what needs their numbers waits for `finish()`."""

    session: Session
    codes: set[tuple[int, str]] = field(default_factory=set)
    slugs: set[str] = field(default_factory=set)
    made: list[Application] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows = self.session.execute(select(Application.instansi_id, Application.code, Application.slug)).all()
        self.codes = {(row.instansi_id, row.code) for row in rows}
        self.slugs = {row.slug for row in rows}

    def finish(self, by: Actor) -> None:
        """Store them; each gets its words for the search and its line in the history."""
        self.session.flush()
        for made in self.made:
            remember_words(self.session, made, fresh=True)
            happened(made, "create", CREATED, by)
        self.session.flush()


def slug_for(session: Session, name: str, taken: set[str] | None = None) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:70] or "aplikasi"
    if taken is None:
        taken = set(session.scalars(select(Application.slug).where(Application.slug.like(f"{base}%"))))
    slug, n = base, 2
    while slug in taken:
        slug, n = f"{base}-{n}", n + 1
    return slug


def add_application(
    session: Session, instansi: Organization, owner: Organization | None, by: Actor, values: Mapping[str, object], *,
    code: str = "", state: str = "active", details: Mapping[str, object] | None = None, imported: dict | None = None,
    batch: Batch | None = None,
) -> Application:
    """A new record owned by `owner`; planned or active, whatever else is said later. One of a `batch` is stored by that."""
    with Together() as faults:
        with faults.noted():
            if owner is None:
                raise Refused("Pilih OPD pemilik.", field="owner")
            if owner.root_id != instansi.id:
                raise Refused("OPD pemilik harus dari instansi ini.", field="owner")
        with faults.noted():
            columns = checked({"name": "", **values})
        with faults.noted():
            kept = cleaned(details or {})
        with faults.noted():
            code = clean_line(code, 40, "Kode", "code") or _next_code(session, instansi)
            if _code_taken(session, instansi, code, batch):
                raise Refused(f"Kode {code} sudah dipakai aplikasi lain.", field="code")
    moment = now()
    made = Application(
        instansi=instansi, instansi_id=instansi.id, code=code, state=state,
        slug=slug_for(session, str(columns["name"]), batch.slugs if batch else None),
        current_owner=owner, current_owner_id=owner.id,
        details=kept | ({IMPORTED: imported} if imported else {}), created_at=moment, changed_at=moment,
        state_since=today(instansi.clock_zone), **columns,
    )
    allow(by, "write", made)
    made.owners.append(ApplicationOwner(organization=owner, from_day=today(instansi.clock_zone)))
    session.add(made)
    if batch is not None:
        batch.made.append(made)
        batch.codes.add((instansi.id, code))
        batch.slugs.add(made.slug)
        return made
    remember_words(session, made)
    happened(made, "create", CREATED, by)
    return made


def _code_taken(session: Session, instansi: Organization, code: str, batch: Batch | None) -> bool:
    if batch is not None:
        return (instansi.id, code) in batch.codes
    named = (Application.instansi_id == instansi.id, Application.code == code)
    return session.scalar(select(Application.id).where(*named)) is not None


def _next_code(session: Session, instansi: Organization) -> str:
    count = session.scalar(select(func.count()).where(Application.instansi_id == instansi.id))
    while True:
        count += 1
        code = f"A{count:04d}"
        taken = select(Application.id).where(Application.instansi_id == instansi.id, Application.code == code)
        if session.scalar(taken) is None:
            return code


def change(
    application: Application, by: Actor, values: Mapping[str, object], details: Mapping[str, object] | None,
    seen_version: int, category: Category | bool | None = False,
) -> bool:
    """Set what a form says; gives whether anything is different. `details` holds the keys that were on the form."""
    allow(by, "write", application)
    with Together() as faults:
        with faults.noted():
            columns = checked(values)
        with faults.noted():
            fresh = cleaned(details or {})
    told = {key: value for key, value in application.details.items() if key not in (details or {})} | fresh
    different = {key: value for key, value in columns.items() if getattr(application, key) != value}
    if told != application.details:
        different["details"] = told
    if category is not False and application.category != (category or None):
        different["category"] = category or None
    if not different:
        return False
    if seen_version != application.version:
        raise Stale(
            "Catatan ini diubah orang lain sesudah Anda membukanya. Bandingkan, lalu simpan lagi.",
            theirs={key: str(getattr(application, key, "")) for key in columns},
        )
    for key, value in different.items():
        setattr(application, key, value)
    if "url" in different:
        application.link_state, application.link_checked_at = "unchecked", None
    application.changed_at = now()
    remember_words(object_session(application), application)
    happened(application, "change", "Catatan diubah", by)
    return True


def day_refused(application: Application, day: date) -> str | None:
    """Why another agency cannot begin to own it on this day; None when it can."""
    if day > today(application.instansi.clock_zone):
        return "Tanggal pergantian tidak boleh di masa depan."
    if application.owners and day < application.owners[-1].from_day:
        return "Tanggal pergantian sebelum pemilik sekarang mulai."
    return None


def hand_over(application: Application, owner: Organization | None, by: Actor, from_day: date | None = None) -> None:
    """Another agency answers for it from a day on; the history keeps both."""
    allow(by, "write", application)
    if by.role == "agency_operator":
        raise Refused("Pemilik hanya dapat diganti oleh pengelola.")
    day = from_day or today(application.instansi.clock_zone)
    sentence = day_refused(application, day)
    with Together() as faults:
        with faults.noted():
            if owner is None:
                raise Refused("Pilih OPD pemilik yang baru.", field="owner")
            if owner.root_id != application.instansi_id:
                raise Refused("OPD pemilik harus dari instansi ini.", field="owner")
        with faults.noted():
            if sentence and (owner is None or owner.id != application.current_owner_id):
                raise Refused(sentence, field="from_day")
    if owner is None or owner.id == application.current_owner_id:
        return
    newest = application.owners[-1] if application.owners else None
    if newest is not None and newest.from_day == day:
        newest.organization = owner
    else:
        if newest is not None:
            newest.to_day = day
        application.owners.append(ApplicationOwner(organization=owner, from_day=day))
    application.current_owner = owner
    remember_words(object_session(application), application)
    happened(application, "hand_over", f"Pemilik menjadi {owner.short_name}", by)


def set_users(application: Application, organizations: Iterable[Organization], by: Actor) -> None:
    """The agencies that use it."""
    allow(by, "write", application)
    wanted = {organization.id: organization for organization in organizations}
    if any(organization.root_id != application.instansi_id for organization in wanted.values()):
        raise Refused("OPD pengguna harus dari instansi ini.", field="users")
    for user in list(application.users):
        if wanted.pop(user.organization_id, None) is None:
            application.users.remove(user)
    for organization in wanted.values():
        application.users.append(ApplicationUser(organization=organization))


def add_link(application: Application, by: Actor, *, other: Application | None, other_name: str, direction: str,
             data: str, method: str) -> ApplicationLink:
    """Data that goes from or to another application, of this inventory or not."""
    allow(by, "write", application)
    with Together() as faults:
        with faults.noted():
            name = clean_line(other_name, 160, "Aplikasi lain", "other_name", required=other is None)
            if other is application:
                raise Refused("Aplikasi tidak terintegrasi dengan dirinya sendiri.", field="other_name")
        with faults.noted():
            if direction not in ("in", "out", "both"):
                raise Refused("Pilih arah datanya.", field="direction")
        with faults.noted():
            what = clean_line(data, 300, "Data yang bertukar", "what", required=True)
        with faults.noted():
            if method not in METHODS:
                raise Refused("Pilih cara integrasinya.", field="method")
    made = ApplicationLink(application=application, other=other, other_name=name, direction=direction, method=method,
                           data=what)
    object_session(application).add(made)
    happened(application, "link", "Integrasi dicatat", by)
    return made


def add_test(application: Application, by: Actor, *, kind: str, done_on: date | None, by_whom: str,
             findings: object = None, open_findings: object = None) -> ApplicationTest:
    """A security test or audit."""
    allow(by, "write", application)
    found = None
    with Together() as faults:
        with faults.noted():
            if kind not in TEST_KINDS:
                raise Refused("Pilih jenis uji.", field="kind")
        with faults.noted():
            if done_on is None or done_on > today(application.instansi.clock_zone):
                raise Refused("Isi tanggal uji, tidak di masa depan.", field="done_on")
        with faults.noted():
            who = clean_line(by_whom, 120, "Pelaksana", "by_whom", required=True)
        with faults.noted():
            found = whole(findings, "Jumlah temuan", "findings", 10**6)
        with faults.noted():
            still_open = whole(open_findings, "Temuan terbuka", "open_findings", 10**6)
            if found is not None and still_open is not None and still_open > found:
                raise Refused("Temuan terbuka tidak dapat melebihi jumlah temuan.", field="open_findings")
    made = ApplicationTest(application=application, kind=kind, done_on=done_on, findings=found, open_findings=still_open,
                           by_whom=who)
    object_session(application).add(made)
    happened(application, "test", f"{TEST_KINDS[kind]} dicatat", by)
    return made
