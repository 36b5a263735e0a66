"""The one horizontal bar of each role: where its work is. A door that does not exist yet is not shown."""

from dataclasses import dataclass

from flask import request, url_for

from .access import actor


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    current: bool
    count: int | None = None


# role -> (label, endpoint, blueprints or endpoints that count as being there)
RESULTS = ("Hasil", "leadership.results", ("leadership.results", "leadership.result", "leadership.benchmark", "leadership.simul"))
BOARD = ("Ringkasan", "leadership.board", ("leadership.board",))
FOLLOWING = ("Tindak lanjut", "inspectorate.board", ("inspectorate.",))
INVENTORY = ("Inventaris", "inventory.listing", ("inventory.",))
AGENCY = (
    ("Tugas", "agency.tasks_home", ("agency.tasks", "agency.item", "agency.review", "agency.sent", "agency.workbook", "agency.entrust", "agency.name_pic")),
    ("Pustaka bukti", "agency.library", ("agency.library", "agency.document", "agency.polic", "agency.uploads")),
    FOLLOWING,
    INVENTORY,
    RESULTS,
)
VOUCHING = (
    "agency.approval", "agency.statement", "agency.sign", "agency.give_back", "agency.send_back", "agency.receipt"
)
TEAM = (
    ("Penilaian", "round.periods", ("round.",)),
    RESULTS,
)
PEOPLE = (
    "Pengguna",
    "account.people",
    ("account.people", "account.account", "account.new_", "account.organization", "account.imports", "account.first_password"),
)
JUDGING = (
    ("Antrean", "assessor.queue", ("assessor.",)),
    RESULTS,
)
BARS: dict[str, tuple] = {
    "agency_operator": AGENCY,
    "agency_head": (
        ("Persetujuan", "agency.approvals", VOUCHING),
        *AGENCY,
    ),
    "round_manager": (*TEAM, FOLLOWING, INVENTORY, PEOPLE),
    "internal_assessor": TEAM,
    "entry_officer": TEAM,
    "responsible_officer": TEAM,
    "coordinator": (*TEAM, FOLLOWING),
    "inspector": (*TEAM, FOLLOWING),
    "executive": (BOARD, RESULTS, FOLLOWING),
    "inventory_manager": (INVENTORY,),
    "system_admin": (PEOPLE, ("Data acuan", "admin.index", ("admin.", "reference_", "round.instrument"))),
    "assessor": JUDGING,
    "panel_lead": JUDGING,
    "reviewer": JUDGING,
}

# for those who are not signed in
EVERYBODY = (
    ("Direktori aplikasi", "public.directory", ("public.directory", "public.application", "public.report")),
    ("Panduan indikator", "public.guide_index", ("public.guide",)),
    ("Bantuan", "public.help_page", ("public.help",)),
)


def navigation() -> list[Place]:
    """The places of the acting office, the current one marked."""
    user, here = actor(), request.endpoint or ""
    if not user.signed_in:
        return [
            Place(label, url_for(endpoint), any(here.startswith(prefix) for prefix in inside))
            for label, endpoint, inside in EVERYBODY
        ]
    places = [Place("Beranda", url_for("account.start"), here == "account.start")]
    for label, endpoint, inside in BARS.get(user.role or "", ()):
        places.append(Place(label, url_for(endpoint), any(here.startswith(prefix) for prefix in inside)))
    return places
