"""The verdict over the suite: a test that ran on one engine only, or not at all, cannot pass unseen."""

import pytest

from tests.verdict import verdict


@pytest.fixture
def report(tmp_path):
    def write(engine, **tests):
        said = '<properties><property name="once" value="yes"/></properties>'
        marks = {"once": said, "passed": "", "failed": "<failure/>", "error": "<error/>", "skipped": "<skipped/>"}
        cases = "".join(f'<testcase classname="t" name="{name}">{marks[mark]}</testcase>' for name, mark in tests.items())
        path = tmp_path / f"suite-{engine}.xml"
        path.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
        return path

    return write


def test_the_closing_line_counts_both_engines(report):
    lines, well = verdict([report("sqlite", a="passed", b="passed"), report("postgresql", a="passed", b="passed")])
    assert (lines[-1], well) == ("total: 4 passed, 0 failed", True)


@pytest.mark.parametrize("bad", ["failed", "error"])
def test_one_failure_on_one_engine_is_a_failure(report, bad):
    lines, well = verdict([report("sqlite", a="passed"), report("postgresql", a=bad)])
    assert (lines[-1], well) == ("total: 1 passed, 1 failed", False)


def test_a_test_that_one_engine_does_not_know_is_a_failure(report):
    lines, well = verdict([report("sqlite", a="passed", b="passed"), report("postgresql", a="passed")])
    assert lines[0] == "only elsewhere, not on postgresql: t::b"
    assert not well


def test_a_test_that_is_run_once_needs_one_engine_only(report):
    reports = [report("sqlite", a="passed", b="once"), report("postgresql", a="passed")]
    assert verdict(reports) == (["2 tests on sqlite, 1 tests on postgresql", "total: 3 passed, 0 failed"], True)


def test_no_report_and_no_test_are_failures(report, tmp_path):
    assert not verdict([tmp_path / "suite-sqlite.xml"])[1]
    assert not verdict([report("sqlite")])[1]


def test_skipped_tests_are_counted_apart(report):
    assert verdict([report("sqlite", a="passed", b="skipped")])[0][-1] == "total: 1 passed, 0 failed, 1 skipped"
