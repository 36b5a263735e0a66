"""Row 22 of access.csv: reference data in Flask-Admin, for the system admin alone, behind the same policy as all else.

Every view asks `access.ask("administer", "reference")`, which also signs strangers in and notes who was refused. What
has pages of its own (organizations, appointments) is listed here with the way there, and both say so; a change goes
through a verb and through the session's events into the record. Contributions, claims, judgements, results and records have no view here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, flash, request, session, url_for
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.theme import Bootstrap4Theme
from sqlalchemy import extract, func
from sqlalchemy.orm import joinedload
from wtforms import IntegerField, StringField
from wtforms.validators import DataRequired, NumberRange, Optional, ValidationError

from assessments import policies
from assessments.clock import today
from assessments.inventory.categories import delete_category, save_category
from assessments.models import Appointment, Category, Holiday, Organization, OrganizationState, Person
from assessments.models.holiday import HOLIDAY_KINDS
from assessments.models.organization import KINDS
from assessments.models.people import APPOINTMENT_KINDS, ROLES
from assessments.refusal import Refused
from assessments.staffing import introduce
from assessments.working_days import FIRST_YEAR, LAST_YEAR, delete_holiday, save_holiday

from .access import actor, ask
from .extensions import db
from .formatting import short_date
from .forms import ChoiceField, DayField, Form, plain_id
from .headers import csp_nonce

# Flask-Admin has no Indonesian of its own.
WORDS = {
    "There are no items in the table.": "Belum ada baris.", "Sort by %(name)s": "Urutkan menurut %(name)s",
    "Record was successfully created.": "Tersimpan.", "Record was successfully saved.": "Tersimpan.",
    "Record was successfully deleted.": "Terhapus.", "Record does not exist.": "Baris ini tidak ada.",
    "Failed to save record.": "Belum tersimpan. Perbaiki isiannya.",
}
TONES = {"success": "ok", "error": "bad", "danger": "bad"}
FARTHEST = 10_000


def in_our_words(text: str, **values) -> str:
    """What Flask-Admin says, in Indonesian where we know it."""
    told = WORDS.get(text, text)
    return told % values if values else told


@dataclass(frozen=True)
class Narrowing:
    """A choice above a list: the argument it is sent as, its words, and what holds for the rows of a choice."""

    argument: str
    label: str
    choices: Callable[[], dict[str, str]]
    holds: Callable[[str], Any]

    @property
    def chosen(self) -> str:
        """The choice asked for; "" for none and for one that is not offered."""
        asked = request.args.get(self.argument, "")
        return asked if asked in self.choices() else ""


def in_words(words: dict[str, str]) -> Callable:
    """A column of codes, shown as people call them."""
    return lambda view, context, row, name: words[getattr(row, name)]


def as_day(view, context, row, name) -> str:
    """A column of days, written as people write them."""
    day = getattr(row, name)
    return short_date(day, actor().zone) if day else ""


class Guarded:
    """Every view of the reference data stands behind the one door and shows only the addresses it has a use for."""

    addresses: tuple[str, ...] = ("index_view",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._urls = [row for row in self._urls if row[1] in self.addresses]

    def is_accessible(self) -> bool:
        ask("administer", "reference")
        return True

    def render(self, template: str, **kwargs) -> str:
        self._template_args["_gettext"] = in_our_words
        session["_flashes"] = [(TONES.get(tone, tone), in_our_words(said)) for tone, said in session.pop("_flashes", [])]
        return super().render(template, **kwargs)


class Start(Guarded, AdminIndexView):
    addresses = ("index",)


class Reference(Guarded, ModelView):
    """A list of the own instansi's rows. Nothing is made, changed or deleted unless a view says so with a verb."""

    can_create = can_edit = can_delete = False
    can_export = can_view_details = False
    form_base_class = Form  # its token is checked once for every request, like that of all forms
    list_template = "reference/list.html"
    create_template = edit_template = "reference/form.html"
    page_size = 50
    named_filter_urls = False
    action_disallowed_list = ["delete"]
    narrowings: Iterable[Narrowing] = ()
    advice = ""  # a sentence above the list: where a change is made
    new_elsewhere: tuple[str, str] | None = None  # (words, endpoint) of the page where a new one is made

    def mine(self, query):
        """The rows of `query` that belong to the actor's instansi."""
        return query

    def elsewhere(self, row) -> tuple[str, str] | None:
        """Words and address of the page where this row is changed, if that is not here."""
        return None

    def get_query(self):
        return self._narrowed(self.mine(super().get_query()))

    def get_count_query(self):
        return self._narrowed(self.mine(db.session.query(func.count(self.model.id))))

    def _narrowed(self, query):
        for narrowing in self.narrowings:
            if narrowing.chosen:
                query = query.filter(narrowing.holds(narrowing.chosen))
        return query

    def get_list(self, page, sort_column, sort_desc, search, filters, execute=True, page_size=None):
        page = max(0, min(page or 0, FARTHEST))
        search = search.replace("\x00", "\ufffd")[:200] if search else search
        return super().get_list(page, sort_column, sort_desc, search, filters, execute, page_size)

    def get_one(self, id):
        number = plain_id(str(id))
        if number is None or number > 2**31 - 1:
            return None
        return self.mine(db.session.query(self.model).filter(self.model.id == number)).one_or_none()

    @expose("/delete/", methods=("POST",))
    def delete_view(self):
        """What exists goes only after a page of its own has asked for it."""
        row = self.get_one(request.form.get("id", "")) if self.can_delete else None
        if row is None or request.form.get("sure") == "ya":
            return super().delete_view()
        return self.render("reference/delete.html", row=row)

    def get_empty_list_message(self) -> str:
        return WORDS["There are no items in the table."]

    def get_save_return_url(self, model=None, is_created=False) -> str:
        return self.get_url(".index_view")

    def render(self, template: str, **kwargs):
        page, form = super().render(template, **kwargs), kwargs.get("form")
        return (page, 422) if form is not None and form.errors else page

    def said(self, deed, form: Form | None = None) -> bool:
        """Do it and keep it; a refusal is told, at its field where there is one, and nothing is kept."""
        try:
            deed()
            db.session.commit()
        except Refused as refusal:
            db.session.rollback()
            if form is not None:
                form.refused(refusal)
            else:
                for sentence in refusal.sentences:
                    flash(sentence, "error")
            return False
        return True


def _own_organizations():
    return policies.visible(actor(), Organization).with_only_columns(Organization.id)


class Organizations(Reference):
    """Their names, codes and kinds are dated; they are changed on their own pages."""

    advice = "Nama, kode, dan letak organisasi bertanggal. Menambah dan mengubahnya di halaman organisasi."
    new_elsewhere = ("Tambah organisasi", "account.new_organization")
    column_list = ("name", "short_name", "code", "kind", "slug")
    column_labels = {"slug": "Alamat", "name": "Nama", "short_name": "Singkatan", "code": "Kode", "kind": "Jenis"}
    column_sortable_list = ("slug",)
    column_searchable_list = ("slug",)
    column_default_sort = "slug"
    column_formatters = {"kind": in_words(KINDS)}
    narrowings = (
        Narrowing(
            "jenis", "Jenis", lambda: KINDS,
            lambda code: Organization.states.any(
                (OrganizationState.kind == code) & OrganizationState.valid_to.is_(None)
            ),
        ),
    )

    def mine(self, query):
        return query.filter(Organization.id.in_(_own_organizations()))

    def elsewhere(self, row):
        return "Ubah", url_for("account.organization", organization=row.slug)


class Appointments(Reference):
    """Offices begin, end and are handed on by verbs on the pages of people."""

    advice = "Jabatan diberikan dan diakhiri di halaman pengguna yang memegangnya. Pilih orangnya, lalu tambah atau akhiri jabatan."
    new_elsewhere = ("Pilih pengguna yang diangkat", "account.people")
    column_list = ("person.name", "role", "organization.short_name", "kind", "starts_on", "ends_on", "decision_no")
    column_labels = {
        "person.name": "Nama", "role": "Jabatan", "organization.short_name": "Organisasi", "kind": "Sifat",
        "starts_on": "Mulai", "ends_on": "Sampai", "decision_no": "Nomor keputusan",
    }
    column_sortable_list = ("role", "starts_on", "ends_on")
    column_searchable_list = ("person.name",)
    column_default_sort = ("starts_on", True)
    column_auto_select_related = False
    column_formatters = {
        "role": in_words(ROLES), "kind": in_words(APPOINTMENT_KINDS), "starts_on": as_day, "ends_on": as_day,
    }
    narrowings = (
        Narrowing("peran", "Jabatan", lambda: ROLES, lambda code: Appointment.role == code),
        Narrowing("sifat", "Sifat", lambda: APPOINTMENT_KINDS, lambda code: Appointment.kind == code),
    )

    def mine(self, query):
        return query.filter(Appointment.organization_id.in_(_own_organizations()))

    def get_query(self):
        who = joinedload(Appointment.person).joinedload(Person.account)
        return super().get_query().options(who, joinedload(Appointment.organization))

    def elsewhere(self, row):
        account = row.person.account
        return ("Kelola", url_for("account.account", id=account.id)) if account else None

    def ends(self, row) -> str | None:
        """Where the office of somebody without an account, and so without a page, is ended."""
        running = row.ends_on is None or row.held_on()
        return url_for("account.end", id=row.id) if row.person.account is None and running else None


class PersonForm(Form):
    name = StringField("Nama")
    phone = StringField("Telepon")


class Persons(Reference):
    """What people are called and where they are reached; accounts and passwords are elsewhere."""

    addresses = ("index_view", "edit_view")
    can_edit = True
    form = PersonForm
    column_list = ("name", "nip", "local_id", "phone")
    column_labels = {"name": "Nama", "nip": "NIP", "local_id": "ID lokal", "phone": "Telepon"}
    column_sortable_list = ("name", "nip")
    column_searchable_list = ("name", "nip")
    column_default_sort = "name"

    def mine(self, query):
        holds = Person.appointments.any(Appointment.organization_id.in_(_own_organizations()))
        return query.filter(Person.home_org_id.in_(_own_organizations()) | (Person.home_org_id.is_(None) & holds))

    def update_model(self, form, model) -> bool:
        return self.said(lambda: introduce(model, form.name.data or "", form.phone.data or ""), form)


class CategoryForm(Form):
    name = StringField("Nama", [DataRequired("Nama wajib diisi.")])
    slug = StringField("Alamat", description="Huruf kecil dan tanda hubung; kosongkan agar dibuat dari namanya.")
    ordinal = IntegerField(
        "Urutan", [Optional(), NumberRange(0, 9999, message="Urutan antara 0 dan 9999.")], default=0
    )


class Categories(Reference):
    """The needs of the public directory; one that is used stays."""

    addresses = ("index_view", "create_view", "edit_view", "delete_view")
    can_create = can_edit = can_delete = True
    form = CategoryForm
    column_list = ("ordinal", "name", "slug")
    column_labels = {"ordinal": "Urutan", "name": "Nama", "slug": "Alamat"}
    column_searchable_list = ("name", "slug")
    column_default_sort = "ordinal"

    def create_model(self, form):
        made: list[Category] = []
        kept = self.said(lambda: made.append(self._saved(form, None)), form)
        return made[0] if kept else False

    def update_model(self, form, model) -> bool:
        return self.said(lambda: self._saved(form, model), form)

    def delete_model(self, model) -> bool:
        return self.said(lambda: delete_category(db.session, model))

    def _saved(self, form, category: Category | None) -> Category:
        return save_category(db.session, category, form.name.data or "", form.slug.data or "", form.ordinal.data)


class HolidayForm(Form):
    day = DayField("Tanggal", [DataRequired("Tanggal wajib diisi.")])
    name = StringField("Nama", [DataRequired("Nama wajib diisi.")])
    kind = ChoiceField(
        "Jenis", choices=HOLIDAY_KINDS, default="national",
        description="Libur nasional dan cuti bersama berlaku di seluruh negeri; libur daerah hanya untuk instansi Anda.",
    )

    def validate_day(self, field: DayField) -> None:
        if field.day and not FIRST_YEAR <= field.day.year <= LAST_YEAR:
            raise ValidationError(f"Tanggal libur antara tahun {FIRST_YEAR} dan {LAST_YEAR}.")


def _years() -> dict[str, str]:
    return {str(year): str(year) for year in range(today(actor().zone).year + 2, FIRST_YEAR - 1, -1)}


class Holidays(Reference):
    """Days off by which working days are counted: those of the country, and the own instansi's."""

    addresses = ("index_view", "create_view", "edit_view", "delete_view")
    can_create = can_edit = can_delete = True
    form = HolidayForm
    advice = "Hari kerja dihitung tanpa Sabtu, Minggu, dan tanggal di bawah ini."
    column_list = ("day", "name", "kind")
    column_labels = {"day": "Tanggal", "name": "Nama", "kind": "Jenis"}
    column_sortable_list = ("day", "name")
    column_searchable_list = ("name",)
    column_default_sort = ("day", True)
    column_formatters = {"kind": in_words(HOLIDAY_KINDS), "day": as_day}
    narrowings = (
        Narrowing("tahun", "Tahun", _years, lambda year: extract("year", Holiday.day) == int(year)),
        Narrowing("jenis", "Jenis", lambda: HOLIDAY_KINDS, lambda code: Holiday.kind == code),
    )

    def mine(self, query):
        return query.filter(Holiday.instansi_id.is_(None) | (Holiday.instansi_id == actor().instansi_id))

    def create_model(self, form):
        made: list[Holiday] = []
        kept = self.said(lambda: made.append(self._saved(form, None)), form)
        return made[0] if kept else False

    def update_model(self, form, model) -> bool:
        return self.said(lambda: self._saved(form, model), form)

    def delete_model(self, model) -> bool:
        return self.said(lambda: delete_holiday(db.session, model))

    def _saved(self, form, holiday: Holiday | None) -> Holiday:
        return save_holiday(
            db.session, holiday, day=form.day.day, name=form.name.data or "", kind=form.kind.data,
            instansi_id=actor().instansi_id,
        )


def init_app(app: Flask) -> None:
    """Hang the views in under /admin, with the nonce of our own policy and none of Flask-Admin's scripts."""
    admin = Admin(
        app,
        name="Data acuan",
        index_view=Start(name="Data acuan", template="reference/start.html"),
        theme=Bootstrap4Theme(base_template="reference/base.html"),
        csp_nonce_generator=csp_nonce,
    )
    for view, kind, name, url in (
        (Organizations, Organization, "Organisasi", "organisasi"),
        (Persons, Person, "Orang", "orang"),
        (Appointments, Appointment, "Jabatan", "jabatan"),
        (Categories, Category, "Kategori aplikasi", "kategori"),
        (Holidays, Holiday, "Hari libur", "hari-libur"),
    ):
        admin.add_view(view(kind, db, name=name, endpoint=f"reference_{kind.__tablename__}", url=url))
