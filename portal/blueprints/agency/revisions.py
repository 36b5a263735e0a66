"""What an item's answer said before: read by whoever reads the answer, put back by whoever may write it."""

from flask import abort, flash, redirect, render_template, request
from sqlalchemy import func, select

from assessments.autosaving import restore
from assessments.models import Contribution, ContributionRevision
from assessments.refusal import Refused

from ...access import actor, may
from ...extensions import db
from ...formatting import long_moment
from ...forms import plain_id, plain_version
from . import blueprint
from .answers import address
from .draft import find_answer
from .writing import revisions_shown, with_newest_revision

ADDRESS = "/penilaian/<string:period>/indikator/<string:item>/riwayat"
PER_PAGE = 10


@blueprint.get(ADDRESS)
def revisions(period: str, item: str):
    return _page(find_answer(period, item))


@blueprint.post(f"{ADDRESS}/<int:n>/pulihkan")
def bring_back(period: str, item: str, n: int):
    """The level and the texts of revision `n` become a new revision; evidence stays as it is."""
    contribution = with_newest_revision(find_answer(period, item, to="answer"))
    revision = db.session.get(ContributionRevision, (contribution.id, n)) if 0 < n < 2**31 else None
    if revision is None:
        abort(404)
    try:
        changed = restore(contribution, revision, actor(), plain_version(request.form.get("version")))
    except Refused as refusal:
        db.session.rollback()
        return _page(find_answer(period, item), refusal.sentences), 409
    when = long_moment(revision.at, contribution.submission.period.zone)
    url = address("item", contribution.submission, item=contribution.item)
    db.session.commit()
    flash(f"Tulisan {when} dipulihkan." if changed else "Tulisan itu sama dengan yang tersimpan sekarang.")
    return redirect(url)


def _page(contribution: Contribution, problems: tuple[str, ...] = ()) -> str:
    submission, period = contribution.submission, contribution.submission.period
    item = period.instrument.item(contribution.item)
    total = db.session.scalar(
        select(func.count()).select_from(ContributionRevision).where(ContributionRevision.contribution_id == contribution.id)
    )
    last = max(1, -(-total // PER_PAGE))
    page = min(plain_id(request.args.get("hal")) or 1, last)
    to = lambda endpoint, **more: address(endpoint, submission, item=item.code, **more)  # noqa: E731
    return render_template(
        "agency/revisions.html",
        contribution=contribution,
        period=period,
        item=item,
        shown=revisions_shown(contribution, item, page, PER_PAGE),
        total=total,
        page=page,
        last=last,
        newest=page == 1,
        editable=may("answer", contribution),
        problems=problems,
        to=to,
        link_to=lambda n: to("revisions", hal=n),
        back=to("item"),
        home=address("tasks", submission),
    )
