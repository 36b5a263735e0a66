"""One verdict over the reports of both engines: `python -m tests.verdict REPORT REPORT` (JUnit XML, without .xml).

The engines must have run the same tests; a test that only one of them knows is a failure, unless it is marked as one
that is run once.
"""

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

BAD = {"failure", "error"}


def outcomes(report: Path, once: set[str]) -> dict[str, str]:
    """{test: passed, failed or skipped} as one report tells; tests that are run once are added to `once`."""
    found: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname')}::{case.get('name')}"
        if any(said.get("name") == "once" for said in case.iter("property")):
            once.add(name)
        marks = {child.tag for child in case}
        outcome = "failed" if marks & BAD else "skipped" if "skipped" in marks else "passed"
        if found.get(name) != "failed":  # a test whose end failed is told twice
            found[name] = outcome
    return found


def verdict(reports: list[Path]) -> tuple[list[str], bool]:
    """Sentences to print, the count last, and whether all is well."""
    missing = [report for report in reports if not report.exists()]
    if missing:
        return [f"no report was written: {report}" for report in missing], False
    once: set[str] = set()
    runs = {report.stem.removeprefix("suite-"): outcomes(report, once) for report in reports}
    sentences = []
    everything = set().union(*runs.values())
    for engine, run in runs.items():
        sentences += [f"only elsewhere, not on {engine}: {name}" for name in sorted(everything - once - set(run))]
    well = not sentences
    count = Counter(outcome for run in runs.values() for outcome in run.values())
    sentences.append(f"{', '.join(f'{len(run)} tests on {engine}' for engine, run in runs.items())}")
    closing = f"total: {count['passed']} passed, {count['failed']} failed"
    sentences.append(closing + (f", {count['skipped']} skipped" if count["skipped"] else ""))
    return sentences, well and not count["failed"] and count["passed"] > 0


if __name__ == "__main__":
    lines, is_well = verdict([Path(f"{name}.xml") for name in sys.argv[1:]])
    print("\n".join(lines))
    sys.exit(not is_well)
