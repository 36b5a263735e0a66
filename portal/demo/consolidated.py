"""What came after the stages of last year's round: an objection that was ruled on, and the panel's texts."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments import analysing, objecting, result_report
from assessments.actors import Actor
from assessments.attesting import office_of
from assessments.comparing import reasons_so_far
from assessments.judging import decided_values
from assessments.models import Assessment, Submission
from assessments.scoring import score


def answered(session: Session, assessment: Assessment, manager: Actor) -> None:
    """The first lowered value is objected to, the others are accepted; said by the round manager for each agency."""
    rows = objecting.lowered(session, assessment)
    chosen = rows[0].item.code
    parts = session.scalars(select(Submission).where(Submission.assessment_id == assessment.id).order_by(Submission.id))
    for part in parts:
        led = objecting.led_by(session, part)
        if chosen in led:
            objecting.respond(
                part, chosen, manager, "objected", "Contoh alasan: peraturan itu sudah diubah dan memuat yang diminta.",
                "Peraturan perubahan, hlm. 4", None, 0,
            )
            session.flush()
        if any(row.item.code in led and row.item.code != chosen for row in rows):
            objecting.accept_rest(part, manager)
            session.flush()
    session.expire(assessment, ["objections"])


def ruled(session: Session, assessment: Assessment, judges: list[Actor]) -> None:
    """The value stays, by the word of the one who did not judge it."""
    said = next(one for one in assessment.objections if one.answer == "objected")
    judged = objecting.who_judged(session, assessment)[said.item]
    by = next(judge for judge in judges if judge.person_id not in judged)
    objecting.rule(
        assessment, said.item, by, None, "Contoh putusan: bukti tambahan belum memuat kriteria tingkat berikutnya.", said.version
    )
    session.flush()


def texts(session: Session, assessment: Assessment, by: Actor) -> None:
    """The analysis of every aspect and the conclusion, as they are proposed from the values."""
    instrument, values = assessment.period.instrument, decided_values(assessment)
    why = reasons_so_far(session, assessment.id)
    for node in analysing.aspects(instrument):
        analysing.write_analysis(assessment, node.code, by, analysing.proposed_aspect(node, values, why), 0)
    found = score(instrument, values)
    said = analysing.proposed_conclusion(instrument, assessment.subject.name, found, values, assessment.period.predicate_rule)
    analysing.write_conclusion(assessment, by, replace(said, summary=f"{said.summary} Contoh teks."), 0)


def reported(session: Session, assessment: Assessment, lead: Actor) -> None:
    """The Laporan Hasil of the settled result, signed by the lead."""
    wanted = result_report.draft(assessment, result_report.basis_of(assessment), office_of(session, lead))
    result_report.sign(assessment, lead, wanted.sha256)
    session.flush()
