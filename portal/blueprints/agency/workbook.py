"""S26: the items of an agency as a workbook, and what comes back in it: shown first, applied as ticked, undone for a day."""

from flask import abort, flash, render_template, request
from wtforms import FileField

from assessments.exchange.agency_workbook import applying
from assessments.exchange.agency_workbook.comparing import compare
from assessments.exchange.agency_workbook.making import make_workbook
from assessments.exchange.agency_workbook.reading import LIMITS, TOO_LARGE, Returned, Whose, read_returned
from assessments.models import ReturnedWorkbook, Submission
from assessments.policies import entitled, obstacle
from assessments.refusal import Refused, Stale

from ...access import actor, find
from ...exports import as_download
from ...extensions import db
from ...forms import Form, plain_version
from ...intake import check_form
from ...once import new_key, once
from ...uploads import accepts_upload, received
from . import blueprint
from .answers import address, asked_agency
from .workbook_lists import Effort, head_of, lines_and_proofs, shown_proposals, state_words

ADDRESS = "/penilaian/<string:period>/excel"


class WorkbookForm(Form):
    file = FileField("Buku kerja yang sudah diisi")


@blueprint.get(ADDRESS)
def workbook(period: str):
    return _page(find(Submission, period=period, organization=asked_agency()), WorkbookForm(formdata=None))


@blueprint.get(f"{ADDRESS}/isian.xlsx")
def workbook_file(period: str):
    """The workbook with what is stored now."""
    submission = find(Submission, period=period, organization=asked_agency())
    lines, proofs = lines_and_proofs(submission)
    head = head_of(submission, actor().zone)
    db.session.rollback()  # nothing is held while it is written
    return as_download(make_workbook(head, lines, proofs), f"isian-{head.period}-{head.agency}")


@blueprint.post(ADDRESS)
@accepts_upload
def workbook_upload(period: str):
    """Read a file that came back; nothing is applied by it."""
    opd = asked_agency()
    whose = Whose.of(find(Submission, to="import", period=period, organization=opd))
    db.session.rollback()
    check_form()
    form, refusal, name, sha256, read = WorkbookForm(formdata=None), None, "", "", Returned()
    try:
        name, sha256, read = _received(whose)
    except Refused as no:
        refusal = no
    if refusal is not None:
        form.file.errors = list(refusal.sentences)
        return _page(find(Submission, period=period, organization=opd), form), 422
    submission = find(Submission, to="import", period=period, organization=opd)
    answer = once()
    made = applying.offer(db.session, submission, actor(), name, sha256, read)
    if made is None:
        flash(f"Tidak ada yang berubah: isi {name[:80]} sama dengan isian di portal.", "note")
        return answer(address("workbook", submission))
    return answer(address("workbook_returned", submission, id=made.id))


def _received(whose: Whose) -> tuple[str, str, Returned]:
    """(name, hash, what it says) of the one file that was sent."""
    sent = [file for file in request.files.getlist("file") if file.filename]
    if len(sent) != 1:
        raise Refused("Pilih satu berkas .xlsx." if not sent else "Unggah satu buku kerja saja.")
    incoming = received(sent[0])
    if incoming.size > LIMITS.bytes:
        raise Refused(TOO_LARGE)
    incoming.seek(0)
    name = sent[0].filename or ""
    return name, incoming.sha256, read_returned(incoming.read(), name, whose)


@blueprint.get(f"{ADDRESS}/<int:id>")
def workbook_returned(period: str, id: int):
    return _returned_page(*_found(period, id, "read_import"))


@blueprint.post(f"{ADDRESS}/<int:id>")
def workbook_apply(period: str, id: int):
    """The ticked rows and the conflicts decided for the workbook; all of them or none."""
    submission, returned = _found(period, id, "import")
    answer = once()
    ticked = [*request.form.getlist("items"), *_decided(returned)]
    chosen = {code: plain_version(request.form.get(f"versi-{code}")) for code in ticked}
    try:
        rows = applying.apply(db.session, returned, request.form.get("berkas", ""), chosen, actor())
    except Refused as refusal:
        db.session.rollback()
        again = _found(period, id, "read_import")
        return _returned_page(*again, refusal.sentences, ticked), 409 if isinstance(refusal, Stale) else 422
    flash(f"{len(rows)} indikator diubah dari Excel. Yang tadinya siap perlu ditandai siap lagi.")
    return answer(address("workbook_returned", submission, id=id))


def _decided(returned: ReturnedWorkbook) -> list[str]:
    items = [line["said"]["item"] for line in returned.lines if "said" in line]
    return [code for code in items if request.form.get(f"pilih-{code}") == "excel"]


@blueprint.post(f"{ADDRESS}/<int:id>/pembatalan")
def workbook_undo(period: str, id: int):
    """Put back what the workbook changed, except where somebody wrote since."""
    submission, returned = _found(period, id, "import")
    answer = once()
    try:
        back, left = applying.undo(db.session, returned, actor())
    except Refused as refusal:
        db.session.rollback()
        return _returned_page(*_found(period, id, "read_import"), refusal.sentences), 409
    flash(f"{len(back)} indikator dikembalikan seperti sebelum Excel diterapkan.")
    if left:
        flash(f"Indikator {', '.join(left)} sudah diubah lagi sesudah diterapkan, jadi dibiarkan.", "warn")
    return answer(address("workbook_returned", submission, id=id))


# ---------------------------------------------------------------- pages


def _found(period: str, id: int, to: str) -> tuple[Submission, ReturnedWorkbook]:
    submission = find(Submission, to=to, period=period, organization=asked_agency())
    returned = db.session.get(ReturnedWorkbook, id) if 0 < id < 2**31 else None
    if returned is None or returned.submission_id != submission.id:
        abort(404)
    return submission, returned


def _page(submission: Submission, form: WorkbookForm):
    mine = entitled(actor(), "import", submission)
    return render_template(
        "agency/workbook.html",
        submission=submission,
        period=submission.period,
        form=form,
        key=new_key(),
        mine=mine,
        closed=obstacle(actor(), "import", submission) if mine else None,
        came_back=[(each, state_words(each), address("workbook_returned", submission, id=each.id))
                   for each in applying.of_submission(db.session, submission)] if mine else [],
        file_url=address("workbook_file", submission),
        here=address("workbook", submission),
        home=address("tasks", submission),
    )


def _returned_page(submission: Submission, returned: ReturnedWorkbook, problems: tuple[str, ...] = (),
                   ticked: list[str] | None = None):
    offered = returned.state == "offered"
    lists = compare(db.session, returned, actor()) if offered else None
    items, effort = submission.period.instrument, Effort()
    return render_template(
        "agency/workbook_returned.html",
        submission=submission,
        period=submission.period,
        returned=returned,
        state=state_words(returned),
        lists=lists,
        changes=shown_proposals(lists.changes, effort) if lists else [],
        conflicts=shown_proposals(lists.conflicts, effort) if lists else [],
        is_ticked=lambda code, otherwise: code in ticked if ticked is not None else otherwise,
        closed=obstacle(actor(), "import", submission),
        undoable=applying.can_be_undone(returned),
        applied=[(items.item(kept["item"]), address("item", submission, item=kept["item"])) for kept in returned.before],
        problems=problems,
        key=new_key(),
        here=address("workbook_returned", submission, id=returned.id),
        undo_url=address("workbook_undo", submission, id=returned.id),
        every=address("workbook", submission),
        home=address("tasks", submission),
    )


