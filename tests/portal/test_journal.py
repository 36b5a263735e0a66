"""The journal: one JSON line for a request, enough to find what happened, nothing that opens a door."""

import json
import re

import pytest
from flask import Flask

from portal import journal

MARKS = ("SANDI-RAHASIA", "KUE-RAHASIA", "TANYA-RAHASIA", "PINTU-RAHASIA-YANG-PANJANG-SEKALI", "KEPALA-RAHASIA")


@pytest.fixture
def small_app():
    app = Flask("small")
    journal.init_app(app)

    @app.route("/undangan/<token>", methods=["GET", "POST"])
    def invited(token):
        return "ya"

    @app.get("/rusak/<token>")
    def broken(token):
        raise RuntimeError("putus")

    return app


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_op_03_a_request_leaves_one_line_with_who_where_and_how_it_went(small_app, capsys):
    answer = small_app.test_client().get("/undangan/abc")
    [line] = lines(capsys)
    assert (line["method"], line["path"], line["status"], line["who"]) == ("GET", "/undangan/...", 200, None)
    assert line["ms"] >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["at"])
    assert line["request"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize("path", ["/undangan/PINTU-RAHASIA-YANG-PANJANG-SEKALI", "/rusak/PINTU-RAHASIA-YANG-PANJANG-SEKALI", "/tidak-ada"])
def test_op_03_no_form_query_cookie_header_or_token_is_written_down(small_app, capsys, path):
    client = small_app.test_client()
    client.set_cookie("portal", "KUE-RAHASIA")
    headers = {"X-CSRFToken": "KEPALA-RAHASIA", "X-Request-ID": "KEPALA-RAHASIA"}
    for call in (client.get, client.post):
        call(path, query_string={"q": "TANYA-RAHASIA"}, headers=headers)
    client.post(path, data={"password": "SANDI-RAHASIA"})
    written = capsys.readouterr().err
    assert len(written.splitlines()) >= 3
    assert [mark for mark in MARKS if mark in written] == []


def test_op_03_a_long_word_in_an_unknown_path_may_be_a_token_and_is_masked(small_app, capsys):
    small_app.test_client().get("/undangan/" + "x" * 43 + "/")
    assert lines(capsys)[-1]["path"] == "/undangan/.../"


def test_an_exception_is_written_once_with_its_trace_and_the_request_it_belongs_to(small_app, capsys):
    answer = small_app.test_client().get("/rusak/abc")
    trace, line = lines(capsys)
    assert "RuntimeError: putus" in trace["exception"]
    assert trace["request"] == line["request"] == answer.headers["X-Request-ID"]
    assert line["status"] == 500


def test_two_requests_have_two_ids(small_app):
    client = small_app.test_client()
    ids = {client.get("/undangan/abc").headers["X-Request-ID"] for _ in range(5)}
    assert len(ids) == 5
