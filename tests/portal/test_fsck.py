"""OP-10: the store beside the rows: each kind of damage is named, and swept only on request."""

import os
import time

import pytest

from assessments.models import Blob, DocumentVersion, Upload
from portal import previews
from portal.fsck import examine, sweep
from tests import builders as build
from tests.portal.agency_pages import as_operator, begun, pdf, upload

OLD = time.time() - 3 * 24 * 3600


@pytest.fixture
def store(app):
    return app.extensions["storage"]


@pytest.fixture
def kept(session, store):
    """Four documents whose bytes lie in the store."""
    city = build.city(session)
    made = []
    for n in range(4):
        content = f"%PDF-1.7 nomor {n}".encode()
        with store.receive() as incoming:
            incoming.write(content)
            incoming.keep()
        made.append(build.document(session, city.agencies["bappeda"], city.actor("operator"), content).sha256)
    session.commit()
    return sorted(made)


def orphan(store, content: bytes = b"tak bertuan", old: bool = True) -> str:
    with store.receive() as incoming:
        incoming.write(content)
        name = incoming.keep().sha256
    if old:
        os.utime(store.path(name), (OLD, OLD))
    return name


def spoil(store, sha256: str, content: bytes) -> None:
    store.path(sha256).chmod(0o600)
    store.path(sha256).write_bytes(content)


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=["fsck", *arguments])


def test_a_whole_store_is_said_to_be_whole(app, kept):
    answer = run(app)
    assert (answer.exit_code, answer.output.startswith("4 berkas diperiksa: 0 hilang, 0 rusak")) == (0, True)


def test_OP_10_each_kind_of_damage_is_named(app, session, store, kept):
    missing, damaged, short, _whole = kept
    store.path(missing).unlink()
    spoil(store, damaged, store.path(damaged).read_bytes()[:-1] + b"X")
    spoil(store, short, b"x")
    lost = orphan(store)
    (store.root / "partial").mkdir(exist_ok=True)
    (store.root / "partial" / ("a" * 32)).write_bytes(b"x")
    previews.place(store.root, "b" * 64).mkdir(parents=True)
    (store.path(damaged).parent / "catatan.txt").write_text("asing")
    session.add(Blob(sha256="c" * 64, size=1, media_type="application/pdf"))
    session.commit()
    found = examine(session, store)
    assert found.missing == sorted([missing, "c" * 64]) and found.damaged == [damaged] and found.wrong_size == [short]
    assert found.orphans == [lost] and found.partials == ["a" * 32] and found.pictures == ["b" * 64]
    assert found.unnamed_rows == ["c" * 64]
    assert [name.rpartition("/")[2] for name in found.strangers] == ["catatan.txt"]
    answer = run(app)
    assert answer.exit_code == 1
    for word, name in (("HILANG", missing), ("RUSAK", damaged), ("SALAH UKURAN", short), ("TANPA BARIS", lost)):
        assert any(line.startswith(word) and line.endswith(name) for line in answer.output.splitlines())
    assert store.exists(lost), "looking changes nothing"


def test_the_quick_look_does_not_hash(app, session, store, kept):
    spoil(store, kept[0], store.path(kept[0]).read_bytes()[:-1] + b"X")
    assert run(app, "--quick").exit_code == 0
    assert run(app).exit_code == 1


def test_only_what_is_old_and_nameless_is_swept_and_only_on_request(app, session, store, kept):
    old, young = orphan(store), orphan(store, b"baru datang", old=False)
    assert run(app).exit_code == 3
    assert store.exists(old)
    answer = run(app, "--sweep")
    assert answer.exit_code == 3 and "1 sisa dihapus" in answer.output
    assert not store.exists(old) and store.exists(young) and all(store.check(each) for each in kept)
    assert run(app, "--sweep", "--grace", "0").exit_code == 0
    assert not store.exists(young) and not list(store.temporary.iterdir())


def test_bytes_that_come_again_while_they_are_swept_stay(session, store, kept, monkeypatch):
    lost = orphan(store)
    found = examine(session, store)
    orphan(store, old=False)  # the same bytes, whose row is about to be written
    assert sweep(session, store, found) == 0 and store.check(lost)
    os.utime(store.path(lost), (OLD, OLD))
    session.add(Blob(sha256=lost, size=11, media_type="application/pdf"))
    session.commit()
    assert sweep(session, store, found) == 0 and store.check(lost)


def test_bytes_swept_under_the_hands_of_an_upload_are_kept_again(store, monkeypatch):
    lost = orphan(store)
    real = os.utime

    def swept_now(path, *more):
        os.unlink(path)
        real(path, *more)

    monkeypatch.setattr("portal.storage.os.utime", swept_now)
    with store.receive() as incoming:
        incoming.write(b"tak bertuan")
        assert incoming.keep().sha256 == lost
    assert store.check(lost)


def test_uploads_under_way_are_left_alone_and_short_ones_named(app, session, store, kept):
    from datetime import UTC, datetime, timedelta

    version = session.query(DocumentVersion).first()
    for letter, received in (("d", 3), ("e", 9)):
        session.add(
            Upload(id=letter * 32, organization_id=version.document.owner_org_id, by_id=version.by_id, file_name="a.pdf",
                   length=10, received=received, expires_at=datetime.now(UTC) + timedelta(days=1))
        )
    session.commit()
    (store.root / "partial").mkdir(exist_ok=True)
    for letter in "de":
        path = store.root / "partial" / (letter * 32)
        path.write_bytes(b"xxx")
        os.utime(path, (OLD, OLD))
    found = examine(session, store)
    assert (found.partials, found.short_uploads) == ([], ["e" * 32])
    assert run(app, "--sweep").exit_code == 1
    assert len(list((store.root / "partial").iterdir())) == 2


def test_pictures_are_removed_and_asked_for_again_by_a_command(app, client, session):
    from portal.jobs import run_due
    from tests.portal import files

    where = begun(session)
    as_operator(client, session, where)
    upload(client, where.item(), ("a.pdf", files.pdf_of(2)))
    run_due()
    root = app.config["EVIDENCE_FOLDER"]
    assert len(list(previews.walk(root))) == 1
    assert "1 berkas dihapus" in app.test_cli_runner().invoke(args=["previews", "--remove"]).output
    assert not list(previews.walk(root))
    assert "1 berkas diminta digambar" in app.test_cli_runner().invoke(args=["previews"]).output
    run_due()
    assert len(list(previews.walk(root))) == 1


def test_OP_12_a_nearly_full_disk_is_read_only_and_says_so(app, client, session, monkeypatch):
    from portal import fullness

    where = begun(session)
    as_operator(client, session, where)
    from tests.portal.agency_pages import answer, answer_of

    assert answer(client, where.item(), facts="Sebelum penuh.").status_code == 302
    monkeypatch.setattr(fullness, "_free", lambda: [1 << 20])
    app.extensions.pop("disk_looked", None)
    page = client.get(where.item())
    assert page.status_code == 200 and "hanya dapat dibaca" in page.get_data(as_text=True)
    refused = answer(client, where.item(), facts="Diketik saat penuh, jangan sampai hilang.")
    text = refused.get_data(as_text=True)
    assert refused.status_code == 507 and "hampir penuh" in text and "Diketik saat penuh, jangan sampai hilang." in text
    assert upload(client, where.item(), ("a.pdf", pdf())).status_code == 507
    assert answer_of(session, where).revisions[-1].facts == "Sebelum penuh."
    session.rollback()
    assert not list(app.extensions["storage"].temporary.iterdir())
    monkeypatch.setattr(fullness, "_free", lambda: [1 << 40])
    app.extensions.pop("disk_looked", None)
    assert answer(client, where.item(), facts="Sesudah lega.").status_code == 302
    assert "hanya dapat dibaca" not in client.get(where.item()).get_data(as_text=True)
    app.extensions.pop("disk_looked", None)
