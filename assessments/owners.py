"""Who usually answers an item: a first proposal from the pack, by the names of the agencies there are."""

from .models import Organization, Period
from .models.organization import ANSWERING


def has_proposal(period: Period) -> bool:
    """Whether the pack of a round says who usually answers anything at all."""
    return any(item.typical_owners for item in period.instrument.items)


def proposed_shares(period: Period, agencies: list[Organization]) -> dict[str, list[Organization]]:
    """For each item the agencies whose names fit its usual owners, the first one as lead.

    Local practice, not a rule (`owners` of the pack): only a first proposal that people change.
    """
    found: dict[str, list[Organization]] = {}
    for item in period.instrument.items:
        fitting: list[Organization] = []
        for owner in item.typical_owners:
            match = _fits(owner, agencies)
            if match is not None and match not in fitting:
                fitting.append(match)
        found[item.code] = fitting
    return found


# Usual short names of offices and the words by which a list of agencies knows them.
SYNONYMS = {
    "diskominfo": ("komunikasi", "informatika"),
    "bappeda": ("perencanaan pembangunan",),
    "bpkad": ("pengelola keuangan", "keuangan dan aset", "pengelolaan keuangan"),
    "bkpsdm": ("kepegawaian",),
    "bagian hukum": ("bagian hukum",),
    "bagian organisasi": ("bagian organisasi",),
    "inspektorat": ("inspektorat",),
    "sekretariat daerah": ("sekretaris daerah", "sekretariat daerah"),
    "bagian pengadaan": ("pengadaan barang", "layanan pengadaan"),
    "dinas perpustakaan": ("perpustakaan", "kearsipan"),
}


def _fits(owner: str, agencies: list[Organization]) -> Organization | None:
    owner = owner.lower()
    for short, words in SYNONYMS.items():
        if owner.startswith(short):
            for agency in agencies:
                state = agency.on()
                name = f"{state.name} {state.short_name or ''}".lower()
                if state.kind in ANSWERING and any(word in name for word in words):
                    return agency
    return None
