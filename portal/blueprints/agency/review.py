"""S28 and S29: everything once more before it goes to the head, and what is known after that."""

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from assessments import answering, history, readying, waiving
from assessments.models import Receipt, Submission
from assessments.policies import entitled
from assessments.refusal import Refused
from assessments.workflow import look, open_transitions

from ... import evidence
from ...access import actor, ask, find, may
from ...extensions import db
from ...once import new_key, once
from . import blueprint
from .answers import address, asked_agency, grouped, rows_of, with_answers
from .changes import Change
from .ladder import ladder
from .remarks import weighed

FILL = "Lengkapi indikator yang belum siap, periksa jawaban, lalu kirim ke kepala OPD."
SIGN = "Kepala OPD membaca isian ini, lalu menandatangani atau mengembalikannya dengan alasan."
CHECK = "Asesor internal memeriksa tiap indikator; yang perlu perbaikan dikembalikan dengan alasannya."
SEND = "Sesudah semua OPD diterima, penanggung jawab menyetujui dan mengirim penilaian mandiri."
HEADINGS = {
    "empty": "Isian belum dikirim",
    "filling": "Isian belum dikirim",
    "ready": "Terkirim ke kepala OPD",
    "signed": "Ditandatangani dan terkirim",
    "returned": "Dikembalikan untuk diperbaiki",
    "accepted": "Isian diterima",
}
AHEAD = {
    "empty": (FILL, SIGN, CHECK, SEND),
    "filling": (FILL, SIGN, CHECK, SEND),
    "ready": (SIGN, CHECK, SEND),
    "signed": (CHECK, SEND),
    "returned": ("Perbaiki indikator yang dikembalikan, tandai siap lagi, lalu kirim ke kepala OPD.", SIGN, CHECK, SEND),
    "accepted": (SEND,),
}


@blueprint.route("/penilaian/<string:period>/periksa", methods=["GET", "POST"])
def review(period: str):
    if request.method == "POST":
        return _hand_in(period)
    return _page(find(Submission, period=period, organization=asked_agency()))


def _hand_in(period: str):
    submission = find(Submission, period=period, organization=asked_agency())
    if not entitled(actor(), "mark_ready", submission):
        ask("mark_ready", submission)
    answer = once()  # before the question whether it can be handed in now, which the deed itself answers
    submission = find(Submission, period=period, organization=asked_agency(), to="mark_ready")
    try:
        answering.hand_to_head(submission, actor())
    except Refused as refusal:
        db.session.rollback()
        return _page(find(Submission, period=period, organization=asked_agency()), refusal.sentences), 409
    return answer(address("sent", submission))


def _page(submission: Submission, problems: tuple[str, ...] = ()):
    with_answers(submission, texts=True)
    rows = rows_of(submission)
    records = evidence.records(citation for row in rows for citation in row.answer.citations)
    remarks = waiving.remarks_on([row.answer for row in rows], evidence.ended(records))
    return render_template(
        "agency/review.html",
        submission=submission,
        period=submission.period,
        state=look(submission),
        groups=grouped(rows),
        total=len(rows),
        waiting=[(row, readying.lacks(row.answer, actor())) for row in rows if not row.is_ready],
        ready_url=address("mark_complete", submission) if may("mark_ready", submission) else "",
        remarks=remarks,
        why={row.item.code: ladder(row.answer, row.item, row.answer.value).ladder.sentence for row in rows},
        records=records,
        weighed=weighed(rows, remarks),
        problems=problems,
        steps=open_transitions(submission, actor()),
        hand_in_url=address("review", submission),
        sent_url=address("sent", submission) if submission.state in ("ready", "signed", "accepted") else None,
        home=address("tasks", submission),
        key=new_key,
        evidence=evidence,
    )


@blueprint.get("/penilaian/<string:period>/terkirim")
def sent(period: str):
    """Where the part lies now, the receipts it has, and what comes next."""
    submission = find(Submission, period=period, organization=asked_agency())
    receipts = db.session.scalars(
        select(Receipt)
        .where(Receipt.submission_id == submission.id)
        .options(joinedload(Receipt.signature))
        .order_by(Receipt.at.desc())
    ).all()
    events = history.events_of(db.session, submission)
    return render_template(
        "agency/sent.html",
        submission=submission,
        period=submission.period,
        state=look(submission),
        heading=HEADINGS[submission.state],
        ahead=AHEAD[submission.state],
        receipt=receipts[0] if receipts and submission.state in ("signed", "accepted") else None,
        handed_in=next((event for event in events if event.verb == "mark_ready"), None),
        happenings=[Change(event.at, event.label, event.by_label, event.note) for event in events],
        home=address("tasks", submission),
        review_url=address("review", submission),
    )


