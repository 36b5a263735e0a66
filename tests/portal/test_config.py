"""Settings: what is taken, what is refused, and in which words."""

import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import EnvironBuilder

from portal.config import ROOT, Unfit, for_flask, load
from portal.proxy import behind_named_proxies

FIT_FOR_PRODUCTION = {
    "mode": "production",
    "secret_key": "s" * 32,
    "public_url": "https://spbe.contoh.go.id",
    "institution_name": "Pemerintah Kota Contoh",
    "zone": "Asia/Jakarta",
}


def refusal(**given) -> str:
    with pytest.raises(Unfit) as caught:
        load(**given)
    return str(caught.value)


def test_nothing_set_is_a_demo_on_this_machine(tmp_path):
    settings = load(instance=tmp_path)
    assert settings.is_demo and settings.has_demo_accounts
    assert settings.address == "http://127.0.0.1:8000"
    assert settings.database == f"sqlite:///{tmp_path}/portal.sqlite"
    assert settings.evidence == tmp_path / "evidence"
    assert settings.time_zone.key == "Asia/Makassar"


def test_a_complete_production_setting_is_accepted():
    settings = load(**FIT_FOR_PRODUCTION)
    assert not settings.has_demo_accounts
    assert settings.slug == "pemerintah-kota-contoh"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"secret_key": None}, "PORTAL_SECRET_KEY"),
        ({"secret_key": "s" * 31}, "terlalu pendek"),
        ({"public_url": "http://spbe.contoh.go.id"}, "https://"),
        ({"public_url": None}, "https://"),
        ({"demo_accounts": True}, "akun demo"),
        ({"debug": True}, "debug"),
        ({"zone": None}, "PORTAL_ZONE"),
        ({"institution_name": None}, "PORTAL_INSTITUTION_NAME"),
        ({"queue_url": "memory:"}, "PORTAL_QUEUE_URL"),
    ],
)
def test_se_11_op_04_production_refuses(wrong, told):
    sentences = refusal(**FIT_FOR_PRODUCTION | wrong).splitlines()
    assert len(sentences) == 1
    assert told in sentences[0]


def test_op_04_debug_through_flasks_own_variable_is_refused_too(monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert "debug" in refusal(**FIT_FOR_PRODUCTION)


def test_all_faults_are_told_at_once():
    assert len(refusal(mode="production").splitlines()) == 4


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"zone": "Mars/Olympus"}, "PORTAL_ZONE ('Mars/Olympus')"),
        ({"port": "delapan"}, "harus berupa bilangan bulat"),
        ({"port": 70000}, "paling besar 65535"),
        ({"mode": "uji"}, "'demo' atau 'production'"),
        ({"database_url": "mysql://u@h/d"}, "SQLite dan PostgreSQL"),
        ({"database_url": "bukan alamat"}, "bukan alamat basis data"),
        ({"queue_url": "amqp://h"}, "PORTAL_QUEUE_URL"),
        ({"clamd": "pemindai"}, "PORTAL_CLAMD"),
        ({"egress_allow": "10.0.0.0/33"}, "PORTAL_EGRESS_ALLOW"),
        ({"evidence_quota_mb": 0}, "PORTAL_EVIDENCE_QUOTA_MB"),
        ({"public_url": "spbe.contoh.go.id"}, "alamat lengkap"),
        ({"trusted_proxies": "proksi"}, "alamat IP atau jaringan"),
        ({"evidence_kinds": " , "}, "PORTAL_EVIDENCE_KINDS"),
        ({"session_idle_minutes": 90, "session_absolute_minutes": 60}, "PORTAL_SESSION_IDLE_MINUTES"),
    ],
)
def test_any_mode_refuses(wrong, told):
    assert told in refusal(**wrong)


def test_a_refused_secret_is_not_repeated():
    assert "rahasia" not in refusal(secret_key="rahasia")


def test_a_program_that_may_not_start_says_one_sentence_and_exits_with_2():
    ran = subprocess.run(
        [sys.executable, "-m", "portal.serve"],
        cwd=ROOT,
        env={**os.environ, "PORTAL_ZONE": "Mars/Olympus"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert len(ran.stderr.splitlines()) == 1


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("PORTAL_EVIDENCE_KINDS", ".PDF, docx")
    settings = load()
    assert settings.address == "http://127.0.0.1:8123"
    assert settings.evidence_kinds == ("pdf", "docx")


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_every_way_to_write_postgresql_means_psycopg_3(given):
    assert load(database_url=given).database == "postgresql+psycopg://u@h/d"


def test_a_database_password_is_not_shown_with_the_settings():
    assert "sandi" not in repr(load(database_url="postgresql://u:sandi@h/d"))


def test_se_11_the_demo_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first = load(instance=tmp_path).secret
    assert first == load(instance=tmp_path).secret
    assert len(bytes.fromhex(first)) == 32
    assert first != load(instance=tmp_path / "another").secret
    assert [path.name for path in tmp_path.glob("secret*")] == ["secret.txt"]
    assert stat.S_IMODE((tmp_path / "secret.txt").stat().st_mode) == 0o600


def test_se_11_no_secret_is_in_the_repository():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not [path for path in tracked if path.startswith("instance/") or Path(path).name == "secret.txt"]


def test_se_04_cookies_are_host_bound_and_secure_over_https(tmp_path):
    config = for_flask(load(**FIT_FOR_PRODUCTION))
    assert config["SESSION_COOKIE_NAME"] == "__Host-portal"
    assert config["SESSION_COOKIE_SECURE"] and config["SESSION_COOKIE_HTTPONLY"]
    assert (config["SESSION_COOKIE_SAMESITE"], config["SESSION_COOKIE_PATH"]) == ("Lax", "/")
    demo = for_flask(load(instance=tmp_path))
    assert (demo["SESSION_COOKIE_NAME"], demo["SESSION_COOKIE_SECURE"]) == ("portal", False)


def test_flask_gets_limits_hosts_and_a_token_that_does_not_run_out(tmp_path):
    config = for_flask(load(instance=tmp_path))
    assert (config["MAX_CONTENT_LENGTH"], config["MAX_FORM_PARTS"]) == (1024 * 1024, 400)
    assert config["WTF_CSRF_TIME_LIMIT"] is None
    assert config["PERMANENT_SESSION_LIFETIME"] == timedelta(hours=12)
    assert config["TRUSTED_HOSTS"] == ["127.0.0.1", "localhost"]
    assert for_flask(load(**FIT_FOR_PRODUCTION))["TRUSTED_HOSTS"] == ["spbe.contoh.go.id"]
    assert config["SQLALCHEMY_ENGINE_OPTIONS"]["hide_parameters"]


FORGED = {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "jahat.example"}


@pytest.mark.parametrize(
    ("peer", "named", "seen"),
    [
        ("10.0.0.5", "10.0.0.0/24", ("1.2.3.4", "https", "jahat.example")),
        ("10.0.1.5", "10.0.0.0/24", ("10.0.1.5", "http", "portal.example")),
        ("127.0.0.1", "", ("127.0.0.1", "http", "portal.example")),
        ("", "10.0.0.0/24", ("", "http", "portal.example")),
    ],
)
def test_op_05_forwarded_headers_are_believed_from_the_named_proxy_only(peer, named, seen):
    def inner(environ, start_response):
        start_response("200 OK", [])
        return [repr((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ["HTTP_HOST"])).encode()]

    outer = behind_named_proxies(inner, load(trusted_proxies=named))
    environ = EnvironBuilder(base_url="http://portal.example", headers=FORGED).get_environ()
    environ["REMOTE_ADDR"] = peer
    assert b"".join(outer(environ, lambda *_: None)).decode() == repr(seen)
