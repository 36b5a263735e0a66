"""S57: an assessor's own word on conflicts of interest with the institution to be judged."""

from flask import flash, redirect, render_template, request, url_for

from assessments import seating
from assessments.models import Assessment
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
    try:
        if not free and form.word.data != "conflict":
            raise Refused("Pilih salah satu pernyataan.", field="word")
        seating.declare(assessment, actor(), free, form.note.data or "")
    except Refused as refused:
        if refused.field is None:
            raise
        db.session.rollback()
        form.refused(refused)
        return _page(find(Assessment, to="declare", period=period, subject=subject), form), 422
    db.session.commit()
    if free:
        flash(f"Pernyataan bebas benturan kepentingan untuk {name} tersimpan.")
    else:
        flash(f"Anda menyatakan benturan kepentingan dengan {name}. Penilaian itu tidak lagi ada pada antrean Anda.", "note")
    return redirect(url_for("assessor.queue"))


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
