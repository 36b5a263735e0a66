"""The form that says whether one assessor reads each item of a round, or two who are closed from each other."""

from assessments import reader_choice
from assessments.models import Period
from assessments.reader_choice import READERS

from ...forms import ChoiceField, Form

MEANING = (
    "Dua penilai, tertutup: tiap indikator dibaca dua asesor pada Penilaian Dokumen, dan keduanya baru saling melihat sesudah "
    "sama-sama mengirim. Pilih sebelum ada penilaian."
)


class ReadersForm(Form):
    readers = ChoiceField("Penilai tiap indikator", choices=READERS, description=MEANING)


def readers_form(period: Period) -> ReadersForm | None:
    """The form as the round stands; none once somebody has judged."""
    if reader_choice.fixed_readers(period):
        return None
    return ReadersForm(formdata=None, readers=reader_choice.readers_of(period))
