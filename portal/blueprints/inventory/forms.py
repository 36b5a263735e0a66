"""The forms of an application's record. Nothing is required but a name: what is missing only keeps it unpublished."""

from wtforms import Field, FileField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from assessments.inventory.fields import BY_KEY, FIELDS
from assessments.inventory.fields import Field as Declared
from assessments.inventory.keeping import METHODS, TEST_KINDS
from assessments.models import Application
from assessments.models.application import APPLICATION_KINDS, INTEGRATION, ORIGINS, PLATFORMS

from ...forms import ChoiceField, DayField, Form

NOT_SAID = {"": "Belum diisi"}
YES_NO = {"": "Belum diisi", "ya": "Ya", "tidak": "Tidak"}
DIRECTIONS = {"out": "Mengirim", "in": "Menerima", "both": "Dua arah"}
PERSONAL = ("Tidak", "Umum", "Spesifik")
# title of a section -> its columns; the declared fields of the section (inventory/fields.py) follow them
SECTIONS = {
    "identity": ("identitas", "Identitas", ("name", "category", "purpose", "kind", "origin", "raa_code", "legal_basis",
                                             "year_built")),
    "service": ("layanan", "Layanan dan data", ("audience", "how_to_open", "helpdesk", "user_count")),
    "technology": ("teknologi", "Teknologi dan hosting", ("platforms", "url")),
    "integration": ("keterpaduan", "Integrasi", ("integrated",)),
    "security": ("keamanan", "Keamanan dan pendaftaran", ("https", "personal_data", "pse_number")),
    "cost": ("biaya", "Biaya dan pengadaan", ("yearly_cost",)),
    "record": ("pencatatan", "Pencatatan", ()),
}


class ColumnsForm(Form):
    """What the record holds in columns of its own."""

    name = StringField("Nama aplikasi")
    category = ChoiceField("Kategori kebutuhan warga", choices=NOT_SAID)
    purpose = TextAreaField("Fungsi")
    kind = ChoiceField("Jenis", choices=APPLICATION_KINDS)
    origin = ChoiceField("Asal", choices=ORIGINS)
    raa_code = StringField("Kode RAA", description="Contoh 01.02.")
    legal_basis = StringField("Dasar hukum")
    year_built = StringField("Tahun pembuatan")
    audience = StringField("Siapa yang dapat memakai")
    how_to_open = TextAreaField("Cara membuka")
    helpdesk = StringField("Bantuan", description="Telepon, surel, atau loket yang menjawab pertanyaan.")
    user_count = StringField("Jumlah pengguna")
    platforms = SelectMultipleField(
        "Basis aplikasi", choices=PLATFORMS, validate_choice=False, widget=ListWidget(), option_widget=CheckboxInput()
    )
    url = StringField("Alamat")
    integrated = ChoiceField("Terintegrasi", choices=NOT_SAID | INTEGRATION)
    https = ChoiceField("Alamat memakai HTTPS", choices=YES_NO)
    personal_data = ChoiceField("Data pribadi", choices=NOT_SAID | {word: word for word in PERSONAL})
    pse_number = StringField("Nomor tanda daftar PSE")
    yearly_cost = StringField("Biaya setahun (rupiah)")


def _input(declared: Declared):
    match declared.kind:
        case "text":
            return TextAreaField(declared.label, description=declared.help)
        case "day":
            return DayField(declared.label, description=declared.help)
        case "yes_no":
            return ChoiceField(declared.label, choices=YES_NO, description=declared.help)
        case "choice":
            choices = NOT_SAID | {word: word for word in declared.choices}
            return ChoiceField(declared.label, choices=choices, description=declared.help)
    return StringField(declared.label, description=declared.help)


COLUMNS = tuple(name for _id, _title, names in SECTIONS.values() for name in names if name != "category")
RecordForm = type("RecordForm", (ColumnsForm,), {declared.key: _input(declared) for declared in FIELDS})


def stored(application: Application) -> dict[str, object]:
    """What the form of this record holds before anybody types."""
    def shown(value):
        return {None: "", True: "ya", False: "tidak"}[value] if value is None or isinstance(value, bool) else value

    columns = {name: shown(getattr(application, name)) for name in COLUMNS}
    details = {key: shown(application.details.get(key)) for key in BY_KEY}
    for key, declared in BY_KEY.items():
        if declared.kind == "day" and details[key]:
            details[key] = "-".join(reversed(str(details[key]).split("-")))
    return {**columns, **details, "category": application.category.slug if application.category else ""}


def typed(form: Form) -> tuple[dict[str, object], dict[str, object]]:
    """(columns, details) that were on the form; what was not sent is left alone."""
    def on_form(name: str) -> bool:
        return bool(form[name].raw_data)

    columns = {name: _said(form[name]) for name in COLUMNS if on_form(name)}
    if "https" in columns:
        columns["https"] = {"ya": True, "tidak": False}.get(str(columns["https"]))
    return columns, {key: _said(form[key]) for key in BY_KEY if on_form(key)}


def _said(field: Field) -> object:
    if isinstance(field, DayField):
        return field.day.isoformat() if field.day else ""
    if isinstance(field, SelectMultipleField):
        return [code for code in field.data or () if code]
    return field.data or ""


class NewForm(Form):
    name = StringField("Nama aplikasi")
    owner = ChoiceField("OPD pemilik")
    kind = ChoiceField("Jenis", choices=APPLICATION_KINDS, default="special")
    state = ChoiceField("Keadaan sekarang", choices={"active": "Sudah dipakai", "planned": "Dalam pembangunan"})
    purpose = TextAreaField("Fungsi")
    url = StringField("Alamat")
    code = StringField("Kode")


class OwnerForm(Form):
    owner = ChoiceField("OPD pemilik yang baru")
    from_day = DayField("Mulai tanggal")


class UsersForm(Form):
    users = SelectMultipleField("OPD pengguna", coerce=str, validate_choice=False)


class LinkForm(Form):
    other_name = StringField("Aplikasi lain")
    direction = ChoiceField("Arah data", choices=DIRECTIONS)
    what = StringField("Data yang bertukar")
    method = ChoiceField("Cara", choices=METHODS)


class TestForm(Form):
    kind = ChoiceField("Jenis uji", choices=TEST_KINDS, id="test-kind")
    done_on = DayField("Tanggal")
    by_whom = StringField("Pelaksana")
    findings = StringField("Jumlah temuan")
    open_findings = StringField("Masih terbuka")


class DocumentForm(Form):
    document = ChoiceField("Dokumen dari pustaka OPD pemilik")


class FileForm(Form):
    file = FileField("Berkas")
