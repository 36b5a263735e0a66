"""The command `score`: one JSON object or a table on stdout, or complaints on stderr and nothing else."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessments.instruments import load
from portal.cli.score import score_command

DENPASAR = Path(__file__).parents[2] / "portal" / "demo" / "levels_kota_denpasar_2021.csv"
SPBE = load("permenpanrb-59-2020")
PEMDI = load("permenpanrb-8-2026")


def table(changes=None, *, instrument=SPBE, level="3", header="indicator,level", mark=","):
    """A complete file as text, with the rows of some item codes replaced (None: left out)."""
    rows = {item.code: f"{item.code}{mark}{level}" for item in instrument.items} | (changes or {})
    return "\n".join([header.replace(",", mark), *(row for row in rows.values() if row is not None)]) + "\n"


def run(*words):
    return CliRunner().invoke(score_command, [str(word) for word in words])


def test_the_command_prints_one_json_object(tmp_path):
    file = tmp_path / "nilai.csv"
    file.write_text(
        "indicator;level\n" + "\n".join(";".join(line.split(",")[::2]) for line in DENPASAR.read_text().split()[1:])
    )
    result = run(file, "--instrument", "permenpanrb-59-2020", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert list(answer) == ["instrument", "index", "index_shown", "predicate", "domains", "aspects", "complete"]
    assert (answer["instrument"], answer["index"], answer["index_shown"]) == ("permenpanrb-59-2020", "3.1925", "3.19")
    assert (answer["predicate"], answer["complete"]) == ("Baik", True)
    assert list(answer["domains"]) == list("1234") and list(answer["aspects"]) == list("12345678")
    assert answer["domains"]["3"] == {"exact": "24/11", "shown": "2.18"}
    assert answer["aspects"]["5"] == {"exact": "2.125", "shown": "2.13"}


def test_an_instrument_without_domains_gives_an_empty_object(tmp_path):
    file = tmp_path / "nilai.csv"
    file.write_text(table({"I20": "20,2.50"}, instrument=PEMDI))
    answer = json.loads(run(file, "--instrument", "permenpanrb-8-2026", "--json").stdout)
    assert answer["domains"] == {} and len(answer["aspects"]) == 7 and answer["index"] == "2.925"


def test_the_table_for_people_uses_decimal_commas():
    result = run(DENPASAR, "--instrument", "permenpanrb-59-2020", "--column", "external")
    assert result.exit_code == 0 and "3,19" in result.stdout and "Predikat: Baik" in result.stdout


def test_a_partial_file_is_scored_and_said_to_be_partial(tmp_path):
    file = tmp_path / "nilai.csv"
    file.write_text(table({"I12": None, "I13": "13,"}))
    result = run(file, "--instrument", "permenpanrb-59-2020", "--partial", "--json")
    assert result.exit_code == 0 and json.loads(result.stdout)["complete"] is False
    assert result.stderr == "Berkas belum lengkap: 2 indikator dihitung dengan nilai terendah (12, 13).\n"


def test_complaints_go_to_stderr_with_status_2_and_nothing_on_stdout(tmp_path):
    file = tmp_path / "nilai.csv"
    file.write_text(table({"I02": "2,2,5", "I03": None, "I04": "4," + "9" * 400}))
    for words in (("--json",), (), ("--json", "--partial")):
        result = run(file, "--instrument", "permenpanrb-59-2020", *words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert (
            all(line.startswith("Baris ") for line in result.stderr.splitlines()) and "Traceback" not in result.stderr
        )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["/tidak/ada.csv", "--instrument", "permenpanrb-59-2020"], "berkas tidak ada"),
        ([DENPASAR.parent, "--instrument", "permenpanrb-59-2020"], "ini folder, bukan berkas"),
        (["a\0b", "--instrument", "permenpanrb-59-2020"], "tidak terbaca"),
        ([DENPASAR, "--instrument", "permenpanrb-1-1999"], "tidak dikenal; yang tersedia"),
        ([DENPASAR, "--instrument", "permenpanrb-59-2020", "--guidance", "x"], "Edisi panduan “x” tidak dikenal"),
        ([DENPASAR, "--instrument", "permenpanrb-59-2020"], "Baris 1: kepala tabel tidak memuat kolom “level”."),
    ],
)
def test_what_cannot_be_scored_is_said_without_a_traceback(words, told):
    result = run(*words, "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr and len(result.stderr.splitlines()) == 1
