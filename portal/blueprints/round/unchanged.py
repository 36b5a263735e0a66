"""S43: what came along from last year and stands as it was is agreed to together; everything else item by item."""

from flask import flash, render_template, request

from assessments import unchanged
from assessments.models import Submission
from assessments.refusal import Refused
from assessments.workflow import look

from ...access import actor, ask, find, may
from ...extensions import db
from ...forms import seen_revisions
from ...once import new_key, once
from . import blueprint
from .places import address

PAGE = "/pengelolaan/<string:period>/<string:subject>/verifikasi/<string:agency>/isian-tetap"


def came_along(submission: Submission) -> int:
    """How many items of the part were carried over; for the link to the page."""
    return sum(row.carried_from_id is not None for row in submission.contributions)


def _part(period: str, subject: str, agency: str, to: str = "read") -> Submission:
    """For those who may see the whole assessment."""
    found = find(Submission, to=to, period=period, organization=agency, subject=subject)
    ask("read", found.assessment)
    return found


def _address(endpoint: str, submission: Submission, **more) -> str:
    return address(endpoint, submission.assessment, agency=submission.organization.slug, **more)


@blueprint.get(PAGE)
def unchanged_items(period: str, subject: str, agency: str):
    return _page(_part(period, subject, agency))


def _page(submission: Submission, problems: tuple[str, ...] = (), ticked: tuple[str, ...] = ()):
    rows = unchanged.carried(db.session, submission, actor())
    checks = may("check", submission)
    page = render_template(
        "round/unchanged.html",
        submission=submission,
        assessment=submission.assessment,
        period=submission.period,
        state=look(submission),
        rows=[(row, _address("check_item", submission, item=row.item.code)) for row in rows if not row.checked and not row.why_not],
        alone=[(row, _address("check_item", submission, item=row.item.code)) for row in rows if not row.checked and row.why_not],
        done=sum(row.checked for row in rows),
        checks=checks,
        deed=unchanged.newest_deed(db.session, submission, actor()) if checks else None,
        problems=[(sentence, "pilih") for sentence in problems],
        ticked=ticked,
        key=new_key,
        here=_address("unchanged_items", submission),
        undo_url=_address("undo_unchanged", submission),
        list_url=_address("check_agency", submission),
    )
    return page, 422 if problems else 200


@blueprint.post(PAGE)
def agree_unchanged(period: str, subject: str, agency: str):
    submission = _part(period, subject, agency, to="check")
    answer, ticked = once(), request.form.getlist("items")
    try:
        chosen = unchanged.agree(db.session, submission, actor(), _seen(ticked))
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        return _page(_part(period, subject, agency), refused.sentences, tuple(ticked))
    flash(f"{len(chosen)} indikator disetujui. Selama 24 jam dan sebelum isian diterima Anda dapat membatalkannya di sini.")
    return answer(_address("unchanged_items", submission))


def _seen(ticked: list[str]) -> dict[str, int]:
    """What was ticked, "I01:3" each; what only looks like it stays in, so that it is refused by name."""
    return dict.fromkeys((pair.partition(":")[0] for pair in ticked), 0) | seen_revisions(ticked)


@blueprint.post(f"{PAGE}/pembatalan")
def undo_unchanged(period: str, subject: str, agency: str):
    submission = _part(period, subject, agency, to="check")
    answer = once()
    back, left = unchanged.undo(db.session, submission, actor())
    flash(f"Persetujuan atas {back} indikator dibatalkan; periksa satu per satu atau centang lagi.")
    if left:
        flash(f"{left} indikator sudah diperiksa lagi sesudahnya, jadi tetap.", "warn")
    return answer(_address("unchanged_items", submission))
