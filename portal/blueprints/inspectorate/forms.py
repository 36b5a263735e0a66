"""The forms of following up. They only read; every rule about what they bring is the domain's."""

from wtforms import (
    BooleanField,
    FileField,
    MultipleFileField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from assessments.models.recommendation import PRIORITIES, SOURCES, VERDICTS

from ...forms import ChoiceField, DayField, Form

TYPED = {"audit", "monitoring", "review"}


class PlanForm(Form):
    text = TextAreaField("Apa yang akan dikerjakan")
    due_on = DayField("Rencana selesai")
    reason = TextAreaField("Alasan, bila lebih lambat dari batas sebelumnya")


class ProgressForm(Form):
    """A report with proofs, each "document:version"; where to look in it comes under a name of its own."""

    text = TextAreaField("Apa yang sudah dikerjakan", id="laporan-text")
    proofs = SelectMultipleField("Bukti dari pustaka", coerce=str, validate_choice=False)
    search = StringField("Cari judul dokumen")
    files = MultipleFileField("Berkas bukti baru")
    finished = BooleanField("Selesai menurut OPD")


class VerdictForm(Form):
    status = RadioField("Status", choices=VERDICTS, validate_choice=False)
    note = TextAreaField("Catatan")
    document = RadioField("Dokumen yang menyatakan tidak dapat ditindaklanjuti", coerce=str, validate_choice=False)
    seen = StringField()


class NewForm(Form):
    source = ChoiceField("Sumber", choices={code: label for code, label in SOURCES.items() if code in TYPED})
    source_note = StringField("Dokumen sumber")
    text = TextAreaField("Rekomendasi")
    priority = ChoiceField("Prioritas", choices=PRIORITIES, default="medium")
    due_on = DayField("Batas waktu")
    no_due_reason = StringField("Alasan tanpa batas waktu")
    lead = ChoiceField("OPD pelaksana utama")
    owners = SelectMultipleField("OPD pelaksana pendukung", coerce=str, validate_choice=False)


class FileForm(Form):
    file = FileField("Berkas CSV atau XLSX")


class QualityForm(Form):
    note = TextAreaField("Catatan mutu")
    sign_off = BooleanField("Saya sudah memeriksa mutunya dan tidak ada catatan yang terbuka")
