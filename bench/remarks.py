"""How well the rules of the remarks do: documents with known faults and without, opened as the worker opens them, then judged.

    .venv/bin/python bench/remarks.py           print misses and false alarms for each rule
    .venv/bin/python bench/remarks.py --keep    and write them into bench/README.md
"""

import argparse
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from assessments import lint  # noqa: E402
from assessments.clock import judged_at  # noqa: E402
from assessments.instruments import load  # noqa: E402
from assessments.models import (  # noqa: E402
    Assessment,
    Blob,
    Citation,
    Contribution,
    Document,
    DocumentVersion,
    InstrumentCopy,
    Period,
    PeriodStage,
    Submission,
)
from bench.remark_cases import DAY, Case, faulty, sound  # noqa: E402
from portal.reading import Facts, read_facts  # noqa: E402

README = ROOT / "bench" / "README.md"
BEGIN, END = "<!-- remarks: begin -->", "<!-- remarks: end -->"
CLOSES = datetime.combine(DAY, time(8), UTC)
NOT_OF_DOCUMENTS = ("missing_part", "quarantined_file", "closed_link", "dead_link", "ended_application", "inconsistent_pair")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true")
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory(prefix="portal-remarks-") as folder, judged_at(CLOSES):
        opened = Opened(Path(folder))
        bad, good = list(faulty()), list(sound())
        opened.read([paper.content for case in (*bad, *good) for paper in case.papers])
        text = written(*(([(case, judge(case, opened)) for case in cases]) for cases in (bad, good)))
    print(text)
    if keep:
        whole = README.read_text("utf-8")
        before, _, rest = whole.partition(BEGIN)
        README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", "utf-8")
    return 0


class Opened:
    """What opening each content showed, every content once."""

    def __init__(self, folder: Path):
        self.folder, self.facts = folder, {}

    def read(self, contents: list[bytes]) -> None:
        new = {sha256(content).hexdigest(): content for content in contents}
        with ThreadPoolExecutor(2) as readers:
            self.facts |= dict(zip(new, readers.map(self._read, new.items()), strict=True))

    def _read(self, named: tuple[str, bytes]) -> Facts:
        path = self.folder / named[0]
        path.write_bytes(named[1])
        kinds = {b"%PDF": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8": "image/jpeg"}
        return read_facts(path, next(kind for start, kind in kinds.items() if named[1].startswith(start)))


def judge(case: Case, opened: Opened) -> set[str]:
    """The rules that speak on one answer."""
    instrument = load("permenpanrb-59-2020")
    copy = InstrumentCopy(sha256=instrument.sha256, key=instrument.key, guidance=instrument.guidance, content=instrument.content)
    period = Period(zone="Asia/Makassar", instrument_sha=instrument.sha256, instrument_copy=copy, state="open", extensions=[])
    period.stages = [PeriodStage(stage="self_assessment", ordinal=1, opens_at=CLOSES, closes_at=CLOSES, grace_s=0)]
    answer = Contribution(id=1, item=case.item, value=Fraction(case.value), facts=case.facts, analysis=case.analysis, coverage=None)
    answer.submission = Submission(assessment=Assessment(period=period))
    openings = {}
    for n, paper in enumerate(case.papers, start=1):
        digest = sha256(paper.content).hexdigest()
        facts = opened.facts[digest]
        openings[digest] = facts.opening
        blob = Blob(
            sha256=digest, size=1, media_type=paper.media_type, pages=facts.pages, text_layer=facts.text_layer, reading_state=facts.state,
            reading_note=facts.sentence, warnings=list(facts.warnings), scan_state="none",
        )
        version = DocumentVersion(
            document_id=n, n=1, sha256=digest, blob=blob, number=paper.number, dated=paper.dated, signatory=paper.signatory,
            valid_until=paper.valid_until, file_name=paper.name, document=Document(id=n, title=paper.title, kind=paper.kind),
        )
        answer.citations.append(Citation(
            id=n, document_id=n, n=1, cited=version, levels=list(paper.levels), locator=paper.locator, article="", letter="abcd"[n - 1]
        ))
    return {finding.rule for finding in lint.findings(answer, lint.Known(openings=openings))}


Judged = list[tuple[Case, set[str]]]


def written(bad: Judged, good: Judged) -> str:
    """The table and, by name, everything that was missed or wrongly said."""
    faults, missed, false = Counter(), Counter(), Counter()
    words = []
    for case, spoken in (*bad, *good):
        faults.update(case.faults)
        missed.update(case.faults - spoken)
        false.update(spoken - case.faults)
        words += [f"- missed `{rule}`: {case.about}" for rule in sorted(case.faults - spoken)]
        words += [f"- false alarm `{rule}`: {case.about}" for rule in sorted(spoken - case.faults)]
    quiet = sum(not spoken for _case, spoken in good)
    documents = sum(len(case.papers) for case, _spoken in (*bad, *good))
    summary = (
        f"{len(bad)} answers with a known fault, {len(good)} without; {documents} documents. Missed {sum(missed.values())} of "
        f"{sum(faults.values())} faults; {len(good) - quiet} of {len(good)} sound answers got a false remark."
    )
    lines = [summary, "", "| rule | faults | missed | false alarms |", "|---|---|---|---|"]
    rules = [rule.__name__ for rule in lint.RULES if rule.__name__ not in NOT_OF_DOCUMENTS]
    lines += [f"| {rule} | {faults[rule]} | {missed[rule]} | {false[rule]} |" for rule in rules]
    return "\n".join([*lines, "", *(words or ["Nothing was missed and nothing wrongly said."])])


if __name__ == "__main__":
    sys.exit(main())
