"""The forms of the operator's pages. They only read; every rule about what they bring is the domain's."""

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from assessments.models.evidence import DOCUMENT_KINDS, SECRECY

from ...forms import ChoiceField, DayField, Form


class AnswerForm(Form):
    value = StringField("Tingkat")
    facts = TextAreaField("Fakta")
    analysis = TextAreaField("Analisis")


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
