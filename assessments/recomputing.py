"""Every cached and frozen number beside a recomputation of it: what differs is named, nothing is mended."""

import json
from dataclasses import dataclass, field
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session, selectinload

from .canonical import digest
from .claiming import claimed_values
from .judging import decided_values
from .models import Assessment, Proposal, Result, ReviewNote, Snapshot
from .results import item_values
from .scoring import exact_text, score, shown


@dataclass(frozen=True)
class Difference:
    """One number that is not what a recomputation gives."""

    where: str
    what: str
    stored: str
    computed: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} tersimpan {self.stored}, hitungan ulang {self.computed}"


@dataclass
class Findings:
    """How many numbers were compared, and those that differ."""

    compared: int = 0
    differences: list[Difference] = field(default_factory=list)

    def compare(self, where: str, what: str, stored, computed) -> None:
        self.compared += 1
        if stored != computed:
            self.differences.append(Difference(where, what, str(stored), str(computed)))


def recompute(session: Session) -> Findings:
    """Compare all: provisional indices, results with every value of theirs, frozen copies of results and proposals."""
    found = Findings()
    assessments = session.scalars(
        select(Assessment).options(
            selectinload(Assessment.claims), selectinload(Assessment.decisions), selectinload(Assessment.objections),
            selectinload(Assessment.review_notes).joinedload(ReviewNote.answer),
            selectinload(Assessment.results).selectinload(Result.values), selectinload(Assessment.proposals),
        )
    ).all()
    for assessment in assessments:
        where = f"{assessment.period.slug} {assessment.subject.name}"
        instrument, values = assessment.period.instrument, claimed_values(assessment)
        fresh = exact_text(score(instrument, values, partial=True).index) if values else None
        found.compare(where, "indeks sementara", assessment.cached_index, fresh)
        for result in assessment.results:
            _result(found, f"{where}, hasil {result.source} versi {result.n}", result)
        first = next((r for r in assessment.results if (r.source, r.n) == ("portal", 1)), None)
        if first is not None:
            found.compare(where, "nilai versi 1 terhadap keputusan", item_values(first), decided_values(assessment))
        for proposal in assessment.proposals:
            _snapshot(found, f"{where}, usulan {proposal.id}", session.get_one(Snapshot, proposal.snapshot_sha))
    return found


def check_proposal(proposal: Proposal) -> Findings:
    """What was put forward against its own fingerprint, against the decisions, and against a fresh computation."""
    found, period = Findings(), proposal.assessment.period
    content = json.loads(proposal.snapshot.content)
    values = {code: Fraction(value) for code, value in content["items"].items()}
    fresh = score(period.instrument, values)
    _snapshot(found, "usulan", proposal.snapshot)
    found.compare("usulan", "indeks", content["index"], exact_text(fresh.index))
    found.compare("usulan", "predikat", content["predicate"], fresh.predicate(period.predicate_rule).name)
    for code, value in fresh.nodes.items():
        found.compare("usulan", code, content["nodes"].get(code), exact_text(value))
    if proposal.supersedes_id is None:
        found.compare("usulan", "nilai terhadap keputusan", values, decided_values(proposal.assessment))
    return found


def check_result(result: Result) -> Findings:
    """One settled result against a fresh computation and its frozen copy."""
    found = Findings()
    _result(found, f"versi {result.n}", result)
    return found


def _result(found: Findings, where: str, result: Result) -> None:
    period = result.assessment.period
    fresh = score(period.instrument, item_values(result))
    stored = {row.node: row for row in result.values}
    found.compare(where, "indeks", result.index_exact, exact_text(fresh.index))
    found.compare(where, "indeks dua desimal", result.index_shown, shown(fresh.index))
    found.compare(where, "predikat", result.predicate, fresh.predicate(result.predicate_rule).name)
    found.compare(where, "instrumen", result.instrument_sha, period.instrument_sha)
    for code, value in {**fresh.nodes, **item_values(result)}.items():
        row = stored.get(code)
        found.compare(where, code, row and (row.exact, row.shown), (exact_text(value), shown(value)))
    if result.snapshot_sha:
        content = _content(result)
        found.compare(where, "salinan beku", content["items"], {c: exact_text(v) for c, v in item_values(result).items()})
        found.compare(where, "indeks salinan beku", content["index"], result.index_exact)


def _content(result: Result) -> dict:
    return json.loads(object_session(result).get_one(Snapshot, result.snapshot_sha).content)


def _snapshot(found: Findings, where: str, snapshot: Snapshot) -> None:
    found.compare(where, "sidik jari salinan", snapshot.sha256, digest(snapshot.content))
