"""S93, S94 and the figures: every step asks what it must through the page, and what has ended leaves every count."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from assessments.inventory import census, keeping, living, publishing
from assessments.models import Event, LinkReport
from tests import builders as build
from tests.portal.agency_pages import form_of, statements
from tests.portal.inventory_pages import (
    CENSUS,
    FIGURES,
    PORTFOLIO,
    PUBLICATION,
    again,
    as_,
    life_of,
    listed,
    take,
)

PAGE, SAVE = 10, 14
ENDING = {"reason": "Tidak dipakai lagi.", "decision_no": "188/12/2026", "data_fate": "Diarsipkan.", "account_fate": "Ditutup."}
FIELDS = {
    "stop": ("reason",),
    "migrate": ("successor", "reason", "decision_no"),
    "merge": ("successor", "reason", "decision_no", "data_fate", "account_fate", "yearly_saving"),
    "retire": ("reason", "decision_no", "data_fate", "account_fate", "yearly_saving", "successor"),
}


def page(client, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def retire(session, where, application, **more):
    given = living.Given(ENDING, build.date(2026, 3, 3), more.get("successor"), more.get("saving"))
    living.change_state(application, "retire", where.city.actor("inventory_manager"), given, application.version)
    session.commit()


# ---------------------------------------------------------------- the life of one application


@pytest.mark.parametrize(("who", "status"), [
    ("inventory_manager", 200), ("round_manager", 403), ("operator", 403), ("head", 403), ("inspector", 403),
    ("executive", 403), ("system_admin", 403), ("operator_other", 404),
])
def test_only_the_keeper_of_the_inventory_decides_about_a_life(client, session, who, status):
    where = listed(session)
    client = as_(client, session, where, who)
    assert client.get(where.life).status_code == status
    sent = {"csrf_token": "x", **build.form(client, CENSUS), "step": "stop", "reason": "x", "version": where.one.version}
    assert client.post(where.life, data=sent).status_code == (422 if status == 200 else status)


def test_each_step_shows_exactly_the_fields_it_asks_for_and_says_what_happens(client, session):
    where = listed(session, 2)
    client = as_(client, session, where, "inventory_manager")
    first = page(client, where.life)
    assert 'id="daur-hidup"' not in first
    for step in FIELDS:
        assert f"langkah={step}#langkah" in first
    assert "langkah=revive" not in first and "langkah=start" not in first
    for step, asked in FIELDS.items():
        text = page(client, f"{where.life}?langkah={step}")
        body = text[text.index('id="daur-hidup"'):]
        shown = {name for name in (*FIELDS["retire"], "day") if f'name="{name}"' in body}
        assert shown == {*asked, "day"}, step
        assert "Yang terjadi bila Anda menekan tombol" in text
    assert "keluar dari semua hitungan" in page(client, f"{where.life}?langkah=retire")


@pytest.mark.parametrize(("step", "given", "field"), [
    ("stop", {}, "reason"),
    ("migrate", {"reason": "Pindah."}, "successor"),
    ("merge", {"reason": "Sama."}, "data_fate"),
    ("retire", {"reason": "Selesai."}, "decision_no"),
    ("retire", {"reason": "Selesai.", "decision_no": "1/2026"}, "data_fate"),
    ("retire", {**ENDING, "yearly_saving": "dua juta"}, "yearly_saving"),
    ("retire", {**ENDING, "yearly_saving": "-5"}, "yearly_saving"),
    ("retire", {**ENDING, "yearly_saving": "9" * 20}, "yearly_saving"),
    ("retire", {**ENDING, "day": "31-02-2026"}, "day"),
    ("retire", {**ENDING, "day": "2099-01-01"}, "day"),
    ("retire", {**ENDING, "successor": "999999"}, "successor"),
    ("retire", {**ENDING, "reason": "x\x00y"}, "reason"),
])
def test_what_a_step_misses_is_said_at_the_field_and_the_typed_text_stays(client, session, step, given, field):
    where = listed(session, 2)
    client = as_(client, session, where, "inventory_manager")
    answer = take(client, where.life, step, **given)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{field}"' in text and f'id="{field}-salah"' in text
    if given.get("reason") in ("Selesai.", "Sama.", "Pindah."):
        assert re.search(rf"<textarea[^>]*name=\"reason\"[^>]*>\s*{given['reason']}", text)
    assert again(session, where.one).state == "active"


def test_retiring_through_the_page_keeps_everything_that_was_said(client, session):
    where = listed(session, 2)
    client = as_(client, session, where, "inventory_manager")
    answer = take(client, where.life, "retire", **ENDING, yearly_saving="Rp 4.500.000.000", successor=str(where.made[1].id))
    assert answer.status_code == 302
    one = again(session, where.one)
    assert (one.state, one.reason, one.decision_no, one.data_fate, one.account_fate) == ("retired", *ENDING.values())
    assert (one.yearly_saving, one.successor_id, one.decided_on) == (4_500_000_000, where.made[1].id, build.date(2026, 3, 3))
    text = page(client, where.life)
    assert "Hidupkan lagi" in text and "Rp 4.500.000.000" in text and "188/12/2026" in text


def test_every_other_step_goes_through_the_page_too(client, session):
    where = listed(session, 3)
    client = as_(client, session, where, "inventory_manager")
    other = str(where.made[1].id)
    for step, given, state in (
        ("stop", {"reason": "Sepi."}, "inactive"),
        ("resume", {}, "active"),
        ("migrate", {"reason": "Pindah.", "successor": other}, "migrating"),
        ("retire", ENDING, "retired"),
        ("revive", {"reason": "Ternyata perlu.", "decision_no": "2/2026"}, "active"),
        ("merge", {**ENDING, "successor": other}, "merged"),
        ("unmerge", {"reason": "Ternyata dua layanan."}, "active"),
    ):
        assert take(client, where.life, step, **given).status_code == 302, step
        assert again(session, where.one).state == state
    planned = build.application(session, where.city, name="Rencana", state="planned")
    session.commit()
    assert take(client, life_of(planned), "start").status_code == 302
    assert again(session, planned).state == "active"


def test_a_merge_is_taken_back_with_a_reason_and_the_history_keeps_both(client, session):
    where = listed(session, 2)
    client = as_(client, session, where, "inventory_manager")
    other = where.made[1]
    take(client, where.life, "merge", **ENDING, successor=str(other.id))
    text = page(client, where.life)
    assert "langkah=unmerge#langkah" in text and "langkah=revive" not in text
    refused = take(client, where.life, "unmerge")
    assert refused.status_code == 422 and 'href="#reason"' in refused.get_data(as_text=True)
    assert again(session, where.one).state == "merged"
    assert take(client, where.life, "unmerge", reason="Ternyata dua layanan.").status_code == 302
    one = again(session, where.one)
    assert (one.state, one.successor_id, one.data_fate, one.counts) == ("active", None, "", True)
    assert again(session, other).state == "active"
    text = page(client, where.life)
    assert "Penggabungan dibatalkan" in text and "Ternyata dua layanan." in text
    assert f"pengganti {other.name}" in text and "nomor keputusan 188/12/2026" in text and "Digabung" in text


@pytest.mark.parametrize("who", ["round_manager", "operator", "head", "executive", "inspector"])
def test_only_who_decides_takes_a_merge_back(client, session, who):
    where = listed(session, 2)
    by, one = where.city.actor("inventory_manager"), where.one
    living.change_state(one, "merge", by, living.Given(ENDING, build.date(2026, 3, 3), where.made[1]), one.version)
    session.commit()
    client = as_(client, session, where, who)
    sent = build.form(client, CENSUS) | {"step": "unmerge", "reason": "x", "version": one.version}
    assert client.post(where.life, data=sent).status_code == 403
    assert again(session, where.one).state == "merged"


@pytest.mark.parametrize(("step", "given", "state", "kept"), [
    ("abandon", {"reason": "Anggaran tidak ada."}, "active", False),
    ("merge", ENDING, "merged", True),
    ("retire", ENDING, "retired", True),
])
def test_a_migration_goes_on_to_every_end_and_may_be_stopped(client, session, step, given, state, kept):
    where = listed(session, 2)
    client = as_(client, session, where, "inventory_manager")
    other = where.made[1]
    take(client, where.life, "migrate", reason="Pindah.", successor=str(other.id))
    assert all(f"langkah={name}#langkah" in page(client, where.life) for name in ("abandon", "merge", "retire"))
    if kept:
        assert f'value="{other.id}" checked' in page(client, f"{where.life}?langkah={step}")
    missing = take(client, where.life, step, successor=str(other.id))
    assert missing.status_code == 422 and again(session, where.one).state == "migrating"
    assert take(client, where.life, step, **given, successor=str(other.id)).status_code == 302
    one = again(session, where.one)
    assert (one.state, one.successor_id) == (state, other.id if kept else None)
    assert step != "abandon" or f"pengganti {other.name}" in page(client, where.life)


def test_everything_a_step_misses_is_said_at_once(client, session):
    where = listed(session, 2)
    client = as_(client, session, where, "inventory_manager")
    answer = take(client, where.life, "merge", day="31-02-2026", successor="999999", yearly_saving="dua juta")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field in ("successor", "reason", "data_fate", "account_fate", "yearly_saving", "day"):
        assert f'href="#{field}"' in text, field


def test_a_form_sent_twice_does_it_once_and_a_stale_one_shows_both(client, session):
    where = listed(session, 2)
    client = as_(client, session, where, "inventory_manager")
    old = form_of(client, f"{where.life}?langkah=retire", "daur-hidup") | ENDING | {"day": "2026-03-03", "then": "jalankan"}
    sent = form_of(client, f"{where.life}?langkah=stop", "daur-hidup") | {"reason": "Sepi.", "day": "2026-03-03", "then": "jalankan"}
    first, second = client.post(where.life, data=sent), client.post(where.life, data=sent)
    assert (first.status_code, second.status_code, first.location) == (302, 302, second.location)
    session.rollback()
    steps = select(func.count()).where(Event.thing == "application", Event.thing_id == where.one.id, Event.verb == "stop")
    assert session.scalar(steps) == 1
    stale = client.post(where.life, data=old)
    text = stale.get_data(as_text=True)
    assert stale.status_code == 409 and "diubah orang lain" in text
    assert "Keadaan sekarang" in text and "Sepi." in text and "Tidak dipakai lagi." in text
    assert again(session, where.one).state == "inactive"


def test_a_step_that_is_not_open_is_refused_without_a_trace(client, session):
    where = listed(session)
    client = as_(client, session, where, "inventory_manager")
    for step, status in (("revive", 409), ("omong", 422), ("", 422)):
        answer = take(client, where.life, "stop", step=step, reason="Alasan saya.", decision_no="1/2026")
        assert answer.status_code == status
        assert "Alasan saya." in answer.get_data(as_text=True)
        assert again(session, where.one).state == "active"


def test_looking_for_a_successor_keeps_what_was_typed_and_changes_nothing(client, session):
    where = listed(session, 30)
    client = as_(client, session, where, "inventory_manager")
    chosen = where.made[5]
    answer = take(client, where.life, "merge", then="cari", search="layanan 23", reason="Sama.", successor=str(chosen.id))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Sama." in text
    assert "Layanan 23" in text and f'value="{chosen.id}" checked' in text and "Layanan 24" not in text
    assert "tidak ada aplikasi yang cocok" in take(client, where.life, "merge", then="cari", search="%").get_data(as_text=True).lower()
    assert "Masih ada yang lain" in take(client, where.life, "merge", then="cari", search="layanan").get_data(as_text=True)
    assert "Ketik nama atau kode, lalu tekan Cari." in page(client, f"{where.life}?langkah=merge")
    assert again(session, where.one).state == "active"


def test_a_successor_that_points_back_is_refused(client, session):
    where = listed(session, 2)
    client = as_(client, session, where, "inventory_manager")
    one, other = where.made
    assert take(client, where.life, "migrate", reason="Pindah.", successor=str(other.id)).status_code == 302
    back = take(client, life_of(other), "migrate", reason="Balik.", successor=str(one.id))
    assert back.status_code == 422 and "menunjuk kembali" in back.get_data(as_text=True)


# ---------------------------------------------------------------- what asks for a decision


def test_twins_stand_side_by_side_with_the_way_to_merge_either(client, session):
    where = listed(session)
    twin = build.application(session, where.city, agency="dinkes", name=where.one.name, url="https://lain.go.id/")
    session.commit()
    text = page(as_(client, session, where, "inventory_manager"), PORTFOLIO)
    assert "Nama sama" in text and "Kembar 1" in text
    assert f"{where.life}?langkah=merge&amp;pengganti={twin.id}" in text
    assert f"{life_of(twin)}?langkah=merge&amp;pengganti={where.one.id}" in text
    chooser = page(client, f"{where.life}?langkah=merge&pengganti={twin.id}")
    assert f'value="{twin.id}" checked' in chooser


def test_two_pages_of_one_shop_are_no_twins(client, session):
    where = listed(session, url="https://play.google.com/store/apps/details?id=satu")
    build.application(session, where.city, name="Lain Sekali", url="https://play.google.com/store/apps/details?id=dua")
    session.commit()
    assert "Kembar 0" in page(as_(client, session, where, "inventory_manager"), PORTFOLIO)


def test_overlaps_unused_ones_and_dead_links_are_listed_with_their_decision(client, session):
    where = listed(session, 3)
    one, unused, silent = where.made
    by = where.city.actor("inventory_manager")
    keeping.change(one, by, {}, {"common_field": "Kearsipan"}, one.version)
    one.link_state, one.link_checked_at = "dead", datetime(2026, 3, 1, tzinfo=UTC)
    year = build.datetime.now(UTC).year
    census.confirm(one, by, year, "active")
    census.confirm(unused, by, year, "inactive", "Sudah diganti.")
    session.commit()
    client = as_(client, session, where, "inventory_manager")
    common = page(client, f"{PORTFOLIO}?bagian=umum")
    assert "Bidang Kearsipan" in common and f"{where.life}?langkah=migrate" in common and unused.name not in common
    asked = page(client, f"{PORTFOLIO}?bagian=sensus")
    assert "Sudah diganti." in asked and asked.index(unused.name) < asked.index(silent.name) and one.name not in asked
    dead = page(client, f"{PORTFOLIO}?bagian=tautan")
    assert one.name in dead and unused.name not in dead and "1 Mar 2026" in dead
    operator = page(as_(client, session, where, "operator"), f"{PORTFOLIO}?bagian=sensus")
    assert unused.name in operator and "daur-hidup" not in operator
    other = page(as_(client, session, where, "operator_other"), f"{PORTFOLIO}?bagian=sensus")
    assert unused.name not in other and "Tidak ada aplikasi" in other


# ---------------------------------------------------------------- publication


def test_the_desk_of_publication_says_what_is_missing_and_publishes_after_a_preview(client, session):
    where = listed(session)
    short = build.application(session, where.city, name="Kurang", audience="", helpdesk="")
    build.application(session, where.city, name="Nanti", state="planned")
    session.commit()
    client = as_(client, session, where, "inventory_manager")
    missing = page(client, f"{PUBLICATION}?bagian=kurang")
    assert "siapa yang dapat memakai, bantuan" in missing and where.one.name not in missing
    assert "1 aplikasi lain tidak dapat diterbitkan karena statusnya" in missing
    ready = page(client, f"{PUBLICATION}?bagian=siap")
    assert "Mencatat usulan warga." in ready and "Terbitkan sekarang?" in ready
    address = f"/inventaris/catatan/{where.one.id}/terbit"
    sent = form_of(client, f"{PUBLICATION}?bagian=siap", part=address)
    assert client.post(address, data=sent).status_code == 302
    assert again(session, where.one).published_at is not None
    stale = client.post(address, data=sent)
    assert stale.status_code == 409 and "diubah sesudah halaman ini dibuka" in stale.get_data(as_text=True)
    hide = form_of(client, f"{PUBLICATION}?bagian=terbit", part=address)
    assert client.post(address, data=hide).status_code == 302
    assert again(session, where.one).published_at is None
    assert client.post(address, data=sent | {"deed": "omong"}).status_code == 422
    refused = client.post(f"/inventaris/catatan/{short.id}/terbit", data=sent | {"version": str(short.version)})
    assert refused.status_code == 409 and "Belum lengkap untuk diterbitkan" in refused.get_data(as_text=True)


def test_a_dead_address_is_not_ready_for_citizens(client, session):
    where = listed(session)
    where.one.link_state = "dead"
    session.commit()
    client = as_(client, session, where, "inventory_manager")
    assert "alamat yang terbuka" in page(client, f"{PUBLICATION}?bagian=kurang")
    assert where.one.name not in page(client, f"{PUBLICATION}?bagian=siap")


def test_reports_of_citizens_are_settled_once(client, session):
    where = listed(session)
    report = publishing.report_dead_link(session, where.one, "<b>Galat</b> 404")
    session.commit()
    key = report.id
    client = as_(client, session, where, "inventory_manager")
    text = page(client, PUBLICATION)
    assert "&lt;b&gt;Galat&lt;/b&gt; 404" in text
    sent = form_of(client, PUBLICATION, part=f"/inventaris/laporan/{key}")
    for _ in range(2):
        assert client.post(f"/inventaris/laporan/{key}", data=sent).status_code == 302
    session.rollback()
    session.expire_all()
    assert session.get_one(LinkReport, key).settled_by_id == where.city.people["inventory_manager"].person_id
    assert session.scalar(select(func.count()).where(Event.verb == "settle_report")) == 1
    assert "Tidak ada laporan" in page(client, f"{PUBLICATION}?bagian=laporan")
    assert client.post("/inventaris/laporan/99999999999", data=sent).status_code == 404
    assert client.post("/inventaris/laporan/424242", data=sent).status_code == 404


@pytest.mark.parametrize("who", ["operator", "head", "round_manager", "inspector", "executive", "system_admin"])
def test_nobody_else_publishes(client, session, who):
    where = listed(session)
    report = publishing.report_dead_link(session, where.one, "")
    session.commit()
    key = report.id
    client = as_(client, session, where, who)
    sent = build.form(client, "/akun")
    assert client.get(PUBLICATION).status_code == 403
    assert client.post(f"/inventaris/catatan/{where.one.id}/terbit", data=sent | {"deed": "terbitkan"}).status_code == 403
    assert client.post(f"/inventaris/laporan/{key}", data=sent).status_code == 403
    assert again(session, where.one).published_at is None


# ---------------------------------------------------------------- the figures


def test_what_was_retired_leaves_every_count_and_stays_in_history(client, session):
    where = listed(session, 3, year_built=2024)
    client = as_(client, session, where, "inventory_manager")
    before = page(client, FIGURES)
    assert "<dt>aplikasi dihitung</dt><dd>3</dd>" in before
    retire(session, where, where.one, successor=where.made[1], saving=12_000_000)
    text = page(client, FIGURES)
    assert "<dt>aplikasi dihitung</dt><dd>2</dd>" in text and "<dd>100,0%</dd>" in text
    for part in ("opd", "status", "basis", "umur"):
        table = text[text.index(f'aria-labelledby="{part}"'):]
        table = table[: table.index("</table>")]
        assert not re.search(r">\s*(?:<span>)?3(?:</span>)?</td>", table) and re.search(r">\s*(?:<span>)?2(?:</span>)?</td>", table), part
    ended = text[text.index('id="selesai"'):]
    assert where.one.name in ended and "12.000.000" in ended and where.made[1].name in ended
    assert where.one.name not in text[: text.index('id="selesai"')]
    assert "0 dari 2" in page(client, CENSUS)
    assert where.one.name not in page(client, f"{PORTFOLIO}?bagian=sensus")
    assert "Dihentikan" in page(client, where.life)


def test_an_agency_counts_its_own_and_an_empty_inventory_says_so(client, session):
    where = listed(session, 2)
    assert "<dt>aplikasi dihitung</dt><dd>2</dd>" in page(as_(client, session, where, "head"), FIGURES)
    assert "Belum ada aplikasi pada inventaris" in page(as_(client, session, where, "head_other"), FIGURES)


# ---------------------------------------------------------------- what it costs


def test_pages_cost_the_same_for_two_applications_and_for_forty(client, session):
    where = listed(session, 2)
    addresses = (
        PORTFOLIO, f"{PORTFOLIO}?bagian=sensus", f"{PORTFOLIO}?bagian=tautan", PUBLICATION, f"{PUBLICATION}?bagian=laporan",
        FIGURES, f"{where.life}?langkah=merge",
    )
    publishing.report_dead_link(session, where.one, "")
    session.commit()
    client = as_(client, session, where, "inventory_manager")

    def counted() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with statements() as seen:
                assert client.get(address).status_code == 200
            found.append(len(seen))
        return found

    few = counted()
    for n in range(38):
        made = build.application(session, where.city, agency="dinkes" if n % 2 else "bappeda", name=f"{n:02} Layanan Kota")
        publishing.report_dead_link(session, made, "")
        made.link_state = "dead" if n % 3 else "alive"
    session.commit()
    many = counted()
    assert few == many and max(many) <= PAGE, dict(zip(addresses, zip(few, many, strict=True), strict=True))
    sent = form_of(client, f"{where.life}?langkah=stop", "daur-hidup") | {"reason": "Sepi.", "day": "2026-03-03"}
    with statements() as seen:
        assert client.post(where.life, data=sent).status_code == 302
    assert len(seen) <= SAVE
