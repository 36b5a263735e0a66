"""S53: the panel drafts questions, sends them in batches with a clock in working days, reads answers and asks back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from wtforms import SelectField, StringField, TextAreaField

from assessments import clarification_hearers, clarifying, noticing
from assessments.blindness import read_blind
from assessments.clarifying import LONGEST, USUAL_DAYS
from assessments.clock import day_of, now
from assessments.models import Assessment, Clarification, ClarificationBatch, ClarificationReply
from assessments.models.period import STAGES
from assessments.panel_questions import judged_stage
from assessments.policies import obstacle
from assessments.refusal import Refused, Stale

from ...access import actor, find
from ...clarified import FILTERS, HEAD, STATES, Shown, chosen, grouped, show, table
from ...extensions import db
from ...formatting import listing as and_so_on
from ...formatting import long_moment
from ...forms import Form, plain_id, plain_version
from ...loading import WITH_WHAT_WAS_SAID
from ...once import new_key, once
from ...plain_tables import as_csv
from . import blueprint
from .ways import address, tabs

PLACE = "/asesmen/<string:period>/<string:subject>/klarifikasi"
PER_PAGE = 50
MANY_ITEMS = 6


class QuestionForm(Form):
    item = SelectField("Indikator", validate_choice=False)
    text = TextAreaField("Pertanyaan")
    phrase = SelectField("Mulai dari kalimat yang sering dipakai", validate_choice=False)


class WordingForm(Form):
    text = TextAreaField("Pertanyaan")


class SendingForm(Form):
    days = StringField("Jumlah hari kerja untuk menjawab")


class ReplyForm(Form):
    text = TextAreaField("Tanggapan")


@dataclass
class Wrong:
    """What was refused on this page and comes back as it was typed; `at` is the question whose form it was."""

    at: int = 0
    asked: QuestionForm | None = None
    wording: WordingForm | None = None
    sending: SendingForm | None = None
    ticked: tuple[str, ...] | None = None
    reply: ReplyForm | None = None
    stale: Stale | None = None
    problems: tuple[str, ...] = ()

    @property
    def form(self) -> Form | None:
        return self.asked or self.wording or self.sending or self.reply


# ---------------------------------------------------------------- the page and the table


@blueprint.get(PLACE)
def clarifications(period: str, subject: str):
    return _page(find(Assessment, to="see_clarifications", period=period, subject=subject))


@blueprint.get(f"{PLACE}/daftar.csv")
def clarification_table(period: str, subject: str):
    """Exactly what the page shows under the same filter, over all its leaves."""
    assessment = find(Assessment, to="see_clarifications", period=period, subject=subject)
    found = _found(assessment)
    drafts, sent = _shown(assessment, found, found.wanted)
    return as_csv(HEAD, table([*drafts, *sent], assessment.period.zone), f"klarifikasi-{period}-{subject}")


@dataclass(frozen=True)
class Found:
    """The ids of what the address asks for, in the order of the page: all drafts, and what went out under the filter."""

    drafts: list[int]
    wanted: list[int]
    counts: Counter
    last_sent: datetime | None

    @property
    def out(self) -> int:
        return sum(self.counts.values()) - self.counts["draft"]


def _found(assessment: Assessment) -> Found:
    """One statement, without texts."""
    item, state = _asked_item(assessment), STATES.get(chosen(request.args.get("saring")))
    last = select(func.max(ClarificationBatch.id)).where(ClarificationBatch.assessment_id == assessment.id).scalar_subquery()
    last_at = select(ClarificationBatch.at).where(ClarificationBatch.id == last).scalar_subquery()
    rows = select(Clarification.id, Clarification.item, Clarification.state, last_at.label("last_at")).where(
        Clarification.assessment_id == assessment.id, clarifying.shown_to(assessment, actor().person_id)
    )
    found = db.session.execute(rows.where(Clarification.item == item) if item else rows).all()
    order = {each.code: n for n, each in enumerate(assessment.period.instrument.items)}
    found = sorted(found, key=lambda row: (order.get(row.item, len(order)), row.id))
    return Found(
        [row.id for row in found if row.state == "draft"],
        [row.id for row in found if row.state != "draft" and state in (None, row.state)],
        Counter(row.state for row in found),
        found[0].last_at if found else None,
    )


def _shown(assessment: Assessment, found: Found, wanted: list[int]) -> tuple[list[Shown], list[Shown]]:
    """The drafts and the wanted ones with all that was said, in a fixed number of statements."""
    ids = [*found.drafts, *wanted]
    rows = db.session.scalars(
        select(Clarification).where(Clarification.id.in_(ids)).options(*WITH_WHAT_WAS_SAID)
    ).unique().all() if ids else []
    every = show(rows, assessment)
    return [row for row in every if row.is_draft], [row for row in every if not row.is_draft]


def _asked_item(assessment: Assessment) -> str:
    wanted = request.args.get("butir", "")
    return wanted if any(item.code == wanted for item in assessment.period.instrument.items) else ""


# ---------------------------------------------------------------- drafts


@blueprint.post(PLACE)
def ask_clarification(period: str, subject: str):
    """A new draft; or the same page with a sentence put into the text."""
    assessment = find(Assessment, to="ask_clarification", period=period, subject=subject)
    form = _question_form(assessment)
    if request.form.get("then") == "sisip":
        sentence = dict(clarifying.phrases_of(db.session, actor().person_id)).get(form.phrase.data or "", "")
        form.text.data = f"{(form.text.data or '').rstrip()}\n{sentence}".strip()
        return _page(assessment, Wrong(asked=form))
    answer = once()
    try:
        made = clarifying.write_draft(assessment, form.item.data or "", actor(), form.text.data)
    except Refused as refused:
        db.session.rollback()
        form.refused(refused)
        return _page(_again(period, subject), Wrong(asked=form)), 422
    db.session.flush()
    flash(f"Draf pertanyaan tentang indikator {_number(assessment, made.item)} tersimpan. Instansi belum melihatnya.")
    return answer(_here(assessment, f"tanya-{made.id}"))


@blueprint.post(f"{PLACE}/<int:id>")
def edit_clarification(period: str, subject: str, id: int):
    """Another wording of a draft, or none any more."""
    assessment = find(Assessment, to="ask_clarification", period=period, subject=subject)
    question = _one(assessment, id)
    number = _number(assessment, question.item)
    same = request.form.get("seen", clarifying.mark_of(question)) == clarifying.mark_of(question)
    if request.form.get("then") == "hapus":
        if not same:
            changed = f"Draf tentang indikator {number} diubah anggota lain sesudah Anda membuka halaman, jadi tidak dihapus."
            return _page(assessment, Wrong(problems=(changed,))), 409
        clarifying.discard(question)
        url = _here(assessment, "draf")
        db.session.commit()
        flash(f"Draf pertanyaan tentang indikator {number} dihapus.")
        return redirect(url)
    form = _named(WordingForm(), id)
    try:
        clarifying.rewrite(question, form.text.data, plain_version(request.form.get("version")) if same else 0)
    except Stale as stale:
        db.session.rollback()
        return _page(_again(period, subject), Wrong(at=id, wording=form, stale=stale)), 409
    except Refused as refused:
        db.session.rollback()
        if refused.field is None:
            return _page(_again(period, subject), Wrong(problems=_with_text(refused, form.text.data))), 409
        form.refused(refused)
        return _page(_again(period, subject), Wrong(at=id, wording=form)), 422
    url = _here(assessment, f"tanya-{id}")
    db.session.commit()
    flash(f"Draf pertanyaan tentang indikator {number} tersimpan.")
    return redirect(url)


def _with_text(refused: Refused, typed: str | None) -> tuple[str, ...]:
    """What can no longer be stored stands in the summary, so that it is not lost."""
    return (*refused.sentences, *([f"Tulisan Anda: {typed.strip()}"] if typed and typed.strip() else []))


# ---------------------------------------------------------------- sending


@blueprint.post(f"{PLACE}/kiriman")
def send_clarifications(period: str, subject: str):
    """The chosen drafts go out together."""
    assessment = find(Assessment, to="ask_clarification", period=period, subject=subject)
    answer = once()
    form, ticked = SendingForm(), tuple(request.form.getlist("chosen"))
    try:
        asked = _as_seen(assessment, ticked)
        batch = clarifying.send(assessment, asked, plain_id((form.days.data or "").strip()), actor())
    except Refused as refused:
        db.session.rollback()
        form.refused(refused)
        return _page(_again(period, subject), Wrong(sending=form, ticked=ticked)), 409 if refused.field is None else 422
    db.session.flush()
    _tell_holders(assessment, [each.item for each in asked], f"clarification_batch:{batch.id}", batch.due_at)
    flash(f"{len(asked)} pertanyaan dikirim. Jawaban ditunggu sampai {long_moment(batch.due_at, assessment.period.zone)}.")
    return answer(_here(assessment, "terkirim"))


def _as_seen(assessment: Assessment, marks: Sequence[str]) -> list[Clarification]:
    """The drafts that were ticked (their marks), as they stood on the page: nobody sends words that were not read."""
    wanted = {plain_id(mark.partition("-")[0]): mark for mark in marks}
    found = db.session.scalars(
        select(Clarification)
        .where(
            Clarification.assessment_id == assessment.id, Clarification.state == "draft",
            clarifying.shown_to(assessment, actor().person_id),
        )
        .order_by(Clarification.id)
    ).all()
    taken = [each for each in found if each.id in wanted]
    if len(taken) < len(wanted):
        raise Refused("Sebagian draf yang Anda pilih sudah dikirim atau dihapus anggota lain. Tidak ada yang dikirim; periksa lagi.")
    changed = [_number(assessment, each.item) for each in taken if clarifying.mark_of(each) != wanted[each.id]]
    if changed:
        raise Refused(
            f"Draf tentang indikator {and_so_on(changed)} diubah anggota lain sesudah Anda membuka halaman. "
            "Tidak ada yang dikirim; baca lagi, lalu kirim."
        )
    return taken


def _tell_holders(assessment: Assessment, items: list[str], key: str, due=None) -> None:
    """Everybody hears of the items of their own office, in one sentence."""
    told = {}
    for person, held in clarification_hearers.holders_of(db.session, assessment, items).items():
        count = sum(item in held for item in items)
        about = _about(assessment, held)
        told[person] = (
            f"Tim asesor mengirim {count} pertanyaan klarifikasi {about}; jawaban ditunggu sampai "
            f"{long_moment(due, assessment.period.zone)}." if due else f"Tim asesor menanggapi jawaban klarifikasi {about}."
        )
    path = url_for("agency.panel_questions", period=assessment.period.slug, subject=assessment.subject.organization.slug)
    noticing.tell_each(db.session, told, "clarification", path, key)


def _about(assessment: Assessment, held: set[str]) -> str:
    numbers = [item.number for item in assessment.period.instrument.items if item.code in held]
    return f"tentang {len(numbers)} indikator" if len(numbers) > MANY_ITEMS else f"tentang indikator {and_so_on(numbers)}"


# ---------------------------------------------------------------- going on


@blueprint.post(f"{PLACE}/<int:id>/tanggapan")
def ask_back(period: str, subject: str, id: int):
    """Words of the panel under an answer; the question waits again."""
    assessment = find(Assessment, to="ask_clarification", period=period, subject=subject)
    answer = once()
    question, form = _one(assessment, id), _named(ReplyForm(), id)
    try:
        reply: ClarificationReply = clarifying.ask_back(question, actor(), form.text.data)
    except Refused as refused:
        db.session.rollback()
        if refused.field is None:
            return _page(_again(period, subject), Wrong(problems=_with_text(refused, form.text.data))), 409
        form.refused(refused)
        return _page(_again(period, subject), Wrong(at=id, reply=form)), 422
    db.session.flush()
    _tell_holders(assessment, [question.item], f"clarification_reply:{reply.id}")
    flash(f"Tanggapan tentang indikator {_number(assessment, question.item)} terkirim.")
    return answer(_here(assessment, f"tanya-{id}"))


@blueprint.post(f"{PLACE}/<int:id>/penutupan")
def close_clarification(period: str, subject: str, id: int):
    assessment = find(Assessment, to="ask_clarification", period=period, subject=subject)
    question = _one(assessment, id)
    reopening = request.form.get("then") == "buka"
    (clarifying.reopen if reopening else clarifying.close)(question)
    url = _here(assessment, f"tanya-{id}")
    db.session.commit()
    flash("Pertanyaan dibuka lagi." if reopening else "Pertanyaan ditutup.")
    return redirect(url)


# ---------------------------------------------------------------- shared by all of them


def _again(period: str, subject: str) -> Assessment:
    return find(Assessment, to="see_clarifications", period=period, subject=subject)


def _one(assessment: Assessment, id: int) -> Clarification:
    """A question of this assessment that is open to the reader; elsewhere it does not exist."""
    found = db.session.scalar(
        select(Clarification).where(
            Clarification.id == (id if id < 2**31 else 0), Clarification.assessment_id == assessment.id,
            clarifying.shown_to(assessment, actor().person_id),
        )
    )
    return found or abort(404)


def _number(assessment: Assessment, code: str) -> str:
    return assessment.period.instrument.item(code).number


def _here(assessment: Assessment, anchor: str) -> str:
    return address("clarifications", assessment, butir=_asked_item(assessment) or None, _anchor=anchor)


def _named(form, id: int):
    """One of several forms of a page: what is wrong in it is said at its own control."""
    form.text.id = f"text-{id}"
    return form


def _question_form(assessment: Assessment, filled: str | None = None) -> QuestionForm:
    form = QuestionForm(formdata=None, item=filled) if filled is not None else QuestionForm()
    form.item.choices = [("", "Pilih indikator"), *((item.code, f"{item.number} {item.short_name}")
                                                    for item in assessment.period.instrument.items)]
    return form


def _page(assessment: Assessment, wrong: Wrong | None = None):
    wrong = wrong or Wrong()
    period, item, word = assessment.period, _asked_item(assessment), chosen(request.args.get("saring"))
    found = _found(assessment)
    last = max(1, -(-len(found.wanted) // PER_PAGE))
    leaf = min(plain_id(request.args.get("halaman")) or 1, last)
    drafts, sent = _shown(assessment, found, found.wanted[(leaf - 1) * PER_PAGE : leaf * PER_PAGE])
    why_not = obstacle(actor(), "ask_clarification", assessment)
    asked = wrong.asked or _question_form(assessment, item)
    phrases = clarifying.phrases_of(db.session, actor().person_id) if why_not is None else []
    asked.phrase.choices = [("", "Pilih kalimat"), *phrases]
    stage = judged_stage(assessment)
    keep = {"butir": item or None}
    return render_template(
        "assessor/clarifications.html",
        assessment=assessment,
        period=period,
        tabs=tabs(assessment, "clarifications"),
        stage=STAGES[stage] if stage else "",
        closes=period.closes_at(stage, assessment) if stage else None,
        item=period.instrument.item(item) if item else None,
        desk_url=address("desk", assessment, item=item) if item else "",
        drafts=drafts,
        groups=grouped(sent),
        waiting=found.counts["sent"],
        out=found.out,
        tab_links=[
            (f"{label} {found.counts[STATES[key]] if key else found.out}",
             address("clarifications", assessment, saring=key or None, **keep), key == word)
            for key, label in FILTERS.items()
        ],
        page=leaf,
        last=last,
        link=lambda n: address("clarifications", assessment, saring=word or None, halaman=n, **keep),
        csv_url=address("clarification_table", assessment, saring=word or None, **keep),
        all_url=address("clarifications", assessment),
        why_not=why_not,
        closed=read_blind(assessment, stage),
        running=stage,
        typed=wrong,
        problems=wrong.problems or (wrong.form.errors if wrong.form else ()),
        asked=asked,
        sending=wrong.sending or SendingForm(formdata=None, days=str(USUAL_DAYS)),
        wording=lambda row: wrong.wording if wrong.wording and wrong.at == row.id
        else _named(WordingForm(formdata=None, text=row.question.text), row.id),
        reply=lambda row: wrong.reply if wrong.reply and wrong.at == row.id else _named(ReplyForm(formdata=None), row.id),
        mark_of=clarifying.mark_of,
        ticked=lambda mark: wrong.ticked is None or mark in wrong.ticked,
        today_sent=found.last_sent if found.last_sent and day_of(found.last_sent, period.zone) == day_of(now(), period.zone) else None,
        limit=LONGEST,
        key=new_key,
        to=lambda endpoint, **more: address(endpoint, assessment, **keep, **more),
    )
