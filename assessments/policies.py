"""Who may do what to which thing, when: a table of small questions.

A rule has two halves. `who` is a list of clauses (any clause, all its questions) about the actor and
the thing; `when` is a list of conditions that give a sentence where they do not hold. So a door can
answer 404 (does not learn that it exists), 403 (known, not for this role) or 409 (not now, and why).
`know` says who may learn that a thing exists without reading it.

States of a workflow stand in `workflow.py`; here is only what no transition table can say.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Select, false, or_, select

from .actors import Actor
from .models import (
    Account,
    Appointment,
    Assessment,
    Citation,
    Claim,
    Contribution,
    Document,
    DocumentVersion,
    Organization,
    Period,
    Person,
    Receipt,
    Share,
    Submission,
)
from .questions import (
    Condition,
    Question,
    accepted_reopens_by_manager,
    anybody,
    being_filled,
    checks_items,
    cited_somewhere,
    claim_citation_open,
    contribution_citation_open,
    instansi_of,
    is_agency,
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
    role,
    round_has_begun,
    round_in_hand,
    round_running,
    runs_reference,
    sees_rounds,
    share_not_signed,
    signed_in,
    still_preparing,
    takes_part,
    window_open,
    writes_claims,
    wrote_none_of_claim,
    wrote_none_of_it,
)


@dataclass(frozen=True)
class Rule:
    """`who`: any of these clauses, all questions of it. `when`: each gives None, or why not now."""

    who: tuple[tuple[Question, ...], ...]
    when: tuple[Condition, ...] = ()


# ---------------------------------------------------------------- the table

TEAM = (is_team, of_same_instansi, round_has_begun)
OWN_AGENCY = (is_agency, of_same_agency)
ADMIN_KNOWS = (is_system_admin, of_same_instansi)

RULES: dict[tuple[str, object], Rule] = {
    # doors without a thing behind them; public ones stand here too, so that the table is whole
    ("read", "public_home"): Rule(((anybody,),)),
    ("read", "instrument_guide"): Rule(((anybody,),)),
    ("read", "help_status"): Rule(((anybody,),)),
    ("read", "health"): Rule(((anybody,),)),
    ("verify", "receipt"): Rule(((anybody,),)),
    ("use", "sign_in"): Rule(((anybody,),)),
    ("list", "own_task"): Rule(((signed_in,),)),
    ("read", "own_account"): Rule(((signed_in,),)),
    ("write", "own_account"): Rule(((signed_in,),)),
    ("write", "own_password"): Rule(((signed_in,),)),
    # people and organizations
    ("read", Organization): Rule(((is_inside, of_same_instansi),)),
    ("write", Organization): Rule(((runs_reference, of_same_instansi),)),
    ("know", Account): Rule(((is_inside, of_same_instansi),)),
    ("read", Account): Rule(((runs_reference, of_same_instansi),)),
    ("write", Account): Rule(((runs_reference, of_same_instansi),), (not_oneself,)),
    ("know", Appointment): Rule(((is_inside, of_same_instansi),)),
    ("read", Appointment): Rule(((runs_reference, of_same_instansi),)),
    ("write", Appointment): Rule(((runs_reference, of_same_instansi),), (not_oneself,)),
    # rounds
    ("read", Period): Rule(((sees_rounds, of_same_instansi, round_has_begun),)),
    ("write", Period): Rule(((is_round_manager, of_same_instansi),), (round_in_hand,)),
    ("know", Share): Rule(((role("executive", "system_admin"), of_same_instansi),)),
    ("read", Share): Rule(((is_team, of_same_instansi), (is_agency, of_same_instansi))),
    ("share_out", Share): Rule(((is_round_manager, of_same_instansi),)),
    ("share_out", Assessment): Rule(((is_round_manager, of_same_instansi),), (share_not_signed,)),
    # an agency's part
    ("know", Submission): Rule((ADMIN_KNOWS,)),
    ("read", Submission): Rule((TEAM, (is_agency, of_same_agency, round_has_begun))),
    ("mark_ready", Submission): Rule(((is_operator, of_same_agency),), (being_filled, window_open)),
    ("attest", Submission): Rule(((is_head, of_same_agency),), (round_running, wrote_none_of_it)),
    ("send_back", Submission): Rule(((is_head, of_same_agency),), (round_running,)),
    ("check", Submission): Rule(((checks_items, of_same_instansi),), (round_running, is_signed)),
    ("return", Submission): Rule(((checks_items, of_same_instansi),), (round_running, accepted_reopens_by_manager)),
    ("accept", Submission): Rule(((checks_items, of_same_instansi),), (round_running,)),
    ("know", Contribution): Rule((ADMIN_KNOWS,)),
    ("read", Contribution): Rule((TEAM, (is_agency, of_same_agency, round_has_begun))),
    ("answer", Contribution): Rule(((is_operator, of_same_agency),), (being_filled, window_open)),
    # the subject's one answer
    ("know", Assessment): Rule((ADMIN_KNOWS, (is_agency, of_same_instansi, takes_part, round_has_begun))),
    ("read", Assessment): Rule((TEAM,)),
    ("write", Assessment): Rule(((writes_claims, of_same_instansi),), (still_preparing,)),
    ("approve", Assessment): Rule(((is_responsible, of_same_instansi),), (still_preparing,)),
    ("know", Claim): Rule((ADMIN_KNOWS, (is_agency, of_same_instansi, takes_part, round_has_begun))),
    ("read", Claim): Rule((TEAM,)),
    ("write", Claim): Rule(((writes_claims, of_same_instansi),), (still_preparing, not_approved)),
    ("approve", Claim): Rule(((is_responsible, of_same_instansi),), (still_preparing, wrote_none_of_claim)),
    ("return", Claim): Rule(((is_responsible, of_same_instansi),), (still_preparing,)),
    ("send", Assessment): Rule(((is_responsible, of_same_instansi),)),
    # evidence
    ("know", Document): Rule((ADMIN_KNOWS,)),
    ("read", Document): Rule((TEAM, OWN_AGENCY)),
    ("write", Document): Rule(((is_operator, of_same_agency),)),
    ("know", DocumentVersion): Rule((ADMIN_KNOWS,)),
    ("read", DocumentVersion): Rule((TEAM, OWN_AGENCY)),
    ("download", DocumentVersion): Rule((OWN_AGENCY, (is_team, of_same_instansi, cited_somewhere))),
    ("know", Citation): Rule((ADMIN_KNOWS,)),
    ("read", Citation): Rule((TEAM, OWN_AGENCY)),
    ("write", Citation): Rule(
        ((is_operator, of_same_agency, of_contribution), (writes_claims, of_same_instansi, of_claim)),
        (contribution_citation_open, claim_citation_open),
    ),
    ("know", Receipt): Rule((ADMIN_KNOWS,)),
    ("read", Receipt): Rule((TEAM, OWN_AGENCY)),
}


def _kind(thing) -> object:
    return thing if isinstance(thing, (type, str)) else type(thing)


def entitled(user: Actor, action: str, thing) -> bool:
    """Whether this actor is one who may do it at all, whatever the moment."""
    if user.system:
        return True
    rule = RULES.get((action, _kind(thing)))
    return rule is not None and any(all(question(user, thing) for question in clause) for clause in rule.who)


def obstacle(user: Actor, action: str, thing) -> str | None:
    """Why an entitled actor may not do it now, as a sentence; None when nothing stands in the way."""
    rule = RULES.get((action, _kind(thing)))
    for condition in rule.when if rule else ():
        sentence = condition(user, thing)
        if sentence:
            return sentence
    return None


def may(user: Actor, action: str, thing) -> bool:
    """Whether `user` may do `action` to `thing` now. `thing` is a row, a class, or the name of a door."""
    return entitled(user, action, thing) and obstacle(user, action, thing) is None


def visible(user: Actor, kind: type):
    """The rows of `kind` this actor may read, as a SELECT every list, export and chart starts from."""
    rows: Select = select(kind)
    if user.system:
        return rows
    if not entitled(user, "read", kind):
        return rows.where(false())
    narrowed = NARROWED[kind](user)
    return rows.where(narrowed)


def _periods(user: Actor):
    own = Period.organiser_id == user.instansi_id
    return own if user.role in ("round_manager", "system_admin") else own & (Period.state != "draft")


def _submissions(user: Actor):
    own = Submission.assessment.has(Assessment.period.has(_periods(user)))
    return own & (Submission.organization_id == user.organization_id) if user.role in AGENCY_ROLES else own


def _contributions(user: Actor):
    return Contribution.submission.has(_submissions(user))


def _assessments(user: Actor):
    return Assessment.period.has(_periods(user))


def _documents(user: Actor):
    if user.role in AGENCY_ROLES:
        return Document.owner_org_id == user.organization_id
    return Document.owner_org_id.in_(_of_instansi(user))


def _of_instansi(user: Actor):
    return select(Organization.id).where(
        or_(Organization.id == user.instansi_id, Organization.instansi_id == user.instansi_id)
    )


AGENCY_ROLES = ("agency_operator", "agency_head")
NARROWED: dict[type, Callable] = {
    Organization: lambda user: or_(Organization.id == user.instansi_id, Organization.instansi_id == user.instansi_id),
    Account: lambda user: Account.person.has(
        or_(
            Person.home_org_id.in_(_of_instansi(user)),
            Person.home_org_id.is_(None)
            & Person.appointments.any(Appointment.organization_id.in_(_of_instansi(user))),
        )
    ),
    Appointment: lambda user: Appointment.organization_id.in_(_of_instansi(user)),
    Period: _periods,
    Submission: _submissions,
    Contribution: _contributions,
    Assessment: _assessments,
    Share: lambda user: Share.assessment.has(_assessments(user)),
    Claim: lambda user: Claim.assessment.has(_assessments(user)),
    Document: _documents,
}

__all__ = ["RULES", "Rule", "entitled", "instansi_of", "may", "obstacle", "visible"]
