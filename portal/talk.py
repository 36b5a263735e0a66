"""What a reader may do in the talk around one answer, and where its forms lead."""

from dataclasses import dataclass

from flask import url_for

from assessments import asking
from assessments.models import Contribution
from assessments.questions import is_team

from .access import actor, may
from .once import new_key


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
        period = self.contribution.submission.period.slug
        return self._url("ask_question", back, period=period, item=self.contribution.item)

    def to(self, endpoint: str, id: int, back: str = "") -> str:
        return self._url(endpoint, back, id=id)

    def _url(self, endpoint: str, back: str, **where) -> str:
        """The agency is named only for readers from elsewhere."""
        submission = self.contribution.submission
        if submission.organization_id != actor().organization_id:
            where["opd"] = submission.organization.slug
        return url_for(f"agency.{endpoint}", dari=back or None, **where)


def way_of(contribution: Contribution, failed: object = None) -> Way:
    """The way of whoever looks at this answer."""
    team = is_team(actor(), None)
    agency = contribution.submission.organization.short_name
    hint = f"Dibaca operator dan kepala {agency}." if team else "Dijawab pengelola penilaian atau asesor internal."
    return Way(contribution, may("ask", contribution), team and actor().role in asking.HEARING, failed, hint)
