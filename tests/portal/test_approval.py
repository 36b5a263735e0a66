"""The head of an agency reads, vouches once, or gives back."""

import re
from fractions import Fraction
from functools import partial

import pytest
from sqlalchemy import event

from assessments import answering, checking, claiming
from assessments.attesting import Changed, attest, contents, frozen_submission, newest_receipt
from assessments.models import Contribution, Receipt
from portal.extensions import db
from tests import builders
from tests.portal.approval_pages import at, city_with_passwords, counted, filled

MARKER = "<img src=x onerror=alert(1)>"


@pytest.fixture
def where(session):
    return city_with_passwords(session)


@pytest.fixture
def part(session, where):
    made = builders.ready(session, where, builders.opened(session, where))
    session.commit()
    return made


@pytest.fixture
def head(client, session, where, part):
    return builders.sign_in(client, session, where.people["head"])


def sign(client, part, **fields):
    return client.post(at(part, "/pernyataan"), data=filled(client, part, **fields))


# ---------------------------------------------------------------- reading


def test_the_list_puts_what_waits_for_the_head_first(head, part):
    html = head.get("/persetujuan").get_data(as_text=True)
    assert html.index("Menunggu tanda tangan kepala") < html.index(at(part)) and "Batas akhir" in html
    assert "Menunggu kepala OPD" in html


def test_the_page_counts_and_shows_every_text_with_its_evidence(head, part):
    html = head.get(at(part)).get_data(as_text=True)
    assert re.search(r"<dt>indikator</dt><dd>2</dd>", html) and re.search(r"<dt>pengisi</dt><dd>1</dd>", html)
    assert html.count("Fakta contoh.") == html.count("Analisis contoh.") == 2
    assert html.count("/bukti/") >= 2 and "hlm. 5" in html
    assert "Tingkat 3 ditunjukkan oleh satu bukti saja." in html
    assert "checked" not in html


def test_only_the_own_agency_and_the_team_read_it(client, session, where, part):
    for who, status in (("operator", 200), ("round_manager", 200), ("head_other", 404), ("operator_other", 404),
                        ("executive", 404), ("system_admin", 403)):
        assert builders.sign_in(client, session, where.people[who]).get(at(part)).status_code == status, who


def test_only_the_head_may_open_the_statement_or_give_back(client, session, where, part):
    for who, status in (("operator", 403), ("round_manager", 403), ("head_other", 404)):
        builders.sign_in(client, session, where.people[who])
        for page in ("/pernyataan", "/kembalikan"):
            assert client.get(at(part, page)).status_code == status
            assert client.post(at(part, page), data=builders.form(client, "/")).status_code in (status, 400)
    assert counted(session, Receipt) == 0


def test_IN_04_what_was_typed_is_shown_as_text(client, session, where):
    part = builders.ready(session, where, builders.opened(session, where))
    for each in part.contributions:
        each.facts = each.analysis = MARKER
    session.commit()
    builders.sign_in(client, session, where.people["head"])
    for page in ("", "/pernyataan", "/kembalikan"):
        html = client.get(at(part, page)).get_data(as_text=True)
        assert MARKER not in html
    assert "&lt;img" in client.get(at(part)).get_data(as_text=True)


def claimed_last_year(session, where, item, value):
    last = builders.assessment_of(session, builders.opened(session, where, slug="2025", year=2025, title="Penilaian 2025"))
    claiming.write_claim(last, item, where.actor("round_manager"), Fraction(value), "Fakta.", "Analisis.", 0)
    last.state = "sent"


def test_what_rose_since_last_round_is_named(client, session, where):
    claimed_last_year(session, where, "I12", 2)
    part = builders.ready(session, where, builders.opened(session, where))
    builders.sign_in(client, session, where.people["head"])
    html = client.get(at(part)).get_data(as_text=True)
    assert "Dibanding Penilaian 2025: 1 naik, 1 belum punya nilai sebelumnya." in html and "Naik dari 2 ke 3." in html


def test_pages_cost_the_same_few_statements_for_two_items_and_for_ten(client, session, where):
    claimed_last_year(session, where, "I02", 3)
    few = statements_of(client, session, where, 2, slug="2026")
    assert few == statements_of(client, session, where, 10, slug="2026-gladi", track="rehearsal")
    assert max(few.values()) <= 10, few


def statements_of(client, session, where, n, **round_of) -> dict[str, int]:
    items = [f"I{k:02}" for k in range(1, n + 1)]
    part = builders.ready(session, where, builders.opened(session, where, items=items, **round_of), items=items)
    builders.sign_in(client, session, where.people["head"])
    session.commit()
    counts = {page: statements(partial(client.get, at(part, page))) for page in ("", "/pernyataan", "/kembalikan")}
    attest(part, where.actor("head"), frozen_submission(part).sha256)
    session.commit()
    return counts | {"/bukti": statements(partial(client.get, at(part, "/bukti")))}


def statements(ask) -> int:
    seen = []

    def note(connection, cursor, statement, *rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert ask().status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([each for each in seen if not each.startswith("BEGIN")])


# ---------------------------------------------------------------- vouching


def test_the_statement_says_who_what_and_which_copy(head, where, part):
    html = head.get(at(part, "/pernyataan")).get_data(as_text=True)
    assert "menyatakan bahwa isian dan bukti dukung Penilaian mandiri SPBE 2026 (2 indikator, 2 berkas" in html
    assert where.actor("head").person_name in html and "ID lokal" in html
    sha = frozen_submission(part).sha256
    assert f'value="{sha}"' in html and sha[:4].upper() in html


def test_the_head_vouches_and_gets_a_receipt(head, session, part):
    answer = sign(head, part)
    assert answer.status_code == 302 and answer.location == at(part, "/bukti")
    session.rollback()
    receipt = newest_receipt(part)
    assert part.state == "signed" and receipt.signature.method == "password"
    assert contents(receipt)["items"][0]["facts"] == "Fakta contoh."
    html = head.get(at(part, "/bukti")).get_data(as_text=True)
    assert receipt.number in html and "WITA" in html and f"/verifikasi/{receipt.number}" in html and "data:image/svg+xml" in html
    for line in contents(receipt)["items"]:
        for citation in line["citations"]:
            assert citation["sha256"] in html
    assert "style=" not in html
    assert head.get(at(part, "/pernyataan")).location == at(part, "/bukti")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"checked": None}, "Centang"), ({"password": ""}, "Tulis kata sandi"), ({"password": "bukan ini"}, "Kata sandi salah"),
     ({"key": None}, "belum disimpan"), ({"key": "pendek"}, "belum disimpan")],
)
def test_an_incomplete_statement_is_422_and_signs_nothing(head, session, part, fields, sentence):
    answer = sign(head, part, **fields)
    assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)
    assert counted(session, Receipt) == 0


def test_wrong_passwords_slow_down_and_a_right_one_then_waits_too(head, session, part):
    statuses = [sign(head, part, password=f"salah {n}").status_code for n in range(7)]
    assert statuses[:4] == [422] * 4 and statuses[-1] == 429
    assert sign(head, part).status_code == 429
    assert counted(session, Receipt) == 0


def test_what_changed_since_is_409_with_a_way_to_look_again(head, session, part):
    sent = filled(head, part)
    session.get(Contribution, part.contributions[0].id).facts = "Lain dari yang dibaca."
    session.commit()
    answer = head.post(at(part, "/pernyataan"), data=sent)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "berubah sesudah Anda membukanya" in html and f'href="{at(part)}"' in html
    assert counted(session, Receipt) == 0


def test_who_wrote_a_part_of_it_cannot_vouch_for_it(client, session, where, part):
    part.contributions[0].remember(where.people["head"].person)
    session.commit()
    builders.sign_in(client, session, where.people["head"])
    answer = client.get(at(part, "/pernyataan"))
    assert answer.status_code == 409 and "Anda ikut menulis isian ini" in answer.get_data(as_text=True)
    assert "Anda ikut menulis isian ini" in client.get(at(part)).get_data(as_text=True)
    assert client.post(at(part, "/pernyataan"), data=builders.form(client, at(part, "/kembalikan"))).status_code == 409
    assert counted(session, Receipt) == 0


# ---------------------------------------------------------------- giving back


def test_giving_back_needs_items_and_a_reason_and_keeps_what_was_typed(head, session, part):
    answer = head.post(at(part, "/kembalikan"), data=builders.form(head, at(part, "/kembalikan"), note="Halaman mana?"))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Pilih sedikitnya satu indikator" in html and "Halaman mana?" in html
    answer = head.post(at(part, "/kembalikan"), data=builders.form(head, at(part, "/kembalikan"), items="I12", note=" "))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Tulis" in html and re.search(r'value="I12"[^>]*checked|checked[^>]*value="I12"', html)
    answer = head.post(at(part, "/kembalikan"), data=builders.form(head, at(part, "/kembalikan"), items="I40", note="Apa?"))
    assert answer.status_code == 422 and "bukan bagian dari isian ini" in answer.get_data(as_text=True)
    answer = head.post(at(part, "/kembalikan"), data=builders.form(head, at(part, "/kembalikan"), items="I12", note="x" * 1001))
    assert answer.status_code == 422 and "terlalu panjang" in answer.get_data(as_text=True)
    session.rollback()
    assert part.state == "ready"


def test_the_operator_gets_exactly_the_chosen_items_with_the_reason(head, session, part):
    body = builders.form(head, at(part, "/kembalikan"), items="I12", note="Halaman 44 belum ada.")
    for _ in range(2):
        answer = head.post(at(part, "/kembalikan"), data=body)
        assert (answer.status_code, answer.location) == (302, "/persetujuan")
    session.rollback()
    assert part.state == "filling"
    assert {c.item: c.state for c in part.contributions} == {"I01": "ready", "I12": "returned"}
    assert "indikator 12" in head.get("/persetujuan").get_data(as_text=True)
    assert head.get(at(part, "/kembalikan")).status_code == 409
    assert head.get(at(part, "/pernyataan")).status_code == 409


# ---------------------------------------------------------------- the receipt


def test_before_signing_there_is_no_receipt(head, part):
    assert head.get(at(part, "/bukti")).status_code == 404


def test_a_part_signed_again_shows_the_newest_receipt_and_lists_the_older(client, session, where, part):
    head, operator = where.actor("head"), where.actor("operator")
    attest(part, head, frozen_submission(part).sha256)
    session.flush()
    first = newest_receipt(part).number
    checking.return_items(part, where.actor("internal_assessor"), "Perbaiki.", {"I12": "Belum lengkap."})
    session.commit()
    builders.sign_in(client, session, where.people["head"])
    assert "tidak berlaku lagi" in client.get(at(part, "/bukti")).get_data(as_text=True)
    item = next(c for c in part.contributions if c.item == "I12")
    answering.answer(item, operator, item.value, "Fakta baru.", item.analysis, item.version)
    session.flush()
    answering.mark_item_ready(item, operator)
    answering.hand_to_head(part, operator)
    session.flush()
    with pytest.raises(Changed):
        attest(part, head, newest_receipt(part).snapshot_sha)
    attest(part, head, frozen_submission(part).sha256)
    session.commit()
    second = newest_receipt(part).number
    html = client.get(at(part, "/bukti")).get_data(as_text=True)
    assert html.index(second) < html.index("Tanda terima sebelumnya") < html.index(first)


def test_BL_08_the_receipt_says_when_its_frozen_copy_is_no_longer_whole(client, session, where, part):
    from tests.portal.test_public import change_behind_the_back

    attest(part, where.actor("head"), frozen_submission(part).sha256)
    session.commit()
    receipt = newest_receipt(part)
    content = bytearray(receipt.snapshot.content)
    content[10] ^= 1
    change_behind_the_back(session, receipt.snapshot_sha, bytes(content))
    builders.sign_in(client, session, where.people["operator"])
    assert "Salinan beku tidak lagi cocok" in client.get(at(part, "/bukti")).get_data(as_text=True)
