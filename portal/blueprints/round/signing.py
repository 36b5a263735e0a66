"""The papers of the Koordinator: read, signed in one deed, taken back; and opening again what was sent."""

from fractions import Fraction

from flask import current_app, flash, render_template, url_for
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, HiddenField, PasswordField, TextAreaField
from wtforms.validators import InputRequired

from assessments import countersigning, risks
from assessments.attesting import Changed, title_of
from assessments.history import before, events_of
from assessments.models import Appointment, Assessment
from assessments.models.paper import PAPER_KINDS
from assessments.papers import basis_of
from assessments.policies import entitled, obstacle
from assessments.refusal import Faults, Refused
from assessments.signed_papers import papers_of
from assessments.workflow import Look, look, open_transitions, transition

from ...access import actor, find, may
from ...extensions import db
from ...forms import Form
from ...once import new_key, once
from ...papers import pressing, sealing
from ...presence import unproven
from . import blueprint
from .places import address, tabs, told

ROOM = "/pengelolaan/<string:period>/<string:subject>"
PAGE = f"{ROOM}/berita-acara"
SHOWN_FIRST = 8
HOLDS, GONE = Look("Berlaku", "ok", "check"), Look("Tidak berlaku", "bad", "back")


class SignForm(Form):
    minutes = HiddenField()
    consent = HiddenField()
    checked = BooleanField(
        "Saya telah membaca berita acara dan pernyataan persetujuan publikasi.",
        validators=[InputRequired("Centang bahwa Anda telah membaca kedua naskah.")],
    )
    without_team = BooleanField("Keputusan tim belum dicatat. Saya tetap menandatangani.")
    reason = TextAreaField("Alasan menandatangani tanpa keputusan tim")
    password = PasswordField("Kata sandi", validators=[InputRequired("Tulis kata sandi akun Anda.")])

    @property
    def excuse(self) -> countersigning.WithoutTeam:
        return countersigning.WithoutTeam(bool(self.without_team.data), self.reason.data or "")


class ReasonForm(Form):
    note = TextAreaField("Alasan", validators=[InputRequired("Tulis alasannya.")])


@blueprint.get(PAGE)
def papers(period: str, subject: str):
    """What was signed and what happened since; to the Koordinator whose turn it is, both papers and the form."""
    return _page(find(Assessment, to="read_papers", period=period, subject=subject))


@blueprint.post(PAGE)
def sign_papers(period: str, subject: str):
    find(Assessment, to="sign", period=period, subject=subject, hold=False)
    form = SignForm()
    status = unproven(form, "Kata sandi salah. Belum ada yang ditandatangani.")
    if status is not None:
        return _page(find(Assessment, to="sign", period=period, subject=subject), form), status
    answer = once()
    assessment = find(Assessment, to="sign", period=period, subject=subject)  # again: no lock was held while hashing
    try:
        method = sealing.chosen(current_app.config["SETTINGS"]).method
        seen = {"minutes": form.minutes.data, "consent": form.consent.data}
        signed = countersigning.sign(assessment, actor(), seen, method, form.excuse)
    except Changed as refused:
        db.session.rollback()
        again = url_for("round.papers", period=period, subject=subject)
        return render_template("round/papers_changed.html", sentence=str(refused), again=again), 409
    except Refused as refused:
        if refused.field is None and not isinstance(refused, Faults):
            raise
        db.session.rollback()
        return _page(find(Assessment, to="sign", period=period, subject=subject), form), 422
    pressing.ask_to_print(db.session, *(paper.number for paper in signed))
    flash(f"Ditandatangani: {signed[0].number} dan {signed[1].number}.")
    return answer(address("papers", assessment))


@blueprint.route(f"{PAGE}/penarikan", methods=["GET", "POST"])
def take_back_papers(period: str, subject: str):
    """The Koordinator takes both signatures back before anything is sent."""
    assessment = find(Assessment, to="withdraw", period=period, subject=subject)
    return _because(
        assessment, "withdraw", countersigning.withdraw, "Tanda tangan Koordinator ditarik.",
        explanation="Berita acara dan pernyataan persetujuan publikasi tidak berlaku lagi. Penanggung jawab tidak dapat "
        "mengirim sebelum keduanya ditandatangani lagi. Nomor, waktu, dan alasannya tetap tercatat.",
    )


@blueprint.route(f"{ROOM}/kirim/pembukaan-kembali", methods=["GET", "POST"])
def reopen(period: str, subject: str):
    """What was sent is opened again, while no assessor has begun."""
    assessment = find(Assessment, to="reopen", period=period, subject=subject)
    return _because(
        assessment, "reopen", countersigning.reopen, "Penilaian mandiri dibuka kembali.",
        explanation="Tanda terima pengiriman dan naskah Koordinator tidak berlaku lagi, juga pada halaman verifikasi publik. "
        "Klaim yang sudah disetujui tetap disetujui sampai dikembalikan penanggung jawab.",
    )


def _because(assessment: Assessment, name: str, verb, done: str, explanation: str):
    """One step that asks for its reason: the page of it, and the deed."""
    step = transition(Assessment, name)
    if assessment.state not in step.sources:
        raise Refused(f"Langkah “{step.label}” tidak dapat dilakukan saat statusnya {look(assessment).label.lower()}.")
    form = ReasonForm()
    if form.is_submitted():
        answer = once()
        if form.validate():
            try:
                verb(assessment, actor(), form.note.data)
            except Refused as refused:
                if refused.field is None:
                    raise
                form.refused(refused)
            else:
                flash(done)
                return answer(_back(assessment))
        db.session.rollback()
        assessment = find(Assessment, period=assessment.period.slug, subject=assessment.subject.organization.slug)
    page = render_template(
        "round/because.html",
        assessment=assessment,
        period=assessment.period,
        step=step,
        explanation=explanation,
        form=form,
        limit=countersigning.REASON_LIMIT,
        url=address({"withdraw": "take_back_papers"}.get(name, name), assessment),
        back=_back(assessment),
        key=new_key(),
    )
    return page, 422 if form.errors else 200


def _back(assessment: Assessment) -> str:
    """Where such a step begins: the papers, or the page of sending where the round has none."""
    return address("papers" if may("read_papers", assessment) else "finalise", assessment)


def _page(assessment: Assessment, form: SignForm | None = None):
    steps = {step.name: step for step in open_transitions(assessment, actor())}
    if form is not None and "sign" not in steps:
        raise Refused(f"Naskah ini tidak sedang menunggu tanda tangan; statusnya {look(assessment).label.lower()}.")
    return render_template(
        "round/papers.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "papers"),
        papers=[(paper, address("printed_file", assessment, number=paper.number)) for paper in papers_of(assessment)],
        titles=PAPER_KINDS,
        HOLDS=HOLDS,
        GONE=GONE,
        why_not=_why_not(assessment) if "sign" not in steps else None,
        withdraw=steps.get("withdraw"),
        reopen=steps.get("reopen"),
        links={name: address(name, assessment) for name in ("papers", "take_back_papers", "reopen", "finalise", "claims")},
        events=told(events_of(db.session, assessment)),
        signing=_to_sign(assessment, form) if "sign" in steps else None,
        form=form,
        key=new_key,
    )


def _why_not(assessment: Assessment) -> str | None:
    """To the Koordinator whose turn it is: the sentence that keeps this person from signing."""
    waits = assessment.state in transition(Assessment, "sign").sources and entitled(actor(), "sign", assessment)
    return obstacle(actor(), "sign", assessment) if waits else None


def _to_sign(assessment: Assessment, form: SignForm | None) -> dict:
    """What the Koordinator sees before signing: what is risky, what moved, both papers in full, the form."""
    office = db.session.get_one(
        Appointment, actor().appointment_id, options=[joinedload(Appointment.person), joinedload(Appointment.acting_for)]
    )
    basis, earlier = basis_of(assessment), before(db.session, assessment)
    minutes, consent = countersigning.drafts(assessment, office, basis)
    instrument = assessment.period.instrument
    claims = [basis.claims[item.code] for item in instrument.items if item.code in basis.claims]
    concerns = risks.concerns(claims, earlier, {})
    if form is not None and minutes.content["team"] is None:
        try:
            form.excuse.said()
        except Refused as refused:
            form.refused(refused)
    form = form or SignForm(formdata=None)
    form.minutes.data, form.consent.data = minutes.sha256, consent.sha256
    return {
        "form": form,
        "minutes": minutes,
        "consent": consent,
        "without_team": minutes.content["team"] is None,
        "team_url": address("team", assessment, _anchor="keputusan"),
        "limit": countersigning.REASON_LIMIT,
        "office": office,
        "title": title_of(office),
        "index": Fraction(minutes.content["index"]["exact"]),
        "nodes": [(node, Fraction(node["exact"])) for node in minutes.content["nodes"]],
        "levels": [(line, line["level"] and Fraction(line["level"])) for line in minutes.content["items"]],
        "concerns": concerns[:SHOWN_FIRST],
        "more": len(concerns) - SHOWN_FIRST,
        "comparison": risks.compared(claims, earlier),
        "claim_urls": {item.code: address("approval", assessment, item=item.code) for item in instrument.items},
    }
