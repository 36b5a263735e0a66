"""S42: the one answer of the whole on each item; and what it leans on."""

from html import unescape

import pytest
from sqlalchemy import func, select

from assessments import sharing
from assessments.models import Citation, Claim, ClaimRevision
from tests import builders as build
from tests.portal.round_pages import as_, begun, send, statements

WRITTEN = {"value": "3", "facts": "Fakta tim.", "analysis": "Analisis tim."}


def taken_in(session, **more):
    where = begun(session, **more)
    build.accepted(session, where.city, where.period)
    session.commit()
    return where


def claim(session, item: str = "I12") -> Claim | None:
    session.rollback()
    session.expire_all()
    return session.scalar(select(Claim).where(Claim.item == item))


def write(client, where, item="I12", **fields):
    return send(client, where.claim(item), **(WRITTEN | fields))


@pytest.mark.parametrize("who", ["round_manager", "internal_assessor", "entry_officer"])
def test_the_writers_write_propose_and_see_what_agencies_said(client, session, who):
    where = taken_in(session)
    as_(client, session, where, who)
    page = client.get(where.claim()).get_data(as_text=True)
    assert "Badan Perencanaan" in page and "OPD utama" in page and "Ambil sebagai klaim" in page
    assert write(client, where, value="4").status_code == 302
    found = claim(session)
    assert (found.value, found.facts, found.origin, found.state) == (4, "Fakta tim.", "written", "draft")
    assert "Nilai berbeda: 3, klaim 4" in client.get(f"{where.base}/klaim").get_data(as_text=True)
    assert send(client, where.claim() + "/pengusulan", where.claim()).status_code == 302
    assert claim(session).state == "proposed"
    assert write(client, where, value="2").status_code == 302 and claim(session).state == "draft"


def test_a_claim_is_written_where_no_agency_answered(client, session):
    where = taken_in(session)
    as_(client, session, where, "entry_officer")
    assert "Belum ada jawaban." in client.get(where.claim("I02")).get_data(as_text=True)
    assert write(client, where, "I02").status_code == 302
    assert claim(session, "I02").value == 3 and where.assessment(session).cached_index is not None


def test_adopting_takes_text_and_evidence_and_needs_the_claim_on_the_page(client, session):
    where = taken_in(session)
    as_(client, session, where, "round_manager")
    write(client, where, value="1", facts="Lain.", analysis="Lain.")
    mine = build.contribution(session, where.period, where.city.agencies["bappeda"], "I12").id
    door = where.claim() + "/pengambilan"
    stale = send(client, door, where.claim(), contribution=str(mine), version="1")
    assert stale.status_code == 409 and "diubah orang lain" in stale.get_data(as_text=True)
    assert send(client, door, where.claim(), contribution=str(mine)).status_code == 302
    assert (claim(session).facts, claim(session).origin) == ("Fakta contoh.", "adopted")
    foreign = build.contribution(session, where.period, where.city.agencies["bappeda"], "I01").id
    for number in (foreign, 999999, "x", "0", "-1"):
        assert send(client, door, where.claim(), contribution=str(number)).status_code == 404


def test_what_could_be_adopted_can_be_edited_shortened_and_put_back_though_it_is_over_the_limit(client, session):
    where = taken_in(session)
    long = "Kalimat dari dua OPD. " * 300
    said = build.contribution(session, where.period, where.city.agencies["bappeda"], "I12")
    said.facts, number = long.strip(), said.id
    session.commit()
    as_(client, session, where, "round_manager")
    assert send(client, where.claim() + "/pengambilan", where.claim(), contribution=str(number)).status_code == 302
    assert len(claim(session).facts) > 4000
    for facts in (long, long[:5000], long):
        assert write(client, where, value="4", facts=facts).status_code == 302
        assert claim(session).facts == facts.strip()
    assert write(client, where, facts=long + "x").status_code == 422
    assert write(client, where, analysis="x" * 4001).status_code == 422
    assert f'data-count="{len(long.strip())}"' in client.get(where.claim()).get_data(as_text=True)


def test_any_item_is_two_taps_away_and_the_list_is_narrowed_by_its_parts(client, session):
    where = taken_in(session)
    as_(client, session, where, "round_manager")
    page = client.get(f"{where.base}/klaim").get_data(as_text=True)
    jump = page.split('<details class="jump', 1)[1].split("</details>", 1)[0]
    assert jump.count(f'href="{where.base}/klaim/I') == 47, "one tap opens the list, the next one the item"
    assert page.count('class="rowlink"') == 47 and "Semua (47)" in page and "Klaim instansi" in page
    first = client.get(f"{where.base}/klaim?bagian=1").get_data(as_text=True)
    assert first.count('class="rowlink"') == 10 and 'aria-current="true"' in first
    for strange in ("0", "99", "x", "-1", "9" * 30):
        assert client.get(f"{where.base}/klaim?bagian={strange}").get_data(as_text=True).count('class="rowlink"') == 47


def test_what_was_not_taken_in_cannot_be_adopted(client, session):
    where = begun(session)
    build.signed(session, where.city, where.period)
    session.commit()
    as_(client, session, where, "round_manager")
    assert "Ambil sebagai klaim" not in client.get(where.claim()).get_data(as_text=True)
    mine = build.contribution(session, where.period, where.city.agencies["bappeda"], "I12").id
    assert send(client, where.claim() + "/pengambilan", contribution=str(mine), version="0").status_code == 409
    assert claim(session) is None


NUMBERS = ["0", "-1", "6", "99", "2.5", "2,5", "1e0", "0x3", "٣", "３", "NaN", "Infinity", "-0", str(2**63), "9" * 400,
           "true", "null", "[]", "{}", "[3]", "III", "3.0"]


@pytest.mark.parametrize("value", NUMBERS, ids=lambda value: value[:12])
def test_IN_01_only_levels_of_the_scale(client, session, value):
    where = taken_in(session)
    as_(client, session, where, "round_manager")
    before = claim(session).version
    answer = write(client, where, value=value)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#value"' in page and "Fakta tim." in page
    assert claim(session).version == before


@pytest.mark.parametrize("name", ["facts", "analysis"])
@pytest.mark.parametrize("text", ["x" * 4001, "a\u0000b", "é" * 4001])
def test_IN_02_IN_03_text_over_the_limit_or_unshowable_is_told_and_kept(client, session, name, text):
    where = taken_in(session)
    as_(client, session, where, "round_manager")
    answer = write(client, where, **{name: text})
    assert answer.status_code == 422 and 'href="#' + name in answer.get_data(as_text=True)
    if "\u0000" not in text:
        assert text in answer.get_data(as_text=True)


def test_the_limit_itself_and_line_ends_counted_once_are_fine(client, session):
    where = taken_in(session)
    as_(client, session, where, "round_manager")
    assert write(client, where, facts="x\r\n" * 1999 + "xx").status_code == 302
    assert len(claim(session).facts) == 4000


def test_decimal_scales_take_a_comma_and_show_the_owner_of_an_index(client, session):
    where = begun(session, key="permenpanrb-8-2026", items=())
    as_(client, session, where, "round_manager")
    leaning = next(item for item in where.period.instrument.items if item.external_index)
    page = client.get(where.claim(leaning.code)).get_data(as_text=True)
    assert leaning.external_index.owner in page and "Menunggu nilai" in page
    assert write(client, where, "I20", value="2,5").status_code == 302
    assert str(claim(session, "I20").value) == "5/2" and claim(session, "I20").origin == "written"
    assert 'value="2,5"' in client.get(where.claim("I20")).get_data(as_text=True)


def test_the_value_of_an_index_nobody_published_is_refused_at_its_field_and_kept(client, session):
    where = begun(session, key="permenpanrb-8-2026", items=())
    as_(client, session, where, "round_manager")
    answer = write(client, where, "I05", value="2,5")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#value"' in page and "yang belum dimasukkan" in page
    assert 'value="2,5"' in page and "Fakta tim." in page and claim(session, "I05") is None
    assert write(client, where, "I05", value="").status_code == 302
    found = claim(session, "I05")
    assert (found.value, found.raw, found.origin) == (1, None, "awaiting")


def test_BL_04_a_stale_save_shows_both_texts(client, session):
    where = taken_in(session)
    as_(client, session, where, "round_manager")
    write(client, where, facts="Tulisan orang lain.")
    for version in ("1", "999", "", "-1", "x"):
        answer = write(client, where, facts="Tulisan saya.", version=version)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 409 and "Tulisan orang lain." in page and "Tulisan saya." in page
    assert claim(session).facts == "Tulisan orang lain."


def test_evidence_of_contributions_is_attached_and_taken_away(client, session):
    where = taken_in(session)
    as_(client, session, where, "round_manager")
    write(client, where, "I12")
    door = where.claim()
    mine = claim(session).citations[0].id
    assert send(client, door + "/pelepasan", door, citation=str(mine)).status_code == 302
    assert claim(session).citations == []
    cited = session.scalar(select(Citation).where(Citation.contribution_id.is_not(None)).order_by(Citation.id.desc()))
    assert send(client, door + "/bukti", door, citation=str(cited.id)).status_code == 302
    again = send(client, door + "/bukti", door, citation=str(cited.id))
    assert again.status_code == 422 and "sudah dilampirkan" in again.get_data(as_text=True)
    found = claim(session)
    assert [citation.letter for citation in found.citations] == ["b"] and found.revision_n == 4
    for number in ("999999", "x", "0"):
        assert send(client, door + "/pelepasan", door, citation=number).status_code == 404
    other = session.scalar(select(Citation.id).where(Citation.contribution_id.is_not(None)).order_by(Citation.id))
    assert send(client, door + "/bukti", door, citation=str(other)).status_code == 404, "evidence of another item"


def test_all_that_is_complete_is_proposed_at_once(client, session):
    where = taken_in(session)
    as_(client, session, where, "internal_assessor")
    write(client, where, "I02", value="", facts="")
    page = f"{where.base}/klaim"
    assert "2 klaim lengkap" in client.get(page).get_data(as_text=True)
    assert send(client, page + "/usulan", page).status_code == 302
    told = client.get(page).get_data(as_text=True)
    assert "2 klaim diusulkan" in told and "tetap draf: indikator 2." in told
    assert claim(session).state == "proposed" and claim(session, "I02").state == "draft"


def test_an_approved_claim_is_still(client, session):
    where = begun(session)
    build.ready_to_send(session, where.city, where.period)
    session.commit()
    as_(client, session, where, "round_manager")
    assert "Simpan klaim" not in client.get(where.claim()).get_data(as_text=True)
    answer = write(client, where, version=str(claim(session).version), value="1")
    assert answer.status_code == 409 and "sudah disetujui" in answer.get_data(as_text=True)


@pytest.mark.parametrize("who", ["responsible_officer", "coordinator", "inspector"])
def test_the_rest_of_the_team_reads_only(client, session, who):
    where = taken_in(session)
    as_(client, session, where, who)
    page = client.get(where.claim())
    assert page.status_code == 200 and "Simpan klaim" not in page.get_data(as_text=True)
    for door in ("", "/pengambilan", "/pengusulan", "/bukti", "/pelepasan"):
        assert send(client, where.claim() + door, **WRITTEN).status_code == 403, door
    assert send(client, f"{where.base}/klaim/usulan").status_code == 403
    assert session.scalar(select(func.count()).select_from(ClaimRevision)) == 2


@pytest.mark.parametrize(("who", "status"), [("operator", 403), ("head", 403), ("operator_other", 404), ("executive", 404),
                                             ("system_admin", 403)])
def test_claims_are_not_for_the_agencies(client, session, who, status):
    where = taken_in(session)
    as_(client, session, where, who)
    for page in (f"{where.base}/klaim", where.claim(), f"{where.base}/kirim"):
        assert client.get(page).status_code == status
    assert write(client, where, version="1").status_code == status
    assert client.get(where.claim("I99")).status_code == 404 if status == 404 else True


def test_the_weight_is_the_same_for_one_and_fifty_voices(client, session):
    where = taken_in(session)
    as_(client, session, where, "round_manager")
    pages = (f"{where.base}/klaim", where.claim("I12"), where.claim("I20"))
    counts = []
    for page in pages:
        client.get(page)
        with statements() as seen:
            client.get(page)
        counts.append(len(seen))
    agencies = [
        build.staffing.add_organization(session, build.SYSTEM, name=f"Dinas {n}", kind="dinas", instansi=where.city.instansi)
        for n in range(48)
    ]
    session.flush()
    sharing.share_all(session, where.assessment(session), {"I20": (agencies[0], agencies[1:])},
                      where.city.actor("round_manager"))
    session.commit()
    for page, before in zip(pages, counts, strict=True):
        with statements() as seen:
            client.get(page)
        assert len(seen) <= max(before, 10) <= 10, page


@pytest.mark.parametrize("key", ["permenpanrb-59-2020", "permenpanrb-8-2026"])
def test_the_claim_form_shows_every_level_with_its_band_and_criteria(client, session, key):
    where = begun(session, key=key)
    as_(client, session, where, "round_manager")
    item = where.period.instrument.items[0]
    html = unescape(client.get(where.claim(item.code)).get_data(as_text=True))
    for level in item.scale.levels:
        assert f"<b>{level.value} {level.name}</b>" in html and item.criteria.get(level.value, "") in html
    assert ("sampai di bawah" in html) == (item.scale.kind == "decimal")
