"""The part of the policy's table about clarification: `rules.py` takes it in."""

from .clarification_questions import answers_for_team, answers_taken, holds_an_item, holds_the_item, went_out
from .models import Assessment, Clarification
from .panel_questions import declared_free, judges_here, on_panel, stage_running, was_sent
from .questions import is_agency, of_same_instansi, round_has_begun, takes_part
from .rule_shape import ADMIN_KNOWS, TEAM, Rule

PARTAKER = (is_agency, of_same_instansi, takes_part, round_has_begun)
HOLDER = (is_agency, of_same_instansi, went_out, holds_the_item)
# Whoever is inside knows that assessors may ask; what they have in draft stands at no address of its own.
KNOW_OF_ASKING = (TEAM, (on_panel,), PARTAKER, ADMIN_KNOWS)

CLARIFYING: dict[tuple[str, object], Rule] = {
    ("see_clarifications", Assessment): Rule(((judges_here,),), known=KNOW_OF_ASKING),
    ("ask_clarification", Assessment): Rule(((judges_here,),), (declared_free, stage_running), known=KNOW_OF_ASKING),
    ("read_clarifications", Assessment): Rule(
        ((*TEAM, was_sent), (is_agency, of_same_instansi, was_sent, holds_an_item), (on_panel,)),
        known=(TEAM, PARTAKER, ADMIN_KNOWS),
    ),
    ("know", Clarification): Rule(((*ADMIN_KNOWS, went_out),)),
    ("read", Clarification): Rule(((*TEAM, went_out), (on_panel, went_out), HOLDER)),
    ("answer", Clarification): Rule(
        (HOLDER, (answers_for_team, of_same_instansi, went_out)),
        (answers_taken,),
        known=((*TEAM, went_out), (on_panel, went_out), HOLDER, (*ADMIN_KNOWS, went_out)),
    ),
}
