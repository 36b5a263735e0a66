"""S70: all recommendations a reader may see: how they stand, how old they are, and the list."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request, url_for
from sqlalchemy import and_, case, false, func, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from assessments.clock import day_of, now, today
from assessments.following_up import LOOKS
from assessments.instruments import Item
from assessments.models import Assessment, Organization, Period, Recommendation, RecommendationOwner
from assessments.models.recommendation import CLOSING, PRIORITIES, SOURCES, VERDICTS
from assessments.open_recommendations import AWAITS, OPEN, PROOFS, REPORTED_AT, STATUS, figures, late
from assessments.workflow import Look

from ...access import actor, ask, listing, may
from ...extensions import db
from . import blueprint

ON_A_PAGE = 50
SOON = timedelta(days=30)
WORDS = {
    "sesuai": "followup_conforming",
    "proses": "followup_in_progress",
    "belum": "followup_not_started",
    "tidak-dapat": "followup_not_applicable",
}
STATUSES = {"": "Masih terbuka", "semua": "Semua", "menunggu": "Menunggu verifikasi"} | {
    word: VERDICTS[status] for word, status in WORDS.items()
}
DUES = {"": "Semua", "lewat": "Lewat batas", "30-hari": "Sampai 30 hari lagi", "tanpa": "Tanpa batas waktu"}
ORDERS = {"": "Paling mendesak", "batas": "Batas waktu", "umur": "Paling lama", "prioritas": "Prioritas", "nomor": "Nomor"}
SOURCE_WORDS = {"hasil": "result", "audit": "audit", "pemantauan": "monitoring", "reviu": "review", "impor": "import"}
# What the inspectorate does first is what an agency has already done.
GROUPS = {
    "awaiting": ("Menunggu verifikasi", "kemajuan sudah dilaporkan OPD"),
    "late": ("Lewat batas waktu", ""),
    "open": ("Belum jatuh tempo", ""),
    "closed": ("Selesai", ""),
}
FOR_INSPECTORS = ("awaiting", "late", "open", "closed")
FOR_AGENCIES = ("late", "open", "awaiting", "closed")


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    recommendation: Recommendation
    look: Look
    awaits: bool
    reported_at: datetime | None
    proofs: int
    item: Item | None
    late: bool
    age: int
    group: str
    url: str

    @property
    def owners(self) -> list[str]:
        held = sorted(self.recommendation.current_owners, key=lambda owner: owner.part != "lead")
        return [owner.organization.short_name for owner in held]


@dataclass(frozen=True)
class Chosen:
    """What the address asks for; words that are not known ask for nothing."""

    opd: str
    butir: str
    batas: str
    status: str
    sumber: str
    cari: str
    urut: str

    @classmethod
    def asked(cls) -> "Chosen":
        def known(name: str, words) -> str:
            typed = request.args.get(name, "").strip()
            return typed if typed in words else ""

        def free(name: str) -> str:
            return request.args.get(name, "").replace("\x00", "").strip()[:100]

        return cls(free("opd"), free("butir"), known("batas", DUES), known("status", STATUSES),
                   known("sumber", SOURCE_WORDS), free("cari"), known("urut", ORDERS))

    @property
    def anything(self) -> bool:
        return any((self.opd, self.butir, self.batas, self.status, self.sumber, self.cari))

    def address(self, **more) -> str:
        wanted = {name: text for name, text in (vars(self) | more).items() if text}
        return url_for("inspectorate.board", **wanted)


@blueprint.get("/tindak-lanjut")
def board():
    ask("read", Recommendation)
    user, chosen = actor(), Chosen.asked()
    day = today(user.office_zone)
    scope = listing(Recommendation).where(Recommendation.released_at.is_not(None))
    inside = scope.with_only_columns(Recommendation.id)
    assessments = _assessments(inside)
    agencies = _agencies(inside)
    agency_side = user.role in ("agency_operator", "agency_head")
    groups = FOR_AGENCIES if agency_side else FOR_INSPECTORS
    place = case((~OPEN, "closed"), (AWAITS, "awaiting"), (Recommendation.due_on < day, "late"), else_="open")
    wanted = _narrowed(scope, chosen, assessments, day)
    counts = dict(
        db.session.execute(wanted.with_only_columns(place, func.count()).group_by(place)).all()  # type: ignore[arg-type]
    )
    total = sum(counts.values())
    last = max(1, -(-total // ON_A_PAGE))
    page = _page(last)
    found = db.session.execute(
        wanted.add_columns(STATUS, AWAITS, REPORTED_AT, PROOFS, place)
        .options(selectinload(Recommendation.owners))
        .order_by(*_order(chosen.urut, place, groups))
        .limit(ON_A_PAGE)
        .offset((page - 1) * ON_A_PAGE)
    ).all()
    rows = [_row(user.office_zone, *each) for each in found]
    return render_template(
        "inspectorate/board.html",
        now=now(),
        zone=user.zone,
        figures=figures(db.session, scope, user.office_zone),
        looks=LOOKS,
        words={status: word for word, status in WORDS.items()},
        groups=_grouped(rows, counts, groups) if not chosen.urut else [],
        rows=rows,
        total=total,
        page=page,
        last=last,
        link=lambda n: chosen.address(halaman=n),
        chosen=chosen,
        agencies=[] if agency_side else agencies,
        aspects=_aspects(assessments),
        statuses=STATUSES,
        dues=DUES,
        orders=ORDERS,
        sources={"": "Semua"} | {word: SOURCES[code] for word, code in SOURCE_WORDS.items()},
        priorities=PRIORITIES,
        verifies=user.role == "inspector",
        reports=agency_side,
        writes=may("create", Recommendation),
    )


def _page(last: int) -> int:
    typed = request.args.get("halaman", "1")
    return min(max(int(typed), 1), last) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _assessments(inside) -> list[Assessment]:
    """The rounds the recommendations come from; they stay in the session, so each row finds its own without asking."""
    return list(
        db.session.scalars(
            select(Assessment)
            .where(Assessment.id.in_(inside.with_only_columns(Recommendation.assessment_id)))
            .options(
                joinedload(Assessment.period).options(
                    joinedload(Period.instrument_copy), lazyload(Period.stages), lazyload(Period.extensions)
                )
            )
            .order_by(Assessment.id.desc())
        )
    )


def _agencies(inside) -> list[Organization]:
    owning = select(RecommendationOwner.organization_id).where(
        RecommendationOwner.recommendation_id.in_(inside), RecommendationOwner.to_day.is_(None)
    )
    found = db.session.scalars(
        select(Organization).where(Organization.id.in_(owning)).options(joinedload(Organization.states))
    )
    return sorted(found.unique(), key=lambda each: each.short_name.casefold())


def _aspects(assessments: list[Assessment]) -> dict[str, list[tuple[str, str]]]:
    """{aspect: [(what the address says, item)]} of every instrument in use, each once."""
    found: dict[str, dict[str, str]] = {}
    for assessment in assessments:
        for item in assessment.period.instrument.items:
            aspect = item.parent.name if item.parent else assessment.period.instrument.index_name
            found.setdefault(aspect, {})[item.code] = f"{item.number} {item.short_name}"
    return {aspect: list(items.items()) for aspect, items in found.items()}


def _narrowed(scope, chosen: Chosen, assessments: list[Assessment], day: date):
    if chosen.opd:
        scope = scope.where(
            Recommendation.owners.any(
                RecommendationOwner.to_day.is_(None)
                & RecommendationOwner.organization.has(Organization.slug == chosen.opd)
            )
        )
    if chosen.butir:
        scope = scope.where(_about(chosen.butir, assessments))
    if chosen.status in WORDS:
        scope = scope.where(STATUS.in_((WORDS[chosen.status],)))
    elif chosen.status != "semua":
        scope = scope.where(AWAITS if chosen.status == "menunggu" else OPEN)
    if chosen.batas == "lewat":
        scope = scope.where(late(day))
    elif chosen.batas == "30-hari":
        scope = scope.where(OPEN, Recommendation.due_on.between(day, day + SOON))
    elif chosen.batas == "tanpa":
        scope = scope.where(Recommendation.due_on.is_(None))
    if chosen.sumber:
        scope = scope.where(Recommendation.source == SOURCE_WORDS[chosen.sumber])
    if chosen.cari:
        scope = scope.where(
            or_(
                Recommendation.text.icontains(chosen.cari, autoescape=True),
                Recommendation.number.icontains(chosen.cari, autoescape=True),
                Recommendation.source_note.icontains(chosen.cari, autoescape=True),
            )
        )
    return scope


def _about(wanted: str, assessments: list[Assessment]):
    """The item of this code, or every item of the aspect of this name, in whichever instrument it stands."""
    wishes = []
    for assessment in assessments:
        items = assessment.period.instrument.items
        codes = [item.code for item in items if wanted == item.code or (item.parent and wanted == item.parent.name)]
        wishes.append(and_(Recommendation.assessment_id == assessment.id, Recommendation.item.in_(codes)))
    return or_(false(), *wishes)


def _order(urut: str, place, groups: tuple[str, ...]) -> list:
    due = [Recommendation.due_on.is_(None), Recommendation.due_on, Recommendation.id]
    if urut == "umur":
        return [func.coalesce(Recommendation.released_at, Recommendation.at), Recommendation.id]
    if urut == "prioritas":
        return [case({code: at for at, code in enumerate(PRIORITIES)}, value=Recommendation.priority), *due]
    if urut == "nomor":
        return [Recommendation.number]
    if urut == "batas":
        return due
    return [case({name: at for at, name in enumerate(groups)}, value=place), *due]


def _row(zone: str, recommendation: Recommendation, status: str, awaits, reported_at, proofs: int, group: str) -> Row:
    assessment, item = recommendation.assessment, None
    if assessment is not None and recommendation.item:
        item = assessment.period.instrument.item(recommendation.item)
    is_open = status not in CLOSING
    day, began = today(zone), day_of(recommendation.released_at or recommendation.at, zone)
    return Row(
        recommendation, LOOKS[status], bool(awaits), reported_at, proofs, item,
        is_open and recommendation.due_on is not None and recommendation.due_on < day,
        max(0, (day - began).days), group, url_for("inspectorate.recommendation", id=recommendation.id),
    )


def _grouped(rows: list[Row], counts: dict[str, int], order: tuple[str, ...]) -> list[tuple[str, str, list[Row]]]:
    found = []
    for name in order:
        mine = [row for row in rows if row.group == name]
        if mine:
            title, why = GROUPS[name]
            found.append((title, ", ".join(filter(None, (f"{counts[name]} rekomendasi", why))), mine))
    return found
