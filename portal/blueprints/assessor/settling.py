"""S61: the final values, who proposed and who confirmed them, and every later version with its reason."""

from dataclasses import dataclass
from fractions import Fraction

from flask import flash, render_template, request
from wtforms import PasswordField, TextAreaField
from wtforms.validators import InputRequired

from assessments import analysing, results
from assessments.instruments import Instrument, Item
from assessments.models import Assessment, Proposal
from assessments.models.organization import ZONES
from assessments.models.period import PREDICATE_RULES, STAGES
from assessments.panel_questions import newest_result, open_proposal
from assessments.panel_room import ORIGINS, claimed_now
from assessments.policies import entitled
from assessments.recomputing import Findings, check_proposal, check_result
from assessments.refusal import Refused
from assessments.scoring import exact_text
from assessments.workflow import blockers, look

from ...access import actor, find, may
from ...extensions import db
from ...formatting import two_places
from ...forms import DayField, Form
from ...moments import ClockField, opening
from ...once import new_key, once
from ...presence import unproven
from . import blueprint
from .ways import address, by_aspect, tabs, written_value

PASSES = {
    "settled": "versi sebelumnya", "corrected": "diubah", "objection": "diubah sesudah tanggapan",
    "review": "diubah sesudah reviu",
}


class ProposalForm(Form):
    embargo_day = DayField("Embargo sampai tanggal")
    embargo_clock = ClockField("Embargo sampai jam")
    reason = TextAreaField("Alasan perubahan")


class RejectionForm(Form):
    note = TextAreaField("Alasan penolakan", id="alasan-tolak")


class ConfirmationForm(Form):
    password = PasswordField("Kata sandi", validators=[InputRequired("Tulis kata sandi akun Anda.")])


@dataclass(frozen=True)
class Row:
    """A final value beside the claim; `before` is that of the version it would replace."""

    item: Item
    claimed: Fraction | None
    value: Fraction
    origin: str
    before: Fraction | None

    @property
    def changed(self) -> bool:
        return self.before is not None and self.before != self.value


@blueprint.get("/asesmen/<string:period>/<string:subject>/penetapan")
def settling(period: str, subject: str):
    return _page(find(Assessment, to="see_room", period=period, subject=subject))


@blueprint.post("/asesmen/<string:period>/<string:subject>/penetapan/usulan")
def propose(period: str, subject: str):
    """The lead puts forward what was on the page; after a result was settled: its correction."""
    assessment = find(Assessment, to="propose_final", period=period, subject=subject)
    answer = once()
    form = ProposalForm()
    problems: list[tuple[str, str]] = []
    try:
        if not form.validate():
            raise Refused("Periksa isian usulan.", field="form")
        if form.embargo_clock.clock and not form.embargo_day.day:
            raise Refused("Isi tanggal akhir embargo.", field="embargo_day")
        changes = _changes(assessment, problems)
        present = results.final_of(assessment).sha256
        day = form.embargo_day.day
        until = opening(day, form.embargo_clock.clock, assessment.period.zone) if day else None
        made = results.propose(assessment, actor(), changes, form.reason.data or "", until)
        if present != request.form.get("seen"):
            raise Refused("Nilai berubah sesudah Anda membuka halaman ini. Muat ulang dan periksa lagi.")
    except Refused as refused:
        if refused.field is None:
            raise
        if refused.field == "changes":
            problems += [(sentence, "ubah-nilai") for sentence in refused.sentences]
        elif not form.errors and refused.field != "values":
            form.refused(refused)
        return _again(period, subject, 422, proposing=form, problems=problems)
    what = "Perubahan hasil" if made.supersedes_id else "Hasil akhir"
    flash(f"{what} diusulkan. Anggota lain yang menetapkannya.")
    return answer(address("settling", assessment))


@blueprint.post("/asesmen/<string:period>/<string:subject>/penetapan/penolakan")
def reject(period: str, subject: str):
    assessment = find(Assessment, to="reject_final", period=period, subject=subject)
    answer = once()
    form = RejectionForm()
    try:
        rejected = results.reject(assessment, actor(), form.note.data or "")
        if rejected.snapshot_sha != request.form.get("seen"):
            raise Refused("Usulan berubah sesudah Anda membukanya. Muat ulang dan periksa lagi.")
    except Refused as refused:
        if refused.field is None:
            raise
        form.refused(refused)
        return _again(period, subject, 422, rejecting=form)
    flash("Usulan ditolak; nilainya kembali kepada ketua tim.", "note")
    return answer(address("settling", assessment))


@blueprint.post("/asesmen/<string:period>/<string:subject>/penetapan/pengesahan")
def confirm(period: str, subject: str):
    """A second member settles exactly the proposal that was on the page, with the own password."""
    find(Assessment, to="confirm_final", period=period, subject=subject, hold=False)
    form = ConfirmationForm()
    status = unproven(form, "Kata sandi salah. Hasil belum ditetapkan.")
    if status is not None:
        return _again(period, subject, status, confirming=form)
    answer = once()
    assessment = find(Assessment, to="confirm_final", period=period, subject=subject)
    results.with_versions(assessment)
    made = results.confirm(assessment, actor(), request.form.get("seen", ""))
    flash(f"Hasil versi {made.n} ditetapkan: indeks {made.index_shown.replace('.', ',')}, {made.predicate}.")
    return answer(address("settling", assessment))


def _changes(assessment: Assessment, problems: list[tuple[str, str]]) -> dict[str, Fraction]:
    """{item: value} of the fields that were filled; what cannot be read goes to `problems`."""
    found = {}
    for item in assessment.period.instrument.items:
        try:
            value = written_value(item, request.form.get(f"nilai-{item.code}"))
        except Refused as refused:
            problems += [(f"Indikator {item.number}: {sentence}", f"nilai-{item.code}") for sentence in refused.sentences]
        else:
            if value is not None:
                found[item.code] = value
    if problems:
        raise Refused("Periksa nilai yang diubah.", field="values")
    return found


def _again(period: str, subject: str, status: int, **forms):
    db.session.rollback()
    return _page(find(Assessment, to="see_room", period=period, subject=subject), **forms), status


def _page(
    assessment: Assessment, proposing: ProposalForm | None = None, rejecting: RejectionForm | None = None,
    confirming: ConfirmationForm | None = None, problems: list[tuple[str, str]] | None = None,
):
    results.with_versions(assessment)
    proposal, newest = open_proposal(assessment), newest_result(assessment)
    proposes = proposal is None and may("propose_final", assessment)
    ready = newest is not None or assessment.state in ("consolidating", "reviewing")
    shown = proposal or next((one for one in assessment.proposals if newest and one.snapshot_sha == newest.snapshot_sha), None)
    final = results.proposed(shown) if shown else results.final_of(assessment) if ready else None
    rows = _rows(assessment, final, results.item_values(newest) if newest else {}) if final else {}
    instrument, rule = assessment.period.instrument, assessment.period.predicate_rule
    forms = [form for form in (proposing, rejecting, confirming) if form is not None]
    return render_template(
        "assessor/settling.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "settling"),
        proposal=proposal,
        newest=newest,
        final=final,
        exact=exact_text(final.score.index).replace(".", ",") if final else "",
        band=final.score.predicate(rule) if final else None,
        rule=PREDICATE_RULES[rule],
        zone_word=ZONES.get(assessment.period.zone, assessment.period.zone),
        why=_why(instrument, final.score.index, rule) if final else "",
        nodes=[(node, final.score.nodes[node.code]) for node in instrument.nodes()] if final else [],
        check=_check(proposal, newest) if final else None,
        groups=by_aspect(instrument, lambda item: rows[item.code]) if rows else [],
        versions=sorted((r for r in assessment.results if r.source == "portal"), key=lambda r: -r.n),
        rejected=[one for one in reversed(assessment.proposals) if one.state == "rejected"],
        proposes=proposes,
        seen=results.final_of(assessment).sha256 if proposes else "",
        corrects=proposes and newest is not None,
        waits=blockers(assessment, "propose") if proposes and newest is None else [],
        texts=analysing.unfinished_texts(assessment) if newest is None else [],
        texts_url=address("analyses", assessment),
        rejects=proposal is not None and may("reject_final", assessment),
        confirms=proposal is not None and may("confirm_final", assessment),
        own=proposal is not None and proposal.by_id == actor().person_id and entitled(actor(), "confirm_final", assessment),
        proposing=proposing or ProposalForm(formdata=None),
        rejecting=rejecting or RejectionForm(formdata=None),
        confirming=confirming or ConfirmationForm(formdata=None),
        form=forms[0] if forms else None,
        problems=problems or [],
        typed=(lambda code: request.form.get(f"nilai-{code}", "")) if proposing else (lambda code: ""),
        key=new_key,
        links={name: address(name, assessment) for name in ("room", "propose", "reject", "confirm", "report")},
    )


def _rows(assessment: Assessment, final: results.Final, before: dict[str, Fraction]) -> dict[str, Row]:
    claimed = claimed_now(db.session, assessment)
    return {
        item.code: Row(
            item, claimed.get(item.code), final.values[item.code], _origin(final.origins.get(item.code, "")),
            before.get(item.code),
        )
        for item in assessment.period.instrument.items
    }


def _origin(kept: str) -> str:
    """ "visit:carried" in words. """
    stage, _, origin = kept.partition(":")
    return f"{STAGES[stage]}, {ORIGINS[origin]}" if origin in ORIGINS and stage in STAGES else PASSES.get(kept, "")


def _check(proposal: Proposal | None, newest) -> Findings | None:
    if proposal is not None:
        return check_proposal(proposal)
    return check_result(newest) if newest is not None else None


def _why(instrument: Instrument, index: Fraction, rule: str) -> str:
    """Where exact and shown value lie in different bands: which one counts here (process.md 6 has no official rule)."""
    exact, shown = instrument.predicate(index, "exact"), instrument.predicate(index, "shown")
    if exact.n == shown.n:
        return ""
    edge = two_places(max(exact.min, shown.min))
    values = f"Indeks tampil {two_places(index)}, nilai eksaknya {exact_text(index).replace('.', ',')}"
    if rule == "exact":
        return f"{values}, masih di bawah batas {shown.name} ({edge}). Periode ini memakai nilai eksak, jadi predikatnya {exact.name}."
    return f"{values}. Periode ini memakai nilai dua desimal, jadi predikatnya {shown.name} meskipun batasnya {edge}."
