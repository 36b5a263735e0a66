"""The forms of the operator's pages. They only read; every rule about what they bring is the domain's."""

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from assessments.models.evidence import DOCUMENT_KINDS, SECRECY
from assessments.models.reviewing import REVIEW_KINDS

from ...forms import ChoiceField, DayField, Form


class AnswerForm(Form):
    value = StringField("Tingkat")
    facts = TextAreaField("Fakta")
    analysis = TextAreaField("Analisis")
    coverage = StringField("Cakupan")


class LinkForm(Form):
    title = StringField("Judul dokumen")
    url = StringField("Alamat tautan")


class CitationForm(Form):
    """One citation; levels come from the item's scale."""

    article = StringField("Pasal")
    locator = StringField("Halaman, bab, atau waktu")
    gist = TextAreaField("Uraian isi")
    levels = SelectMultipleField(
        "Menunjang tingkat", coerce=str, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validate_choice=False,
    )
    number = StringField("Nomor dokumen")
    dated = DayField("Tanggal dokumen")
    effective_on = DayField("Berlaku sejak")


class DocumentForm(Form):
    title = StringField("Judul dokumen")
    kind = ChoiceField("Jenis", choices=DOCUMENT_KINDS)
    secrecy = ChoiceField("Klasifikasi informasi", choices=SECRECY)
    tags = StringField("Label")


class VersionForm(Form):
    """What one version of a document says of itself."""

    number = StringField("Nomor dokumen")
    dated = DayField("Tanggal dokumen")
    effective_on = DayField("Berlaku sejak")
    valid_until = DayField("Berlaku sampai")
    signatory = StringField("Penanda tangan")


class ReviewForm(Form):
    """One review of a policy."""

    kind = ChoiceField("Jenis", choices=REVIEW_KINDS)
    reviewed_on = DayField("Tanggal reviu")
    issues = TextAreaField("Permasalahan yang ditemukan")
    recommendations = TextAreaField("Rekomendasi")
    proof = ChoiceField("Bukti reviu", choices={"": "Tanpa bukti"}, default="")
