"""The national results of 2023 for the demo, by the same reader and the same plan as an upload."""

from pathlib import Path

from sqlalchemy.orm import Session

from assessments.actors import Actor
from assessments.exchange.benchmarks import carry_out_benchmarks, plan_benchmarks, read_benchmarks
from assessments.exchange.tables import read_table

NATIONAL = Path(__file__).parent / "national_2023.csv"
YEAR = 2023
SOURCE = "Hasil evaluasi SPBE nasional tahun 2023 yang diterbitkan Kementerian PANRB"


def import_benchmarks(session: Session, by: Actor, path: Path = NATIONAL) -> int:
    """Take the table over and say how many rows were added or changed; a second time there are none."""
    records, complaints, _ = read_benchmarks(read_table(path))
    plan = plan_benchmarks(session, records, YEAR, SOURCE)
    if complaints or plan.complaints:
        raise RuntimeError(f"the demo's national table has faults: {complaints or plan.complaints}")
    carry_out_benchmarks(session, by, plan, YEAR)
    session.flush()
    return plan.count
