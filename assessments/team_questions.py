"""What the policy asks of the Tim Asesor Internal: who forms it, and when it can change no more."""

from .actors import Actor
from .models import Assessment
from .questions import role

# 59/2020 p.5, 82: the Koordinator forms the team; the pengelola keeps the record for him.
forms_team = role("round_manager", "coordinator")


def team_may_change(user: Actor, thing: Assessment) -> str | None:
    """People change while a round lasts, also after the sending: interviu and visitasi are the team's work too."""
    if isinstance(thing, type) or thing.period.state in ("draft", "open"):
        return None
    return "Periode ini sudah ditutup, jadi timnya tidak dapat diubah lagi."
