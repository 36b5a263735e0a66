"""S51: one item is judged. The desk is one form: value, texts, the note to the team, marks on criteria and the words on
evidence go together, whichever button sends it; `autosave.py` sends what is typed by itself."""

from flask import abort, flash, redirect, request, url_for
from sqlalchemy.orm.attributes import set_committed_value

from assessments import external_values, judging, marking
from assessments.instruments import Item
from assessments.meeting_questions import to_be_valued
from assessments.models import Assessment, Claim
from assessments.models.judgement import Judgement
from assessments.refusal import Refused, Stale

from ...access import actor, find
from ...extensions import db
from ...forms import plain_version
from . import blueprint
from .desk_page import desk_page
from .evidence import Proof, proofs_of
from .forms import JudgementForm, VerdictForm, verdict_prefix
from .helping import help_with, helps
from .typed import Typed, typed
from .ways import address, written_value
from .work import only_own_judgements, own_work

ADDRESS = "/asesmen/<string:period>/<string:subject>/butir/<string:item>"
TEXTS = ("value", "facts", "analysis", "justification", "team_note")


@blueprint.route(ADDRESS, methods=["GET", "POST"])
def desk(period: str, subject: str, item: str):
    if request.method == "POST":
        return _judge(period, subject, item, request.form.get("then", "simpan"))
    return desk_page(at_desk(period, subject, item))


@blueprint.post(f"{ADDRESS}/bukti/<int:citation>")
def judge_citation(period: str, subject: str, item: str, citation: int):
    """The word on one citation; what was typed beside it is stored with it."""
    return _judge(period, subject, item, "simpan", citation)


@blueprint.post(f"{ADDRESS}/tarik")
def recall(period: str, subject: str, item: str):
    claim = to_judge(period, subject, item)
    judging.recall_judgement(claim, actor())
    url, number = address("desk", claim.assessment, item=item), _item(claim).number
    db.session.commit()
    flash(f"Penilaian indikator {number} ditarik kembali menjadi draf.")
    return redirect(url)


def at_desk(period: str, subject: str, item: str) -> Claim:
    return find(Claim, to="see_desk", period=period, subject=subject, item=item)


def to_judge(period: str, subject: str, item: str) -> Claim:
    """The claim, to be judged now, with this person's work of the assessment and nobody else's."""
    claim = find(Claim, to="judge", period=period, subject=subject, item=item)
    only_own_judgements(claim.assessment, actor().person_id, item)
    set_committed_value(claim.assessment, "claims", [claim])  # one judgement asks for the one claim it is about
    return claim


def _item(claim: Claim) -> Item:
    return claim.assessment.period.instrument.item(claim.item)


def _judge(period: str, subject: str, code: str, then: str, about: int | None = None):
    """Store what was typed; `then` says whether it is sent too and where it goes on. `about` is the citation judged."""
    form = JudgementForm()
    try:
        claim = to_judge(period, subject, code)
    except Refused as refused:
        return _too_late(period, subject, code, form, refused)
    item, stage = _item(claim), judging.judged_stage(claim.assessment)
    if request.form.get("seen", stage) != stage:
        ended = Refused("Tahap yang Anda buka sudah ditutup; halaman ini sekarang menampilkan tahap berikutnya.")
        return _too_late(period, subject, code, form, ended)
    said, proofs = typed(item), proofs_of(claim, item, stage, actor().person_id, told=False)
    if about is not None and all(proof.citation.id != about for proof in proofs):
        abort(404)
    words = {proof.citation.id: VerdictForm(prefix=verdict_prefix(proof.citation)) for proof in proofs}
    done = None
    try:
        if helps(then):
            done = help_with(then, claim, form, said, proofs, words)
        if "facts" in request.form:
            keep_draft(claim, item, form, said)
        keep_seen(claim, proofs, said)
        _keep_words(claim, proofs, words, about)
    except Stale as stale:
        return _again(period, subject, code, form, words, stale=stale), 409
    except Refused as refused:
        if refused.field is None:
            return _too_late(period, subject, code, form, refused)
        return _again(period, subject, code, form if not _is_of(words, refused) else None, words, refused), 422
    if then == "simpan" or done:
        sentence, anchor = done or (f"Penilaian indikator {item.number} tersimpan sebagai draf.", None)
        if about is not None:
            anchor = f"bukti-{about}"
        url = address("desk", claim.assessment, item=code, _anchor=anchor)
        db.session.commit()
        flash(sentence)
        return redirect(url)
    return _send(claim, item, form, then)


def _send(claim: Claim, item: Item, form: JudgementForm, then: str):
    """The text is kept whether or not it can be sent."""
    assessment: Assessment = claim.assessment
    place = (assessment.period.slug, assessment.subject.organization.slug, item.code)
    try:
        judging.send_judgement(claim, actor())
    except Refused as refused:
        db.session.commit()
        flash("Tulisan Anda tersimpan sebagai draf, tetapi belum dapat dikirim.", "warn")
        form.refused(refused)
        return desk_page(at_desk(*place), form=form), 422
    valued = to_be_valued(db.session, [assessment]).get(assessment.id)
    following = own_work(assessment, actor().person_id, valued).following(item.code)
    if then == "berikutnya":
        url = address("desk", assessment, item=following) if following else url_for("assessor.queue")
    else:
        url, following = address("desk", assessment, item=item.code), item.code
    db.session.commit()
    flash(f"Penilaian indikator {item.number} dikirim." + ("" if following else " Semua bagian Anda sudah dinilai."))
    return redirect(url)


def keep_draft(claim: Claim, item: Item, form: JudgementForm, said: Typed) -> Judgement | None:
    """Store the judgement as it was typed; None where nothing was said about the item itself."""
    stored = judging.own_judgement(claim, actor().person_id)
    if stored is None and not said.speaks and not any((form[name].data or "").strip() for name in TEXTS):
        return None
    outside = external_values.newest_value(claim.assessment, claim.item)
    return judging.write_judgement(
        claim, actor(), _chosen(item, stored), form.facts.data or "", form.analysis.data or "",
        form.justification.data or "", form.team_note.data or "", plain_version(request.form.get("version")),
        raw=outside.raw if outside else None, flagged=said.flagged, criteria=said.criteria,
    )


def keep_seen(claim: Claim, proofs: list[Proof], said: Typed) -> None:
    """Which of the files on the page were looked at, where the form says so."""
    if said.viewed is None:
        return
    seen = {proof.version for proof in proofs if proof.citation.id in said.viewed}
    already = {proof.version for proof in proofs if proof.seen}
    if seen != already:
        marking.remember_seen(claim, actor(), {proof.version for proof in proofs}, seen, already)


def _chosen(item: Item, stored: Judgement | None):
    typed = request.form.get("value")
    if typed is None and stored is not None and stored.value is not None:
        raise Refused("Tingkat tidak ikut terkirim. Pilih tingkat lagi, lalu simpan.", field="value")
    try:
        return written_value(item, typed)
    except Refused as refused:
        raise Refused(*refused.sentences, field="value") from None


def _keep_words(claim: Claim, proofs: list[Proof], words: dict[int, VerdictForm], about: int | None) -> None:
    """What was said on evidence; a row in which nothing was chosen says nothing."""
    own = {proof.citation.id: proof.verdict for proof in proofs if proof.verdict is not None}
    for proof in proofs:
        form = words[proof.citation.id]
        verdict, kind, note = form.verdict.data or "", form.reason_kind.data or "", form.note.data or ""
        if not (verdict or kind or note.strip() or proof.citation.id == about):
            continue
        try:
            judging.judge_citation(claim, proof.citation, actor(), verdict, kind or None, note, own)
        except Refused as refused:
            if refused.field is None:
                raise
            form.refused(refused)
            raise Refused(*[f"Bukti {proof.code}: {sentence}" for sentence in refused.sentences], field="words") from None


def _is_of(words: dict[int, VerdictForm], refused: Refused) -> bool:
    return refused.field == "words" and any(form.errors for form in words.values())


def _again(
    period: str, subject: str, code: str, form: JudgementForm | None, words: dict[int, VerdictForm],
    refused: Refused | None = None, stale: Stale | None = None,
):
    """Nothing was stored; the page comes back with everything that was typed."""
    db.session.rollback()
    faults: dict[str, list[str]] = {}
    if refused is not None and form is not None:
        if refused.field in form:
            form.refused(refused)
        else:
            faults[refused.field or ""] = list(refused.sentences)
    return desk_page(
        at_desk(period, subject, code), form=form or JudgementForm(), words=words, stale=stale, faults=faults
    )


def _too_late(period: str, subject: str, code: str, form: JudgementForm, refused: Refused):
    """It cannot be stored any more, or not by this person: the page says why and still holds the text."""
    db.session.rollback()
    return desk_page(at_desk(period, subject, code), unsaved=(refused, form)), 409
