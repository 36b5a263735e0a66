"""What the tests of two closed readers share: a panel whose member reads first and whose lead reads second."""

from fractions import Fraction

from assessments import dividing, judging
from tests.portal.room_pages import Panel, panel

FIRST, SECOND = "assessor", "panel_lead"
MARK = "Zq{}-rahasia"  # words that must not be in any byte before both have sent


def two_readers(session, items=("I12", "I13"), **more) -> Panel:
    where = panel(session, second_reader=True, **more)
    people = where.outside.people
    assessment = where.assessment(session)
    dividing.divide(
        assessment, {item: {1: people[FIRST].person, 2: people[SECOND].person} for item in items},
        where.outside.actor("panel_lead"),
    )
    session.commit()
    return where


def reads(session, where: Panel, who: str, item: str, value: int, send: bool = True, flagged: bool = False) -> None:
    """Judge one item; its words carry the reader's mark."""
    claim, by = where.assessment(session).claim(item), where.outside.actor(who)
    stored = next((j for j in claim.assessment.judgements if (j.item, j.person_id) == (item, by.person_id)), None)
    word = MARK.format(who)
    judging.write_judgement(
        claim, by, Fraction(value), f"{word} fakta", f"{word} analisis", f"{word} alasan", f"{word} catatan",
        stored.version if stored else 0, flagged=flagged, criteria={1: "met", 2: "doubtful"},
    )
    for citation in claim.citations:
        judging.judge_citation(claim, citation, by, "refused", "unfit", f"{word} bukti")
    if send:
        judging.send_judgement(claim, by)
    session.commit()
