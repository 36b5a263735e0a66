"""What a line of the policy's table is made of, and the clauses that several tables share."""

from dataclasses import dataclass

from .panel_questions import on_panel
from .questions import Condition, Question, is_system_admin, is_team, of_same_instansi, round_has_begun


@dataclass(frozen=True)
class Rule:
    """`who`: any of these clauses, all questions of it. `when`: each gives None, or why not now.

    `known` says who else hears "not your role" instead of "no such thing"; without it that follows from
    `know` and `read` of the same kind. A rule with `known` stands alone: being allowed includes reading.
    """

    who: tuple[tuple[Question, ...], ...]
    when: tuple[Condition, ...] = ()
    known: tuple[tuple[Question, ...], ...] | None = None


TEAM = (is_team, of_same_instansi, round_has_begun)
ADMIN_KNOWS = (is_system_admin, of_same_instansi)
AROUND_THE_PANEL = (TEAM, (on_panel,), ADMIN_KNOWS)
