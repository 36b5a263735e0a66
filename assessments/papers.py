"""The two papers of the Koordinator: Berita Acara Penilaian Mandiri and Pernyataan Persetujuan Publikasi.

The team prepares both, the Koordinator SPBE signs them, and they go with the checked answers (PermenPANRB 59/2020
p.85). No text prints a form of them; what they say is our proposal, in one frozen copy each.
"""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, object_session
from sqlalchemy.orm.attributes import set_committed_value

from .attesting import title_of
from .canonical import canonical, digest
from .general_copy import EDITION, counted, gathered, with_general
from .instruments import Instrument
from .models import (
    Appointment,
    Approval,
    Assessment,
    Citation,
    Claim,
    ClaimRevision,
    DocumentVersion,
    Organization,
    Paper,
    Person,
    TeamDecision,
)
from .models.paper import PAPER_KINDS
from .models.period import PERIOD_KINDS
from .scoring import exact_text, score, shown

CONSENT = (
    "menyetujui hasil Penilaian Mandiri untuk {index_name} {subject} tahun {year} beserta hasil pemantauan dan evaluasi yang "
    "didasarkan padanya dipublikasikan oleh instansi penyelenggara."
)


@dataclass(frozen=True)
class Basis:
    """What both papers are made from, as it is stored now.

    `claims` {item: claim with its evidence}; `revisions` {item: number of its newest one}; `earlier` {kind: how many such
    papers were signed here before}; `team` the newest decision about the team; `responsible` [{name, nip, title}]; `general`
    the general questions and their answers as `gathered` gives them.
    """

    claims: dict[str, Claim]
    revisions: dict[str, int]
    earlier: dict[str, int]
    team: TeamDecision | None
    responsible: list[dict]
    general: list[dict]


def basis_of(assessment: Assessment) -> Basis:
    """In three statements, however many claims there are."""
    session = object_session(assessment)
    newest = (
        select(func.max(ClaimRevision.n)).where(ClaimRevision.claim_id == Claim.id).correlate(Claim).scalar_subquery()
    )
    rows = session.execute(
        select(Claim, newest)
        .where(Claim.assessment_id == assessment.id)
        .options(joinedload(Claim.citations).joinedload(Citation.cited).joinedload(DocumentVersion.document))
        .order_by(Claim.item)
        .execution_options(populate_existing=True)
    ).unique()
    found = [(claim, n or 0) for claim, n in rows]
    set_committed_value(assessment, "claims", [claim for claim, _ in found])  # whoever asks next need not read them again
    known = session.execute(with_general(_decision_and_counts(assessment))).all()
    decision, *counts = known[0][: 1 + len(PAPER_KINDS)]
    return Basis(
        claims={claim.item: claim for claim, _ in found},
        revisions={claim.item: n for claim, n in found},
        earlier=dict(zip(PAPER_KINDS, counts, strict=True)),
        team=decision,
        responsible=_responsible(session, assessment),
        general=gathered(row[1 + len(PAPER_KINDS):] for row in known),
    )


def _decision_and_counts(assessment: Assessment) -> Select:
    """One row: the newest decision about the team (59/2020 p.82), then how many papers of each kind were signed."""
    decision = (
        select(TeamDecision.id)
        .where(TeamDecision.assessment_id == assessment.id)
        .order_by(TeamDecision.dated.desc(), TeamDecision.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    counts = [
        select(func.count()).where(Paper.assessment_id == assessment.id, Paper.kind == kind).scalar_subquery()
        for kind in PAPER_KINDS
    ]
    return (
        select(TeamDecision, *counts)
        .select_from(Assessment)
        .outerjoin(TeamDecision, TeamDecision.id == decision)
        .where(Assessment.id == assessment.id)
    )


def minutes_content(assessment: Assessment, signer: Appointment | None = None, basis: Basis | None = None) -> dict:
    """What the Berita Acara says, as plain values (fractions as "a/b" or decimals, dates as ISO text).

    kind "minutes"; signing (how many times this was signed before, plus one); period, title, year, round_kind, track;
    subject; instrument {title, sha256, index_name, legal_basis}; team None or {number, dated, subject, signatory}, and with
    None, once signed, `without_team`: why the Koordinator signed all the same;
    worked {starts, ends} as instants or None; total, assessed, files; items [{item, number, name, level, files}] in the
    order of the instrument; nodes [{code, tier, label, number, name, exact, shown}], parents first; index {exact,
    shown}; predicate; predicate_rule; responsible [{name, nip, title}]; coordinator None or {name, nip, title,
    acting_for}; answers (SHA-256 of all claims with their texts and evidence, so that the paper holds for these alone);
    edition, general {questions, answered, sha256} (since edition 2).
    """
    basis = basis or basis_of(assessment)
    period, claims = assessment.period, basis.claims
    instrument = period.instrument
    values = {claim.item: claim.value for claim in claims.values() if claim.value is not None}
    result = score(instrument, values, partial=True)
    return _heading("minutes", assessment, signer, basis) | {
        "edition": EDITION,
        "general": counted(basis.general),
        "instrument": {
            "title": instrument.title,
            "sha256": period.instrument_sha,
            "index_name": instrument.index_name,
            "legal_basis": list(instrument.legal_basis),
        },
        "team": _team(basis.team),
        "worked": _worked(assessment),
        "total": len(instrument.items),
        "assessed": len(values),
        "files": len({(each.document_id, each.n) for claim in claims.values() for each in claim.citations}),
        "items": [
            {
                "item": item.code,
                "number": item.number,
                "name": item.name,
                "level": None if item.code not in values else str(values[item.code]),
                "files": len(claims[item.code].citations) if item.code in claims else 0,
            }
            for item in instrument.items
        ],
        "nodes": _nodes(instrument, result.nodes),
        "index": {"exact": exact_text(result.index), "shown": shown(result.index)},
        "predicate": result.predicate(period.predicate_rule).name,
        "predicate_rule": period.predicate_rule,
        "responsible": basis.responsible,
        "answers": _fingerprint(basis),
    }


def consent_content(assessment: Assessment, signer: Appointment | None = None, basis: Basis | None = None) -> dict:
    """What the Pernyataan Persetujuan Publikasi says: the heading of `minutes_content`, `statement` and `answers`."""
    basis = basis or basis_of(assessment)
    words = CONSENT.format(
        index_name=assessment.period.instrument.index_name, subject=assessment.subject.name, year=assessment.period.year
    )
    return _heading("consent", assessment, signer, basis) | {
        "statement": words,
        "answers": _fingerprint(basis),
    }


def _heading(kind: str, assessment: Assessment, signer: Appointment | None, basis: Basis) -> dict:
    period = assessment.period
    return {
        "kind": kind,
        "signing": basis.earlier[kind] + 1,
        "period": period.slug,
        "title": period.title,
        "year": period.year,
        "round_kind": PERIOD_KINDS[period.kind],
        "track": period.track,
        "subject": assessment.subject.name,
        "coordinator": None if signer is None else _named(signer),
    }


def _named(office: Appointment) -> dict:
    return {
        "name": office.person.name,
        "nip": office.person.nip,
        "title": title_of(office),
        "acting_for": office.acting_for.name if office.acting_for else None,
    }


def _fingerprint(basis: Basis) -> str:
    return digest(canonical([
        [
            claim.item, claim.value, claim.facts, claim.analysis, claim.origin, basis.revisions[claim.item],
            [[c.letter, c.document_id, c.n, c.cited.sha256, c.cited.url, c.levels, c.locator] for c in claim.citations],
        ]
        for claim in basis.claims.values()
    ]))


def _nodes(instrument: Instrument, values: dict[str, Fraction]) -> list[dict]:
    return [
        {
            "code": node.code,
            "tier": node.kind,
            "label": node.label,
            "number": node.number,
            "name": node.name,
            "exact": exact_text(values[node.code]),
            "shown": shown(values[node.code]),
        }
        for node in instrument.nodes()
    ]


def _team(decision: TeamDecision | None) -> dict | None:
    if decision is None:
        return None
    return {
        "number": decision.number,
        "dated": decision.dated.isoformat(),
        "subject": decision.subject,
        "signatory": decision.signatory,
    }


def _worked(assessment: Assessment) -> dict | None:
    """When the team worked by the calendar: from the opening of the self-assessment to the end of the check."""
    period = assessment.period
    stage = period.stage("self_assessment")
    ends = [at for at in (period.closes_at(code, assessment) for code in ("self_assessment", "internal_check")) if at]
    return None if stage is None else {"starts": stage.opens_at.isoformat(), "ends": max(ends).isoformat()}


def _responsible(session: Session, assessment: Assessment) -> list[dict]:
    """Who approved the claims as they stand, with the office they hold or held."""
    newest = select(func.max(ClaimRevision.n)).where(ClaimRevision.claim_id == Claim.id).scalar_subquery()
    approvers = (
        select(Approval.by_id)
        .join(Claim, Claim.id == Approval.claim_id)
        .where(Claim.assessment_id == assessment.id, Claim.state == "approved", Approval.revision_n == newest)
    )
    rows = session.execute(
        select(Person, Appointment)
        .outerjoin(Appointment, (Appointment.person_id == Person.id) & (Appointment.role == "responsible_officer"))
        .where(Person.id.in_(approvers))
        .options(joinedload(Appointment.organization).joinedload(Organization.states))
        .order_by(Person.name, Person.id, Appointment.starts_on, Appointment.id)
    ).unique()
    found: dict[int, dict] = {}
    for person, office in rows:
        title = title_of(office) if office else "Penanggung jawab"
        found[person.id] = {"name": person.name, "nip": person.nip, "title": title}
    return list(found.values())
