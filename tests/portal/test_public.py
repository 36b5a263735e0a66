"""What anybody can open: home, help, guide, and whether a receipt is what it says."""

import re
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import text

from assessments import checking
from assessments.attesting import newest_receipt
from assessments.instruments import available, load
from assessments.models import Snapshot
from portal import create_app
from tests import builders
from tests.databases import settings_for

BUDGET = 70 * 1024
EVERY_EDITION = [(key, edition) for key, editions, _ in available() for edition in editions]


def page(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status, response.get_data(as_text=True)[:500]
    return response.get_data(as_text=True)


# ---------------------------------------------------------------- the guide


def test_the_guide_lists_every_pack_with_its_editions(client):
    html = page(client, "/panduan")
    for key, editions, title in available():
        assert title in html and f"/panduan/{key}" in html
        for edition in editions:
            assert load(key, edition).edition.title in html


@pytest.mark.parametrize(("key", "edition"), EVERY_EDITION)
def test_a_pack_shows_its_tree_its_scales_and_its_bands(client, key, edition):
    instrument = load(key, edition)
    html = page(client, f"/panduan/{key}?edisi={edition}")
    assert html.count("<h1") == 1
    for item in instrument.items:
        assert f"/panduan/{key}/{item.code}?edisi={edition}" in html
    for band in instrument.bands:
        assert band.name in html
    assert ("kriteria belum dicek ke naskah" in html) == instrument.unverified


@pytest.mark.parametrize(("key", "edition"), EVERY_EDITION)
def test_every_item_of_the_guide_answers_and_says_what_is_missing(client, key, edition):
    instrument = load(key, edition)
    for item in instrument.items:
        html = page(client, f"/panduan/{key}/{item.code}?edisi={edition}")
        assert html.count("<h1") == 1 and "style=" not in html
        assert ("kriteria belum dicek ke naskah" in html) == item.unverified
        assert html.count("Kriteria tingkat ini tidak ada pada naskah") == len(item.without_criterion)
        for level in item.scale.levels:
            assert f'id="tingkat-{level.value}"' in html


def test_the_three_blocks_of_a_level_are_there_in_the_full_edition_only(client):
    full = page(client, "/panduan/permenpanrb-59-2020/I12?edisi=pedoman-3-2024")
    brief = page(client, "/panduan/permenpanrb-59-2020/I12?edisi=59-2020")
    assert full.count("Kriteria pemenuhan</dt>") == full.count("Kriteria bukti</dt>") == 5
    assert brief.count("Kriteria level</dt>") == 5 and "Kriteria pemenuhan</dt>" not in brief
    assert "hlm. 42" in full and "bobot 2,50%" in full


def test_an_item_that_leans_on_another_index_says_whose(client):
    html = page(client, "/panduan/permenpanrb-8-2026/I05")
    assert "Nilai SDI" in html and "Bappenas" in html


@pytest.mark.parametrize(
    "url",
    ["/panduan/tidak-ada", "/panduan/permenpanrb-59-2020/I99", "/panduan/permenpanrb-59-2020?edisi=lain",
     "/panduan/..%2f..%2fetc", "/panduan/permenpanrb-59-2020/%00", "/panduan/permenpanrb-59-2020?edisi=%ed%a0%80"],
)
def test_names_the_guide_does_not_know_are_404(client, url):
    page(client, url, 404)


def test_the_guide_needs_no_database(tmp_path):
    client = create_app(settings_for("sqlite:////nowhere/at/all.sqlite", tmp_path)).test_client()
    for url in ("/panduan", "/panduan/permenpanrb-59-2020", "/panduan/permenpanrb-59-2020/I12", "/healthz"):
        page(client, url)
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize("url", ["/", "/bantuan", "/panduan", "/panduan/permenpanrb-59-2020", "/verifikasi",
                                 "/panduan/permenpanrb-59-2020/I40"])
@pytest.mark.parametrize("encodings", ["gzip, deflate", "gzip, deflate, br, zstd"])  # a browser without and with TLS
def test_a_public_page_costs_at_most_70_kb_cold(site, url, encodings):
    def weight(address):
        with urlopen(Request(site + address, headers={"Accept-Encoding": encodings})) as answer:
            assert answer.status == 200
            return len(answer.read())

    with urlopen(site + url) as answer:
        html = answer.read().decode()
    linked = {each.replace("&amp;", "&") for each in re.findall(r'(?:href|src)="(/[^"#]*static/[^"#]*)', html)}
    assert any("bootstrap" in each for each in linked)
    assert weight(url) + sum(map(weight, linked)) <= BUDGET


# ---------------------------------------------------------------- home, help, health


def test_home_names_the_running_round_and_where_to_check_a_receipt(client, session):
    assert "Belum ada putaran yang dibuka" in page(client, "/")
    builders.opened(session, builders.city(session))
    html = page(client, "/")
    assert "Penilaian mandiri SPBE 2026" in html and "WITA" in html and "/verifikasi" in html
    assert "Kontak" in page(client, "/bantuan") or "Menghubungi bantuan" in page(client, "/bantuan")


def test_health_says_true_or_false_and_nothing_else(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert set(client.get("/readyz").json) == {"database", "storage", "worker"}


# ---------------------------------------------------------------- checking a receipt


@pytest.fixture
def part(session):
    where = builders.city(session)
    made = builders.signed(session, where, builders.opened(session, where))
    session.commit()
    made.where = where
    return made


def test_a_receipt_shows_that_it_counts_and_nothing_of_what_it_holds(client, part):
    number = newest_receipt(part).number
    html = page(client, f"/verifikasi/{number}")
    assert "Berlaku" in html and "Badan Perencanaan Pembangunan Daerah" in html and "Pernyataan kebenaran" in html
    assert part.where.actor("head").person_name not in html and "Fakta contoh" not in html and "hlm. 5" not in html
    assert newest_receipt(part).snapshot_sha[:16] not in html


def test_the_number_may_be_typed_as_people_type(client, part):
    number = newest_receipt(part).number
    for typed in (number.lower(), f"  {number} ", number.replace("-", " - "), number.replace("-", "–")):
        answer = client.get("/verifikasi", query_string={"nomor": typed})
        assert answer.status_code == 302 and answer.location == f"/verifikasi/{number}"
    assert "Berlaku" in page(client, f"/verifikasi/{number.lower()}")


@pytest.mark.parametrize("typed", ["PM-2026-AAAA-AAAA", "' OR 1=1 --", "a/b/c", "<img src=x onerror=alert(1)>", "\x00", "x" * 4000])
def test_a_number_nobody_gave_is_404_with_advice(client, typed):
    answer = client.get("/verifikasi", query_string={"nomor": typed}, follow_redirects=True)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 404 and "Tidak ada tanda terima atau surat bernomor" in html and "<img" not in html


def test_a_receipt_of_a_part_that_was_returned_no_longer_counts(client, session, part):
    number = newest_receipt(part).number
    checking.return_items(part, part.where.actor("internal_assessor"), "Perbaiki.", {"I12": "Belum lengkap."})
    assert "Tidak berlaku" in page(client, f"/verifikasi/{number}")


def test_a_newer_receipt_takes_the_place_of_the_older(client, session, part):
    from assessments import answering, attesting

    first = newest_receipt(part).number
    where = part.where
    checking.return_items(part, where.actor("internal_assessor"), "Perbaiki.", {"I12": "Belum lengkap."})
    session.flush()
    item = next(c for c in part.contributions if c.item == "I12")
    answering.answer(item, where.actor("operator"), item.value, "Fakta baru.", item.analysis, item.version)
    session.flush()
    answering.mark_item_ready(item, where.actor("operator"))
    session.flush()
    answering.hand_to_head(part, where.actor("operator"))
    session.flush()
    attesting.attest(part, where.actor("head"), attesting.frozen_submission(part).sha256)
    session.commit()
    second = newest_receipt(part).number
    assert second != first
    assert "Sudah digantikan" in page(client, f"/verifikasi/{first}")
    assert "Berlaku" in page(client, f"/verifikasi/{second}")


def test_BL_08_one_changed_byte_of_the_frozen_copy_is_said(client, session, part):
    receipt = newest_receipt(part)
    number, sha = receipt.number, receipt.snapshot_sha
    content = bytearray(receipt.snapshot.content)
    content[len(content) // 2] ^= 1
    change_behind_the_back(session, sha, bytes(content))
    assert "Salinan beku rusak" in page(client, f"/verifikasi/{number}")


def change_behind_the_back(session, sha: str, content: bytes) -> None:
    """What somebody with the database in hands does: the guard against changes taken away first."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE snapshot DISABLE TRIGGER USER"))
    else:
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='snapshot'"))
        for name in names.all():
            session.execute(text(f'DROP TRIGGER "{name}"'))
    session.execute(Snapshot.__table__.update().where(Snapshot.__table__.c.sha256 == sha).values(content=content))
    session.commit()
