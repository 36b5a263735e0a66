"""S94: what citizens see at the one address, what is missing before they may, and what they report."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import joinedload

from assessments.inventory import publishing
from assessments.inventory.keeping import missing_for_publishing
from assessments.models import Application, LinkReport, Organization
from assessments.refusal import Refused
from assessments.workflow import look

from ...access import actor, ask, find, listing
from ...extensions import db
from ...forms import plain_version
from ...loading import LARGEST_ID
from . import blueprint
from .places import cut, places

PARTS = {
    "siap": "Siap diterbitkan",
    "kurang": "Belum lengkap",
    "terbit": "Sudah terbit",
    "laporan": "Laporan tautan",
}
DEEDS = {"terbitkan": publishing.publish, "tarik": publishing.hide}


@dataclass(frozen=True)
class Row:
    """One application on its way to the directory, and what citizens would miss."""

    application: Application
    missing: tuple[str, ...] = ()
    report: LinkReport | None = None


@blueprint.get("/inventaris/publikasi", endpoint="publication")
def one_address():
    ask("publish", Application)
    return _page(request.args.get("bagian", ""))


@blueprint.post("/inventaris/catatan/<int:id>/terbit")
def publish(id: int):
    """Show it to citizens or take it away, as its preview said."""
    found = find(Application, to="publish", id=id)
    deed = DEEDS.get(request.form.get("deed", ""))
    if deed is None:
        return _again(("Pilih menerbitkan atau menarik.",)), 422
    if plain_version(request.form.get("version")) != found.version:
        return _again((f"{found.name} diubah sesudah halaman ini dibuka. Periksa lagi pratinjaunya, lalu tekan lagi.",)), 409
    try:
        deed(found, actor())
    except Refused as refusal:
        return _again(tuple(f"{found.name}: {sentence}" for sentence in refusal.sentences)), 409
    name, shown = found.name, found.published_at is not None
    db.session.commit()
    flash(f"{name} tampil pada direktori." if shown else f"{name} tidak lagi tampil pada direktori.")
    return redirect(url_for("inventory.publication", bagian="siap" if shown else "terbit"))


@blueprint.post("/inventaris/laporan/<int:id>")
def settle_report(id: int):
    """A report of citizens was looked at; pressing it twice settles it once."""
    report = db.session.get(LinkReport, id) if id <= LARGEST_ID else None
    if report is None:
        ask("publish", Application)
        abort(404)
    find(Application, to="publish", id=report.application_id)
    publishing.settle_report(report, actor())
    db.session.commit()
    flash("Laporan ditandai sudah ditangani.")
    return redirect(url_for("inventory.publication", bagian="laporan"))


def _again(problems: tuple[str, ...]) -> str:
    db.session.rollback()
    return _page(request.args.get("bagian", ""), problems)


def _page(wanted: str, problems: tuple[str, ...] = ()) -> str:
    found = db.session.scalars(
        listing(Application)
        .options(
            joinedload(Application.current_owner).joinedload(Organization.states),
            joinedload(Application.category),
            joinedload(Application.successor),
        )
        .order_by(Application.name, Application.id)
    ).unique().all()
    parts: dict[str, list[Row]] = {name: [] for name in PARTS}
    unfit = 0
    for application in found:
        if application.published_at is not None:
            parts["terbit"].append(Row(application))
        elif application.state not in publishing.SHOWN:
            unfit += 1
        else:
            missing = tuple(missing_for_publishing(application))
            if application.link_state == "dead":
                missing += ("alamat yang terbuka",)
            parts["kurang" if missing else "siap"].append(Row(application, missing))
    parts["kurang"].sort(key=lambda row: len(row.missing))
    parts["laporan"] = [
        Row(report.application, report=report) for report in publishing.open_reports(db.session, listing(Application))
    ]
    chosen = wanted if wanted in PARTS else next((name for name in ("laporan", "siap") if parts[name]), "kurang")
    rows, page, last = cut(parts[chosen])
    return render_template(
        "inventory/publication.html",
        chosen=chosen,
        tabs=[
            (f"{label} {len(parts[name])}", url_for("inventory.publication", bagian=name), name == chosen)
            for name, label in PARTS.items()
        ],
        rows=rows,
        total=len(parts[chosen]),
        unfit=unfit,
        problems=problems,
        page=page,
        last=last,
        link=lambda n: url_for("inventory.publication", bagian=chosen, halaman=n),
        look=look,
        zone=actor().zone,
        rooms=places(),
    )
