"""S49: what is carried over into the national application by hand: text to paste, numbered files, ZIPs and a recap."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from flask import Response, abort, current_app, render_template

from assessments import entry_packages, general_questions
from assessments.clock import now
from assessments.entry_packages import CONTENTS, GENERAL_FOLDER, Piece, Sheet
from assessments.instruments import Item
from assessments.models import Assessment
from assessments.workflow import look

from ... import zip_streams
from ...access import actor, find, note_each
from ...downloads import SANDBOX, is_whole
from ...extensions import db
from ...formatting import size
from ...journal import log
from ...papers import entry_forms
from ...plain_tables import csv_text
from ...zip_streams import Member, text_member
from . import blueprint
from .places import address, grouped, neighbours, tabs

CONTENTS_FILE = "daftar-isi.csv"
GENERAL_TEXT = f"{GENERAL_FOLDER}.txt"


def item_of(assessment: Assessment, code: str) -> Item:
    try:
        return assessment.period.instrument.item(code)
    except KeyError:
        abort(404)


def sheets_of(assessment: Assessment, item: str | None = None) -> list[Sheet]:
    """The items with what is missing in the store named; one look at each file."""
    found = entry_packages.sheets(db.session, assessment, actor(), item)
    return [replace(sheet, pieces=entry_packages.with_holes(sheet.pieces, _is_whole)) for sheet in found]


def _is_whole(sha256: str, length: int) -> bool:
    return is_whole(current_app.extensions["storage"], sha256, length)


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/ekspor")
def packages(period: str, subject: str):
    assessment = find(Assessment, to="export", period=period, subject=subject)
    rows = {sheet.item.code: sheet for sheet in sheets_of(assessment)}
    every = general_questions.asked_of(db.session, assessment)
    files = [piece for sheet in rows.values() for piece in sheet.files]
    return render_template(
        "round/packages.html",
        assessment=assessment,
        period=assessment.period,
        state=look(assessment),
        tabs=tabs(assessment, "packages"),
        groups=grouped(assessment.period.instrument, lambda item: rows[item.code]),
        look=look,
        claimed=sum(sheet.level is not None for sheet in rows.values()),
        total=len(rows),
        files=len(files),
        bytes=size(sum(piece.size for piece in files)),
        left=[(sheet, piece) for sheet in rows.values() for piece in sheet.left],
        questions=len(every),
        answered=sum(asked.answered for asked in every),
        parts=entry_forms.in_parts(list(rows.values())) if entry_forms.too_long(list(rows.values())) else [],
        url=lambda sheet: address("package", assessment, item=sheet.item.code),
        links={name: address(name, assessment) for name in ("package_all", "recap", "questionnaire", "general_paper", "general_answers")},
    )


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/ekspor/butir/<string:item>")
def package(period: str, subject: str, item: str):
    assessment = find(Assessment, to="export", period=period, subject=subject)
    wanted = item_of(assessment, item)
    sheet = sheets_of(assessment, item)[0]
    return render_template(
        "round/package.html",
        assessment=assessment,
        period=assessment.period,
        sheet=sheet,
        item=wanted,
        state=look(sheet.claim) if sheet.claim else None,
        bytes=size(sum(piece.size for piece in sheet.files)),
        size=size,
        around=neighbours(list(assessment.period.instrument.items), item, lambda each: address("package", assessment, item=each.code)),
        links={name: address(name, assessment, item=item) for name in ("claim", "package_zip", "explanation")},
        list_url=address("packages", assessment),
    )


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/ekspor/butir/<string:item>/paket")
def package_zip(period: str, subject: str, item: str):
    assessment = find(Assessment, to="export", period=period, subject=subject)
    item_of(assessment, item)
    sheet = sheets_of(assessment, item)[0]
    name = f"{sheet.folder}_{assessment.period.slug}"
    return _sent(assessment, name, [text_member(f"{sheet.folder}.txt", _pasted(sheet))], [("", piece) for piece in sheet.pieces])


@blueprint.get("/pengelolaan/<string:period>/<string:subject>/ekspor/paket")
def package_all(period: str, subject: str):
    """Everything: a folder for each item that has a claim, and one for the general questions."""
    assessment = find(Assessment, to="export", period=period, subject=subject)
    found = [sheet for sheet in sheets_of(assessment) if sheet.claim is not None]
    every = general_questions.asked_of(db.session, assessment)
    general = entry_packages.with_holes(entry_packages.general_pieces(every, actor()), _is_whole)
    texts = [text_member(f"{sheet.folder}/{sheet.folder}.txt", _pasted(sheet)) for sheet in found]
    if every:
        texts.insert(0, text_member(f"{GENERAL_FOLDER}/{GENERAL_TEXT}", entry_packages.general_text(every)))
    rows = [(GENERAL_FOLDER, piece) for piece in general]
    rows += [(sheet.folder, piece) for sheet in found for piece in sheet.pieces]
    slug = assessment.subject.organization.slug
    return _sent(assessment, f"paket-{assessment.period.slug}-{slug}", texts, rows)


def _pasted(sheet: Sheet) -> str:
    head = f"Indikator {sheet.item.number}: {sheet.item.name}\nTingkat: {sheet.value or '-'} {sheet.level_name}".rstrip()
    return f"{head}\n\n{sheet.text}\n"


# ---------------------------------------------------------------- sending


def _sent(assessment: Assessment, name: str, texts: list[Member], rows: Sequence[tuple[str, Piece]]) -> Response:
    """The archive as a file to save. Everything is known before the first byte; then no row is read any more."""
    storage = current_app.extensions["storage"]
    inside = [text_member(CONTENTS_FILE, csv_text(CONTENTS, entry_packages.contents(rows))), *texts]
    inside += [
        Member(f"{folder}/{piece.name}" if folder else piece.name, piece.size, _opener(storage, piece.sha256), piece.sha256)
        for folder, piece in rows
        if piece.goes
    ]
    at = now().astimezone(ZoneInfo(assessment.period.zone))
    log_as = f"package:assessment/{assessment.id}"
    taken = [(piece.thing, "allowed" if piece.goes else "left_out") for _, piece in rows if not piece.url]
    db.session.rollback()
    note_each(actor(), "download", [(log_as, "allowed"), *taken])
    response = Response(_watched(zip_streams.zipped(inside, at), log_as), mimetype="application/zip")
    response.content_length = zip_streams.length(inside)
    headers = response.headers
    headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    headers["Content-Security-Policy"] = SANDBOX
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cache-Control"] = "private, no-store"
    return response


def _opener(storage, sha256):
    return lambda: storage.open(sha256)


def _watched(chunks: Iterator[bytes], thing: str) -> Iterator[bytes]:
    """What breaks off is told to whoever runs the portal; the reader sees a download that did not end."""
    try:
        yield from chunks
    except (OSError, zip_streams.Damaged) as error:
        log.error("package_broken", thing=thing, error=str(error))
        raise
