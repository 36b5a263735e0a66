"""Forms 5, 6 and 9 of the evaluation as content for their templates: general questions, kuesioner, penjelasan tambahan."""

import base64
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from assessments.entry_packages import Piece, Sheet, named
from assessments.general_questions import Asked
from assessments.instruments import Item
from assessments.models import Assessment

from .. import previews
from .printing import Verbatim

MOST_PICTURES = 12  # in one penjelasan tambahan
LARGEST_PICTURE = 1 << 20  # bytes
LONGEST = 200_000  # letters of answers that are printed at once: about a second of work


def _letterhead(assessment: Assessment, form: str) -> dict[str, Any]:
    return {
        "institution": assessment.subject.name,
        "about": f"{assessment.period.title}. {form}",
        "footer": f"{assessment.subject.name}, {assessment.period.title}",
    }


def questionnaire(assessment: Assessment, sheets: Sequence[Sheet], blank: bool) -> dict[str, Any]:
    """Form 6 for `questionnaire.typ`: every item with its criteria, blank or with what is claimed."""
    return _letterhead(assessment, f"Instrumen: {assessment.period.instrument.title}.") | {
        "heading": "Kuesioner penilaian mandiri" + (" (lembar isian)" if blank else ""),
        "blank": blank,
        "items": [_question(sheet, blank) for sheet in sheets],
    }


def too_long(sheets: Sequence[Sheet]) -> bool:
    """Whether the filled kuesioner of these items is more than a page may wait for."""
    return sum(len(sheet.facts) + len(sheet.analysis) for sheet in sheets) > LONGEST


def in_parts(sheets: Sequence[Sheet]) -> list[tuple[str, list[Sheet]]]:
    """The items of each domain, or of each first knot of another instrument; none holds more than a page may wait for."""
    parts: list[tuple[str, list[Sheet]]] = []
    for sheet in sheets:
        name = sheet.item.path[0].name if sheet.item.path else ""
        full = parts and too_long([*parts[-1][1], sheet])
        if not parts or parts[-1][0] != name or full:
            parts.append((name, []))
        parts[-1][1].append(sheet)
    return parts


def _question(sheet: Sheet, blank: bool) -> dict[str, Any]:
    item = sheet.item
    return {
        "number": item.number,
        "name": item.name,
        "path": [str(node.name) for node in item.path],
        "question": item.explanation,
        "unverified": item.unverified,
        "levels": [
            {"value": str(level.value), "name": level.name, "criterion": item.criteria.get(level.value, ""),
             "chosen": not blank and level.value == sheet.level}
            for level in item.scale.levels
        ],
        "answer": "" if blank or sheet.level is None else f"{sheet.value} {sheet.level_name}",
        "facts": "" if blank else sheet.facts,
        "analysis": "" if blank else sheet.analysis,
        "evidence": [] if blank else [named(piece) for piece in sheet.pieces],
    }


def general_questions(assessment: Assessment, every: Sequence[Asked], carried: Sequence[Piece]) -> dict[str, Any]:
    """Form 5 for `general_questions.typ`."""
    return _letterhead(assessment, "Pertanyaan umum tidak dinilai.") | {
        "heading": "Pertanyaan umum",
        "rows": [
            {
                "number": asked.number,
                "question": asked.question.text,
                "answer": asked.answer.text if asked.answer else "",
                "files": [named(piece) for piece in carried if piece.code.startswith(f"P{asked.number}.")],
            }
            for asked in every
        ],
    }


def explanation(assessment: Assessment, sheet: Sheet, drawings: Path) -> dict[str, Any]:
    """Form 9 for `explanation.typ`: what the evidence of each level shows, up to the level claimed. `drawings` is the
    folder of evidence, where pictures of it lie.
    """
    item, claimed = sheet.item, sheet.level or 0
    left = [MOST_PICTURES]
    return _letterhead(assessment, "") | {
        "heading": f"Penjelasan tambahan indikator {item.number}: {item.name}",
        "statement": f"{assessment.subject.name} menyatakan capaian indikator ini pada tingkat {claimed}, {sheet.level_name}. "
                     "Pemenuhannya dijelaskan tingkat demi tingkat di bawah ini.",
        "rows": [_row(sheet, item, level, claimed, drawings, left) for level in item.scale.levels],
    }


def _row(sheet: Sheet, item: Item, level, claimed: int, drawings: Path, left: list[int]) -> dict[str, Any]:
    number = level.value
    cited = [piece for piece in sheet.pieces if number in piece.levels or (number == claimed and not piece.levels)]
    top = number == claimed
    return {
        "level": str(number),
        "name": level.name,
        "criterion": item.criteria.get(number, ""),
        "reached": number <= claimed,
        "facts": sheet.facts if top else "",
        "analysis": sheet.analysis if top else "",
        "files": [named(piece) + (f": {piece.gist}" if piece.gist else "") for piece in cited] if number <= claimed else [],
        "pictures": _pictures(cited, drawings, left) if number <= claimed else [],
        "closing": f"Dengan demikian kriteria tingkat {number} dinyatakan terpenuhi." if cited or top else "",
    }


def _pictures(cited: Sequence[Piece], drawings: Path, left: list[int]) -> list[dict[str, Any]]:
    """Pictures among the evidence, as the portal drew them; `left` counts how many more this paper takes."""
    found = []
    for piece in cited:
        if left[0] and piece.goes and piece.media_type.startswith("image/") and piece.previews:
            with contextlib.suppress(OSError):
                found.append({"drawing": _drawing(previews.picture(drawings, piece.sha256 or "", 1)), "caption": f"{piece.code} {piece.title}"})
                left[0] -= 1
    return found


def _drawing(path: Path) -> Verbatim:
    """A JPEG inside an SVG, which is text and so can travel with the rest of the content."""
    content = path.read_bytes()
    if len(content) > LARGEST_PICTURE:
        raise OSError("too large a picture")
    with Image.open(path) as picture:
        wide, tall = picture.size
    inside = base64.b64encode(content).decode()
    return Verbatim(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}" viewBox="0 0 {wide} {tall}">'
        f'<image width="{wide}" height="{tall}" href="data:image/jpeg;base64,{inside}"/></svg>'
    )
