"""S57: an assessor's own word on conflicts of interest with the institution to be judged."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import or_, select

from assessments import noticing, seating
from assessments.models import Account, Appointment, Assessment, PanelMember
from assessments.panel_questions import seat_on_panel
from assessments.refusal import Refused

from ...access import actor, find
from ...extensions import db
from . import blueprint
from .forms import DeclarationForm
from .ways import address

# The six principles every assessor works by (Pedoman 3/2024 hlm. 232-235), in our words.
PRINCIPLES = (
    ("Integritas", "Saya menilai dengan jujur, dan tidak menerima pemberian dalam bentuk apa pun dari pihak yang dinilai."),
    ("Objektivitas", "Saya menilai dari bukti dan kriteria, dan mengungkapkan setiap hal yang dapat memengaruhi penilaian."),
    ("Kerahasiaan", "Saya memakai berkas hanya untuk penilaian ini, dan tidak meneruskannya tanpa izin."),
    ("Kompetensi", "Saya menilai hanya hal yang saya kuasai, dan bertanya bila ragu."),
    ("Akuntabel", "Saya mencatat alasan setiap nilai sehingga orang lain dapat menelusurinya."),
    ("Perilaku profesional", "Saya menjaga sikap terhadap tim dan instansi, sesuai aturan penugasan."),
)


@blueprint.route("/asesmen/<string:period>/<string:subject>/pernyataan", methods=["GET", "POST"])
def declaration(period: str, subject: str):
    assessment = find(Assessment, to="declare", period=period, subject=subject)
    if request.method != "POST":
        return _page(assessment)
    form, name = DeclarationForm(), assessment.subject.name
    free = form.word.data == "free"
    held = {seat.item for seat in assessment.seats if seat.person_id == actor().person_id}
    try:
        if not free and form.word.data != "conflict":
            raise Refused("Pilih salah satu pernyataan.", field="word")
        member = seating.declare(assessment, actor(), free, form.note.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        form.refused(refused)
        return _page(find(Assessment, to="declare", period=period, subject=subject), form), 422
    if not free:
        _tell_who_divides(assessment, member, len(held))
    db.session.commit()
    if free:
        flash(f"Pernyataan bebas benturan kepentingan untuk {name} tersimpan.")
    else:
        flash(f"Anda menyatakan benturan kepentingan dengan {name}. Penilaian itu tidak lagi ada pada antrean Anda.", "note")
    return redirect(url_for("assessor.queue"))


def _tell_who_divides(assessment: Assessment, member: PanelMember, freed: int) -> None:
    """The lead and the manager of the round, who give the items of somebody who left to others."""
    leads = select(PanelMember.person_id).where(
        PanelMember.assessment_id == assessment.id, PanelMember.role == "lead", PanelMember.conflict != "declared", ~PanelMember.at_home
    )
    managers = select(Appointment.person_id).where(
        Appointment.organization.has(instansi_id=assessment.period.organiser_id),
        Appointment.role == "round_manager", Appointment.ends_on.is_(None),
    )
    told = db.session.scalars(select(Account.person_id).where(or_(Account.person_id.in_(leads), Account.person_id.in_(managers))))
    after = f" {freed} indikator kembali bebas; bagikan lagi." if freed else ""
    sentence = f"{member.person.name} menyatakan benturan kepentingan pada {assessment.period.title}.{after}"
    noticing.tell(db.session, told, "other", sentence, address("team", assessment), f"conflict:{assessment.id}:{member.person_id}")


def _page(assessment: Assessment, form: DeclarationForm | None = None) -> str:
    member = seat_on_panel(actor(), assessment)
    return render_template(
        "assessor/declaration.html",
        assessment=assessment,
        period=assessment.period,
        member=member,
        principles=PRINCIPLES,
        form=form,
        asked=form or DeclarationForm(formdata=None, word="free" if member.declared_at else None),
        declare_url=address("declaration", assessment),
    )
