"""Writing an application's record: what it is, who owns and uses it. Required only to be published, never to be kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

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
from ..models.application import APPLICATION_KINDS, INTEGRATION, ORIGINS, PLATFORMS
from ..policies import entitled, obstacle
from ..refusal import Refused, Stale
from ..texts import clean, clean_line
from ..workflow import Forbidden, happened
from .fields import IMPORTED, cleaned
from .searching import remember_words

TEXTS = {
    "name": ("Nama aplikasi", 160), "audience": ("Siapa yang dapat memakai", 300), "helpdesk": ("Bantuan", 200),
    "raa_code": ("Kode RAA", 20), "pse_number": ("Nomor tanda daftar PSE", 60), "legal_basis": ("Dasar hukum", 300),
    "personal_data": ("Data pribadi", 20),
}
LONG_TEXTS = {"purpose": ("Fungsi", 4000), "how_to_open": ("Cara membuka", 2000)}
NUMBERS = {"user_count": "Jumlah pengguna", "yearly_cost": "Biaya setahun"}
RAA = re.compile(r"[0-9]{2}(\.[0-9]{2}){0,6}\Z")
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


def safe_address(text: str) -> str | None:
    """An http(s) address; one without a scheme gets https."""
    text = clean_line(text, 500, "Alamat", "url")
    if not text:
        return None
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) or re.match(r"[A-Za-z0-9.-]+:[0-9]+(/|$)", text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise Refused("Alamat ini tidak dapat dibaca.", field="url") from None
    if parts.scheme.lower() not in ("http", "https") or not host or " " in text:
        raise Refused("Alamat harus dimulai dengan http:// atau https://.", field="url")
    if parts.username or parts.password:
        raise Refused("Alamat tidak boleh memuat nama pengguna atau kata sandi.", field="url")
    return text


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns a form may set, checked; details apart."""
    found: dict[str, Any] = {}
    for key, (label, limit) in TEXTS.items():
        if key in values:
            found[key] = clean_line(str(values[key] or ""), limit, label, key, required=key == "name")
    for key, (label, limit) in LONG_TEXTS.items():
        if key in values:
            found[key] = clean(str(values[key] or ""), limit, label, key)
    for key, label in NUMBERS.items():
        if key in values:
            found[key] = _whole(values[key], label, key, 10**15)
    if "year_built" in values:
        year = _whole(values["year_built"], "Tahun pembuatan", "year_built", 2100)
        if year is not None and not 1980 <= year <= today("Asia/Jakarta").year + 1:
            raise Refused("Tahun pembuatan antara 1980 dan tahun ini.", field="year_built")
        found["year_built"] = year
    if "url" in values:
        found["url"] = safe_address(str(values["url"] or ""))
    for key, known in (("kind", APPLICATION_KINDS), ("origin", ORIGINS)):
        if key in values:
            if values[key] not in known:
                raise Refused("Pilih salah satu dari daftar.", field=key)
            found[key] = values[key]
    if "integrated" in values:
        if values["integrated"] not in (None, "", *INTEGRATION):
            raise Refused("Pilih salah satu dari daftar.", field="integrated")
        found["integrated"] = values["integrated"] or None
    if "platforms" in values:
        given = list(values["platforms"] or [])
        if set(given) - set(PLATFORMS):
            raise Refused("Pilih salah satu dari daftar.", field="platforms")
        found["platforms"] = [code for code in PLATFORMS if code in given]
    if "https" in values:
        found["https"] = values["https"] if isinstance(values["https"], bool) else None
    raa = found.get("raa_code")
    if raa and not RAA.match(str(raa)):
        raise Refused("Kode RAA berbentuk 01.01, paling banyak tujuh tingkat.", field="raa_code")
    return found


def _whole(value, label: str, field: str, most: int) -> int | None:
    if value in (None, ""):
        return None
    text = str(value).replace(".", "").strip()
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > most:
        raise Refused(f"{label} harus bilangan bulat tidak negatif.", field=field)
    return int(text)


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
    session: Session, instansi: Organization, owner: Organization, by: Actor, values: Mapping[str, object], *,
    code: str = "", state: str = "active", details: Mapping[str, object] | None = None, imported: dict | None = None,
    batch: Batch | None = None,
) -> Application:
    """A new record owned by `owner`; planned or active, whatever else is said later. One of a `batch` is stored by that."""
    if owner.root_id != instansi.id:
        raise Refused("OPD pemilik harus dari instansi ini.", field="owner")
    columns = _columns({"name": "", **values})
    code = clean_line(code, 40, "Kode", "code") or _next_code(session, instansi)
    if batch is not None:
        there = (instansi.id, code) in batch.codes
    else:
        named = (Application.instansi_id == instansi.id, Application.code == code)
        there = session.scalar(select(Application.id).where(*named)) is not None
    if there:
        raise Refused(f"Kode {code} sudah dipakai aplikasi lain.", field="code")
    moment = now()
    made = Application(
        instansi=instansi, instansi_id=instansi.id, code=code, state=state,
        slug=slug_for(session, str(columns["name"]), batch.slugs if batch else None),
        current_owner=owner, current_owner_id=owner.id,
        details=cleaned(details or {}) | ({IMPORTED: imported} if imported else {}), created_at=moment, changed_at=moment,
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
    columns = _columns(values)
    told = dict(application.details)
    if details is not None:
        fresh = cleaned(details)
        told = {key: value for key, value in told.items() if key not in details} | fresh
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


def hand_over(application: Application, owner: Organization, by: Actor, from_day: date | None = None) -> None:
    """Another agency answers for it from a day on; the history keeps both."""
    allow(by, "write", application)
    if by.role == "agency_operator":
        raise Refused("Pemilik hanya dapat diganti oleh pengelola.")
    if owner.root_id != application.instansi_id:
        raise Refused("OPD pemilik harus dari instansi ini.", field="owner")
    if owner.id == application.current_owner_id:
        return
    day = from_day or today(application.instansi.clock_zone)
    if day > today(application.instansi.clock_zone):
        raise Refused("Tanggal pergantian tidak boleh di masa depan.", field="from_day")
    newest = application.owners[-1] if application.owners else None
    if newest is not None and day < newest.from_day:
        raise Refused("Tanggal pergantian sebelum pemilik sekarang mulai.", field="from_day")
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
    if direction not in ("in", "out", "both") or method not in METHODS:
        raise Refused("Pilih arah dan cara integrasi.", field="direction")
    name = clean_line(other_name, 160, "Aplikasi lain", "other_name", required=other is None)
    made = ApplicationLink(application=application, other=other, other_name=name, direction=direction, method=method,
                           data=clean_line(data, 300, "Data", "data", required=True))
    object_session(application).add(made)
    happened(application, "link", "Integrasi dicatat", by)
    return made


def add_test(application: Application, by: Actor, *, kind: str, done_on: date | None, by_whom: str,
             findings: object = None, open_findings: object = None) -> ApplicationTest:
    """A security test or audit."""
    allow(by, "write", application)
    if kind not in TEST_KINDS:
        raise Refused("Pilih jenis uji.", field="kind")
    if done_on is None or done_on > today(application.instansi.clock_zone):
        raise Refused("Isi tanggal uji, tidak di masa depan.", field="done_on")
    found = _whole(findings, "Jumlah temuan", "findings", 10**6)
    still_open = _whole(open_findings, "Temuan terbuka", "open_findings", 10**6)
    if found is not None and still_open is not None and still_open > found:
        raise Refused("Temuan terbuka tidak dapat melebihi jumlah temuan.", field="open_findings")
    made = ApplicationTest(application=application, kind=kind, done_on=done_on, findings=found, open_findings=still_open,
                           by_whom=clean_line(by_whom, 120, "Pelaksana", "by_whom", required=True))
    object_session(application).add(made)
    happened(application, "test", f"{TEST_KINDS[kind]} dicatat", by)
    return made
