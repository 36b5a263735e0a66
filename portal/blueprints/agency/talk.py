"""What a reader may do in the talk around one answer, and where its forms lead."""

from dataclasses import dataclass

from flask import url_for

from assessments import asking
from assessments.models import Contribution
from assessments.questions import is_team

from ...access import actor, may
from ...once import new_key
from .answers import address


@dataclass(frozen=True)
class Way:
    """What this reader may do in a thread and where its forms lead; `failed` is the form that was refused."""

    contribution: Contribution
    talks: bool
    helps: bool
    failed: object = None
    hint: str = ""
    key = staticmethod(new_key)

    def ask_url(self, back: str = "") -> str:
        return address("ask_question", self.contribution.submission, item=self.contribution.item, dari=back or None)

    def to(self, endpoint: str, id: int, back: str = "") -> str:
        opd = {} if self.contribution.submission.organization_id == actor().organization_id else {
            "opd": self.contribution.submission.organization.slug}
        return url_for(f"agency.{endpoint}", id=id, dari=back or None, **opd)


def way_of(contribution: Contribution, failed: object = None) -> Way:
    """The way of whoever looks at this answer."""
    team = is_team(actor(), None)
    agency = contribution.submission.organization.short_name
    hint = f"Dibaca operator dan kepala {agency}." if team else "Dijawab pengelola penilaian atau asesor internal."
    return Way(contribution, may("ask", contribution), team and actor().role in asking.HEARING, failed, hint)
