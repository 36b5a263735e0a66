"""The lines of the policy's table about gap and what-if (S83).

Who may play does so with values that may be read anyway (`whatif.py`); what is aimed at is the round manager's word, and
what a step costs is also that of an agency which takes part, for the items it leads (`aiming.py`).
"""

from .actors import Actor
from .models import Assessment
from .panel_questions import is_executive, is_external, leads_here, on_panel
from .questions import is_agency, is_round_manager, of_same_instansi, round_has_begun, round_not_archived, takes_part
from .rule_shape import ADMIN_KNOWS, TEAM, Rule

PARTAKER = (is_agency, of_same_instansi, takes_part, round_has_begun)
LEADERSHIP = (is_executive, of_same_instansi, round_has_begun)


def leads_a_panel(user: Actor, thing) -> bool:
    return is_external(user, thing) if isinstance(thing, type) else leads_here(user, thing)


SIMULATING: dict[tuple[str, object], Rule] = {
    ("simulate", Assessment): Rule((TEAM, LEADERSHIP, PARTAKER, (leads_a_panel,)), known=((on_panel,), ADMIN_KNOWS)),
    ("aim", Assessment): Rule(
        ((is_round_manager, of_same_instansi), PARTAKER),
        (round_not_archived,),
        known=(TEAM, LEADERSHIP, (on_panel,), ADMIN_KNOWS),
    ),
}
