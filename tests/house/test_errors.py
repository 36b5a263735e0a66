"""How the house fails: closed, in Indonesian, with a reference, and without showing its inside."""

import io
import json
import re
import subprocess

import pytest
from flask import abort
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from assessments import audit, policies
from assessments.models import AuditEntry, Contribution, ContributionRevision
from portal import journal
from portal.access import public
from portal.config import ROOT, Unfit, load
from tests import builders as build

INSIDE = re.compile(
    r"Traceback|File \"|sqlalchemy|SELECT |INSERT |/site-packages/|werkzeug|gunicorn|Python/|flask|\.py\b", re.IGNORECASE
)
REFERENCE = re.compile(r"[0-9a-f]{16}")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 500, 503])
def test_OP_01_error_pages_speak_indonesian_and_show_nothing_of_the_inside(make_app, status):
    other = make_app()

    @other.get("/gagal")
    @public
    def failing():
        if status == 500:
            raise ValueError("rahasia dalam pesan galat")
        if status == 503:
            raise OperationalError("SELECT rahasia", {}, Exception("database is locked"))
        abort(status)

    other.testing = False
    response = other.test_client().get("/gagal")
    text = response.get_data(as_text=True)
    assert response.status_code == status
    assert "rahasia" not in text
    assert not INSIDE.search(text.replace("bootstrap.min.css", ""))
    assert REFERENCE.search(text) or status == 503
    assert '<html lang="id">' in text
    if status == 503:
        assert response.headers["Retry-After"]


def test_OP_02_a_failing_policy_denies(app, client, session, monkeypatch):
    city = build.city(session)
    build.opened(session, city)
    build.sign_in(client, session, city.people["operator"])

    def broken(*_):
        raise RuntimeError("the policy itself fails")

    monkeypatch.setattr(policies, "entitled", broken)
    app.testing = False
    try:
        assert client.get("/penilaian/2026/indikator/I12").status_code == 500
    finally:
        app.testing = True


@pytest.fixture
def filling(app, client, session):
    """An operator with the form of one item open: (client, fields of the form, contribution id)."""
    city = build.city(session)
    period = build.opened(session, city)
    made = build.contribution(session, period, city.agencies["bappeda"], "I12")
    key = made.id
    build.sign_in(client, session, city.people["operator"])
    fields = build.form(client, "/penilaian/2026/indikator/I12", value="3", facts="Fakta baru.", analysis="Analisis baru.")
    app.testing = False
    yield client, fields, key
    app.testing = True


def _untouched(session, key: int) -> bool:
    session.rollback()
    row = session.get_one(Contribution, key)
    return row.facts == "" and row.state == "empty" and session.scalar(select(ContributionRevision)) is None


def test_BL_06_answer_revision_and_record_are_one_transaction(filling, session, monkeypatch):
    client, fields, key = filling
    links = session.scalars(select(AuditEntry.hash)).all()
    session.rollback()

    def killed(*_):
        raise RuntimeError("stopped between the change and its record")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "link_hash", killed)
        assert client.post("/penilaian/2026/indikator/I12", data=fields).status_code == 500
    assert _untouched(session, key)
    assert session.scalars(select(AuditEntry.hash)).all() == links
    session.rollback()
    assert client.post("/penilaian/2026/indikator/I12", data=fields).status_code == 302
    session.rollback()
    assert session.get_one(Contribution, key).facts == "Fakta baru."
    assert len(session.scalars(select(AuditEntry.hash)).all()) > len(links)


def test_OP_02_a_database_that_does_not_answer_stores_nothing_and_keeps_the_text(filling, session, monkeypatch):
    client, fields, key = filling

    def locked(*_):
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    with monkeypatch.context() as patch:
        patch.setattr(audit, "link_hash", locked)
        response = client.post("/penilaian/2026/indikator/I12", data=fields)
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "Fakta baru." in response.get_data(as_text=True), "what was typed is shown again"
    assert _untouched(session, key)


def test_OP_02_a_full_disk_refuses_the_file_and_leaves_no_row(filling, app, session, monkeypatch):
    client, fields, key = filling
    from portal.storage import Incoming

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Incoming, "keep", full)
        response = client.post(
            "/penilaian/2026/indikator/I12/bukti",
            data={**fields, "files": (io.BytesIO(b"%PDF-1.7\n%%EOF"), "bukti.pdf")},
        )
    assert response.status_code == 507
    assert _untouched(session, key)
    assert not list(app.extensions["storage"].walk())


def test_whoever_is_refused_at_the_door_of_an_upload_is_not_read_any_further(filling, session):
    client, fields, _ = filling
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(1000)) + b"--x--\r\n"
    response = client.post(
        "/penilaian/2026/indikator/I99/bukti", data=parts, content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": fields["csrf_token"]},
    )
    assert response.status_code == 404


def test_OP_03_the_journal_names_who_and_what_and_never_what_was_typed(filling, session):
    client, fields, _ = filling
    lines = io.StringIO()
    journal.configure(lines)
    try:
        client.post("/penilaian/2026/indikator/I12?rahasia=kueri", data=fields | {"facts": "isi-yang-rahasia"})
        client.post("/masuk", data={"username": "siapa", "password": "sandi-yang-rahasia", "csrf_token": fields["csrf_token"]})
    finally:
        journal.configure()
    written = lines.getvalue()
    for secret in ("isi-yang-rahasia", "sandi-yang-rahasia", "kueri", fields["csrf_token"]):
        assert secret not in written
    line = json.loads(written.splitlines()[0])
    assert line["at"].endswith("+00:00")
    assert line["who"] and line["method"] == "POST" and line["path"] == "/penilaian/2026/indikator/I12"


@pytest.mark.parametrize(
    "address",
    ["/console", "/.git/config", "/.env", "/instance/portal.sqlite", "/portal.sqlite", "/static/../config.py", "/static/%2e%2e/config.py",
     "/server-status", "/debug", "/wsgi.py", "/static/", "/backup.zip", "/metrics"],
)  # fmt: skip
def test_OP_04_nothing_of_the_workshop_is_served(client, address):
    assert client.get(address).status_code in (404, 308, 301)
    assert client.open(address, method="TRACE").status_code in (404, 405, 501)


def test_OP_04_production_does_not_start_with_debug(tmp_path, monkeypatch):
    fit = {
        "mode": "production", "instance": tmp_path, "secret_key": "s" * 40, "public_url": "https://spbe.contoh.go.id",
        "institution_name": "Pemerintah Kota Contoh", "zone": "Asia/Makassar",
    }  # fmt: skip
    load(**fit)
    with pytest.raises(Unfit, match="debug"):
        load(**fit, debug=True)
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(Unfit, match="debug"):
        load(**fit)


def test_SE_11_no_secret_lies_in_the_repository_and_production_needs_one(tmp_path):
    with pytest.raises(Unfit, match="PORTAL_SECRET_KEY"):
        load(mode="production", instance=tmp_path, public_url="https://spbe.contoh.go.id",
             institution_name="Kota", zone="Asia/Makassar")
    with pytest.raises(Unfit, match="32 byte"):
        load(instance=tmp_path, secret_key="pendek")
    demo = load(instance=tmp_path)
    assert len(bytes.fromhex(demo.secret)) * 8 >= 256
    assert (tmp_path / "secret.txt").stat().st_mode & 0o077 == 0
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in tracked if re.search(r"\.(sqlite|pem|key|env)$|^instance/|secret\.txt", name)]


def test_OP_05_forwarded_headers_count_only_from_the_named_proxy(make_app):
    spoof = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "jahat.example"}
    for trusted, seen in (("", "127.0.0.1"), ("127.0.0.1", "203.0.113.9"), ("10.0.0.1", "127.0.0.1")):
        other = make_app(trusted_proxies=trusted)

        @other.get("/dari-mana")
        @public
        def whence():
            from flask import request

            return request.remote_addr

        headers = spoof if seen == "127.0.0.1" else spoof | {"X-Forwarded-Host": "localhost"}
        assert other.test_client().get("/dari-mana", headers=headers).get_data(as_text=True) == seen


def test_OP_05_a_foreign_host_is_refused_before_anything_is_known(client):
    for host in ("jahat.example", "localhost.jahat.example", "127.0.0.1.jahat.example"):
        response = client.get("/masuk", headers={"Host": host})
        assert response.status_code == 400
        assert host not in response.get_data(as_text=True)
