"""What citizens see: an application is shown at the one address once its record says what they need."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..actors import Actor
from ..clock import now
from ..models import Application, LinkReport
from ..refusal import Refused
from ..texts import clean
from ..workflow import happened
from .keeping import allow, missing_for_publishing

SHOWN = ("active", "migrating")  # in which states an application may be put on the directory


def publish(application: Application, by: Actor) -> None:
    """Show it. Incomplete ones, dead addresses and planned ones are refused with what is missing."""
    allow(by, "publish", application)
    missing = missing_for_publishing(application)
    if missing:
        raise Refused(f"Belum lengkap untuk diterbitkan: {', '.join(missing)}.")
    if application.link_state == "dead":
        raise Refused("Alamatnya tidak terbuka pada pemeriksaan terakhir. Perbaiki alamatnya dulu.")
    if application.state not in SHOWN:
        raise Refused("Hanya aplikasi yang aktif atau sedang migrasi dapat diterbitkan.")
    if application.published_at is None:
        application.published_at = now()
        happened(application, "publish", "Diterbitkan pada direktori", by)


def hide(application: Application, by: Actor) -> None:
    """Take it off the directory."""
    allow(by, "publish", application)
    if application.published_at is not None:
        application.published_at = None
        happened(application, "hide", "Ditarik dari direktori", by)


def public_applications():
    """SELECT of what the directory shows; retired and merged ones stay to say where to go instead."""
    return select(Application).where(Application.published_at.is_not(None))


def report_dead_link(session: Session, application: Application, note: str) -> LinkReport:
    """Somebody without an account could not open it."""
    reported = LinkReport(application=application, note=clean(note, 300, "Keterangan", "note"), at=now())
    session.add(reported)
    return reported


def settle_report(report: LinkReport, by: Actor) -> None:
    """The inventory's keeper looked at it."""
    allow(by, "publish", report.application)
    if report.settled_at is None:
        report.settled_at, report.settled_by_id = now(), by.person_id
        happened(report.application, "settle_report", "Laporan tautan ditangani", by)


def open_reports(session: Session, rows) -> list[LinkReport]:
    """Reports nobody looked at yet, of the applications in `rows` (a SELECT), oldest first."""
    return list(
        session.scalars(
            select(LinkReport)
            .where(LinkReport.settled_at.is_(None))
            .where(LinkReport.application_id.in_(rows.with_only_columns(Application.id)))
            .order_by(LinkReport.at)
        )
    )


