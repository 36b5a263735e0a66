"""S45: making a new round."""

from flask import flash, render_template, url_for
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import InputRequired

from assessments import instruments, sharing
from assessments.clock import today
from assessments.models import Organization, Period
from assessments.models.organization import ZONES
from assessments.models.period import CLAIM_RULES, PERIOD_KINDS, PREDICATE_RULES, SUBJECT_KINDS, TRACKS
from assessments.reader_choice import READERS
from assessments.refusal import Refused

from ...access import actor, ask
from ...extensions import db
from ...forms import ChoiceField, DayField, Form
from ...moments import ClockField, closing, opening
from ...once import new_key, once
from . import blueprint

# The stages of the first half; the others are set on the page of the round.
FIRST_STAGES = (("self_assessment", "self"), ("internal_check", "check"))
DEFAULT_INSTRUMENT = "permenpanrb-59-2020|pedoman-3-2024"
NUMBER = "Tulis angka bulat."
PAPERS = {"track": "Ikut jalur: diminta pada jalur nasional", "asked": "Diminta", "not_asked": "Tidak diminta"}


class PeriodForm(Form):
    kind = ChoiceField("Jenis", choices=PERIOD_KINDS, default="evaluation")
    track = ChoiceField(
        "Jalur",
        choices=TRACKS,
        default="local",
        description="Nasional mengikuti putaran kementerian, satu kali setahun; lokal putaran sendiri; gladi untuk latihan.",
    )
    subjects = ChoiceField(
        "Yang dinilai", choices=SUBJECT_KINDS, default="instansi",
        description="Tiap OPD: OPD mengisi semua butir untuk dirinya sendiri. Hasilnya angka lokal, bukan indeks SPBE instansi.",
    )
    year = StringField("Tahun")
    term = StringField("Termin", default="1", description="Urutan putaran sejenis dalam tahun itu.")
    instrument = ChoiceField("Instrumen dan panduan")
    title = StringField("Nama periode", description="Kosongkan untuk memakai usulan: jenis dan tahunnya.")
    slug = StringField("Kode alamat", description="Bagian alamat halaman, misalnya 2026-opd. Kosongkan untuk memakai usulan.")
    zone = ChoiceField("Zona waktu", choices={zone: f"{letters} ({zone})" for zone, letters in ZONES.items()})
    predicate_rule = ChoiceField(
        "Predikat dihitung dari",
        choices=PREDICATE_RULES,
        description="Peraturan tidak menyebut pembulatan; pilihan ini menentukan di batas dua predikat.",
    )
    claim_rule = ChoiceField(
        "Klaim instansi", choices=CLAIM_RULES, description="Bagaimana jawaban instansi mula-mula dibuat."
    )
    papers = ChoiceField(
        "Berita acara dan persetujuan publikasi",
        choices=PAPERS,
        description="Bila diminta, penilaian mandiri baru dapat dikirim sesudah Koordinator SPBE menandatangani keduanya.",
    )
    readers = ChoiceField(
        "Penilai tiap indikator",
        choices=READERS,
        description="Dua penilai, tertutup: keduanya baru saling melihat sesudah sama-sama mengirim; yang berbeda diputuskan ketua.",
    )
    self_opens_day = DayField("Pengisian dibuka", [InputRequired("Tulis tanggal pengisian dibuka.")])
    self_opens_clock = ClockField("Jam pengisian dibuka", default="08:00")
    self_closes_day = DayField("Pengisian ditutup", [InputRequired("Tulis tanggal pengisian ditutup.")])
    self_closes_clock = ClockField("Jam pengisian ditutup", default="23:59")
    check_opens_day = DayField("Pemeriksaan dibuka")
    check_opens_clock = ClockField("Jam pemeriksaan dibuka", default="08:00")
    check_closes_day = DayField("Pemeriksaan ditutup")
    check_closes_clock = ClockField("Jam pemeriksaan ditutup", default="23:59")


@blueprint.route("/kelola/periode/baru", methods=["GET", "POST"])
def new_period():
    ask("write", Period)
    form = _form()
    if form.is_submitted():
        answer = once()
        if form.validate():
            try:
                made = _draft(db.session, form)
            except Refused as refused:
                form.refused(refused)
            else:
                flash("Periode dibuat sebagai draf. Lengkapi daftar periksa, lalu buka.")
                return answer(url_for("round.period", period=made.slug))
        db.session.rollback()
        return render_template("round/new_period.html", form=form, key=new_key()), 422
    return render_template("round/new_period.html", form=form, key=new_key())


def _form() -> PeriodForm:
    form = PeriodForm()
    form.instrument.choices = _instruments()
    if not form.is_submitted():
        year = today(actor().zone).year
        form.year.data = str(year)
        free = sharing.next_term(
            db.session, db.session.get_one(Organization, actor().instansi_id),
            year=year, kind=form.kind.data, track=form.track.data, subjects=form.subjects.data,
        )
        form.term.data = str(free or "")
        form.zone.data = actor().office_zone
        form.instrument.data = DEFAULT_INSTRUMENT
    return form


def _instruments() -> dict[str, str]:
    """Each pack with each edition of its guidance: "pack|edition"."""
    found = {}
    for key, editions, title in instruments.available():
        for edition in editions:
            loaded = instruments.load(key, edition)
            words = loaded.edition.title or edition
            found[f"{key}|{edition}"] = f"{title}: {words}{_unchecked(loaded)}"
    return found


def _unchecked(loaded: instruments.Instrument) -> str:
    """What to know before choosing an edition whose words were not compared with the official text."""
    open_items = sum(item.unverified or loaded.edition.unverified for item in loaded.items)
    if open_items == len(loaded.items):
        return " (kriteria belum dicek ke naskah)"
    return f" (kriteria {open_items} butir belum dicek ke naskah)" if open_items else ""


def _draft(session: Session, form: PeriodForm) -> Period:
    key, guidance = form.instrument.data.split("|")
    year, term = _number(form.year, "year"), _number(form.term, "term")
    period = sharing.draft_round(
        session,
        session.get_one(Organization, actor().instansi_id),
        actor(),
        key=key,
        guidance=guidance,
        slug=(form.slug.data or "").strip() or proposed_slug(form, year, term),
        title=(form.title.data or "").strip() or proposed_title(form, year),
        kind=form.kind.data,
        track=form.track.data,
        subjects=form.subjects.data,
        year=year,
        term=term,
        zone=form.zone.data,
        predicate_rule=form.predicate_rule.data,
        claim_rule=form.claim_rule.data,
        asks_papers=asks_papers(form),
        second_reader=form.readers.data == "two",
    )
    for code, prefix in FIRST_STAGES:
        _set_stage(period, form, code, prefix)
    return period


def proposed_title(form: PeriodForm, year: int) -> str:
    """What a round is called unless somebody says otherwise; one of agencies says that it is local."""
    words = f"{PERIOD_KINDS[form.kind.data]} SPBE {year}"
    return f"{words} tiap OPD (putaran lokal)" if form.subjects.data == "agencies" else words


def asks_papers(form: PeriodForm) -> bool:
    """PermenPANRB 59/2020 p.85 asks both papers of what goes to the ministry; other rounds as they like."""
    return form.papers.data == "asked" or (form.papers.data == "track" and form.track.data == "national")


def proposed_slug(form: PeriodForm, year: int, term: int) -> str:
    """2026, 2026-opd, 2026-gladi, 2026-opd-2."""
    parts = [str(year)]
    if form.subjects.data == "agencies":
        parts.append("opd")
    if form.track.data == "rehearsal":
        parts.append("gladi")
    if term > 1:
        parts.append(str(term))
    return "-".join(parts)


def _number(field, name: str) -> int:
    text = (field.data or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Refused(NUMBER, field=name)
    return int(text)


def _set_stage(period: Period, form: PeriodForm, code: str, prefix: str) -> None:
    opens, closes = form[f"{prefix}_opens_day"], form[f"{prefix}_closes_day"]
    if opens.day is None and closes.day is None:
        return
    if opens.day is None or closes.day is None:
        empty = opens if opens.day is None else closes
        raise Refused("Isi kedua tanggalnya, atau kosongkan keduanya.", field=empty.name)
    try:
        sharing.set_stage(
            period,
            code,
            opening(opens.day, form[f"{prefix}_opens_clock"].clock, period.zone),
            closing(closes.day, form[f"{prefix}_closes_clock"].clock, period.zone),
        )
    except Refused as refused:
        raise Refused(*refused.sentences, field=closes.name) from None
