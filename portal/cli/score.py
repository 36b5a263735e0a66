"""`flask --app wsgi score FILE`: the exact index of a file of levels, without a database."""

import json
import sys

import click

from assessments.exchange.levels import read_levels
from assessments.instruments import BadPack, Instrument, decimal_text, load
from assessments.refusal import Refused
from assessments.scoring import Score, exact_text, score, shown


@click.command("score")
@click.argument("file", type=str)
@click.option("--instrument", "key", required=True, help="Kunci instrumen, misalnya permenpanrb-59-2020.")
@click.option("--guidance", default=None, help="Edisi panduan; tanpa pilihan ini yang terbaru.")
@click.option("--column", default="level", show_default=True, help="Kolom yang memuat nilai.")
@click.option(
    "--rule",
    type=click.Choice(["exact", "shown"]),
    default="exact",
    show_default=True,
    help="Indeks yang menentukan predikat.",
)
@click.option(
    "--partial", is_flag=True, help="Hitung berkas yang belum lengkap; yang belum ada dihitung nilai terendah."
)
@click.option("--json", "as_json", is_flag=True, help="Satu objek JSON di keluaran baku.")
def score_command(
    file: str, key: str, guidance: str | None, column: str, rule: str, partial: bool, as_json: bool
) -> None:
    """Hitung indeks dari FILE (CSV atau XLSX) dengan kolom indicator dan level.

    Keluhan ditulis ke keluaran galat, masing-masing dengan barisnya, dan status keluar menjadi 2.
    """
    try:
        instrument = load(key, guidance)
        values, complaints = read_levels(file, instrument, column=column, partial=partial)
        if complaints:
            _leave(complaints)
        result = score(instrument, values, partial=partial)
    except Refused as refusal:
        _leave(refusal.sentences)
    except BadPack as fault:
        _leave([f"Instrumen {key} tidak dapat dipakai:", *fault.complaints])
    except (OSError, ValueError) as fault:
        _leave([f"Berkas {click.format_filename(file)} tidak dapat dibaca: {_reason(fault)}."])
    if not result.complete:
        numbers = ", ".join(instrument.item(code).number for code in result.missing)
        click.echo(
            f"Berkas belum lengkap: {len(result.missing)} indikator dihitung dengan nilai terendah ({numbers}).",
            err=True,
        )
    click.echo(json.dumps(as_object(result, rule), ensure_ascii=False, indent=2) if as_json else as_table(result, rule))


def as_object(result: Score, rule: str = "exact") -> dict:
    """The score as plain values: numbers are text with a decimal point, tiers are keyed by their number."""
    return {
        "instrument": result.instrument.key,
        "index": exact_text(result.index),
        "index_shown": shown(result.index),
        "predicate": result.predicate(rule).name,
        "domains": _tier(result, "domain"),
        "aspects": _tier(result, "aspect"),
        "complete": result.complete,
    }


def as_table(result: Score, rule: str = "exact") -> str:
    """The score for a person at a terminal, with decimal commas."""
    instrument: Instrument = result.instrument
    lines = [f"{instrument.title} ({instrument.key}, panduan {instrument.guidance})", ""]
    for node in instrument.nodes():
        name = f"{'  ' * len(node.path)}{node} {node.name}"
        lines.append(f"{name:<72} {decimal_text(result.nodes[node.code], mark=','):>6}")
    provisional = "" if result.complete else " (sementara, berkas belum lengkap)"
    lines += ["", f"{instrument.index_name:<72} {decimal_text(result.index, mark=','):>6}{provisional}"]
    lines.append(f"Predikat: {result.predicate(rule).name}")
    return "\n".join(lines)


def _tier(result: Score, kind: str) -> dict[str, dict[str, str]]:
    values = {node.number: result.nodes[node.code] for node in result.instrument.nodes(kind)}
    return {number: {"exact": exact_text(value), "shown": shown(value)} for number, value in values.items()}


def _reason(fault: Exception) -> str:
    reasons = {
        FileNotFoundError: "berkas tidak ada",
        IsADirectoryError: "ini folder, bukan berkas",
        PermissionError: "tidak ada izin",
    }
    return reasons.get(type(fault), "jalur atau isinya tidak terbaca")


def _leave(sentences) -> None:
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(2)
