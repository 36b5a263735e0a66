"""Laporan Hasil Pemantauan or Evaluasi: one version of a result with what forms.md 18 lists, frozen and signed by the lead.

Content: PermenPANRB 59/2020 p.79, 88 (indices of the whole, the domains, the aspects, values of the indicators); an
evaluation adds the recommendation in four parts and the analyses of the aspects (Pedoman 3/2024 p.224-230). What is not
stored is a hole that the paper prints as "belum diisi".
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, object_session

from .actors import Actor
from .allowing import allow
from .analysing import AspectText, ConclusionText, as_text, aspects
from .attesting import Changed, new_number, office_of, title_of
from .canonical import canonical, digest
from .clock import now
from .countersigning import DraftPaper
from .models import (
    Appointment,
    AspectAnalysis,
    Assessment,
    Conclusion,
    PanelPaper,
    Result,
    ResultValue,
    Signature,
    Snapshot,
)
from .models.period import PERIOD_KINDS
from .refusal import Refused
from .texts import clean
from .workflow import happened

KIND, PREFIX, REASON_LIMIT = "result_report", "LH", 1000
NO_RESULT = "Laporan hasil dibuat sesudah hasil ditetapkan."


class ReportDraft(DraftPaper):
    """The report as it would be signed now."""

    @property
    def title(self) -> str:
        return title_for(self.content)


@dataclass(frozen=True)
class Basis:
    """The newest version of the portal's result with its values, and every report signed of this assessment, newest first."""

    result: Result | None
    papers: list[PanelPaper]

    @property
    def in_force(self) -> PanelPaper | None:
        """The report of the version that counts."""
        return next((paper for paper in self.papers if self.result and paper.result_id == self.result.id and stands(paper)), None)


def stands(paper: PanelPaper) -> bool:
    return paper.withdrawn_at is None


def title_for(content: dict) -> str:
    return f"Laporan Hasil {content.get('round_kind') or ''}".strip()


def reports_of(session: Session, assessment_id: int, *more) -> list[PanelPaper]:
    """Every Laporan Hasil ever signed of an assessment with who signed it and which version it is of, the newest first."""
    return list(
        session.scalars(
            select(PanelPaper)
            .where(PanelPaper.kind == KIND, PanelPaper.assessment_id == assessment_id, *more)
            .options(
                joinedload(PanelPaper.signature).options(joinedload(Signature.appointment), joinedload(Signature.acting_for)),
                joinedload(PanelPaper.snapshot),
                joinedload(PanelPaper.result),
                joinedload(PanelPaper.withdrawn_by),
            )
            .order_by(PanelPaper.at.desc(), PanelPaper.number)
        )
    )


def newest_of(session: Session, assessment_id: int) -> Result | None:
    """The version of the portal's result that counts, with its values."""
    return session.scalars(
        select(Result)
        .where(Result.assessment_id == assessment_id, Result.source == "portal")
        .options(joinedload(Result.values), joinedload(Result.proposed_by), joinedload(Result.confirmed_by))
        .order_by(Result.n.desc())
    ).unique().first()


def basis_of(assessment: Assessment) -> Basis:
    session = object_session(assessment)
    return Basis(newest_of(session, assessment.id), reports_of(session, assessment.id))


def content_of(assessment: Assessment, basis: Basis, signer: Appointment | None) -> dict:
    """What the report says, as plain values; values and indices both exact ("a/b" or decimal) and as shown (two decimals).

    kind; signing (how many times before, plus one); period, title, year, round_kind, track; subject; instrument {title,
    sha256, index_name, legal_basis}; result {n, at, reason, replaces (number of the report of the version before, or
    None), sha256, and of a later version changed [{number, before, shown}]}; index {exact, shown}; predicate,
    predicate_rule; nodes [{code, tier, label, number, name, exact, shown}], parents first; items [{item, number, name, exact, shown}] in the order of the instrument; lead None or {name,
    nip, title, acting_for}. Of an evaluation also analyses [{node, label, number, name, fulfilment, strengths,
    weaknesses}] and recommendation {summary, strength, weakness, advice}.
    """
    if basis.result is None:
        raise Refused(NO_RESULT)
    period, result = assessment.period, basis.result
    instrument = period.instrument
    values = {row.node: row for row in result.values}
    earlier = next((paper for paper in basis.papers if stands(paper) and paper.result_id != result.id), None)
    content = {
        "kind": KIND,
        "signing": len(basis.papers) + 1,
        "period": period.slug,
        "title": period.title,
        "year": period.year,
        "round_kind": PERIOD_KINDS[period.kind],
        "track": period.track,
        "subject": assessment.subject.name,
        "instrument": {
            "title": instrument.title,
            "sha256": result.instrument_sha,
            "index_name": instrument.index_name,
            "legal_basis": list(instrument.legal_basis),
        },
        "result": {
            "n": result.n, "at": result.at.isoformat(), "reason": result.reason,
            "replaces": earlier.number if earlier else None, "sha256": result.snapshot_sha,
        } | ({"changed": _changed(assessment, values)} if result.n > 1 else {}),
        "index": {"exact": result.index_exact, "shown": result.index_shown},
        "predicate": result.predicate,
        "predicate_rule": result.predicate_rule,
        "nodes": [
            {"code": node.code, "tier": node.kind, "label": node.label, "number": node.number, "name": node.name}
            | _figure(values.get(node.code))
            for node in instrument.nodes()
        ],
        "items": [
            {"item": item.code, "number": item.number, "name": item.name} | _figure(values.get(item.code))
            for item in instrument.items
        ],
        "lead": None if signer is None else {
            "name": signer.person.name,
            "nip": signer.person.nip,
            "title": title_of(signer),
            "acting_for": signer.acting_for.name if signer.acting_for else None,
        },
    }
    return content if period.kind == "monitoring" else content | _texts(assessment)


def _changed(assessment: Assessment, now_stands: dict[str, ResultValue]) -> list[dict]:
    """The items a later version gave another value than the first, for which the texts were written."""
    first = dict(
        object_session(assessment).execute(
            select(ResultValue.node, ResultValue.shown)
            .join(Result, Result.id == ResultValue.result_id)
            .where(Result.assessment_id == assessment.id, Result.source == "portal", Result.n == 1)
        ).all()
    )
    return [
        {"number": item.number, "before": first[item.code], "shown": now_stands[item.code].shown}
        for item in assessment.period.instrument.items
        if item.code in first and item.code in now_stands and first[item.code] != now_stands[item.code].shown
    ]


def _figure(row: ResultValue | None) -> dict:
    return {"exact": row.exact if row else None, "shown": row.shown if row else None}


def _texts(assessment: Assessment) -> dict:
    """The texts of an evaluation, as they are stored; an unwritten one is empty."""
    session = object_session(assessment)
    query = select(AspectAnalysis).where(AspectAnalysis.assessment_id == assessment.id)
    written = {row.node: row for row in session.scalars(query)}
    whole = session.get(Conclusion, assessment.id)
    return {
        "analyses": [
            {"node": node.code, "label": node.label, "number": node.number, "name": node.name}
            | asdict(as_text(written[node.code], AspectText) if node.code in written else AspectText())
            for node in aspects(assessment.period.instrument)
        ],
        "recommendation": asdict(as_text(whole, ConclusionText) if whole else ConclusionText()),
    }


def holes(content: dict) -> list[str]:
    """The texts of an evaluation that are not written yet, by their names."""
    unwritten = [
        f"{each['label']} {each['number']}".strip()
        for each in content.get("analyses", [])
        if not (each["fulfilment"] or each["strengths"] or each["weaknesses"])
    ]
    parts = content.get("recommendation")
    return unwritten + (["Rekomendasi"] if parts is not None and not all(parts.values()) else [])


def draft(assessment: Assessment, basis: Basis, signer: Appointment) -> ReportDraft:
    content = content_of(assessment, basis, signer)
    shown = content["index"]["shown"].replace(".", ",")
    behalf = f" atas nama {signer.acting_for.name}" if signer.acting_for else ""
    words = (
        f"Saya, {signer.person.name}, {title_of(signer)}{behalf}, menyatakan bahwa laporan ini memuat hasil versi "
        f"{content['result']['n']} {content['subject']} tahun {content['year']} sebagaimana ditetapkan: "
        f"{content['instrument']['index_name']} {shown}, predikat {content['predicate']}, dengan nilai "
        f"{len(content['items'])} indikator."
    )
    return ReportDraft(KIND, content, digest(canonical(content)), words)


def sign(assessment: Assessment, by: Actor, seen: str, method: str = "password") -> PanelPaper:
    """The lead's name under exactly what the page showed (`seen` is its SHA-256), or `Changed`."""
    allow(by, "sign_report", assessment)
    basis, session = basis_of(assessment), object_session(assessment)
    given = basis.in_force
    if given is not None:
        if given.snapshot_sha == seen and given.signature.appointment.person_id == by.person_id:
            return given
        raise Refused(f"Laporan hasil versi ini sudah ditandatangani: {given.number}.")
    if basis.result is None:
        raise Refused(NO_RESULT)
    office = office_of(session, by)
    wanted = draft(assessment, basis, office)
    if wanted.sha256 != seen:
        raise Changed("Isi laporan berubah sesudah Anda membukanya. Periksa lagi sebelum menandatangani.")
    moment = now()
    snapshot = Snapshot(sha256=wanted.sha256, kind=KIND, content=canonical(wanted.content), at=moment)
    signature = Signature(
        snapshot=snapshot, statement=wanted.statement, appointment=office, acting_for_id=office.acting_for_id,
        name=office.person.name, title=title_of(office), method=method, at=moment,
    )
    paper = PanelPaper(
        number=new_number(assessment.period.slug, PREFIX), kind=KIND, assessment=assessment, result=basis.result,
        snapshot=snapshot, signature=signature, at=moment,
    )
    session.add(paper)
    happened(assessment, "report", f"{wanted.title} {paper.number} ditandatangani", by)
    return paper


def take_back(assessment: Assessment, by: Actor, why: str) -> PanelPaper:
    """The report of the version that counts no longer holds; its texts may be mended and signed anew. The row stays."""
    allow(by, "sign_report", assessment)
    paper = basis_of(assessment).in_force
    if paper is None:
        raise Refused("Tidak ada laporan hasil yang berlaku untuk versi ini.")
    reason = clean(why, REASON_LIMIT, "Alasan", "note", required=True)
    paper.withdrawn_at, paper.withdrawn_by_id, paper.withdrawn_why = now(), by.person_id, reason
    happened(assessment, "report", f"{paper.number} tidak berlaku lagi", by, reason)
    return paper


def amended_by(session: Session, paper: PanelPaper) -> tuple[int, str] | None:
    """(version, number of its report or "") of the newest result, where this paper is of an earlier one."""
    newest = session.scalars(
        select(Result).where(Result.assessment_id == paper.assessment_id, Result.source == "portal").order_by(Result.n.desc())
    ).first()
    if newest is None or newest.id == paper.result_id:
        return None
    standing: Sequence[str] = session.scalars(
        select(PanelPaper.number).where(
            PanelPaper.kind == KIND, PanelPaper.result_id == newest.id, PanelPaper.withdrawn_at.is_(None)
        )
    ).all()
    return newest.n, standing[0] if standing else ""
