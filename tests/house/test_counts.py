"""What a page costs, counted instead of timed: as many statements for 47 items as for two, for 50 agencies as for two,
and a page of a full round that fits a slow line."""

import gzip
import io
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from tests import builders as build
from tests.portal.agency_pages import form_of, pdf, statements

PAGE, SAVE = 10, 14
UPLOAD = 25  # PostgreSQL also locks the part it writes
LARGEST = 30 * 1024
FEW, MANY, OPEN_FEW, OPEN_MANY = "sedikit", "banyak", "isi-dua", "isi-semua"

# (who, page of the round); {round} is the round with few or with many
PAGES = (
    ("operator", "/penilaian/{round}"),
    ("operator", "/penilaian/{round}/indikator/I01"),
    ("operator", "/penilaian/{round}/periksa"),
    ("operator", "/penilaian/{round}/terkirim"),
    ("round_manager", "/kelola/periode/{round}"),
    ("round_manager", "/pengelolaan/{round}"),
    ("round_manager", "/pengelolaan/{round}/{subject}/penugasan"),
    ("round_manager", "/pengelolaan/{round}/{subject}/klaim"),
    ("internal_assessor", "/pengelolaan/{round}/{subject}/verifikasi/{agency}"),
)


@dataclass
class World:
    """Clients that are signed in, and the words addresses are made of; no row is held, so nothing is locked."""

    clients: dict[str, FlaskClient]
    words: dict[str, str]


@pytest.fixture(scope="module")
def world(_house, _database):
    """Two rounds that were handed in (two agencies of which bappeda answers two items; fifty of which it answers all)
    and two that are being filled."""
    _database.renew(_house)
    with _house.app_context():
        session = _house.extensions["sqlalchemy"].session
        city = build.city(session)
        few = build.opened(session, city, slug=FEW)
        every = tuple(item.code for item in few.instrument.items)
        many = build.opened(session, city, items=every, slug=MANY, term=2)
        _give_to_a_crowd(session, city, many, every[0])
        for period, items in ((few, build.TWO_ITEMS), (many, every)):
            build.signed(session, city, period, items=items)
        for slug, term, items in ((OPEN_FEW, 3, build.TWO_ITEMS), (OPEN_MANY, 4, every)):
            build.answered(session, city, build.opened(session, city, slug=slug, term=term, items=items), "I12")
        words = {"subject": city.instansi.slug, "agency": city.agencies["bappeda"].slug}
        seats = {who for who, _page in PAGES}
        yield World({who: build.sign_in(_house.test_client(), session, city.people[who]) for who in seats}, words)
        session.rollback()


def _give_to_a_crowd(session, city, period, item: str) -> None:
    crowd = []
    for n in range(48):
        agency = build.staffing.add_organization(
            session, build.SYSTEM, name=f"Dinas Contoh {n}", short_name=f"Dinas {n}", kind="dinas",
            instansi=city.instansi, code=f"contoh-{n}",
        )
        session.flush()
        crowd.append(agency)
    build.sharing.share_out(
        session, build.assessment_of(session, period), item, city.agencies["bappeda"], [*crowd, city.agencies["kominfo"]],
        city.actor("round_manager"),
    )
    session.flush()


def _counted(client, page: str) -> tuple[int, bytes]:
    answer = client.get(page)  # what is loaded once for all is loaded now
    assert answer.status_code == 200, f"{page}: {answer.status_code}"
    with statements() as seen:
        body = client.get(page).get_data()
    return len(seen), body


@pytest.mark.parametrize(("who", "page"), PAGES)
def test_a_page_costs_the_same_for_many_and_stays_small(world, who, page):
    few, _ = _counted(world.clients[who], page.format(round=FEW, **world.words))
    many, body = _counted(world.clients[who], page.format(round=MANY, **world.words))
    assert few == many <= PAGE
    assert len(gzip.compress(body, 6)) <= LARGEST


def test_a_save_and_an_upload_cost_the_same_in_a_part_of_two_items_and_of_all(world):
    client, saves, uploads = world.clients["operator"], [], []
    for slug in (OPEN_FEW, OPEN_MANY):
        page = f"/penilaian/{slug}/indikator/I12"
        sent = form_of(client, page, "jawaban") | {"value": "4", "facts": "Lain.", "analysis": "Lain."}
        with statements() as seen:
            assert client.post(page, data=sent).status_code == 302
        saves.append(len(seen))
        sent = form_of(client, page, "jawaban") | {"files": (io.BytesIO(pdf(slug)), f"{slug}.pdf")}
        with statements() as seen:
            assert client.post(f"{page}/bukti", data=sent, content_type="multipart/form-data").status_code == 302
        uploads.append(len(seen))
    assert saves[0] == saves[1] <= SAVE
    assert uploads[0] == uploads[1] <= UPLOAD
