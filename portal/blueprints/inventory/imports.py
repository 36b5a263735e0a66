"""Applications from a file: first what it would do, then, once confirmed, all of it or nothing.

The rows travel back in the form as one signed text, so that a column nobody recognised can be named without sending the
file again, and what is confirmed is what was shown. When the portal changed in between, the new plan is shown instead.
"""

from dataclasses import asdict, dataclass, replace

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer

from assessments.canonical import digest
from assessments.exchange.applications import (
    COLUMNS,
    Import,
    carry_out_applications,
    from_the_head,
    known_columns,
    plan_applications,
    read_applications,
)
from assessments.exchange.tables import Limits, Row, read_table, thousands
from assessments.models import Application, Organization
from assessments.refusal import Refused

from ...access import actor, ask
from ...extensions import db, only_reading
from . import blueprint
from .forms import FileForm

# What is shown travels back in a form, and a form is small.
LIMITS = Limits(bytes=600_000, rows=3_000, columns=60, cell=8_000, text=2_000_000, inflated=20_000_000, head=10)
LONGEST_FORM = 900_000
GOOD_FOR = 3600
REQUIRED = ("code", "name", "owner")
WORDS = {
    "code": "Kode", "name": "Nama", "owner": "OPD pemilik (kode atau nama)", "users": "OPD pengguna", "kind": "Jenis",
    "origin": "Asal", "platform": "Basis aplikasi", "url": "Alamat", "state": "Status", "year_built": "Tahun pembuatan",
    "purpose": "Fungsi", "legal_basis": "Dasar hukum", "database": "Basis data", "languages": "Bahasa pemrograman",
    "integrated": "Terintegrasi", "updated": "Diperbarui pada", "source": "Sumber",
}


@dataclass(frozen=True)
class Sheet:
    """A file as it was read: its name, its rows, and what a person said of columns we did not know ({place: ours})."""

    name: str
    rows: list[Row]
    named: dict[int, str]

    @property
    def head(self) -> tuple[str, ...]:
        return self.rows[0].cells

    def known(self) -> dict[int, str]:
        """{place: our name} of the columns that bear a name of ours."""
        return known_columns(self.head)

    def unknown(self) -> list[tuple[int, str]]:
        known = self.known()
        return [(at, cell) for at, cell in enumerate(self.head) if at not in known]

    def free(self) -> list[str]:
        """Our columns the file does not name by itself; the owner may stand in a better one than was found."""
        there = set(self.known().values()) - {"owner"}
        return [ours for ours in COLUMNS if ours not in there]

    def bears(self) -> dict[str, str]:
        """{our name: the name its column bears in the file}"""
        return {ours: self.head[at] for at, ours in (self.known() | {at: ours for at, ours in self.named.items() if ours}).items()}

    def renamed(self) -> list[Row]:
        """The rows under the names a person gave their columns."""
        given = set(self.named.values())
        told = {at: ours for at, ours in self.known().items() if ours not in given} | self.named
        passed = set(self.known()) - set(told)
        head = [COLUMNS[told[at]][0] if at in told else "" if at in passed else cell for at, cell in enumerate(self.head)]
        return [Row(self.rows[0].line, tuple(head)), *self.rows[1:]]


@blueprint.get("/inventaris/impor")
def imports():
    ask("import", Application)
    return _form_page(FileForm(formdata=None))


@blueprint.post("/inventaris/impor")
def check_file():
    """What a file would do, or what it would do with its columns named; nothing is written."""
    ask("import", Application)
    if "lines" in request.form:
        sheet, _shown = _returned()
        named = {at: request.form.get(f"column-{at}", "") for at, _cell in sheet.unknown()}
        free = sheet.free()
        return _show(Sheet(sheet.name, sheet.rows, {at: ours for at, ours in named.items() if ours in free}))
    form, file = FileForm(), request.files.get("file")
    if file is None or not file.filename:
        form.file.errors = ["Pilih berkas CSV atau XLSX."]
        return _form_page(form), 422
    content, name = file.read(), file.filename
    db.session.rollback()
    try:
        rows = from_the_head(read_table(content, name, LIMITS))
        if len(rows) - 1 > LIMITS.rows:
            raise Refused(f"Jumlah baris melebihi batas {thousands(LIMITS.rows)}.")
    except Refused as refusal:
        form.file.errors = list(refusal.sentences)
        return _form_page(form), 422
    return _show(Sheet(name[:120], rows, {}))


@blueprint.post("/inventaris/impor/penerapan")
def carry_out():
    ask("import", Application)
    sheet, shown = _returned()
    instansi = _instansi()
    plan = _plan(sheet, instansi)
    if not shown or _mark(plan) != shown:
        db.session.rollback()
        flash("Ada yang berubah di portal sejak berkas diperiksa. Ini hasil pemeriksaan yang baru; belum ada yang diterapkan.",
              "warn")
        return _show(sheet, 409)
    carry_out_applications(db.session, actor(), instansi, plan)
    db.session.commit()
    flash(f"Impor selesai: {len(plan.adds)} aplikasi ditambahkan, {len(plan.changes)} diubah, {plan.same} tidak berubah.")
    return redirect(url_for("inventory.listing"))


def _instansi() -> Organization:
    return db.session.get_one(Organization, actor().instansi_id)


def _plan(sheet: Sheet, instansi: Organization) -> Import:
    records, complaints, _passed_over = read_applications(sheet.renamed())
    plan = plan_applications(db.session, instansi, records) if not complaints else Import()
    theirs = {COLUMNS[ours][0]: cell for ours, cell in sheet.bears().items()}
    plan.complaints = [replace(each, column=theirs.get(each.column, each.column)) for each in (*complaints, *plan.complaints)]
    plan.warnings = [replace(each, column=theirs.get(each.column, each.column)) for each in plan.warnings]
    return plan


def _show(sheet: Sheet, status: int | None = None):
    """The plan; the rows go along, signed, with the mark of the plan when all of it can be done."""
    with only_reading():
        plan = _plan(sheet, _instansi())
    said = [sheet.name, [[row.line, row.cells] for row in sheet.rows], [[at, ours] for at, ours in sheet.named.items()]]
    shown = _mark(plan) if plan.can_be_carried_out else ""
    rows = str(_signer().dumps([actor().appointment_id, shown, said]))
    if len(rows) > LONGEST_FORM:
        form = FileForm(formdata=None)
        form.file.errors = ["Isi berkas terlalu banyak untuk sekali periksa. Bagi menjadi beberapa berkas."]
        return _form_page(form), 422
    given = set(sheet.named.values())
    names = {at: WORDS[ours] for at, ours in sheet.known().items() if ours not in given}
    page = render_template(
        "inventory/import_plan.html", name=sheet.name, plan=plan, rows=rows, words=WORDS, named=sheet.named,
        known=[(cell, names[at]) for at, cell in enumerate(sheet.head) if at in names],
        unknown=sheet.unknown(), free=sheet.free(), problems=[complaint.sentence for complaint in plan.complaints],
    )
    return make_response(page, status or (422 if plan.complaints else 200))


def _returned() -> tuple[Sheet, str]:
    """(the file that was shown, the mark of its plan) as the form brings them back."""
    try:
        office, shown, (name, rows, named) = _signer().loads(request.form.get("lines", ""), max_age=GOOD_FOR)
    except (BadData, ValueError):
        raise Refused("Hasil pemeriksaan berkas ini sudah kedaluwarsa. Unggah berkasnya lagi.") from None
    if office != actor().appointment_id:
        raise Refused("Berkas ini diperiksa oleh jabatan lain. Unggah berkasnya lagi.")
    return Sheet(name, [Row(line, tuple(cells)) for line, cells in rows], dict(named)), shown


def _mark(plan: Import) -> str:
    """What a plan says, as one short text."""
    steps = [asdict(step) for step in (*plan.adds, *plan.changes)]
    return digest(repr([steps, plan.same]).encode("utf-8", "surrogatepass"))[:24]


def _form_page(form: FileForm) -> str:
    columns = [(words[0], WORDS[ours], ours in REQUIRED) for ours, words in COLUMNS.items()]
    return render_template("inventory/imports.html", form=form, columns=columns, rows=thousands(LIMITS.rows))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="applications")
