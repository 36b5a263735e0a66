"""What the house promises about itself, whatever page is added next."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from assessments import audit
from assessments.models import APPEND_ONLY, Account, AuditEntry, AuditHead, Event, Period
from portal.access import Unasked, public
from tests import builders as build

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "portal" / "templates").rglob("*.html"))
DOMAIN = sorted((ROOT / "assessments").rglob("*.py"))
INDONESIAN_WORD = re.compile(r"[a-z][a-z0-9-]*\Z")


def test_every_template_compiles(app):
    for path in TEMPLATES:
        app.jinja_env.get_template(str(path.relative_to(ROOT / "portal" / "templates")))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_carries_a_style_or_compares_a_state(path):
    source = path.read_text()
    assert not re.search(r"\sstyle\s*=", source)
    assert "|safe" not in source.replace(" ", "")
    assert not re.search(r"\.state\s*(==|!=|in\b)", source)
    assert not re.search(r"\son\w+\s*=\s*[\"']", source), "no inline event handlers"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_imports_what_it_does_not_use(path):
    source = path.read_text()
    for names in re.findall(r"{%-?\s*from\s+\S+\s+import\s+(.*?)\s*-?%}", source):
        rest = source.replace(names, "", 1)
        for name in re.sub(r"\bwith(out)? context\b", "", names).split(","):
            used = name.strip().split(" as ")[-1]
            assert re.search(rf"\b{re.escape(used)}\b", rest), f"{used} is imported and never used"


MACROS = {name for path in TEMPLATES for name in re.findall(r"{%-?\s*macro\s+(\w+)\(", path.read_text())}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_imports_every_macro_it_calls(path):
    """Also one that is included: what only its includer imports is gone when the includer stops using it."""
    source = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)
    known = {
        name.strip().split(" as ")[-1].split(" ")[0]
        for names in re.findall(r"{%-?\s*from\s+\S+\s+import\s+(.*?)\s*-?%}", source)
        for name in names.split(",")
    }
    known |= set(re.findall(r"\bmacro\s+(\w+)\(", source)) | set(re.findall(r"\bset\s+(\w+)", source)) | set(re.findall(r"\bfor\s+(\w+)", source))
    spoken = " ".join(re.findall(r"{[{%](.*?)[}%]}", source, flags=re.S))
    called = set(re.findall(r"(?<![.\w|])(\w+)\(", re.sub(r"\"[^\"]*\"", "", spoken)))
    assert (called & MACROS) - known - {"chosen"} == set()


# Programs and search engines look for these by their names.
NAMED_BY_OTHERS = {"openapi.json", "publiccode.yml", "robots.txt", "peta-situs.xml"}


def test_addresses_are_lowercase_indonesian_nouns_with_typed_parameters(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint in app.config["STATIC_ENDPOINTS"]:
            continue
        for part in rule.rule.strip("/").split("/"):
            part = part.removesuffix(".xlsx").removesuffix(".csv").removesuffix(".ics").removesuffix(".jpg").removesuffix("-kecil")
            if part.startswith("<"):
                assert re.match(r"<(int|string|any\([^)]*\)):[a-z_]+>\Z", part), f"{rule.rule}: {part} has no type"
            elif part and part not in NAMED_BY_OTHERS:
                assert INDONESIAN_WORD.match(part), f"{rule.rule}: {part}"


def test_nothing_in_the_domain_commits_or_knows_flask():
    for path in DOMAIN:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                assert node.attr != "commit", f"{path}:{node.lineno} commits"
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                module = getattr(node, "module", None) or node.names[0].name
                assert not module.startswith(("flask", "werkzeug", "portal")), f"{path}:{node.lineno} imports {module}"


@pytest.mark.parametrize("model", APPEND_ONLY, ids=lambda model: model.__tablename__)
def test_rows_of_the_record_refuse_update_and_delete(app, session, model):
    city = build.city(session)
    period = build.opened(session, city)
    build.accepted(session, city, period)
    session.commit()
    table = model.__table__
    if session.execute(select(table).limit(1)).first() is None:
        _one_row(session, table)
    column = next(iter(table.columns))
    session.rollback()
    for statement in (update(table).values({column: column}), delete(table)):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(statement)
        session.rollback()


# Codes that a CHECK asks for.
KNOWN = {
    "source": "official", "predicate_rule": "exact", "kind": "attested", "origin": "judged", "stage": "document", "about": "item",
    "status": "followup_in_progress", "channel": "portal", "justification": "Alasan.",
}


def _one_row(session, table) -> None:
    """Append-only tables the builders leave empty get one row by hand, without their parents."""
    from datetime import UTC, date, datetime

    from sqlalchemy import Boolean, Date, DateTime, Integer, LargeBinary
    from sqlalchemy.types import TypeDecorator

    def plain(column):
        kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
        if isinstance(kind, DateTime):
            return datetime(2026, 1, 1, tzinfo=UTC)
        if isinstance(kind, Date):
            return date(2026, 1, 1)
        if isinstance(kind, Boolean):
            return True
        if isinstance(kind, Integer):
            return 1
        if isinstance(kind, LargeBinary):
            return b"x"
        return KNOWN.get(column.name, "x")

    values = {c.name: plain(c) for c in table.columns if not c.nullable or c.name in ("basis", "submission_id")}
    values |= {"result": {"n": 1}, "succession": {"kind": "merge", "successor_id": 2}}.get(table.name, {})
    if session.get_bind().dialect.name == "sqlite":
        session.rollback()
        raw = session.get_bind().raw_connection()
        raw.execute("PRAGMA foreign_keys=OFF")
        names = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        raw.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", [str(v) if not isinstance(v, (int, bytes)) else v for v in values.values()])
        raw.execute("PRAGMA foreign_keys=ON")
        raw.close()
    else:
        session.execute(text("SET session_replication_role = replica"))
        session.execute(table.insert().values(values))
        session.execute(text("SET session_replication_role = DEFAULT"))
        session.commit()


def test_a_view_that_asks_nothing_cannot_answer(make_app):
    other = make_app()

    @other.get("/lupa")
    def forgetful():
        return "terbuka"

    other.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(Unasked):
        other.test_client().get("/lupa")


def test_a_view_that_asks_nothing_cannot_write(make_app):
    other = make_app()

    @other.get("/tulis")
    @public
    def careless():
        session = other.extensions["sqlalchemy"].session
        session.add(Event(thing="period", thing_id=1, verb="x", label="x"))
        session.flush()
        return "tertulis"

    other.config["PROPAGATE_EXCEPTIONS"] = True
    with pytest.raises(Unasked):
        other.test_client().get("/tulis")
    with other.app_context():
        assert other.extensions["sqlalchemy"].session.scalar(select(Event)) is None


def test_a_bulk_change_of_an_audited_row_is_refused(session):
    build.city(session)
    with pytest.raises(RuntimeError, match="audited"):
        session.execute(update(Account).values(active=False))


def test_every_commit_lengthens_the_chains_and_tampering_shows(session):
    city = build.city(session)
    period = build.opened(session, city)
    build.accepted(session, city, period)
    session.commit()
    assert {"account", "organization", f"period:{period.id}"} <= set(session.scalars(select(AuditHead.stream)))
    assert list(audit.broken_links(session)) == []
    head = session.scalar(select(AuditHead).where(AuditHead.stream == "account"))
    entry = session.get_one(AuditEntry, ("account", head.seq))
    for change in ({"payload": entry.payload + " "}, {"actor": "orang lain"}):
        kept = {key: getattr(entry, key) for key in change}
        with session.no_autoflush:
            for key, value in change.items():
                setattr(entry, key, value)
            assert any("isi catatan berubah" in line for line in audit.broken_links(session))
            for key, value in kept.items():
                setattr(entry, key, value)
    with session.no_autoflush:
        head.seq += 1
        assert any("kepala rantai" in line for line in audit.broken_links(session))
    session.rollback()


def test_a_rolled_back_change_leaves_no_link(session):
    city = build.city(session)
    session.commit()
    before = session.scalars(select(AuditHead.seq).order_by(AuditHead.stream)).all()
    city.agencies["bappeda"].rename(build.SINCE, name="Nama lain")
    session.flush()
    session.rollback()
    session.commit()
    assert session.scalars(select(AuditHead.seq).order_by(AuditHead.stream)).all() == before


def test_passwords_never_reach_the_audit_trail(session):
    city = build.city(session)
    account = city.people["operator"].person.account
    account.password = "rahasia-yang-tidak-boleh-tercatat"
    session.commit()
    assert not [row for row in session.scalars(select(AuditEntry.payload)) if "rahasia-yang" in row]


def test_SE_07_every_answer_carries_the_policy_headers(app, client, session):
    build.city(session)
    session.commit()
    for address in ("/", "/tidak-ada", "/healthz", "/masuk", "/static/portal.css", "/penilaian", "/panduan"):
        for method in ("GET", "POST"):
            response = client.open(address, method=method)
            policy = response.headers["Content-Security-Policy"]
            assert "unsafe-inline" not in policy
            for part in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'"):
                assert part in policy, (address, part)
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "same-origin"


def test_SE_08_private_pages_are_not_kept_by_anybody(app, client, session):
    city = build.city(session)
    build.sign_in(client, session, city.people["operator"])
    response = client.get("/beranda")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert "Cookie" in response.headers["Vary"]


def test_a_draft_round_is_known_only_to_those_who_make_it(session):
    city = build.city(session)
    period = build.draft(session, city)
    from assessments.policies import may

    assert may(city.actor("round_manager"), "read", period)
    assert not may(city.actor("operator"), "read", period)
    assert isinstance(period, Period)
