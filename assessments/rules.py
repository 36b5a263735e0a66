"""The table of the policy: who may do what to which thing, when.

A rule has two halves. `who` is a list of clauses (any clause, all its questions) about the actor and
the thing; `when` is a list of conditions that give a sentence where they do not hold. So a door can
answer 404 (does not learn that it exists), 403 (known, not for this role) or 409 (not now, and why).
`know` says who may learn that a thing exists without reading it.

States of a workflow stand in `workflow.py`; here is only what no transition table can say.
"""

from .chasing_questions import round_is_chased, takes_part_in_round
from .clarification_questions import answered_before_my_panel
from .clarification_rules import CLARIFYING
from .consolidation_rules import CONSOLIDATION
from .document_questions import (
    bound_nowhere,
    is_own_instansi,
    keeps_instansi_library,
    of_instansi_library,
    still_there,
    was_removed,
)
from .local_questions import evaluates_agencies, neither_sent_nor_wrote, of_an_instansi, official_is_of_an_instansi
from .meeting_questions import clarified_here
from .meeting_rules import MEETINGS
from .models import (
    Account,
    Application,
    Appointment,
    Assessment,
    Benchmark,
    Citation,
    Claim,
    Contribution,
    Document,
    DocumentVersion,
    Organization,
    Period,
    Receipt,
    Recommendation,
    Result,
    Share,
    Submission,
    Upload,
)
from .models import Question as Thread
from .panel_questions import (
    before_publication,
    cited_before_my_panel,
    closes_rounds,
    consolidated,
    declared_free,
    embargo_over,
    enters_external,
    is_executive,
    is_external,
    is_inspector,
    item_shared_here,
    judges_here,
    leads_here,
    leads_panel,
    may_be_proposed,
    must_carry_it_out,
    not_closed,
    not_decided,
    not_settled,
    on_a_panel_of,
    on_panel,
    own_seat,
    panel_may_change,
    proposed_by_somebody_else,
    published,
    rehearsal_is_no_result,
    released,
    sets_no_level,
    stage_running,
    stage_unfinished,
    was_sent,
)
from .questions import (
    accepted_reopens_by_manager,
    agency_lives,
    anybody,
    being_filled,
    checks_items,
    cited_somewhere,
    claim_citation_open,
    contribution_citation_open,
    is_agency,
    is_coordinator,
    is_head,
    is_inside,
    is_operator,
    is_responsible,
    is_round_manager,
    is_signed,
    is_system_admin,
    is_team,
    not_approved,
    not_oneself,
    of_claim,
    of_contribution,
    of_same_agency,
    of_same_instansi,
    own_lendable_office,
    own_lendable_office_lent,
    role,
    round_has_begun,
    round_in_hand,
    round_open,
    round_running,
    runs_reference,
    sees_rounds,
    share_not_signed,
    signed_in,
    still_preparing,
    takes_part,
    talks_for_team,
    thread_open,
    window_open,
    writes_claims,
    wrote_none_of_claim,
    wrote_none_of_it,
)
from .report_rules import REPORTS
from .rule_shape import ADMIN_KNOWS, AROUND_THE_PANEL, TEAM, Rule
from .signing_questions import agency_goes_on, in_no_signed_paper, not_yet_checked, wrote_none_of_claims
from .team_questions import forms_team, team_may_change
from .whatif_rules import SIMULATING

# ---------------------------------------------------------------- the table

OWN_AGENCY = (is_agency, of_same_agency)
KEEPERS = ((is_operator, of_same_agency), (keeps_instansi_library, of_instansi_library))
TALKERS = ((is_agency, of_same_agency, round_has_begun), (talks_for_team, of_same_instansi, round_has_begun))
keeps_inventory = role("round_manager", "inventory_manager")
is_inventory_manager = role("inventory_manager")
takes_out = role("round_manager", "entry_officer", "responsible_officer")
PARTAKER = (is_agency, of_same_instansi, takes_part, round_has_begun)
AROUND_THE_ROUND = (TEAM, (is_agency, of_same_instansi, takes_part_in_round, round_has_begun), ADMIN_KNOWS)
RESULT_READERS = (
    "agency_operator",
    "agency_head",
    "round_manager",
    "internal_assessor",
    "entry_officer",
    "responsible_officer",
    "coordinator",
    "inspector",
    "executive",
)
# Pages that a round of agencies does not have: there every clause about them fails, so they are no such thing.
WHOLE_TEAM, WHOLE_PANEL = (of_an_instansi, *TEAM), (of_an_instansi, on_panel)
KNOW_OF_IT = ((of_an_instansi, *PARTAKER), (of_an_instansi, *ADMIN_KNOWS))
KNOW_THE_WHOLE = (WHOLE_TEAM, WHOLE_PANEL, *KNOW_OF_IT)
CARRIES_OUT = (is_agency, of_same_instansi, must_carry_it_out, released)
ADMIN_KNOWS_RELEASED = (is_system_admin, of_same_instansi, released)
FOLLOWS = (
    (is_team, of_same_instansi, released),
    (is_executive, of_same_instansi, released),
    (is_agency, of_same_instansi, must_carry_it_out, released),
    ADMIN_KNOWS_RELEASED,
)

RULES: dict[tuple[str, object], Rule] = {
    # doors without a thing behind them; public ones stand here too, so that the table is whole
    ("read", "public_home"): Rule(((anybody,),)),
    ("read", "instrument_guide"): Rule(((anybody,),)),
    ("read", "help_status"): Rule(((anybody,),)),
    ("read", "health"): Rule(((anybody,),)),
    ("verify", "receipt"): Rule(((anybody,),)),
    ("check", "paper"): Rule(((anybody,),)),
    ("use", "sign_in"): Rule(((anybody,),)),
    ("use", "one_time_link"): Rule(((anybody,),)),
    ("list", "own_task"): Rule(((signed_in,),)),
    ("read", "own_account"): Rule(((signed_in,),)),
    ("write", "own_account"): Rule(((signed_in,),)),
    ("write", "own_password"): Rule(((signed_in,),)),
    ("read", "own_notice"): Rule(((signed_in,),)),
    ("list", "calendar"): Rule(((signed_in,),)),
    ("write", "own_calendar"): Rule(((signed_in,),)),
    ("read", "calendar_feed"): Rule(((anybody,),)),
    # people and organizations
    ("read", Organization): Rule(((is_inside, of_same_instansi),)),
    ("write", Organization): Rule(((runs_reference, of_same_instansi),)),
    ("know", Account): Rule(((is_inside, of_same_instansi),)),
    ("read", Account): Rule(((runs_reference, of_same_instansi),)),
    ("write", Account): Rule(((runs_reference, of_same_instansi),), (not_oneself,)),
    ("reset", Account): Rule(((runs_reference, of_same_instansi),), (not_oneself,)),
    ("know", Appointment): Rule(((is_inside, of_same_instansi),)),
    ("read", Appointment): Rule(((runs_reference, of_same_instansi),)),
    ("write", Appointment): Rule(((runs_reference, of_same_instansi),), (not_oneself,)),
    ("delegate", Appointment): Rule(((own_lendable_office,),), known=((is_inside,),)),
    ("take_back", Appointment): Rule(((own_lendable_office_lent,),), known=()),
    # rounds
    ("read", Period): Rule(((sees_rounds, of_same_instansi, round_has_begun), (is_external, on_a_panel_of))),
    ("write", Period): Rule(((is_round_manager, of_same_instansi),), (round_in_hand,)),
    ("read_matrix", Period): Rule((TEAM,), known=AROUND_THE_ROUND),
    ("remind", Period): Rule(((is_round_manager, of_same_instansi),), (round_is_chased,), known=AROUND_THE_ROUND),
    ("know", Share): Rule(((role("executive", "system_admin"), of_same_instansi),)),
    ("read", Share): Rule(((is_team, of_same_instansi), (is_agency, of_same_instansi))),
    ("share_out", Share): Rule(((is_round_manager, of_same_instansi),)),
    ("share_out", Assessment): Rule(((is_round_manager, of_same_instansi),), (share_not_signed,)),
    # rounds in which each agency is evaluated on its own; what is done to many asks once more for each of them
    ("read_figures", Period): Rule(
        (TEAM, (is_executive, of_same_instansi, round_has_begun),
         (is_agency, of_same_instansi, takes_part_in_round, round_has_begun)),
        (evaluates_agencies,), known=(ADMIN_KNOWS,),
    ),
    ("run_agencies", Period): Rule((TEAM,), (evaluates_agencies,), known=AROUND_THE_ROUND),
    ("approve_parts", Period): Rule(((is_responsible, of_same_instansi),), (evaluates_agencies,), known=AROUND_THE_ROUND),
    ("settle_figures", Period): Rule(((closes_rounds, of_same_instansi),), (evaluates_agencies,), known=AROUND_THE_ROUND),
    ("settle_figure", Assessment): Rule(
        ((closes_rounds, of_same_instansi),), (rehearsal_is_no_result, neither_sent_nor_wrote),
        known=(TEAM, PARTAKER, ADMIN_KNOWS),
    ),
    # an agency's part
    ("know", Submission): Rule((ADMIN_KNOWS,)),
    ("read", Submission): Rule((TEAM, (is_agency, of_same_agency, round_has_begun))),
    ("mark_ready", Submission): Rule(((is_operator, of_same_agency),), (being_filled, window_open)),
    ("attest", Submission): Rule(((is_head, of_same_agency),), (round_running, wrote_none_of_it)),
    ("send_back", Submission): Rule(((is_head, of_same_agency),), (round_running,)),
    ("entrust", Submission): Rule((OWN_AGENCY, (is_round_manager, of_same_instansi)), (round_running,)),
    ("withdraw", Submission): Rule(((is_head, of_same_agency),), (round_running, agency_goes_on, window_open, not_yet_checked)),
    ("check", Submission): Rule(((checks_items, of_same_instansi),), (round_running, is_signed)),
    ("return", Submission): Rule(((checks_items, of_same_instansi),), (round_running, accepted_reopens_by_manager)),
    ("accept", Submission): Rule(((checks_items, of_same_instansi),), (round_running,)),
    ("know", Contribution): Rule((ADMIN_KNOWS,)),
    ("read", Contribution): Rule((TEAM, (is_agency, of_same_agency, round_has_begun))),
    ("answer", Contribution): Rule(((is_operator, of_same_agency),), (being_filled, window_open)),
    ("carry_over", Submission): Rule(((is_operator, of_same_agency),), (being_filled, window_open)),
    ("import", Submission): Rule(((is_operator, of_same_agency),), (being_filled, window_open)),
    ("read_import", Submission): Rule(((is_operator, of_same_agency),)),
    # talk about an answer, inside the instansi
    ("ask", Contribution): Rule(TALKERS, (round_open,)),
    ("know", Thread): Rule((ADMIN_KNOWS,)),
    ("read", Thread): Rule((TEAM, (is_agency, of_same_agency, round_has_begun))),
    ("answer", Thread): Rule(TALKERS, (round_open, thread_open)),
    ("settle", Thread): Rule(TALKERS, (round_open,)),
    ("make_help", Thread): Rule(((checks_items, of_same_instansi),)),
    # the subject's one answer
    ("know", Assessment): Rule((ADMIN_KNOWS, PARTAKER)),
    ("read", Assessment): Rule((TEAM, (on_panel,))),
    ("write", Assessment): Rule(((writes_claims, of_same_instansi),), (still_preparing,)),
    ("approve", Assessment): Rule(((is_responsible, of_same_instansi),), (still_preparing,)),
    ("know", Claim): Rule((ADMIN_KNOWS, PARTAKER)),
    ("read", Claim): Rule((TEAM, (on_panel,), (is_agency, of_same_instansi, was_sent, item_shared_here))),
    ("write", Claim): Rule(((writes_claims, of_same_instansi),), (still_preparing, not_approved)),
    ("approve", Claim): Rule(((is_responsible, of_same_instansi),), (still_preparing, wrote_none_of_claim)),
    ("return", Claim): Rule(((is_responsible, of_same_instansi),), (still_preparing,)),
    ("read_papers", Assessment): Rule((WHOLE_TEAM, WHOLE_PANEL), known=KNOW_OF_IT),
    ("sign", Assessment): Rule(
        ((of_an_instansi, is_coordinator, of_same_instansi),), (still_preparing, wrote_none_of_claims), known=KNOW_THE_WHOLE
    ),
    ("withdraw", Assessment): Rule(
        ((of_an_instansi, is_coordinator, of_same_instansi),), (still_preparing,), known=KNOW_THE_WHOLE
    ),
    ("send", Assessment): Rule(((is_responsible, of_same_instansi),)),
    ("read_general", Assessment): Rule((WHOLE_TEAM, WHOLE_PANEL), known=KNOW_OF_IT),
    ("answer_general", Assessment): Rule(
        ((of_an_instansi, enters_external, of_same_instansi),), (still_preparing, in_no_signed_paper), known=KNOW_THE_WHOLE
    ),
    ("export", Assessment): Rule(((of_an_instansi, takes_out, of_same_instansi, round_has_begun),), known=KNOW_THE_WHOLE),
    ("reopen", Assessment): Rule(((is_round_manager, of_same_instansi),)),
    # the Tim Asesor Internal
    ("read_team", Assessment): Rule((WHOLE_TEAM,), known=KNOW_OF_IT),
    ("write_team", Assessment): Rule(
        ((of_an_instansi, forms_team, of_same_instansi),),
        (team_may_change,),
        known=(WHOLE_TEAM, *KNOW_OF_IT, (of_an_instansi, is_executive, of_same_instansi)),
    ),
    # evidence
    ("know", Document): Rule((ADMIN_KNOWS,)),
    ("read", Document): Rule((TEAM, OWN_AGENCY)),
    ("upload", Organization): Rule(
        ((is_operator, of_same_agency), (keeps_instansi_library, is_own_instansi)),
        (agency_lives,),
        known=(TEAM, OWN_AGENCY, ADMIN_KNOWS),
    ),
    ("write", Document): Rule(KEEPERS, (still_there,)),
    ("delete", Document): Rule(KEEPERS, (still_there, bound_nowhere)),
    ("restore", Document): Rule(KEEPERS, (was_removed,)),
    ("know", Upload): Rule((ADMIN_KNOWS,)),
    ("read", Upload): Rule((TEAM, OWN_AGENCY)),
    ("write", Upload): Rule(((is_operator, of_same_agency),)),
    ("know", DocumentVersion): Rule((ADMIN_KNOWS,)),
    ("read", DocumentVersion): Rule(
        (TEAM, OWN_AGENCY, (is_external, cited_before_my_panel), (is_external, answered_before_my_panel))
    ),
    ("download", DocumentVersion): Rule(
        (
            OWN_AGENCY,
            (is_team, of_same_instansi, cited_somewhere),
            (is_team, of_instansi_library),
            (is_external, cited_before_my_panel),
            (is_external, answered_before_my_panel),
        )
    ),
    ("know", Citation): Rule((ADMIN_KNOWS,)),
    ("read", Citation): Rule((TEAM, OWN_AGENCY)),
    ("write", Citation): Rule(
        ((is_operator, of_same_agency, of_contribution), (writes_claims, of_same_instansi, of_claim)),
        (contribution_citation_open, claim_citation_open),
    ),
    ("know", Receipt): Rule((ADMIN_KNOWS,)),
    ("read", Receipt): Rule((TEAM, OWN_AGENCY)),
    # judging: the rooms of a panel are nobody else's
    ("seat_panel", Assessment): Rule(
        ((is_round_manager, of_same_instansi), (leads_panel,)),
        (panel_may_change,),
        known=(TEAM, (on_panel,), ADMIN_KNOWS),
    ),
    ("declare", Assessment): Rule(((on_panel,),), known=(TEAM, ADMIN_KNOWS)),
    ("see_room", Assessment): Rule(((on_panel,),), known=()),
    ("see_desk", Claim): Rule(((judges_here,),), known=()),
    ("judge", Claim): Rule(
        ((judges_here,),), (declared_free, stage_running, own_seat, not_decided, clarified_here), known=(TEAM, (on_panel,), ADMIN_KNOWS)
    ),
    ("adjudicate", Assessment): Rule(((leads_here,),), (stage_unfinished,), known=AROUND_THE_PANEL),
    ("propose_final", Assessment): Rule(
        ((leads_here,),), (rehearsal_is_no_result, declared_free, may_be_proposed), known=AROUND_THE_PANEL
    ),
    ("reject_final", Assessment): Rule(((judges_here,),), known=AROUND_THE_PANEL),
    ("confirm_final", Assessment): Rule(
        ((judges_here,),), (declared_free, proposed_by_somebody_else), known=AROUND_THE_PANEL
    ),
    ("recommend", Assessment): Rule(((judges_here,),), (before_publication,), known=AROUND_THE_PANEL),
    # quality assurance, values of other bodies
    ("read_qa", Assessment): Rule((TEAM, (is_executive, of_same_instansi)), known=(PARTAKER, ADMIN_KNOWS)),
    ("write_qa", Assessment): Rule(
        ((is_inspector, of_same_instansi),), (consolidated, not_settled, sets_no_level), known=(TEAM, PARTAKER, ADMIN_KNOWS)
    ),
    ("enter_external", Assessment): Rule(
        ((enters_external, of_same_instansi),), (not_settled,), known=(TEAM, PARTAKER, ADMIN_KNOWS)
    ),
    # results
    ("enter_official", Assessment): Rule(
        ((is_round_manager, of_same_instansi),),
        (rehearsal_is_no_result, official_is_of_an_instansi),
        known=(TEAM, PARTAKER, (is_executive, of_same_instansi), ADMIN_KNOWS),
    ),
    ("publish", Assessment): Rule(
        ((closes_rounds, of_same_instansi),),
        (rehearsal_is_no_result, embargo_over),
        known=(TEAM, PARTAKER, (is_executive, of_same_instansi), ADMIN_KNOWS, (on_panel,)),
    ),
    ("know", Result): Rule((ADMIN_KNOWS,)),
    ("read", Result): Rule(
        (
            (role(*RESULT_READERS), of_same_instansi, published),
            (is_team, of_same_instansi),
            (is_executive, of_same_instansi),
            (on_panel,),
        )
    ),
    ("read", Benchmark): Rule(((signed_in,),)),
    ("import", Benchmark): Rule(((runs_reference,),), known=((is_inside,),)),
    # recommendations
    ("know", Recommendation): Rule((ADMIN_KNOWS_RELEASED,)),
    ("read", Recommendation): Rule(
        (
            (is_team, of_same_instansi, released),
            (is_executive, of_same_instansi, released),
            (is_agency, of_same_instansi, must_carry_it_out, released),
            (on_panel,),
        )
    ),
    ("create", Recommendation): Rule(((is_inspector,),), known=((sees_rounds,),)),
    ("plan", Recommendation): Rule((CARRIES_OUT,), (not_closed,), known=FOLLOWS),
    ("report", Recommendation): Rule((CARRIES_OUT,), (not_closed,), known=FOLLOWS),
    ("verdict", Recommendation): Rule(((is_inspector, of_same_instansi, released),), known=FOLLOWS),
    # the inventory, and the one address citizens see
    ("know", Application): Rule((ADMIN_KNOWS,)),
    ("read", Application): Rule(
        ((is_team, of_same_instansi), (role("executive", "inventory_manager"), of_same_instansi), OWN_AGENCY)
    ),
    ("write", Application): Rule(((is_operator, of_same_agency), (keeps_inventory, of_same_instansi))),
    ("change_state", Application): Rule(((is_inventory_manager, of_same_instansi),)),
    ("confirm", Application): Rule((OWN_AGENCY, (is_inventory_manager, of_same_instansi))),
    ("publish", Application): Rule(((is_inventory_manager, of_same_instansi),)),
    ("import", Application): Rule(((keeps_inventory,),), known=((is_inside,),)),
    ("read", "public_directory"): Rule(((anybody,),)),
    ("report", "dead_link"): Rule(((anybody,),)),
    ("read", "public_result"): Rule(((anybody,),)),
    ("compare", "pack"): Rule(((runs_reference,),), known=((is_inside,),)),
    ("administer", "reference"): Rule(((is_system_admin,),), known=((is_inside,),)),
    # programs
    ("read", "api_document"): Rule(((signed_in,),)),
    ("write", "api_token"): Rule(((signed_in,),)),
    **CLARIFYING,
    **CONSOLIDATION,
    **MEETINGS,
    **SIMULATING,
    **REPORTS,
}
