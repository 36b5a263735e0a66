"""The national table: every instansi of a year by kind, the own one marked; and how a published file becomes rows."""

from dataclasses import asdict
from math import ceil

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from wtforms import FileField, StringField

from assessments.benchmarking import DOMAINS, KINDS, figures, oddity
from assessments.canonical import digest
from assessments.exchange.benchmarks import (
    carry_out_benchmarks,
    checked_source,
    checked_year,
    plan_benchmarks,
    read_benchmarks,
)
from assessments.exchange.plans import Plan, Record
from assessments.exchange.tables import Limits, read_table
from assessments.models import Benchmark, Organization
from assessments.refusal import Refused

from ...access import actor, ask, listing, may
from ...extensions import db, only_reading
from ...forms import Form
from . import blueprint

ON_A_PAGE = 50
SORTS = {"indeks": "Indeks, tertinggi dulu", "terendah": "Indeks, terendah dulu", "nama": "Nama"}
LIMITS = Limits(bytes=900_000, rows=2_100, columns=30, cell=1_000, text=1_000_000, inflated=8_000_000)
GOOD_FOR = 3600


class ImportForm(Form):
    year = StringField("Tahun penilaian")
    source = StringField("Sumber dan nomor keputusan")
    file = FileField("Berkas CSV atau XLSX")


@blueprint.get("/pembanding")
def benchmarks():
    ask("read", Benchmark)
    years = list(db.session.scalars(select(Benchmark.year).distinct().order_by(Benchmark.year.desc())))
    year = next((each for each in years if str(each) == request.args.get("tahun")), years[0] if years else None)
    kind = request.args.get("jenis", "")
    kind = kind if kind in KINDS else ""
    searched = " ".join(request.args.get("q", "").replace("\x00", "").split())[:80]
    sort = request.args.get("urut", "")
    sort = sort if sort in SORTS else "indeks"
    whole = db.session.execute(
        listing(Benchmark)
        .with_only_columns(*[getattr(Benchmark, name) for name in ("name", "kind", "index_shown", *DOMAINS)])
        .where(Benchmark.year == year)
    ).all()
    chosen = listing(Benchmark).where(Benchmark.year == year)
    if kind:
        chosen = chosen.where(Benchmark.kind == kind)
    if searched:
        chosen = chosen.where(func.lower(Benchmark.name).contains(searched.lower(), autoescape=True))
    count = db.session.scalar(chosen.with_only_columns(func.count()))
    last = max(1, ceil(count / ON_A_PAGE))
    asked_page = request.args.get("halaman", "1")
    page = min(max(int(asked_page) if asked_page.isascii() and asked_page.isdigit() and len(asked_page) < 6 else 1, 1), last)
    order = {
        "indeks": (Benchmark.index_shown.desc(), Benchmark.name),
        "terendah": (Benchmark.index_shown, Benchmark.name),
        "nama": (Benchmark.name,),
    }[sort]
    rows = db.session.scalars(chosen.order_by(*order).offset((page - 1) * ON_A_PAGE).limit(ON_A_PAGE)).all()
    places = _places(whole, kind)
    return render_template(
        "leadership/benchmarks.html",
        year=year, years=years, kinds=KINDS, kind=kind, searched=searched, sort=sort, sorts=SORTS,
        rows=[(row, places[row.name], oddity(row.year, row.index_shown, row.predicate)) for row in rows],
        count=count, page=page, last=last, own=_own_name(),
        figures=[found for each in KINDS if (found := figures(whole, each))] + ([figures(whole)] if whole else []),
        source=rows[0].source if rows else "",
        may_import=may("import", Benchmark),
        page_link=lambda n: url_for("leadership.benchmarks", **_kept(year, years, kind, searched, sort), halaman=n),
    )


def _kept(year, years, kind, searched, sort) -> dict:
    """What an address must say beyond what is usual."""
    return {
        name: value
        for name, value, usual in (
            ("tahun", year, years[0] if years else None), ("jenis", kind, ""), ("q", searched, ""), ("urut", sort, "indeks"),
        )
        if value != usual
    }


def _places(whole, kind: str) -> dict[str, int]:
    """{name: its place} among one kind, or among all; equal indices share a place."""
    among = [row.index_shown for row in whole if not kind or row.kind == kind]
    better: dict[str, int] = {}
    for at, index in enumerate(sorted(among, reverse=True)):
        better.setdefault(index, at + 1)
    return {row.name: better[row.index_shown] for row in whole if row.index_shown in better}


def _own_name() -> str:
    own = db.session.get(Organization, actor().instansi_id, options=[selectinload(Organization.states)])
    return own.name.casefold() if own else ""


# ---------------------------------------------------------------- from a file


@blueprint.route("/kelola/pembanding", methods=["GET", "POST"])
def benchmark_import():
    ask("import", Benchmark)
    form = ImportForm()
    if request.method != "POST":
        return render_template("leadership/benchmark_import.html", form=form)
    file = request.files.get("file")
    year, source = _stated(form)
    if file is None or not file.filename:
        form.file.errors = ["Pilih berkas CSV atau XLSX."]
    if form.errors:
        return _again(form)
    content, name = file.read(), file.filename
    db.session.rollback()
    try:
        rows = read_table(content, name, LIMITS)
    except Refused as refusal:
        form.file.errors = list(refusal.sentences)
        return _again(form)
    records, complaints, passed_over = read_benchmarks(rows)
    with only_reading():
        plan = plan_benchmarks(db.session, records, year, source) if not complaints else Plan()
    plan.complaints[:0] = complaints
    plan.passed_over = passed_over
    return _show(name, year, source, records, plan)


def _stated(form: ImportForm) -> tuple[int, str]:
    year, source = 0, ""
    try:
        year = checked_year(form.year.data or "")
    except Refused as refusal:
        form.refused(refusal)
    try:
        source = checked_source(form.source.data or "")
    except Refused as refusal:
        form.refused(refusal)
    return year, source


@blueprint.post("/kelola/pembanding/penerapan")
def benchmark_carry_out():
    ask("import", Benchmark)
    try:
        office, name, year, source, shown, lines = _signer().loads(request.form.get("lines", ""), max_age=GOOD_FOR)
    except (BadData, ValueError):
        raise Refused("Hasil pemeriksaan berkas ini sudah kedaluwarsa. Unggah berkasnya lagi.") from None
    if office != actor().appointment_id:
        raise Refused("Berkas ini diperiksa oleh jabatan lain. Unggah berkasnya lagi.")
    records = [Record(line, cells) for line, cells in lines]
    plan = plan_benchmarks(db.session, records, year, source)
    if _mark(plan) != shown:
        db.session.rollback()
        flash("Ada yang berubah di portal sejak berkas diperiksa. Ini hasil pemeriksaan yang baru; belum ada yang diterapkan.",
              "warn")
        return _show(name, year, source, records, plan, 409)
    carry_out_benchmarks(db.session, actor(), plan, year)
    db.session.commit()
    flash(f"Impor selesai: {len(plan.adds)} ditambahkan, {len(plan.changes)} diubah, {plan.same} tidak berubah.")
    return redirect(url_for("leadership.benchmarks", tahun=year))


def _show(name: str, year: int, source: str, records: list[Record], plan: Plan, status: int | None = None):
    """What the file would do; the lines go along, signed, when all of it can be done."""
    lines = ""
    if plan.can_be_carried_out:
        sent = [[record.line, dict(record.cells)] for record in records]
        lines = _signer().dumps([actor().appointment_id, name[:120], year, source, _mark(plan), sent])
    page = render_template(
        "leadership/benchmark_plan.html", name=name, year=year, source=source, plan=plan, lines=lines,
        problems=[complaint.sentence for complaint in plan.complaints],
    )
    return make_response(page, status or (422 if plan.complaints else 200))


def _mark(plan: Plan) -> str:
    """What a plan says, as one short text."""
    return digest(repr([asdict(step) for step in (*plan.adds, *plan.changes)] + [plan.same]).encode())[:24]


def _again(form: ImportForm):
    db.session.rollback()
    return make_response(render_template("leadership/benchmark_import.html", form=form), 422)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="benchmarks")
