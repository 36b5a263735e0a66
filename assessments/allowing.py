"""The question every verb begins with: may this person do it, and now?"""

from .actors import Actor
from .policies import entitled, obstacle
from .refusal import Refused
from .workflow import Forbidden


def allow(by: Actor, action: str, thing) -> None:
    """Forbidden for whoever is not the one to do it; Refused with the sentence of what stands in the way now."""
    if not entitled(by, action, thing):
        raise Forbidden(action)
    sentence = obstacle(by, action, thing)
    if sentence:
        raise Refused(sentence)
