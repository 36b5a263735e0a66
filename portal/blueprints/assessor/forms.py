"""The forms of the desk. They only read; what may be said is the domain's to know."""

from wtforms import RadioField, SelectField, StringField, TextAreaField

from assessments.judging import VERDICTS
from assessments.models import Citation
from assessments.models.judgement import EVIDENCE_REASONS

from ...forms import Form


class JudgementForm(Form):
    value = StringField("Tingkat hasil")
    facts = TextAreaField("Fakta")
    analysis = TextAreaField("Analisis")
    justification = TextAreaField("Justifikasi hasil")
    team_note = TextAreaField("Catatan tim")


class VerdictForm(Form):
    verdict = RadioField("Putusan bukti", choices=VERDICTS, validate_choice=False)
    reason_kind = SelectField(
        "Alasan", choices={"": "Pilih alasan"} | EVIDENCE_REASONS, validate_choice=False
    )
    note = StringField("Catatan bukti")


class DeclarationForm(Form):
    word = RadioField(
        "Keadaan Anda",
        choices={
            "free": "Saya bebas dari benturan kepentingan dengan instansi ini.",
            "conflict": "Saya punya benturan kepentingan dengan instansi ini.",
        },
        validate_choice=False,
    )
    note = TextAreaField("Benturan kepentingan yang ada")


def verdict_prefix(citation: Citation) -> str:
    """Several of these stand in one form, so each has names of its own."""
    return f"b{citation.id}-"
