"""What is wrong with an answer and its evidence, in words a person can act on.

Each rule is a small named function over one contribution and gives its findings. *must* is what keeps the item from
being ready (the workflow asks the same), *weak* is what an assessor would lower the value for, *tip* is what makes
the reading easier. Nothing here forbids anything: the claim is the user's. What an instrument asks at certain levels
stands in `declared/<key of the instrument>.yaml`.

Rules by what they look at: `files`, `dates`, `enacting`, `levels`, `texts`, `pairs`.
"""

from ..models import Contribution
from .dates import not_in_force, old_audit, old_review, undated_document, unsigned_document
from .declaring import declared
from .enacting import draft_document, draft_policy
from .files import (
    active_content,
    closed_link,
    dead_link,
    ended_application,
    quarantined_file,
    scan_without_text,
    unreadable_file,
)
from .finding import TITLES, WEIGHTS, Finding, Known, Rule, code_of, full_code_of
from .known import BESIDE_CITED, look_around
from .levels import (
    carried_level,
    gap_below,
    no_evidence_at_level,
    one_file_many_levels,
    proved_levels,
)
from .pairs import disagreements, inconsistent_pair
from .texts import coverage_not_given, coverage_short, missing_part, pages_not_given, unmentioned_evidence

RULES: tuple[Rule, ...] = (
    missing_part,
    quarantined_file,
    unreadable_file,
    active_content,
    no_evidence_at_level,
    gap_below,
    draft_policy,
    draft_document,
    ended_application,
    not_in_force,
    old_review,
    old_audit,
    closed_link,
    dead_link,
    scan_without_text,
    one_file_many_levels,
    pages_not_given,
    undated_document,
    unsigned_document,
    unmentioned_evidence,
    coverage_not_given,
    coverage_short,
    inconsistent_pair,
)
# What an assessor cannot open at all.
UNOPENED = ("unreadable_file", "quarantined_file")


def findings(contribution: Contribution, known: Known | None = None) -> list[Finding]:
    """Everything the rules find, heaviest first. Needs citations with their version, blob and document.

    `known` is what `look_around` fetched for all answers of a page; without it, it is fetched for this one.
    """
    known = look_around([contribution]) if known is None else known
    found = [finding for rule in RULES for finding in rule(contribution, known)]
    return sorted(found, key=lambda finding: list(WEIGHTS).index(finding.weight))


__all__ = [
    "BESIDE_CITED", "RULES", "TITLES", "UNOPENED", "WEIGHTS", "Finding", "Known", "Rule", "carried_level", "code_of", "declared",
    "disagreements",
    "findings", "full_code_of", "look_around", "proved_levels",
]
