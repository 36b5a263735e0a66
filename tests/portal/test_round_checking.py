"""S43: the team looks at what an agency handed in, item by item; takes it in or sends it back."""

import pytest
from sqlalchemy import func, select

from assessments import answering, attesting, checking, covering
from assessments.models import CheckMark, Claim, Contribution, Submission
from tests import builders as build
from tests.portal.round_pages import as_, begun, send, statements

AGREED = {"verdict": "agreed", "reason_kind": "", "note": ""}
REFUSED = {"verdict": "needs_work", "reason_kind": "invalid", "note": "Belum ditandatangani."}


def signed(session, **more):
    where = begun(session, **more)
    build.signed(session, where.city, where.period)
    session.commit()
    return where


def part(session, where) -> Submission:
    session.rollback()
    session.expire_all()
    return build.submission(session, where.period, where.city.agencies["bappeda"])


def marks(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(CheckMark))


def check(client, where, item: str, **fields):
    return send(client, where.check(item), **fields)


@pytest.mark.parametrize("who", ["round_manager", "internal_assessor"])
def test_item_by_item_then_taken_in_with_its_claims(client, session, who):
    where = signed(session)
    as_(client, session, where, who)
    listed = client.get(where.check()).get_data(as_text=True)
    assert "0 dari 2 indikator diperiksa" in listed and "2 indikator belum diperiksa: 1, 12." in listed
    one = client.get(where.check("I01")).get_data(as_text=True)
    assert one.index('name="verdict"') < one.index("Kriteria tingkat yang diklaim"), "the verdict stands before the criteria"
    first = check(client, where, "I01", then="next", **AGREED)
    assert first.location.endswith(where.check("I12"))
    assert "1 dari 2" in client.get(where.check("I12")).get_data(as_text=True)
    assert check(client, where, "I12", then="next", **AGREED).location.endswith(where.check())
    assert send(client, where.check() + "/terima", where.check()).status_code == 302
    assert part(session, where).state == "accepted"
    claims = session.scalars(select(Claim).order_by(Claim.item)).all()
    assert [(claim.item, claim.origin, claim.state, len(claim.citations)) for claim in claims] == [
        ("I01", "adopted", "draft", 1), ("I12", "adopted", "draft", 1),
    ]


def test_exactly_the_refused_items_come_back_with_their_reason(client, session):
    where = signed(session)
    as_(client, session, where, "internal_assessor")
    check(client, where, "I01", **AGREED)
    check(client, where, "I12", **REFUSED)
    page = client.get(where.check()).get_data(as_text=True)
    assert "masih ditandai perlu perbaikan" in page and "1 indikator dibuka lagi untuk OPD: 12" in page
    assert send(client, where.check() + "/terima", where.check()).status_code == 409
    without = send(client, where.check() + "/pengembalian", where.check(), note="")
    assert without.status_code == 422 and "Tulis alasannya." in without.get_data(as_text=True)
    long = send(client, where.check() + "/pengembalian", where.check(), note="x" * 1001)
    assert long.status_code == 422 and "x" * 1001 in long.get_data(as_text=True)
    assert send(client, where.check() + "/pengembalian", where.check(), note="Mohon diperbaiki.").status_code == 302
    found = part(session, where)
    assert found.state == "returned"
    assert {c.item: (c.state, c.returned_n is not None) for c in found.contributions} == {
        "I01": ("ready", False), "I12": ("returned", True),
    }


def test_only_the_pengelola_reopens_what_was_taken_in(client, session, app):
    where = begun(session)
    build.accepted(session, where.city, where.period)
    session.commit()
    assessor = as_(client, session, where, "internal_assessor")
    assert "pengembalian" not in assessor.get(where.check()).get_data(as_text=True)
    refused = send(assessor, where.check() + "/pengembalian", where.check(), note="x", items="I01")
    assert refused.status_code == 409 and "pengelola penilaian" in refused.get_data(as_text=True)
    pengelola = as_(app.test_client(), session, where, "round_manager")
    assert send(pengelola, where.check() + "/pengembalian", where.check(), note="Ada temuan.").status_code in (409, 422)
    sent = send(pengelola, where.check() + "/pengembalian", where.check(), note="Ada temuan.", items=["I01"])
    assert sent.status_code == 302
    found = part(session, where)
    assert found.state == "returned" and [c.item for c in found.contributions if c.state == "returned"] == ["I01"]


BAD = [
    {"verdict": ""}, {"verdict": "agreed' OR 1=1--"}, {"verdict": "needs_work", "reason_kind": "", "note": "x"},
    {"verdict": "needs_work", "reason_kind": "hack", "note": "x"}, {"verdict": "needs_work", "reason_kind": "level", "note": " "},
    {"verdict": "agreed", "note": "a\u0000b"}, {"verdict": "agreed", "note": "x" * 1001},
]


@pytest.mark.parametrize("fields", BAD, ids=lambda fields: str(fields)[:40])
def test_a_word_without_sense_is_told_and_the_text_stays(client, session, fields):
    where = signed(session)
    as_(client, session, where, "internal_assessor")
    answer = check(client, where, "I12", **({"reason_kind": ""} | fields))
    assert answer.status_code == 422 and marks(session) == 0
    if len(fields.get("note", "")) > 1000:
        assert fields["note"] in answer.get_data(as_text=True)


def test_text_is_shown_as_text(client, session):
    where = signed(session)
    as_(client, session, where, "internal_assessor")
    evil = '<img src=x onerror=alert(1)>{{7*7}}'
    assert check(client, where, "I12", verdict="needs_work", reason_kind="level", note=evil).status_code == 302
    for page in (where.check(), where.check("I12")):
        html = client.get(page).get_data(as_text=True)
        assert "<img src=x" not in html and "{{7*7}}" in html


@pytest.mark.parametrize("revision", ["0", "1", "99999999999999999999", "x", "-1", "²"])
def test_BL_04_a_word_on_another_revision_is_refused(client, session, revision):
    where = signed(session)
    as_(client, session, where, "internal_assessor")
    answer = check(client, where, "I12", revision=revision, **AGREED)
    assert answer.status_code == 409 and "berubah" in answer.get_data(as_text=True) and marks(session) == 0


def test_the_same_word_sent_twice_is_said_once(client, session):
    where = signed(session)
    as_(client, session, where, "internal_assessor")
    key = "q" * 24
    assert check(client, where, "I12", key=key, **AGREED).status_code == 302
    assert check(client, where, "I12", key=key, **AGREED).status_code == 302 and marks(session) == 1
    assert check(client, where, "I12", key=key, **REFUSED).status_code == 422 and marks(session) == 1


@pytest.mark.parametrize("who", ["entry_officer", "responsible_officer", "coordinator", "inspector"])
def test_the_rest_of_the_team_reads_only(client, session, who):
    where = signed(session)
    as_(client, session, where, who)
    page = client.get(where.check("I12"))
    assert page.status_code == 200 and "Hanya untuk dibaca" in page.get_data(as_text=True)
    assert check(client, where, "I12", **AGREED).status_code == 403
    for door in ("/terima", "/pengembalian"):
        assert send(client, where.check() + door, note="x").status_code == 403
    assert marks(session) == 0


@pytest.mark.parametrize(("who", "status"), [("operator", 403), ("head", 403), ("operator_other", 404), ("head_other", 404),
                                             ("executive", 404), ("system_admin", 403), ("inventory_manager", 404)])
def test_AC_07_marks_are_not_for_the_agencies(client, session, who, status):
    where = signed(session)
    as_(client, session, where, who)
    for page in (where.check(), where.check("I12")):
        assert client.get(page).status_code == status
    assert check(client, where, "I12", **AGREED).status_code == status
    assert marks(session) == 0


@pytest.mark.parametrize("page", ["hantu", "dinkes", "../bappeda"])
def test_AC_14_a_part_that_is_not_there_is_not_there(client, session, page):
    where = signed(session)
    as_(client, session, where, "internal_assessor")
    assert client.get(where.check(agency=page)).status_code == 404
    assert client.get(where.check("I99")).status_code == 404
    assert client.get(where.check("I02")).status_code == 404, "an item of somebody else"
    assert client.get(f"/pengelolaan/{where.slug}/kominfo/verifikasi/bappeda").status_code == 404


def test_what_is_not_signed_is_not_checked(client, session):
    where = begun(session)
    build.ready(session, where.city, where.period)
    session.commit()
    as_(client, session, where, "internal_assessor")
    answer = check(client, where, "I12", revision="2", **AGREED)
    assert answer.status_code == 409 and "belum ditandatangani" in answer.get_data(as_text=True)
    assert send(client, where.check() + "/terima").status_code == 409


def test_the_weight_is_the_same_for_two_and_forty_seven_items(client, session, app):
    few = signed(session)
    as_(client, session, few, "internal_assessor")
    counts = []
    for page in (few.check(), few.check("I12")):
        client.get(page)
        with statements() as seen:
            client.get(page)
        counts.append(len(seen))
    assert max(counts) <= 10
    with statements() as saving:
        check(client, few, "I12", **AGREED)
    with statements() as looking:
        client.get(few.check("I12"))
    assert len(saving) - len(looking) <= 24  # the deed with its chain, besides reading the form
    codes = [item.code for item in few.period.instrument.items]
    many = build.opened(session, few.city, items=codes, slug="banyak", track="rehearsal")
    build.signed(session, few.city, many, items=codes)
    session.commit()
    for page, before in zip(("", "/I12"), counts, strict=True):
        with statements() as seen:
            client.get(f"/pengelolaan/banyak/{few.subject}/verifikasi/bappeda{page}")
        assert len(seen) <= before
    session.rollback()
    assert session.scalar(select(func.count()).where(Contribution.submission_id == Submission.id)) >= 49


def test_what_was_mended_stands_beside_what_was_signed_before(client, session, app):
    """The checker reads the difference of texts and evidence; the head who signs again reads which items it is in."""
    where = begun(session)
    part = build.signed(session, where.city, where.period)
    assessor, operator = where.city.actor("internal_assessor"), where.city.actor("operator")
    as_(client, session, where, "internal_assessor")
    assert "Berubah" not in client.get(where.check()).get_data(as_text=True)
    mine = next(c for c in part.contributions if c.item == "I12")
    checking.check(mine, assessor, "needs_work", "unfit", "Perbaiki fakta.", mine.revision_n)
    session.flush()
    checking.return_items(part, assessor, "Lihat catatan.")
    session.flush()
    answering.answer(mine, operator, mine.value, "Fakta yang jauh lebih jelas.", mine.analysis, mine.version)
    answering.cite(mine, build.document(session, where.city.agencies["bappeda"], operator, b"%PDF-baru"), operator, [2], "hlm. 7")
    session.flush()
    answering.mark_item_ready(mine, operator)
    answering.hand_to_head(part, operator)
    session.commit()
    head = as_(app.test_client(), session, where, "head")
    assert "menandatanganinya: indikator 12." in head.get(f"/persetujuan/{part.id}").get_data(as_text=True)
    session.rollback()
    attesting.attest(part, where.city.actor("head"), attesting.frozen_submission(part).sha256)
    session.commit()
    listed = client.get(where.check()).get_data(as_text=True)
    assert "Berubah sejak ditandatangani sebelumnya: indikator 12. Yang lain sama." in listed
    shown = client.get(where.check("I12")).get_data(as_text=True)
    assert "Yang berubah sejak ditandatangani sebelumnya" in shown
    assert "<del>contoh</del>" in shown and "jelas</ins>" in shown and "Bukti baru: 12.b" in shown
    assert "Yang berubah sejak" not in client.get(where.check("I01")).get_data(as_text=True)


def test_a_coverage_that_alone_changed_is_told_to_who_checks(client, session):
    where = begun(session)
    part = build.signed(session, where.city, where.period)
    assessor, operator = where.city.actor("internal_assessor"), where.city.actor("operator")
    mine = next(c for c in part.contributions if c.item == "I12")
    checking.check(mine, assessor, "needs_work", "unfit", "Cakupannya berapa?", mine.revision_n)
    session.flush()
    checking.return_items(part, assessor, "Lihat catatan.")
    session.flush()
    covering.fill(mine, "28 dari 34 OPD", operator)
    answering.mark_item_ready(mine, operator)
    answering.hand_to_head(part, operator)
    session.flush()
    attesting.attest(part, where.city.actor("head"), attesting.frozen_submission(part).sha256)
    session.commit()
    as_(client, session, where, "internal_assessor")
    shown = client.get(where.check("I12")).get_data(as_text=True)
    assert "Yang berubah sejak ditandatangani sebelumnya" in shown and "28 dari 34 OPD</ins>" in shown
