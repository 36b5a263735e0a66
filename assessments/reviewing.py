"""Tim Reviu's word on levels, analyses and conclusion, and the panel's answer (S60; Pedoman 3/2024 p.228-231).

The rule: a "tidak valid" carries Fakta, Analisis and Justifikasi Hasil, and keeps the final values from being proposed
until the panel answered it in words or Tim Reviu marked the same thing valid in a later note. The panel may answer a
level with another value; that is the lead's to do, and lies on top of the decision under its own name.
"""

from fractions import Fraction

from sqlalchemy.orm import object_session

from .actors import Actor
from .allowing import allow
from .analysing import aspects
from .clock import now
from .consolidation_questions import is_open, named, newest_notes
from .models import Assessment, ReviewAnswer, ReviewNote
from .models.analysis import REVIEWED
from .panel_questions import leads_here
from .refusal import Refused, Together
from .texts import clean
from .workflow import happened

LIMIT = 4000
WORDS = {True: "Valid", False: "Tidak valid"}


def known_place(assessment: Assessment, about: str, key: str) -> bool:
    """Whether there is such a thing to review: an item, an aspect, or the one conclusion."""
    instrument = assessment.period.instrument
    if about == "item":
        return any(item.code == key for item in instrument.items)
    if about == "aspect":
        return any(node.code == key for node in aspects(instrument))
    return about == "conclusion" and key == ""


def review(
    assessment: Assessment, about: str, key: str, by: Actor, valid: bool | None, facts: str, analysis: str,
    justification: str, seen: int,
) -> ReviewNote:
    """Say whether one thing is valid. `seen` is the id of the newest note on the page, 0 where there was none."""
    allow(by, "review", assessment)
    if about not in REVIEWED or not known_place(assessment, about, key):
        raise Refused("Hal yang direviu tidak dikenal.")
    invalid = valid is False
    with Together() as faults:
        with faults.noted():
            if valid is None:
                raise Refused("Pilih valid atau tidak valid.", field="valid")
        with faults.noted():
            facts = clean(facts, LIMIT, "Fakta", "facts", required=invalid)
        with faults.noted():
            analysis = clean(analysis, LIMIT, "Analisis", "analysis", required=invalid)
        with faults.noted():
            justification = clean(justification, LIMIT, "Justifikasi hasil", "justification", required=invalid)
    newest = newest_notes(assessment).get((about, key))
    if (newest.id if newest is not None else 0) != seen:
        raise Refused("Ada catatan reviu yang lebih baru untuk hal ini. Muat ulang dan baca dulu.")
    note = ReviewNote(
        assessment=assessment, about=about, key=key, valid=bool(valid), by_id=by.person_id, at=now(),
        facts=facts if invalid else "", analysis=analysis if invalid else "", justification=justification if invalid else "",
    )
    object_session(assessment).add(note)
    happened(assessment, "review", f"Reviu {named(assessment, note)}: {WORDS[note.valid].lower()}", by)
    return note


def answer(assessment: Assessment, note: ReviewNote, by: Actor, text: str, value: Fraction | None = None) -> ReviewAnswer:
    """The panel's answer to a "tidak valid"; once given it stands, and Tim Reviu may write another note."""
    allow(by, "answer_review", assessment)
    if note.valid:
        raise Refused("Catatan ini menyatakan valid, jadi tidak perlu dijawab.")
    if note.answer is not None:
        raise Refused(f"Catatan ini sudah dijawab {note.answer.by.name}.")
    if newest_notes(assessment).get((note.about, note.key)) is not note:
        raise Refused("Ada catatan reviu yang lebih baru untuk hal ini. Muat ulang dan baca dulu.")
    with Together() as faults:
        with faults.noted():
            text = clean(text, LIMIT, "Jawaban", "text", required=True)
        with faults.noted():
            if value is not None:
                _may_set(assessment, note, by, value)
    made = ReviewAnswer(note=note, text=text, value=value, by_id=by.person_id, at=now())
    object_session(assessment).add(made)
    happened(assessment, "answer_review", f"Reviu {named(assessment, note)} dijawab", by)
    return made


def _may_set(assessment: Assessment, note: ReviewNote, by: Actor, value: Fraction) -> None:
    if note.about != "item":
        raise Refused("Nilai hanya dapat diubah pada reviu sebuah indikator.", field="value")
    if not leads_here(by, assessment):
        raise Refused("Hanya ketua tim yang mengubah nilai sesudah reviu.", field="value")
    scale = assessment.period.instrument.item(note.key).scale
    if not scale.holds(value):
        raise Refused(f"Nilai harus {scale.allowed}.", field="value")
    if any(one.item == note.key and is_open(one) for one in assessment.objections):
        raise Refused("Keberatan OPD atas indikator ini belum diputus. Putuskan dulu, lalu ubah nilainya di sini.", field="value")
