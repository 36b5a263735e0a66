"""S90: the applications a reader may see, narrowed, sorted and searched; the same rows leave as XLSX and CSV."""

from dataclasses import dataclass, replace

from flask import render_template, request, url_for
from sqlalchemy import Select, Text, and_, case, cast, func, select
from sqlalchemy.orm import joinedload

from assessments.clock import now, today
from assessments.exchange.agencies import Agencies
from assessments.inventory.gaps import MOST, known_parts
from assessments.inventory.keeping import completeness
from assessments.inventory.searching import search
from assessments.models import Application, ApplicationUser, Confirmation, Organization
from assessments.models.application import APPLICATION_KINDS, CONFIRMATIONS, LINK_STATES, ORIGINS, PLATFORMS
from assessments.workflow import LOOKS, Look, look

from ...access import actor, ask, listing, may
from ...exports import Column, Sheet, as_download, workbook
from ...extensions import db
from ...formatting import number, percent
from ...plain_tables import as_csv
from . import blueprint
from .places import places

ON_A_PAGE = 50
ENDED = ("retired", "merged")
STATES = {"dalam-pembangunan": "planned", "aktif": "active", "tidak-aktif": "inactive", "migrasi": "migrating",
          "digabung": "merged", "dihentikan": "retired"}
KINDS = {"umum": "common", "khusus": "special"}
BASES = {"web": "web", "mobile": "mobile", "desktop": "desktop", "lainnya": "other"}
ANSWERS = {"masih": "active", "tidak": "inactive", "tidak-tahu": "unknown"}
CHOICES = {
    "status": {"": "Semua"} | {word: LOOKS[Application][state].label for word, state in STATES.items()},
    "jenis": {"": "Semua"} | {word: APPLICATION_KINDS[code] for word, code in KINDS.items()},
    "basis": {"": "Semua"} | {word: PLATFORMS[code] for word, code in BASES.items()},
    "kelengkapan": {"": "Semua", "kurang": "Di bawah 50%", "sedang": "50% sampai 79%", "lengkap": "80% ke atas"},
    "terbit": {"": "Semua", "ya": "Terbit", "belum": "Belum terbit"},
    "sensus": {"": "Semua", "belum": "Belum dikonfirmasi"} | {word: CONFIRMATIONS[code] for word, code in ANSWERS.items()},
    "urut": {"": "Paling cocok, lalu nama", "opd": "OPD pemilik", "status": "Status", "tahun": "Tahun pembuatan",
             "kelengkapan": "Paling tidak lengkap", "pengguna": "OPD pengguna terbanyak", "baru": "Terakhir diubah"},
}
LABELS = {"status": "Status", "jenis": "Jenis", "basis": "Basis", "kelengkapan": "Kelengkapan", "terbit": "Publikasi",
          "sensus": "Sensus", "urut": "Urutkan"}
COLUMNS = (
    Column("Kode", 10), Column("Nama", 32), Column("OPD pemilik", 32), Column("Jenis", 16), Column("Asal", 10),
    Column("Basis", 14), Column("Alamat", 32), Column("Keadaan alamat", 14), Column("Status", 16),
    Column("Tahun pembuatan", 10, "0"), Column("Fungsi", 48), Column("OPD pengguna", 32), Column("Jumlah OPD pengguna", 10, "0"),
    Column("Biaya setahun (rupiah)", 16, "#,##0"), Column("Kelengkapan", 12, "0%"), Column("Publikasi", 14),
    Column("Sensus", 20),
)


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    application: Application
    look: Look
    complete: float
    users: int
    answer: str
    owner: str = ""
    named: str = ""

    @property
    def url(self) -> str:
        return url_for("inventory.record", id=self.application.id)

    @property
    def cells(self) -> tuple:
        """The line as a table holds it, in the order of `COLUMNS`; an import of it finds nothing to change."""
        one = self.application
        return (
            one.code, one.name, self.owner, APPLICATION_KINDS[one.kind], ORIGINS[one.origin],
            ", ".join(PLATFORMS[code] for code in one.platforms), one.url, LINK_STATES[one.link_state] if one.url else None,
            self.look.label, one.year_built, one.purpose, self.named, self.users, one.yearly_cost, round(self.complete, 2),
            "Terbit" if one.published_at else "Belum terbit", self.answer,
        )

    @property
    def plain_cells(self) -> tuple:
        """The same where a cell has no format: shares as the page shows them."""
        return tuple(percent(cell, 0) if column.shown == "0%" else cell
                     for column, cell in zip(COLUMNS, self.cells, strict=True))


@dataclass(frozen=True)
class Chosen:
    """What the address asks for; words that are not known ask for nothing."""

    opd: str
    cari: str
    status: str
    jenis: str
    basis: str
    kelengkapan: str
    terbit: str
    sensus: str
    urut: str

    @classmethod
    def asked(cls) -> "Chosen":
        def free(name: str) -> str:
            return request.args.get(name, "").replace("\x00", "").strip()[:200]

        known = {name: free(name) if free(name) in words else "" for name, words in CHOICES.items()}
        return cls(opd=free("opd"), cari=free("cari"), **known)

    @property
    def anything(self) -> bool:
        return any(text for name, text in vars(self).items() if name != "urut")

    def address(self, endpoint: str = "inventory.listing", **more) -> str:
        return url_for(endpoint, **{name: text for name, text in (vars(self) | more).items() if text})


@dataclass(frozen=True)
class Found:
    """The lines of one page (or all of them), and how many there are; `ended` of them are history."""

    rows: list[Row]
    total: int
    ended: int
    page: int = 1
    last: int = 1
    loose: bool = False
    more: bool = False

    @property
    def counted(self) -> list[str]:
        """How many live, and how many of those shown have ended."""
        living = self.total - self.ended
        said = [f"{number(living)} aplikasi"] if living or not self.ended else []
        return said + ([f"{number(self.ended)} sudah dihentikan atau digabung"] if self.ended else [])


@blueprint.get("/inventaris", endpoint="listing")
def applications():
    ask("read", Application)
    user, chosen = actor(), Chosen.asked()
    agencies, year = _agencies(), today(user.office_zone).year
    found = _found(chosen, agencies, year, ON_A_PAGE)
    return render_template(
        "inventory/listing.html",
        rooms=places(),
        found=found,
        chosen=chosen,
        choices=CHOICES,
        labels=LABELS,
        agencies=[] if user.role in ("agency_operator", "agency_head") else agencies,
        kinds=APPLICATION_KINDS,
        link_states=LINK_STATES,
        now=now(),
        zone=user.zone,
        year=year,
        link=lambda n: chosen.address(halaman=n),
        writes=may("write", Application),
        imports=may("import", Application),
    )


@blueprint.get("/inventaris/tabel.xlsx", endpoint="workbook")
def as_workbook():
    return as_download(workbook(Sheet("Inventaris", COLUMNS, [row.cells for row in _all()])), "inventaris-aplikasi")


@blueprint.get("/inventaris/tabel.csv", endpoint="plain_table")
def as_plain_table():
    return as_csv([column.label for column in COLUMNS], [row.plain_cells for row in _all()], "inventaris-aplikasi")


def _all() -> list[Row]:
    """Every line the page shows under the same address, in its order."""
    ask("read", Application)
    found = _found(Chosen.asked(), _agencies(), today(actor().zone).year, None).rows
    agencies = Agencies.of(db.session, actor().instansi_id)
    users: dict[int, list[Organization]] = {}
    by_id = {agency.id: agency for agency in agencies.all}
    for id, agency in db.session.execute(
        select(ApplicationUser.application_id, ApplicationUser.organization_id)
        .where(ApplicationUser.application_id.in_([row.application.id for row in found]))
    ):
        if agency in by_id:
            users.setdefault(id, []).append(by_id[agency])
    return [
        replace(row, owner=agencies.written(row.application.current_owner),
                named=agencies.listed(users.get(row.application.id, ())))
        for row in found
    ]


def _found(chosen: Chosen, agencies: list[Organization], year: int, size: int | None) -> Found:
    scope = _narrowed(listing(Application), chosen, year)
    order = _order(chosen.urut, agencies)
    if chosen.cari:
        hits = search(db.session, scope, chosen.cari)
        places = {one.id: at for at, one in enumerate(hits.applications)}
        if chosen.urut:
            sorted_ids = db.session.scalars(select(Application.id).where(Application.id.in_(places)).order_by(*order))
            places = {id: at for at, id in enumerate(sorted_ids)}
        ordered = sorted(hits.applications, key=lambda one: places[one.id])
        total, loose, more = len(ordered), hits.loose, hits.more
        ended = sum(not one.counts for one in ordered)
        page, last = _page(total, size)
        shown = ordered[(page - 1) * size : page * size] if size else ordered
    else:
        states = scope.with_only_columns(Application.id, Application.state).order_by(None).subquery()
        total, ended = db.session.execute(
            select(func.count(), func.coalesce(func.sum(case((states.c.state.in_(ENDED), 1), else_=0)), 0)).select_from(states)
        ).one()
        loose = more = False
        page, last = _page(total, size)
        ordered_scope = scope.options(
            joinedload(Application.current_owner).joinedload(Organization.states)
        ).order_by(*order)
        if size:
            ordered_scope = ordered_scope.limit(size).offset((page - 1) * size)
        shown = list(db.session.scalars(ordered_scope).unique())
    return Found(_rows(shown, year), total, ended, page, last, loose, more)


def _page(total: int, size: int | None) -> tuple[int, int]:
    """(page asked for, last page)"""
    last = max(1, -(-total // size)) if size else 1
    typed = request.args.get("halaman", "1")
    return (min(max(int(typed), 1), last) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1), last


def _rows(shown: list[Application], year: int) -> list[Row]:
    """With how many agencies use each, and what its owner said this year: one statement for all of them."""
    users = (
        select(func.count()).where(ApplicationUser.application_id == Application.id).correlate(Application).scalar_subquery()
    )
    facts = {
        id: (count, answer)
        for id, count, answer in db.session.execute(
            select(Application.id, users, Confirmation.answer)
            .outerjoin(Confirmation, and_(Confirmation.application_id == Application.id, Confirmation.year == year))
            .where(Application.id.in_([one.id for one in shown]))
        )
    }
    return [
        Row(one, look(one), completeness(one), facts[one.id][0],
            CONFIRMATIONS.get(facts[one.id][1], "Belum dikonfirmasi" if one.counts else "Tidak ikut sensus"))
        for one in shown
    ]


def _agencies() -> list[Organization]:
    """The agencies of the instansi by name; they stay in the session, so each row finds its own without asking."""
    found = db.session.scalars(
        select(Organization)
        .where(Organization.instansi_id == actor().instansi_id)
        .options(joinedload(Organization.states))
    )
    return sorted(found.unique(), key=lambda each: each.short_name.casefold())


def _narrowed(scope: Select, chosen: Chosen, year: int) -> Select:
    if chosen.opd:
        scope = scope.where(Application.current_owner.has(Organization.slug == chosen.opd))
    if chosen.status:
        scope = scope.where(Application.state.in_((STATES[chosen.status],)))
    if chosen.jenis:
        scope = scope.where(Application.kind == KINDS[chosen.jenis])
    if chosen.basis:
        scope = scope.where(cast(Application.platforms, Text).contains(f'"{BASES[chosen.basis]}"'))
    if chosen.terbit:
        published = Application.published_at.is_not(None)
        scope = scope.where(published if chosen.terbit == "ya" else ~published)
    if chosen.kelengkapan:
        tenths = known_parts() * 10
        low, high = {"kurang": (0, 5), "sedang": (5, 8), "lengkap": (8, 11)}[chosen.kelengkapan]
        scope = scope.where(tenths >= low * MOST, tenths < high * MOST)
    if chosen.sensus:
        spoken = Application.confirmations.any(
            (Confirmation.year == year)
            & (Confirmation.answer == ANSWERS[chosen.sensus] if chosen.sensus in ANSWERS else Confirmation.year == year)
        )
        scope = scope.where(spoken if chosen.sensus in ANSWERS else ~spoken & Application.state.not_in(ENDED))
    return scope


def _order(urut: str, agencies: list[Organization]) -> list:
    by_name = [func.lower(Application.name), Application.id]
    match urut:
        case "opd":
            places = {agency.id: at for at, agency in enumerate(agencies)}
            return [case(places, value=Application.current_owner_id, else_=len(places)) if places else Application.id, *by_name]
        case "status":
            places = {state: at for at, state in enumerate(STATES.values())}
            return [case(places, value=Application.state), *by_name]
        case "tahun":
            return [Application.year_built.is_(None), Application.year_built, *by_name]
        case "kelengkapan":
            return [known_parts(), *by_name]
        case "pengguna":
            users = select(func.count()).where(ApplicationUser.application_id == Application.id).correlate(Application)
            return [users.scalar_subquery().desc(), *by_name]
        case "baru":
            return [Application.changed_at.desc(), Application.id.desc()]
    return by_name
