"""A workbook that came back and waits to be looked at: one change, one conflict with a newer edit, one refused cell."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.actors import Actor
from assessments.canonical import canonical, digest
from assessments.exchange.agency_workbook.applying import offer
from assessments.exchange.agency_workbook.reading import Place, Returned, Said
from assessments.exchange.agency_workbook.shape import VALUE, fingerprint
from assessments.models import Assessment, Organization, Period, Submission

NAME = "isian-bappeda.xlsx"


def bring_workbook_back(session: Session, period: Period, agency: Organization, operator: Actor) -> None:
    """Offered for the part of this agency; its first two answered items are in it."""
    part = session.scalars(
        select(Submission).join(Assessment).where(Assessment.period_id == period.id, Submission.organization_id == agency.id)
    ).one()
    order = {item.code: n for n, item in enumerate(period.instrument.items)}
    written = sorted((each for each in part.contributions if each.facts), key=lambda each: order[each.item])
    if len(written) < 2:
        return
    changed, clashing = written[:2]
    read = Returned(
        said=[
            Said(2, changed.item, {"analysis": f"{changed.analysis} Reviu terakhir sudah ditindaklanjuti."},
                 {"analysis": fingerprint(changed.analysis)}),
            Said(3, clashing.item, {"facts": f"Draf dari bidang teknis. {clashing.facts}"}, {"facts": fingerprint("")}),
        ],
        refused=[Place(14, VALUE, "“tiga” bukan angka 1–5.")],
    )
    offer(session, part, operator, NAME, digest(canonical(read.stored())), read)
