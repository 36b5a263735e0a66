"""The part of the policy's table about sessions with an instansi: `rules.py` takes it in."""

from .meeting_questions import answers_here, brings_promised, sessions_run, settles_dates
from .models import Assessment
from .panel_questions import declared_free, is_executive, judges_here, leads_here, not_settled, on_panel
from .questions import is_agency, of_same_instansi, round_has_begun, takes_part
from .rule_shape import ADMIN_KNOWS, TEAM, Rule

PARTAKER = (is_agency, of_same_instansi, takes_part, round_has_begun)
KNOW_OF_SESSIONS = (TEAM, (on_panel,), PARTAKER, (is_executive, of_same_instansi), ADMIN_KNOWS)

MEETINGS: dict[tuple[str, object], Rule] = {
    ("see_meetings", Assessment): Rule((TEAM, (on_panel,), (answers_here,)), known=KNOW_OF_SESSIONS),
    ("hold_meetings", Assessment): Rule(((judges_here,),), (declared_free, sessions_run), known=KNOW_OF_SESSIONS),
    ("settle_dates", Assessment): Rule(
        ((judges_here,), (settles_dates, of_same_instansi)), (sessions_run,), known=KNOW_OF_SESSIONS
    ),
    ("read_minutes", Assessment): Rule((TEAM, (on_panel,)), known=(PARTAKER, ADMIN_KNOWS)),
    ("sign_minutes", Assessment): Rule(((leads_here,),), (declared_free,), known=KNOW_OF_SESSIONS),
    ("bring_promised", Assessment): Rule(
        ((answers_here,), (brings_promised, of_same_instansi)), (not_settled,), known=(TEAM, (on_panel,), PARTAKER, ADMIN_KNOWS)
    ),
}
