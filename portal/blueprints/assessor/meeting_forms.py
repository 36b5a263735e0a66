"""The forms of sessions: they only read; what may be arranged and written is the domain's to know."""

from flask import request
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from assessments.models import Meeting
from assessments.models.meeting import FINDINGS, MEETING_MODES
from assessments.refusal import Faults, Refused
from assessments.scheduling import Plan

from ...forms import DayField, Form
from ...moments import ClockField, opening, shown_clock, shown_day


class PlanForm(Form):
    day = DayField("Tanggal")
    since = ClockField("Jam mulai")
    until = ClockField("Jam selesai")
    mode = RadioField("Cara pertemuan", choices=MEETING_MODES, validate_choice=False)
    place = StringField("Tempat")
    link = StringField("Tautan pertemuan")
    notice_no = StringField("Nomor surat pemberitahuan")
    notice_on = DayField("Tanggal surat pemberitahuan")
    note = TextAreaField("Catatan untuk kedua pihak")

    def plan(self, zone: str) -> Plan:
        """What was typed, times in the zone of the round."""
        day = self.day.day
        starts = opening(day, self.since.clock, zone) if day and self.since.clock else None
        ends = opening(day, self.until.clock, zone) if day and self.until.clock else None
        return Plan(
            starts, ends, self.mode.data or "", self.place.data or "", self.link.data or "", self.notice_no.data or "",
            self.notice_on.day, self.note.data or "",
        )


def filled(meeting: Meeting) -> PlanForm:
    zone = meeting.assessment.period.zone
    return PlanForm(
        formdata=None, day=shown_day(meeting.starts_at, zone), since=shown_clock(meeting.starts_at, zone),
        until=shown_clock(meeting.ends_at, zone), mode=meeting.mode, place=meeting.place, link=meeting.link,
        notice_no=meeting.notice_no, notice_on=meeting.notice_on.isoformat() if meeting.notice_on else "", note=meeting.note,
    )


class ReasonForm(Form):
    why = TextAreaField("Alasan pembatalan")


class NoteForm(Form):
    answer = TextAreaField("Catatan")
    seen = TextAreaField("Yang dilihat")
    location = StringField("Tempat")
    finding = RadioField("Temuan", choices={"": "Belum"} | FINDINGS, validate_choice=False)
    follow_up = BooleanField("Perlu tindak lanjut")


class PromiseForm(Form):
    text = TextAreaField("Bukti yang dijanjikan", id="janji")
    organization = SelectField("OPD yang menyerahkan", validate_choice=False)
    due_day = DayField("Batas penyerahan")


class DeliveryForm(Form):
    locator = StringField("Letak dalam dokumen")


class SignForm(Form):
    checked = BooleanField(
        "Saya telah membaca berita acara ini.", validators=[InputRequired("Centang bahwa Anda telah membaca berita acara ini.")]
    )
    password = PasswordField("Kata sandi", validators=[InputRequired("Tulis kata sandi akun Anda.")])


class WithdrawForm(Form):
    note = TextAreaField("Alasan penarikan")


def typed_agenda() -> dict[str, str]:
    """{item: question} of the ticked items."""
    return {item: request.form.get(f"tanya-{item}", "") for item in request.form.getlist("butir")}


def apart(form: Form, refused: Refused) -> list[tuple[str, str]]:
    """Put what belongs to a field at the field; give (sentence, id) of what stands elsewhere on the page."""
    rest = []
    for each in refused.each if isinstance(refused, Faults) else (refused,):
        if each.field in form._fields:
            form.also_refused(each)
        else:
            rest += [(sentence, each.field or "isi") for sentence in each.sentences]
    return rest
