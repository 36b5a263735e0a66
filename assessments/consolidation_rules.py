"""The lines of the policy's table about consolidation: objections (S32), analyses and Tim Reviu (S60)."""

from .consolidation_questions import reviews_here, stages_closed, window_is_over, window_runs
from .models import Assessment, Submission
from .panel_questions import declared_free, judges_here, leads_here, on_panel
from .questions import is_agency, is_head, is_round_manager, of_same_agency, of_same_instansi, round_has_begun
from .rule_shape import ADMIN_KNOWS, AROUND_THE_PANEL, TEAM, Rule

ANSWERS = ((is_head, of_same_agency, round_has_begun), (is_round_manager, of_same_instansi))
AROUND_THE_PART = (TEAM, (is_agency, of_same_agency, round_has_begun), (on_panel,), ADMIN_KNOWS)

CONSOLIDATION: dict[tuple[str, object], Rule] = {
    ("read_provisional", Submission): Rule(ANSWERS, known=AROUND_THE_PART),
    ("object", Submission): Rule(ANSWERS, (window_runs,), known=AROUND_THE_PART),
    ("rule_objection", Assessment): Rule(
        ((judges_here,),), (declared_free, stages_closed, window_is_over), known=AROUND_THE_PANEL
    ),
    ("see_agreement", Assessment): Rule(((leads_here,), (reviews_here,)), known=AROUND_THE_PANEL),
    ("analyse", Assessment): Rule(((judges_here,),), (declared_free, stages_closed), known=AROUND_THE_PANEL),
    ("review", Assessment): Rule(((reviews_here,),), (declared_free, stages_closed), known=AROUND_THE_PANEL),
    ("answer_review", Assessment): Rule(((judges_here,),), (declared_free, stages_closed), known=AROUND_THE_PANEL),
}
