"""What the inventory asks of an office today: applications to confirm, addresses that citizens could not open."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from ..actors import Actor
from ..clock import today
from ..models import Application, Confirmation, LinkReport
from ..policies import visible
from ..tasks_shape import Task

ENDED = ("retired", "merged")


@dataclass(frozen=True)
class Counts:
    """Of the applications an office may read: how many count, how many nobody confirmed this year, and the open reports.

    `first` is the application whose oldest report is still open.
    """

    total: int
    silent: int
    reports: int
    first: int | None


def _counted(session: Session, user: Actor, year: int) -> Counts:
    """All of it in one statement."""
    rows = visible(user, Application).with_only_columns(Application.id, Application.state).subquery()
    running = select(func.count()).select_from(rows).where(rows.c.state.not_in(ENDED))
    spoken = exists().where(Confirmation.application_id == rows.c.id, Confirmation.year == year)
    unsettled = LinkReport.settled_at.is_(None), LinkReport.application_id.in_(select(rows.c.id))
    found = session.execute(
        select(
            running.scalar_subquery(),
            running.where(~spoken).scalar_subquery(),
            select(func.count()).select_from(LinkReport).where(*unsettled).scalar_subquery(),
            select(LinkReport.application_id).where(*unsettled).order_by(LinkReport.id).limit(1).scalar_subquery(),
        )
    )
    return Counts(*found.one())


def of_owner(session: Session, user: Actor) -> list[Task]:
    """For the operator of an agency that owns applications."""
    year = today(user.office_zone).year
    counts = _counted(session, user, year)
    found = []
    if counts.silent:
        done = f"{counts.total - counts.silent} dari {counts.total} aplikasi OPD Anda sudah dikonfirmasi."
        found.append(Task("census", f"Konfirmasi {counts.silent} aplikasi tahun {year}", done, "Buka sensus"))
    if counts.reports:
        why = "Warga tidak dapat membuka alamat aplikasi OPD Anda. Periksa alamat pada catatannya."
        found.append(Task("reported", f"{counts.reports} laporan tautan", why, "Buka catatan", id=counts.first))
    return found


def of_keeper(session: Session, user: Actor) -> list[Task]:
    """For those who keep the inventory of the whole instansi; only the inventory's manager settles reports."""
    year = today(user.office_zone).year
    counts = _counted(session, user, year)
    found = []
    if counts.reports:
        title, why = f"{counts.reports} laporan tautan belum ditangani", "Warga melaporkan alamat aplikasi yang tidak terbuka."
        if user.role == "inventory_manager":
            found.append(Task("reports", title, why, "Buka laporan"))
        else:
            found.append(Task("reported", title, why, "Buka catatan", id=counts.first, pressing=False))
    if counts.silent:
        done = f"{counts.total - counts.silent} dari {counts.total} aplikasi sudah dikonfirmasi pemiliknya."
        title = f"{counts.silent} aplikasi belum dikonfirmasi tahun {year}"
        found.append(Task("census", title, done, "Lihat sensus", pressing=False))
    return found
