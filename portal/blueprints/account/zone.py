"""Whose clock a person reads (S12): chosen in the account, beside the zone each round counts by."""

from assessments.actors import Actor
from assessments.models.organization import ZONES

from ...access import actor as asking
from ...forms import ChoiceField, Form


class ZoneForm(Form):
    zone = ChoiceField("Zona waktu")


def zone_choices(user: Actor) -> dict[str, str]:
    """{IANA zone: words}; the empty one follows the office."""
    letters = ZONES.get(user.office_zone, user.office_zone)
    return {"": f"Ikut jabatan ({letters})"} | {zone: f"{letters} ({zone})" for zone, letters in ZONES.items()}


def zone_form(zone: str | None = None, *, sent: bool = False) -> ZoneForm:
    """As it was sent, or as it is kept."""
    form = ZoneForm() if sent else ZoneForm(formdata=None, zone=zone or "")
    form.zone.choices = zone_choices(asking())
    return form
