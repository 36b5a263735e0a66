"""S48: the penanggung jawab says yes item by item and sends; then the receipt."""

from dataclasses import dataclass
from fractions import Fraction

from flask import abort, current_app, flash, render_template, request, url_for
from wtforms import BooleanField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from assessments import assuring, attesting, claiming, history
from assessments.instruments import Item
from assessments.models import Assessment, Claim
from assessments.progress import Progress, progress
from assessments.refusal import Refused
from assessments.sending_list import sending_checklist
from assessments.workflow import Look, look, open_transitions, unapproved_items, unsigned_papers

from ...access import actor, find, may
from ...extensions import db
from ...forms import Form, plain_id, seen_revisions
from ...once import new_key, once
from ...papers import pressing, sealing
from ...papers.codes import data_uri
from ...presence import unproven
from . import blueprint
from .evidence import shown_evidence, with_claims
from .places import address, grouped, neighbours, tabs, told

NOTHING = Look("Belum ada klaim", "plain", "ring")


class ApprovalForm(Form):
    verdict = RadioField("Putusan", choices={"approve": "Setujui", "return": "Perlu perbaikan"}, validate_choice=False)
    note = TextAreaField("Alasan")
    revision = StringField()


class SendForm(Form):
    checked = BooleanField(
        "Saya telah memeriksa semua klaim dan buktinya.",
        validators=[InputRequired("Centang bahwa Anda telah memeriksa semua klaim dan buktinya.")],
    )
    password = PasswordField("Kata sandi", validators=[InputRequired("Tulis kata sandi akun Anda.")])


@dataclass(frozen=True)
class BeforeSending:
    """What is about to be sent: how many claims, which of them without evidence, which agencies do not stand for theirs."""

    claims: int
    bare: list[Item]
    open_parts: list[Progress]


@dataclass(frozen=True)
class Row:
    """One item with its claim and what this reader may do with it."""

    item: Item
    claim: Claim | None
    steps: frozenset[str]
    url: str
    own_words: bool

    @property
    def look(self) -> Look:
        return look(self.claim) if self.claim else NOTHING


def _rows(assessment: Assessment) -> dict[str, Row]:
    with_claims(assessment)
    approves = may("approve", assessment)
    rows = {}
    for item in assessment.period.instrument.items:
        claim = assessment.claim(item.code)
        steps = frozenset(step.name for step in open_transitions(claim, actor())) if claim else frozenset()
        own_words = bool(approves and claim and claiming.awaits_approval(claim) and "approve" not in steps)
        page = "approval" if approves else "claim"
        rows[item.code] = Row(item, claim, steps, address(page, assessment, item=item.code), own_words)
    return rows


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/kirim")
def finalise(period: str, subject: str):
    return _page(find(Assessment, period=period, subject=subject))


def _before_sending(assessment: Assessment, rows: dict[str, Row]) -> BeforeSending:
    claimed = [row for row in rows.values() if row.claim]
    return BeforeSending(
        len(claimed),
        [row.item for row in claimed if not row.claim.citations],
        [part for part in progress(db.session, assessment.period, assessment) if not part.vouched],
    )


def _page(assessment: Assessment, form: SendForm | None = None):
    rows = _rows(assessment)
    now = claiming.provisional(assessment)
    steps = {step.name: step for step in open_transitions(assessment, actor())}
    send, has_papers = steps.get("send"), may("read_papers", assessment)
    if form is not None and send is None:
        raise Refused(f"Penilaian mandiri ini tidak dapat dikirim; statusnya {look(assessment).label.lower()}.")
    receipt = attesting.newest_receipt(assessment) if assessment.sent else None
    approved = sum(row.look.tone == "ok" for row in rows.values())
    checklist = [] if assessment.sent else sending_checklist(assessment, approved, len(rows))
    return render_template(
        "round/finalise.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "finalise"),
        groups=grouped(assessment.period.instrument, lambda item: rows[item.code]),
        approved=approved,
        total=len(rows),
        open_rows=[row for row in rows.values() if "approve" in row.steps],
        approves=may("approve", assessment),
        checklist=[(line, _mending(assessment, line.place)) for line in checklist],
        missing=_in_the_way(assessment) if may("send", assessment) and not assessment.sent else [],
        send=send,
        before=_before_sending(assessment, rows) if send else None,
        form=(form or SendForm(formdata=None)) if send else None,
        now=now,
        band=now.score.predicate(assessment.period.predicate_rule) if now.score else None,
        receipt=receipt,
        has_papers=has_papers,
        reopen=None if has_papers else steps.get("reopen"),  # otherwise that step stands beside the papers
        key=new_key,
        quality=assuring.signed_off(assessment) if may("read_qa", assessment) else None,
        links={name: address(name, assessment) for name in ("approve_listed", "send", "receipt", "papers", "reopen")} | {
            "quality": url_for("inspectorate.quality", period=assessment.period.slug, subject=assessment.subject.organization.slug)
            if may("read_qa", assessment) else ""
        },
    )


def _mending(assessment: Assessment, place: str) -> str:
    """Where a line of the list before sending is put right; nothing for whoever may not read that page."""
    match place:
        case "claims":
            return address("claims", assessment)
        case "team" if may("read_team", assessment):
            return address("team", assessment, _anchor="keputusan")
        case "general" if may("read_general", assessment):
            return address("general_answers", assessment)
        case "papers" if may("read_papers", assessment):
            return address("papers", assessment)
    return ""


def _in_the_way(assessment: Assessment) -> list[str]:
    """Claims that wait for a yes; then the papers the Koordinator has not signed, where the round asks for them."""
    return unapproved_items(assessment) or unsigned_papers(assessment)


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/kirim/persetujuan")
def approve_listed(period: str, subject: str):
    """Say yes to one row, or to exactly the revisions that were on the page."""
    assessment = find(Assessment, to="approve", period=period, subject=subject)
    answer = once()
    seen = seen_revisions(request.form.getlist("one") or request.form.getlist("seen"))
    if not seen:
        raise Refused("Tidak ada klaim yang dapat disetujui pada halaman itu.")
    with_claims(assessment)
    approved, left = claiming.approve_listed(assessment, actor(), seen)
    flash(f"{len(approved)} klaim disetujui.", "ok" if approved else "note")
    for item, why in list(left.items())[:5]:
        flash(f"Indikator {assessment.period.instrument.item(item).number}: {why}", "warn")
    return answer(address("finalise", assessment))


@blueprint.route("/pengelolaan/<string:period>/<string:subject>/kirim/<string:item>", methods=["GET", "POST"])
def approval(period: str, subject: str, item: str):
    """Read one claim as a whole, then say yes or say what must be mended."""
    if request.method != "POST":
        return _claim_page(find(Assessment, period=period, subject=subject), item)
    assessment = find(Assessment, to="approve", period=period, subject=subject)
    answer = once()
    with_claims(assessment)
    claim = assessment.claim(item) or abort(404)
    form = ApprovalForm()
    try:
        if form.verdict.data == "approve":
            claiming.approve(claim, actor(), plain_id(form.revision.data) or 0)
        elif form.verdict.data == "return":
            claiming.needs_work(claim, actor(), form.note.data or "")
        else:
            raise Refused("Pilih Setujui atau Perlu perbaikan.", field="verdict")
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        form.refused(refused)
        return _claim_page(find(Assessment, period=period, subject=subject), item, form)
    number = assessment.period.instrument.item(item).number
    flash(f"Indikator {number}: {'disetujui' if form.verdict.data == 'approve' else 'dikembalikan kepada tim'}.")
    codes = [each.code for each in assessment.period.instrument.items]
    after = codes[codes.index(item) + 1 :] + codes[: codes.index(item)]
    waiting = (code for code in after if (one := assessment.claim(code)) and claiming.awaits_approval(one))
    following = next(waiting, None)
    if request.form.get("then") == "next" and following:
        return answer(address("approval", assessment, item=following))
    return answer(address("finalise", assessment))


def _claim_page(assessment: Assessment, item: str, form: ApprovalForm | None = None):
    instrument = assessment.period.instrument
    if item not in {each.code for each in instrument.items}:
        abort(404)
    each = instrument.item(item)
    claim = next(iter(with_claims(assessment, item=item)), None) or abort(404)
    steps = {step.name for step in open_transitions(claim, actor())} & {"approve", "return"}
    levels = list(each.scale.levels)
    chosen = None if claim.value is None else each.scale.level(claim.value)
    at = levels.index(chosen) if chosen else 0
    form = form or ApprovalForm(formdata=None)
    form.verdict.choices = {step: words for step, words in form.verdict.choices.items() if step in steps}
    page = render_template(
        "round/approval.html",
        assessment=assessment,
        period=assessment.period,
        item=each,
        claim=claim,
        state=look(claim),
        evidence=shown_evidence(each, claim.citations, assessment.period.zone),
        levels=levels[at : at + 2],
        chosen=chosen,
        form=form,
        decides=bool(steps),
        own_words=may("approve", assessment) and claiming.awaits_approval(claim) and "approve" not in steps,
        events=told(history.events_of(db.session, claim)),
        around=neighbours(
            list(instrument.items), item, lambda other: address("approval", assessment, item=other.code)
        ),
        list_url=address("finalise", assessment),
        url=address("approval", assessment, item=item),
        key=new_key(),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/pengelolaan/<string:period>/<string:subject>/kirim")
def send(period: str, subject: str):
    find(Assessment, to="send", period=period, subject=subject, hold=False)
    form = SendForm()
    status = unproven(form, "Kata sandi salah. Penilaian mandiri belum dikirim.")
    if status is not None:
        return _page(find(Assessment, to="send", period=period, subject=subject), form), status
    answer = once()
    assessment = find(Assessment, to="send", period=period, subject=subject)
    receipt = attesting.send(assessment, actor(), sealing.chosen(current_app.config["SETTINGS"]).method)
    pressing.ask_to_print(db.session, receipt.number)
    flash(f"Penilaian mandiri terkirim. Nomor {receipt.number}.")
    return answer(address("receipt", assessment))


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/tanda-terima")
def receipt(period: str, subject: str):
    assessment = find(Assessment, period=period, subject=subject)
    found = attesting.newest_receipt(assessment) or abort(404)
    content = attesting.contents(found) or {"items": []}
    general = content.get("general")
    instrument = assessment.period.instrument
    index = Fraction(content["index"]) if content.get("index") else None
    public = pressing.address_of(found.number)
    return render_template(
        "round/receipt.html",
        address=public,
        code=data_uri(public),
        method=sealing.method_words(found.signature.method),
        file_url=address("printed_file", assessment, number=found.number),
        index=index,
        band=instrument.predicate(index, assessment.period.predicate_rule) if index is not None else None,
        assessment=assessment,
        period=assessment.period,
        found=found,
        standing=attesting.STANDINGS[attesting.standing(found)],
        general=general or [],
        holds_general=general is not None,
        rows=[(instrument.item(line["item"]), line, line["value"] and Fraction(line["value"])) for line in content["items"]],
        finalise_url=address("finalise", assessment),
    )
