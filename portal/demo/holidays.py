"""The country's days off for the demo: those decided by the three ministers for 2021, 2025 and 2026 with their joint leave.

Other years that the demo touches get only the five days whose date never moves; the days of the moon are not guessed.
Days a province adds for itself (Galungan and others in Bali) are not here either: the city enters them as local ones.
"""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from assessments import clock
from assessments.models import Holiday
from assessments.working_days import save_holiday

DECIDED = Path(__file__).parent / "holidays.csv"
FIXED = (
    (1, 1, "Tahun Baru Masehi"),
    (5, 1, "Hari Buruh Internasional"),
    (6, 1, "Hari Lahir Pancasila"),
    (8, 17, "Hari Kemerdekaan Republik Indonesia"),
    (12, 25, "Hari Raya Natal"),
)


def build_holidays(session: Session, zone: str, say: Callable[[str], None]) -> list[Holiday]:
    """Enter those of the years decided, and the fixed ones from last year to the next."""
    with open(DECIDED, encoding="utf-8", newline="") as file:
        rows = [(date.fromisoformat(row["day"]), row["name"], row["kind"]) for row in csv.DictReader(file)]
    decided = {day.year for day, _, _ in rows}
    year = clock.today(zone).year
    for other in sorted({year - 1, year, year + 1} - decided):
        rows += [(date(other, month, day), name, "national") for month, day, name in FIXED]
    made = [save_holiday(session, None, day=day, name=name, kind=kind, instansi_id=None) for day, name, kind in rows]
    say(f"  {len(made)} hari libur nasional dan cuti bersama")
    return made
