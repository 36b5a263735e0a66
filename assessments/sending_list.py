"""What an assessment needs before it is sent, line by line, with where each line is mended (ped. 3/2024 p.6-7; 59/2020 p.82-85).

The claims and, where the round asks for them, the papers must be there. A decision about the team and answers to the general
questions may be missing: then the papers say so.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import object_session

from .models import Assessment, GeneralAnswer, GeneralQuestion, Paper, TeamDecision
from .models.paper import PAPER_KINDS
from .opening_list import ChecklistLine


def sending_checklist(assessment: Assessment, approved: int, total: int) -> list[ChecklistLine]:
    """`approved` of `total` claims are. `place` is claims, team, general or papers. One statement."""
    if assessment.period.of_agencies:
        return [_claims(approved, total)]
    decisions, asked, answered, papers = object_session(assessment).execute(select(
        select(func.count()).select_from(TeamDecision).where(TeamDecision.assessment_id == assessment.id).scalar_subquery(),
        select(func.count()).select_from(GeneralQuestion).where(GeneralQuestion.period_id == assessment.period_id).scalar_subquery(),
        select(func.count()).select_from(GeneralAnswer)
        .where(GeneralAnswer.assessment_id == assessment.id, GeneralAnswer.text != "").scalar_subquery(),
        select(func.count()).select_from(Paper)
        .where(Paper.assessment_id == assessment.id, Paper.withdrawn_at.is_(None)).scalar_subquery(),
    )).one()
    lines = [
        _claims(approved, total),
        ChecklistLine(
            "Keputusan tim asesor internal sudah dicatat." if decisions
            else "Keputusan tim asesor internal belum dicatat; berita acara akan menyebutnya “belum dicatat” dengan alasannya.",
            decisions > 0, required=False, place="team",
        ),
    ]
    if asked:
        lines.append(ChecklistLine(
            f"{answered} dari {asked} pertanyaan umum sudah dijawab.", answered == asked, required=False, place="general"
        ))
    if assessment.period.asks_papers:
        signed = papers == len(PAPER_KINDS)
        lines.append(ChecklistLine(
            "Berita acara dan persetujuan publikasi sudah ditandatangani." if signed
            else "Koordinator SPBE belum menandatangani berita acara dan persetujuan publikasi.",
            signed, place="papers",
        ))
    return lines


def _claims(approved: int, total: int) -> ChecklistLine:
    if approved == total:
        return ChecklistLine("Semua klaim sudah disetujui.", True, place="claims")
    return ChecklistLine(f"{total - approved} dari {total} klaim belum disetujui.", False, place="claims")
