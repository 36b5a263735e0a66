"""The workbook goes out. Every text is written as a text, so that no program takes it for a formula or a link."""

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from assessments.exchange.tables import thousands
from assessments.instruments.scales import Scale
from assessments.models.assessment import TEXT_LIMIT

from .shape import (
    ANALYSIS,
    CHANGED,
    COLUMNS,
    CRITERIA,
    FACTS,
    HELP,
    ID,
    KIND,
    LOCKED,
    MARKS,
    NAME,
    PROOFS,
    REVISION,
    ROWS,
    VALUE,
    WRITABLE,
    Head,
    Line,
    Proof,
    fingerprint,
    locked_texts,
    plain,
    writable_texts,
)

PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
AT = {name: n for n, name in enumerate(COLUMNS)}
POINTS = 15  # height of one line of text
TALLEST, LOWEST = 300, 62
PROOF_COLUMNS = {"Kode": 9, "Indikator": 10, "Judul dokumen": 50, "Halaman, bab, atau waktu": 26, "Menunjang tingkat": 18,
                 "Berkas atau tautan": 50}


def make_workbook(head: Head, lines: Sequence[Line], proofs: Sequence[Proof]) -> bytes:
    """The XLSX file; marks lie on a sheet nobody sees, the sheets are locked without a password."""
    import xlsxwriter  # half of its cost is its import

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, PLAIN) as book:
        book.set_properties({"title": f"Isian {head.title}", "subject": head.agency_name})
        looks = _looks(book)
        _help(book.add_worksheet(HELP), head, looks)
        rows = book.add_worksheet(ROWS)
        _rows(rows, lines, looks)
        if proofs:
            _proofs(book.add_worksheet(PROOFS), proofs, looks)
        _marks(book.add_worksheet(MARKS), head, lines)
        rows.activate()
    return out.getvalue()


def _looks(book) -> dict[str, Any]:
    top = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#C9CED6"}
    grey = top | {"bg_color": "#F1F3F6"}
    return {
        "title": book.add_format({"bold": True, "font_size": 15}),
        "help": book.add_format({"text_wrap": True, "valign": "top"}),
        "strong": book.add_format({"text_wrap": True, "valign": "top", "bold": True}),
        "head": book.add_format(top | {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"}),
        "locked": book.add_format(grey),
        "small": book.add_format(grey | {"font_size": 9, "font_color": "#5A6472"}),
        # A text format keeps what is typed there a text: "=1+1" and "3-4" stay what they are.
        "text": book.add_format(top | {"locked": False, "num_format": "@"}),
        "0": book.add_format(top | {"locked": False, "num_format": "0"}),
        "0.00": book.add_format(top | {"locked": False, "num_format": "0.00"}),
    }


def _help(page, head: Head, looks) -> None:
    page.hide_gridlines(2)
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 92)
    page.write_string(0, 0, head.title, looks["title"])
    told = (
        ("Perangkat daerah", head.agency_name),
        ("Diunduh", head.made),
        ("Batas akhir", f"{head.closes or 'belum ditetapkan'}. Berkas yang tiba sesudah itu tidak dapat diterapkan."),
        ("Yang dapat diubah", (f"Pada lembar {ROWS}, kolom berlatar putih: {VALUE}, {FACTS}, dan {ANALYSIS}. {VALUE} dipilih dari "
         f"daftarnya; {FACTS} dan {ANALYSIS} paling banyak {thousands(TEXT_LIMIT)} huruf.")),
        ("Yang terkunci", (f"Kolom berlatar abu-abu. Jangan mengubah kolom {ID}, nama kolom, atau nama lembar: dari situlah portal "
         "mengenali barisnya. Kuncinya tanpa kata sandi.")),
        ("Baris", "Boleh diurutkan. Baris yang dihapus tidak mengubah apa pun di portal."),
        ("Bukti dukung", f"Diunggah di portal. Lembar {PROOFS} hanya daftar yang sudah dirujuk."),
        ("Mengembalikan", ("Simpan sebagai .xlsx, lalu unggah di halaman Excel pada daftar tugas. Portal menunjukkan dulu apa yang "
         "akan berubah, yang bentrok dengan isian di portal, dan yang ditolak; hanya yang Anda centang diterapkan.")),
    )
    for n, (label, words) in enumerate(told, 2):
        page.write_string(n, 0, label, looks["strong"])
        page.write_string(n, 1, words, looks["help"])
        page.set_row(n, POINTS * max(1, -(-len(words) // 88)))
    page.protect()


def _rows(page, lines: Sequence[Line], looks) -> None:
    page.freeze_panes(1, AT[CRITERIA])
    page.set_landscape()
    page.set_paper(9)
    page.repeat_rows(0)
    page.fit_to_pages(1, 0)
    for name, n in AT.items():
        page.set_column(n, n, COLUMNS[name])
        page.write_string(0, n, name, looks["head"])
    for n, line in enumerate(lines, 1):
        page.set_row(n, _height(line))
        page.write_string(n, AT[ID], line.id, looks["small"])
        for name, text in locked_texts(line).items():
            if name == REVISION:
                page.write_number(n, AT[name], line.revision, looks["small"])
            else:
                page.write_string(n, AT[name], text, looks["small" if name in (CRITERIA, CHANGED) else "locked"])
        _writable(page, n, line, looks)
    page.autofilter(0, 0, max(1, len(lines)), len(COLUMNS) - 1)
    page.ignore_errors({"number_stored_as_text": f"A1:J{len(lines) + 1}"})
    page.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})


def _writable(page, n: int, line: Line, looks) -> None:
    scale = line.item.scale
    number = looks["0.00" if scale.decimals else "0"] if line.open else looks["locked"]
    text = looks["text"] if line.open else looks["locked"]
    if line.value is None:
        page.write_blank(n, AT[VALUE], None, number)
    else:
        page.write_number(n, AT[VALUE], _plain_number(line.value), number)
    for name, words in ((FACTS, line.facts), (ANALYSIS, line.analysis)):
        if words:
            page.write_string(n, AT[name], words, text)
        else:
            page.write_blank(n, AT[name], None, text)
    page.data_validation(n, AT[VALUE], n, AT[VALUE], _choice(scale))
    for name in (FACTS, ANALYSIS):
        page.data_validation(n, AT[name], n, AT[name], {
            "validate": "length", "criteria": "<=", "value": TEXT_LIMIT, "error_title": name,
            "error_message": f"Paling banyak {thousands(TEXT_LIMIT)} huruf.", "error_type": "warning",
        })


def _choice(scale: Scale) -> dict[str, Any]:
    """The drop-down of an item: its levels, or the range of its numbers."""
    said = {"error_title": VALUE, "error_message": f"Isi {scale.allowed}.", "ignore_blank": True}
    if scale.decimals:
        return said | {"validate": "decimal", "criteria": "between", "minimum": _plain_number(scale.min), "maximum": _plain_number(scale.max),
                       "input_title": VALUE, "input_message": f"Angka {scale.allowed}, paling banyak {scale.decimals} desimal."}
    return said | {"validate": "list", "source": [level.value for level in scale.levels]}


def _plain_number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _height(line: Line) -> int:
    """High enough for the longest cell, within what still fits on a screen."""
    texts = ((line.facts, FACTS), (line.analysis, ANALYSIS), (locked_texts(line)[CRITERIA], CRITERIA), (line.item.name, NAME))
    rows = max(sum(-(-max(1, len(part)) // COLUMNS[name]) for part in text.split("\n")) for text, name in texts)
    return min(TALLEST, max(LOWEST, POINTS * rows))


def _proofs(page, proofs: Sequence[Proof], looks) -> None:
    page.freeze_panes(1, 0)
    for n, (name, width) in enumerate(PROOF_COLUMNS.items()):
        page.set_column(n, n, width)
        page.write_string(0, n, name, looks["head"])
    for n, proof in enumerate(proofs, 1):
        for at, text in enumerate((proof.code, proof.item, proof.title, proof.place, proof.levels, proof.source)):
            page.write_string(n, at, text, looks["locked"])
    page.ignore_errors({"number_stored_as_text": f"A1:F{len(proofs) + 1}"})
    page.protect("", {"format_columns": True, "format_rows": True})


def _marks(page, head: Head, lines: Sequence[Line]) -> None:
    """Whose workbook it is, and fingerprints of every cell as it went out."""
    page.very_hidden()
    for n, text in enumerate((KIND, head.period, head.agency, head.instrument)):
        page.write_string(0, n, text)
    for n, line in enumerate(lines, 1):
        locked, said = locked_texts(line), writable_texts(line)
        marks = [line.id, *(fingerprint(said[part]) for part in WRITABLE.values()), *(fingerprint(plain(locked[name])) for name in LOCKED)]
        for at, text in enumerate(marks):
            page.write_string(n, at, text)
