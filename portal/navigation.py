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
RESULTS = ("Hasil", "leadership.results", ("leadership.results", "leadership.result", "leadership.benchmark"))
BOARD = ("Ringkasan", "leadership.board", ("leadership.board",))
FOLLOWING = ("Tindak lanjut", "inspectorate.board", ("inspectorate.",))
AGENCY = (
    ("Tugas", "agency.tasks_home", ("agency.tasks", "agency.item", "agency.review", "agency.sent")),
    ("Pustaka bukti", "agency.library", ("agency.library", "agency.document")),
    FOLLOWING,
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
    "round_manager": (*TEAM, FOLLOWING, PEOPLE),
    "internal_assessor": TEAM,
    "entry_officer": TEAM,
    "responsible_officer": TEAM,
    "coordinator": TEAM,
    "inspector": (*TEAM, FOLLOWING),
    "executive": (BOARD, RESULTS, FOLLOWING),
    "system_admin": (PEOPLE,),
    "assessor": JUDGING,
    "panel_lead": JUDGING,
    "reviewer": JUDGING,
}


def navigation() -> list[Place]:
    """The places of the acting office, the current one marked."""
    user = actor()
    if not user.signed_in:
        return []
    here = request.endpoint or ""
    places = [Place("Beranda", url_for("account.start"), here == "account.start")]
    for label, endpoint, inside in BARS.get(user.role or "", ()):
        places.append(Place(label, url_for(endpoint), any(here.startswith(prefix) for prefix in inside)))
    return places
