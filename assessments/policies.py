"""The questions everybody asks of the table in `rules.py`: may this actor do it, and if not, who learns what.

States of a workflow stand in `workflow.py`; what each actor may list stands in `narrowing.py`.
"""

from sqlalchemy import Select, false, select

from .actors import Actor
from .narrowing import NARROWED
from .questions import instansi_of
from .rules import RULES, Rule


def stands_alone(action: str, thing) -> bool:
    """Whether the rule itself says who may know of the thing."""
    rule = RULES.get((action, _kind(thing)))
    return rule is not None and rule.known is not None


def knows(user: Actor, action: str, thing) -> bool:
    """Whether an actor who is refused may learn that the thing exists: "not your role" (403) instead of 404."""
    rule = RULES.get((action, _kind(thing)))
    if rule is not None and rule.known is not None:
        return _any_clause(rule.known, user, thing)
    return entitled(user, "know", thing) or (action != "read" and entitled(user, "read", thing))


def _any_clause(clauses, user: Actor, thing) -> bool:
    return any(all(question(user, thing) for question in clause) for clause in clauses)


def _kind(thing) -> object:
    return thing if isinstance(thing, (type, str)) else type(thing)


def entitled(user: Actor, action: str, thing) -> bool:
    """Whether this actor is one who may do it at all, whatever the moment."""
    if user.system:
        return True
    rule = RULES.get((action, _kind(thing)))
    return rule is not None and _any_clause(rule.who, user, thing)


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


__all__ = ["RULES", "Rule", "entitled", "instansi_of", "knows", "may", "obstacle", "stands_alone", "visible"]
