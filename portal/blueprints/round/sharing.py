"""S27: which agency answers which item."""

from dataclasses import dataclass

from flask import abort, flash, render_template, request
from sqlalchemy import select

from assessments import sharing as verbs
from assessments.instruments import Item
from assessments.models import Assessment, Organization, Period, Share
from assessments.owners import has_proposal
from assessments.refusal import Refused

from ...access import actor, ask, find, listing, load, may
from ...extensions import db
from ...once import new_key, once
from . import blueprint
from .agencies import agencies_that_answer
from .places import address, grouped, neighbours, tabs


@dataclass(frozen=True)
class Row:
    """One item with the agencies that answer it."""

    item: Item
    lead: Organization | None
    supporting: list[Organization]
    url: str


def _assessment(period: str, subject: str, to: str) -> Assessment:
    """The assessment whose items are shared out: agencies may read who answers what, only the pengelola changes it."""
    if find(Period, slug=period).of_agencies:
        abort(404)  # each agency answers every item itself: there is nothing to share out, and nobody reads of the others
    if to == "read":
        ask("read", Share)
        return load(Assessment, period=period, subject=subject) or abort(404)
    ask("share_out", Share)
    return find(Assessment, period=period, subject=subject, to=to)


def _shares(assessment: Assessment, item: str | None = None) -> dict[str, list[Share]]:
    query = listing(Share).where(Share.assessment_id == assessment.id)
    found: dict[str, list[Share]] = {}
    for share in db.session.scalars(query.where(Share.item == item) if item else query):
        found.setdefault(share.item, []).append(share)
    return found


def _known(shares: dict[str, list[Share]], agencies: list[Organization]) -> dict[int, Organization]:
    """Every agency that is named in these shares, also one that no longer answers."""
    known = {agency.id: agency for agency in agencies}
    others = {share.organization_id for group in shares.values() for share in group} - known.keys()
    if others:
        rows = db.session.scalars(select(Organization).where(Organization.id.in_(others)))
        known.update((organization.id, organization) for organization in rows)
    return known


def _row(assessment: Assessment, item: Item, shares: list[Share], known: dict[int, Organization]) -> Row:
    lead = next((known[share.organization_id] for share in shares if share.part == "lead"), None)
    supporting = [known[share.organization_id] for share in shares if share.part != "lead"]
    supporting.sort(key=lambda agency: agency.short_name)
    return Row(item, lead, supporting, address("share", assessment, item=item.code))


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/penugasan")
def sharing(period: str, subject: str):
    return _list(_assessment(period, subject, "read"))


def _list(assessment: Assessment, problem: str = "", ticked=frozenset()):
    agencies = agencies_that_answer()
    shares = _shares(assessment)
    known = _known(shares, agencies)
    rows = {
        item.code: _row(assessment, item, shares.get(item.code, []), known)
        for item in assessment.period.instrument.items
    }
    page = render_template(
        "round/sharing.html",
        assessment=assessment,
        period=assessment.period,
        tabs=tabs(assessment, "sharing") if may("read", assessment) else [],
        groups=grouped(assessment.period.instrument, lambda item: rows[item.code]),
        total=len(rows),
        unassigned=sum(row.lead is None for row in rows.values()),
        untouched=sum(row.lead is None and not row.supporting for row in rows.values()),
        agencies=agencies,
        proposal=has_proposal(assessment.period),
        writes=may("share_out", assessment),
        ticked=ticked,
        problems=[problem] if problem else [],
        key=new_key,
        links={name: address(name, assessment) for name in ("share_proposal", "share_many")},
    )
    return page, 422 if problem else 200


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/penugasan/usulan")
def share_proposal(period: str, subject: str):
    """Give every item that nobody has to the agencies that usually answer it."""
    assessment = _assessment(period, subject, "share_out")
    answer = once()
    done = verbs.share_as_proposed(db.session, assessment, agencies_that_answer(), actor())
    if done.shared:
        flash(f"{len(done.shared)} indikator dibagikan menurut usulan awal. Periksa dan ubah bila perlu.")
    elif not has_proposal(assessment.period):
        flash("Instrumen ini belum punya usulan awal. Tetapkan OPD utama sendiri.", "warn")
    else:
        flash("Usulan awal tidak membagikan indikator apa pun: tidak ada OPD yang cocok. Tetapkan sendiri.", "warn")
    if done.shared and done.without:
        numbers = ", ".join(assessment.period.instrument.item(code).number for code in done.without)
        flash(f"Tidak ada OPD yang cocok untuk indikator {numbers}; tetapkan sendiri.", "warn")
    return answer(address("sharing", assessment))


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/penugasan/sekaligus")
def share_many(period: str, subject: str):
    """One lead for all ticked items."""
    assessment = _assessment(period, subject, "share_out")
    answer = once()
    codes = {item.code for item in assessment.period.instrument.items}
    items = [code for code in dict.fromkeys(request.form.getlist("items")) if code in codes]
    lead = next((agency for agency in agencies_that_answer() if agency.slug == request.form.get("lead")), None)
    if not items or lead is None:
        db.session.rollback()
        problem = "Pilih OPD utama dari daftar." if items else "Centang sedikitnya satu indikator."
        return _list(_assessment(period, subject, "read"), problem, frozenset(items))
    changed = verbs.give_lead(db.session, assessment, items, lead, actor())
    flash(f"{lead.short_name} menjadi OPD utama {changed} indikator. OPD sebelumnya yang sudah mengisi tetap mendukung.")
    return answer(address("sharing", assessment))


def _one(assessment: Assessment, item: str, problems=(), typed: tuple[str, set[str]] | None = None):
    instrument = assessment.period.instrument
    if item not in {each.code for each in instrument.items}:
        abort(404)
    agencies = agencies_that_answer()
    shares = _shares(assessment, item)
    known = _known(shares, agencies)
    row = _row(assessment, instrument.item(item), shares.get(item, []), known)
    lead, supporting = typed or (row.lead.slug if row.lead else "", {agency.slug for agency in row.supporting})
    page = render_template(
        "round/share.html",
        assessment=assessment,
        period=assessment.period,
        row=row,
        agencies=sorted(known.values(), key=lambda agency: (agency.code is None, agency.code or "", agency.name)),
        lead=lead,
        supporting=supporting,
        problems=list(problems),
        writes=may("share_out", assessment),
        key=new_key(),
        list_url=address("sharing", assessment),
        around=neighbours(list(instrument.items), item, lambda each: address("share", assessment, item=each.code)),
    )
    return page, 422 if problems else 200


@blueprint.route("/pengelolaan/<string:period>/<string:subject>/penugasan/<string:item>", methods=["GET", "POST"])
def share(period: str, subject: str, item: str):
    """One item: its lead and those who support it."""
    if request.method != "POST":
        return _one(_assessment(period, subject, "read"), item)
    assessment = _assessment(period, subject, "share_out")
    answer = once()
    if item not in {each.code for each in assessment.period.instrument.items}:
        abort(404)
    known = {agency.slug: agency for agency in _known(_shares(assessment, item), agencies_that_answer()).values()}
    lead, supporting = request.form.get("lead", ""), set(request.form.getlist("supporting"))
    try:
        if not ({lead} if lead else set()) | supporting <= known.keys():
            raise Refused("Pilih OPD dari daftar.")
        verbs.share_out(
            db.session, assessment, item, known.get(lead), [known[slug] for slug in sorted(supporting)], actor()
        )
    except Refused as refused:
        db.session.rollback()
        return _one(_assessment(period, subject, "read"), item, refused.sentences, (lead, supporting))
    number = assessment.period.instrument.item(item).number
    flash(f"Penugasan indikator {number} disimpan.")
    return answer(address("sharing", assessment))
