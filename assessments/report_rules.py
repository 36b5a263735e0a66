"""The lines of the policy's table about the Laporan Hasil: `rules.py` takes them in."""

from .models import Assessment, Result
from .panel_questions import declared_free, is_executive, leads_here, on_panel, published
from .questions import is_agency, is_team, of_same_instansi, role
from .rule_shape import ADMIN_KNOWS, AROUND_THE_PANEL, Rule


def tells_no_reasons(user, thing) -> bool:
    """A report of a pemantauan has figures alone. That of an evaluasi quotes the reasons of every item, and an agency
    learns those of its own (access.csv, row 118)."""
    return isinstance(thing, type) or thing.assessment.period.kind == "monitoring"


REPORTS: dict[tuple[str, object], Rule] = {
    ("sign_report", Assessment): Rule(((leads_here,),), (declared_free,), known=AROUND_THE_PANEL),
    ("read_report", Result): Rule(
        (
            (role("inspector"), of_same_instansi, published),
            (is_team, of_same_instansi),
            (is_executive, of_same_instansi),
            (on_panel,),
            (is_agency, of_same_instansi, published, tells_no_reasons),
        ),
        known=((is_agency, of_same_instansi, published), ADMIN_KNOWS),
    ),
}
