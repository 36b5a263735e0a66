"""The agencies of an instansi as a file writes them: by code or by name, both ways.

What `written` gives is what `find` reads, so a table that was taken out comes back in as it was.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ..models import Organization

EVERYBODY = "seluruh perangkat daerah"
SIGN = ";"
LONGEST = 7_000  # letters of one cell that names many


class Agencies:
    """Finds one by what a cell says: a code, a name, a short name."""

    def __init__(self, agencies: Iterable[Organization]):
        self.all = list(agencies)
        self.by_code: dict[str, Organization] = {}
        self.by_name: dict[str, dict[int, Organization]] = {}
        self.by_number: dict[str, list[Organization]] = {}
        short: dict[str, dict[int, Organization]] = {}
        for agency in self.all:
            if agency.code:
                self.by_code[agency.code] = agency
                if _digits(agency.code):
                    self.by_number.setdefault(agency.code.lstrip("0"), []).append(agency)
            self.by_name.setdefault(agency.name.casefold(), {})[agency.id] = agency
            if agency.short_name:
                short.setdefault(agency.short_name.casefold(), {})[agency.id] = agency
        self.by_name = short | self.by_name  # a full name says more than a short one

    @classmethod
    def of(cls, session: Session, instansi_id: int) -> "Agencies":
        return cls(session.scalars(
            select(Organization)
            .where((Organization.instansi_id == instansi_id) | (Organization.id == instansi_id))
            .options(selectinload(Organization.states))
        ).unique())

    def found(self, text: str, by_number: bool = False) -> list[Organization]:
        """Those a text may mean: one, none, or several that are called alike. A spreadsheet that took a code for a number
        has cut its zeros off; `by_number` forgives that."""
        text = text.strip()
        if text in self.by_code:
            return [self.by_code[text]]
        called = list(self.by_name.get(text.casefold(), {}).values())
        if called or not by_number or not _digits(text):
            return called
        return list(self.by_number.get(text.lstrip("0"), []))

    def find(self, text: str, by_number: bool = False) -> Organization | None:
        found = self.found(text, by_number)
        return found[0] if len(found) == 1 else None

    def written(self, agency: Organization) -> str:
        """Its name, or its code where the name would be read otherwise."""
        name = agency.name
        plain = SIGN not in name and name.casefold() != EVERYBODY and name == name.strip()
        return name if (plain and self.find(name) is agency) or not agency.code else agency.code

    def listed(self, agencies: Iterable[Organization]) -> str:
        """Several in one cell; by code where the names would fill it."""
        each = sorted(agencies, key=lambda agency: agency.name.casefold())
        text = f"{SIGN} ".join(self.written(agency) for agency in each)
        return text if len(text) <= LONGEST else SIGN.join(agency.code or self.written(agency) for agency in each)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
