"""Organizations change: open work moves with a trace, closed rounds change in nothing, and no third agency sees more."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from assessments import answering, asking, checking, moving_parts, sharing, staffing, succeeding, uploading
from assessments.actors import SYSTEM, acting
from assessments.inventory import keeping
from assessments.models import (
    Account,
    Base,
    Contribution,
    Document,
    Event,
    Organization,
    Recommendation,
    Share,
    Submission,
    Succession,
)
from assessments.models.assessment import TEXT_LIMIT
from assessments.policies import entitled, may, visible
from assessments.refusal import Refused
from assessments.succession_plan import END, STAY, Choices, Wish, preview
from assessments.workflow import advance, open_transitions
from tests import builders as build
from tests.portal import local_round as local

LAST_WEEK = build.day(-7)


def new_office(session, city, name="Badan Baru", code="baru-1") -> Organization:
    made = staffing.add_organization(
        session, SYSTEM, name=name, short_name=name, kind="badan", instansi=city.instansi, code=code, valid_from=date(2024, 1, 1)
    )
    session.flush()
    return made


def wish(olds, news, kind="merge", **more) -> Wish:
    fields = {"effective_on": LAST_WEEK, "decision_no": "Perda 3/2026", "decision_on": LAST_WEEK} | more
    return Wish(tuple(olds), tuple(news), kind, **fields)


def do(session, city, olds, news, kind="merge", choices=None, **more):
    made = succeeding.succeed(session, wish(olds, news, kind, **more), city.actor("system_admin"), choices)
    session.flush()
    session.expire_all()
    return made


def events(session, thing) -> list[str]:
    rows = select(Event.label).where(Event.thing == thing.__tablename__, Event.thing_id == thing.id, Event.verb == "succeed")
    return list(session.scalars(rows.order_by(Event.id)))


def returned(session, city, part) -> None:
    """The team sends one item of a signed part back."""
    by, first = city.actor("internal_assessor"), part.contributions[0]
    checking.check(first, by, "needs_work", "incomplete", "Lengkapi.", first.revision_n)
    session.flush()
    checking.return_items(part, by, "Perbaiki.")
    session.flush()


@pytest.fixture
def town(session):
    """Bappeda answers I12 with evidence in an open round; it owns an application and must carry out a recommendation."""
    city = build.city(session)
    period = build.opened(session, city)
    build.answered(session, city, period, "I12")
    keeping.add_application(session, city.instansi, city.agencies["bappeda"], city.actor("inventory_manager"), {"name": "e-Rencana"})
    session.flush()
    return city, period


def test_in_a_merge_everything_open_moves_and_says_so(session, town):
    city, period = town
    bappeda, heir = city.agencies["bappeda"], new_office(session, city)
    answer = build.contribution(session, period, bappeda, "I12")
    words, revisions = (answer.facts, answer.value), answer.revision_n
    do(session, city, [bappeda], [heir])
    assert answer.submission.organization is heir and (answer.facts, answer.value) == words
    assert answer.revision_n == revisions and answer.citations[0].cited.document.owner_org is heir
    leads = set(session.scalars(select(Share.item).where(Share.organization_id == heir.id, Share.part == "lead")))
    assert leads == set(build.TWO_ITEMS)
    assert session.scalar(select(Share.item).where(Share.organization_id == bappeda.id)) is None
    for thing in (answer.submission, answer.submission.assessment, answer.citations[0].cited.document, bappeda, heir):
        assert events(session, thing), thing
    row = session.scalars(select(Succession)).one()
    assert (row.predecessor, row.successor, row.kind) == (bappeda, heir, "merge")


def test_an_ended_organization_keeps_its_name_on_every_earlier_day(session, town):
    city, _period = town
    bappeda, heir = city.agencies["bappeda"], new_office(session, city)
    do(session, city, [bappeda], [heir])
    assert bappeda.ended_on == LAST_WEEK
    assert bappeda.on(LAST_WEEK - timedelta(days=1)).name == bappeda.name == "Badan Perencanaan Pembangunan Daerah"
    with pytest.raises(Refused, match="sudah berakhir"):
        bappeda.rename(build.day(), name="Lain")
    with pytest.raises(Refused, match="sudah berakhir"):
        staffing.appoint(session, city.people["executive"].person, bappeda, "agency_operator", SYSTEM)


def test_applications_and_recommendations_get_dated_owner_rows(session, town):
    city, _period = town
    bappeda, heir = city.agencies["bappeda"], new_office(session, city)
    from assessments import following_up

    made = following_up.add(session, city.instansi, "audit", "LHA 1", following_up.Wish(
        "Susun arsitektur.", "high", due_on=date(2027, 1, 1), owners=(bappeda,)), city.actor("inspector"))
    session.flush()
    application = session.scalars(visible(city.actor("operator"), keeping.Application)).one()
    do(session, city, [bappeda], [heir])
    assert succeeding.owner_of(application) is heir and application.current_owner is heir
    assert [owner.organization for owner in made.current_owners] == [heir] and succeeding.owner_of(made) is heir
    assert {owner.organization for owner in made.owners} == {bappeda, heir}, "the history keeps both"


def test_after_a_merge_the_old_loses_the_new_gains_and_no_third_sees_anything(session, town):
    """AC-16: each moved thing before users of the old, the new and a foreign agency."""
    city, period = town
    bappeda, heir = city.agencies["bappeda"], new_office(session, city)
    new_operator = build.office(session, "operator baru", heir, "agency_operator")
    answer = build.contribution(session, period, bappeda, "I12")
    version = answer.citations[0].cited
    upload = uploading.begin(session, city.actor("operator"), bappeda.id, id="a" * 32, file_name="b.pdf", length=10, fingerprint=None)
    application = session.scalars(visible(city.actor("operator"), keeping.Application)).one()
    question = asking.ask(answer, city.actor("internal_assessor"), "Nomor berapa?")
    session.flush()
    do(session, city, [bappeda], [heir], choices=Choices(people={city.people["operator"].id: STAY}))
    old, new, third = city.actor("operator"), acting(new_operator, new_operator.person.account.id), city.actor("operator_other")
    things = [("read", answer), ("answer", answer), ("read", answer.submission), ("read", version.document), ("write", version.document),
              ("download", version), ("write", upload), ("write", application), ("read", question)]
    for action, thing in things:
        assert entitled(new, action, thing), f"new: {action} {thing}"
        assert not entitled(old, action, thing), f"old: {action} {thing}"
        assert not entitled(third, action, thing), f"third: {action} {thing}"
    for kind in (Contribution, Submission, Document, keeping.Application, Recommendation):
        assert not session.scalars(visible(third, kind)).all() and not session.scalars(visible(old, kind)).all(), kind
    assert may(new, "answer", answer)


def test_two_agencies_on_one_item_keep_both_texts_all_revisions_and_all_authors(session):
    city = build.city(session)
    period = build.draft(session, city)
    assessment, manager = build.assessment_of(session, period), city.actor("round_manager")
    from assessments import sharing

    bappeda, dinkes, kominfo = (city.agencies[name] for name in ("bappeda", "dinkes", "kominfo"))
    sharing.share_all(session, assessment, {
        item.code: (bappeda, [dinkes]) if item.code == "I12" else (kominfo, []) for item in period.instrument.items
    }, manager)
    advance(period, "open", manager)
    mine, theirs = build.answered(session, city, period, "I12"), None
    theirs = build.contribution(session, period, dinkes, "I12")
    answering.answer(theirs, city.actor("operator_other"), 2, "Fakta kesehatan.", "Analisis kesehatan.", theirs.version)
    answering.cite(theirs, build.document(session, dinkes, city.actor("operator_other"), b"%PDF-lain"), city.actor("operator_other"), [2])
    question = asking.ask(mine, city.actor("internal_assessor"), "Nomor berapa?")
    session.flush()
    shown = preview(session, wish([bappeda], [dinkes]), city.actor("system_admin"))
    assert shown.meeting == ["Penilaian mandiri SPBE 2026, indikator 12"]
    do(session, city, [bappeda], [dinkes])
    assert theirs.facts == "Dinkes:\nFakta kesehatan.\n\nBappeda:\nFakta contoh."
    assert theirs.state == "filling" and len(theirs.citations) == 2
    assert {citation.letter for citation in theirs.citations} == {"a", "b"}
    authors = {revision.author_id for revision in theirs.revisions}
    assert {city.people["operator"].person_id, city.people["operator_other"].person_id} <= authors
    assert question.contribution is theirs
    share = session.scalars(select(Share).where(Share.item == "I12")).one()
    assert (share.organization, share.part) == (dinkes, "lead"), "who led leads on, under the new name"
    from assessments.progress import progress

    assert {one.agency for one in progress(session, period)} == {dinkes, kominfo}, "what was taken over is counted once"


def test_a_signed_part_stays_under_its_name_and_follows_when_it_is_returned(session):
    city = build.city(session)
    period = build.opened(session, city)
    signed = build.signed(session, city, period)
    bappeda, heir = city.agencies["bappeda"], new_office(session, city)
    shown = preview(session, wish([bappeda], [heir]), city.actor("system_admin"))
    assert [part.submission for part in shown.staying] == [signed] and "ditandatangani" in shown.staying[0].why_stays
    do(session, city, [bappeda], [heir])
    assert signed.organization is bappeda and signed.state == "signed"
    first = signed.contributions[0]
    by = city.actor("internal_assessor")
    checking.check(first, by, "needs_work", "incomplete", "Lengkapi.", first.revision_n)
    session.flush()
    checking.return_items(signed, by, "Perbaiki.")
    session.flush()
    assert signed.organization is heir and signed.state == "returned"


def test_nothing_of_a_closed_round_changes_one_byte(session):
    city = build.city(session)
    closed = build.opened(session, city, slug="2025", year=2025, term=1)
    build.accepted(session, city, closed)
    advance(closed, "close", city.actor("round_manager"), "Selesai.")
    session.flush()

    def rows() -> dict:
        kept = ("period", "assessment", "share", "submission", "contribution", "contribution_revision", "citation", "check_mark",
                "claim", "receipt", "snapshot", "signature", "document_version")
        return {name: session.execute(text(f'SELECT * FROM "{name}" ORDER BY 1, 2')).fetchall() for name in kept if name in Base.metadata.tables}

    before = rows()
    do(session, city, [city.agencies["bappeda"]], [new_office(session, city)])
    assert rows() == before


def test_a_successor_that_has_signed_takes_nothing_in(session):
    city = build.city(session)
    period = build.opened(session, city)
    build.signed(session, city, period)
    with pytest.raises(Refused, match="sudah ditandatangani, jadi tidak dapat menerima"):
        do(session, city, [city.agencies["kominfo"]], [city.agencies["bappeda"]])


def test_a_transfer_moves_what_was_named_and_a_document_of_both_sides_is_held_by_both(session, town):
    city, period = town
    bappeda, heir = city.agencies["bappeda"], new_office(session, city)
    answer = build.answered(session, city, period, "I01")
    shared = build.contribution(session, period, bappeda, "I12").citations[0].cited
    answering.cite(answer, shared, city.actor("operator"), [2])
    session.flush()
    part = answer.submission
    do(session, city, [bappeda], [heir], "transfer", Choices(items={(part.id, "I01"): heir.id}))
    assert bappeda.ended_on is None and part.organization is bappeda
    assert answer.submission.organization is heir and [c.item for c in part.contributions] == ["I12"]
    owners = {citation.cited.document.owner_org for citation in answer.citations}
    assert owners == {heir}, "whoever answers can open what is cited"
    assert shared.document.owner_org is bappeda, "and so can whoever stayed"
    assert answer.citations[1].cited.sha256 == shared.sha256
    assert session.scalars(visible(city.actor("operator"), keeping.Application)).all(), "what was not named stays"


def test_a_split_that_ends_the_old_one_leaves_nothing_behind(session, town):
    city, period = town
    bappeda, heirs = city.agencies["bappeda"], [new_office(session, city), new_office(session, city, "Dinas Kedua", "dua-1")]
    with pytest.raises(Refused, match="belum ada tujuan untuk 2 indikator, 1 dokumen, 1 aplikasi"):
        do(session, city, [bappeda], heirs, "split", Choices(ends=True))
    everything = dict.fromkeys(("items", "documents", "applications", "recommendations"), heirs[0].id)
    part = build.submission(session, period, bappeda)
    do(session, city, [bappeda], heirs, "split", Choices(items={(part.id, "I01"): heirs[1].id}, rest=everything, ends=True))
    assert bappeda.ended_on == LAST_WEEK
    owners = {share.item: share.organization for share in session.scalars(select(Share).where(Share.item.in_(build.TWO_ITEMS)))}
    assert owners == {"I12": heirs[0], "I01": heirs[1]}
    assert session.scalar(select(Succession.kind).where(Succession.successor_id == heirs[1].id)) == "split"


def test_people_go_with_the_work_and_a_second_head_does_not(session, town):
    city, _period = town
    bappeda, dinkes = city.agencies["bappeda"], city.agencies["dinkes"]
    shown = preview(session, wish([bappeda], [dinkes]), city.actor("system_admin"))
    assert shown.people == {city.people["operator"].id: dinkes.id, city.people["head"].id: END}
    do(session, city, [bappeda], [dinkes])
    moved = [office for office in city.people["operator"].person.appointments if office.held_on()]
    assert [(office.organization, office.role) for office in moved] == [(dinkes, "agency_operator")]
    assert not any(office.held_on() for office in city.people["head"].person.appointments)
    assert session.scalar(select(Account.active).where(Account.person_id == city.people["head"].person_id))


@pytest.mark.parametrize(("more", "sentence"), [
    ({"effective_on": build.day(3)}, "belum tiba"),
    ({"decision_no": " "}, "Nomor keputusan"),
    ({"decision_on": None}, "Tanggal keputusan wajib"),
    ({"kind": "dibakar"}, "Pilih jenis"),
    ({"effective_on": date(1999, 1, 1)}, "harus sesudah"),
])
def test_every_fault_is_a_sentence_and_nothing_moves(session, town, more, sentence):
    city, _period = town
    heir = new_office(session, city)
    with pytest.raises(Refused, match=sentence):
        do(session, city, [city.agencies["bappeda"]], [heir], **more)
    assert session.scalar(select(Succession.kind)) is None


def test_faults_are_said_all_at_once(session, town):
    city, _period = town
    with pytest.raises(Refused) as caught:
        do(session, city, [city.agencies["bappeda"]], [city.agencies["bappeda"]], "split", decision_no="", decision_on=None)
    assert len(caught.value.sentences) >= 3


# ---------------------------------------------------------------- where each agency is rated by itself


def test_a_piece_of_a_rated_agency_takes_nothing_of_its_assessment_away(session):
    city = build.city(session)
    period = local.local_round(session, city, agencies=("bappeda", "dinkes"))
    part = local.part_of(session, period, city, "bappeda")
    bappeda, kominfo, item = city.agencies["bappeda"], city.agencies["kominfo"], part.contributions[0].item
    shown = preview(session, wish([bappeda], [kominfo], "transfer"), city.actor("system_admin"))
    assert not shown.moving and [one.why_stays for one in shown.staying] == [moving_parts.RATED]
    do(session, city, [bappeda], [kominfo], "transfer", Choices(items={(part.id, item): kominfo.id}))
    assert part.organization is bappeda and part.assessment.subject.organization is bappeda
    assert {share.organization_id for share in session.scalars(select(Share).where(Share.assessment_id == part.assessment_id))} == {bappeda.id}


def test_a_rated_agency_is_not_ended_by_a_split_while_nobody_else_could_finish_it(session):
    city = build.city(session)
    local.local_round(session, city, agencies=("bappeda",))
    heirs = [new_office(session, city), new_office(session, city, "Dinas Kedua", "dua-1")]
    everything = dict.fromkeys(("items", "documents", "applications", "recommendations"), heirs[0].id)
    with pytest.raises(Refused, match="tidak dapat dibagi"):
        do(session, city, [city.agencies["bappeda"]], heirs, "split", Choices(rest=everything, ends=True))


def test_of_two_rated_agencies_that_become_a_new_one_the_first_goes_on_and_the_preview_says_so(session):
    city = build.city(session)
    period = local.local_round(session, city)
    olds, heir = [city.agencies["bappeda"], city.agencies["dinkes"]], new_office(session, city)
    goes, stays = (local.part_of(session, period, city, key) for key in ("bappeda", "dinkes"))
    shown = preview(session, wish(olds, [heir]), city.actor("system_admin"))
    assert [one.submission for one in shown.moving] == [goes] and [one.submission for one in shown.staying] == [stays]
    assert "melanjutkan penilaian Bappeda" in shown.staying[0].why_stays
    do(session, city, olds, [heir])
    assert goes.assessment.subject.organization is heir is goes.organization
    assert stays.assessment.subject.organization is city.agencies["dinkes"] is stays.organization


def test_a_rated_part_that_is_returned_does_not_meet_the_assessment_of_its_successor(session):
    city = build.city(session)
    period = local.local_round(session, city)
    part = local.filled(session, city, period, "bappeda", 2)
    do(session, city, [city.agencies["bappeda"]], [city.agencies["dinkes"]])
    with pytest.raises(Refused, match="Dinkes dinilai sendiri pada putaran ini"):
        returned(session, city, part)


# ---------------------------------------------------------------- what was signed, and later changes


def test_a_returned_part_goes_to_whoever_lives_at_the_end_of_several_changes(session):
    city = build.city(session)
    part = build.signed(session, city, build.opened(session, city))
    second, third = new_office(session, city), new_office(session, city, "Badan Ketiga", "tiga-1")
    do(session, city, [city.agencies["bappeda"]], [second])
    do(session, city, [second], [third], effective_on=build.day(-2), decision_no="Perda 4/2026")
    returned(session, city, part)
    assert part.organization is third and part.state == "returned"
    notes = " ".join(session.scalars(select(Event.note).where(Event.thing == "submission", Event.thing_id == part.id, Event.verb == "succeed")))
    assert "Perda 3/2026" in notes and "Perda 4/2026" in notes


def test_a_part_that_follows_holds_what_it_is_put_beside(session, monkeypatch):
    city = build.city(session)
    part = build.signed(session, city, build.opened(session, city))
    do(session, city, [city.agencies["bappeda"]], [new_office(session, city)])
    held, found = [], moving_parts.open_parts
    monkeypatch.setattr(moving_parts, "open_parts", lambda *given, hold=False: held.append(hold) or found(*given, hold=hold))
    returned(session, city, part)
    assert held == [True]


def test_the_head_of_an_ended_agency_takes_nothing_back_that_nobody_could_answer(session):
    city = build.city(session)
    part = build.signed(session, city, build.opened(session, city))
    do(session, city, [city.agencies["bappeda"]], [new_office(session, city)], choices=Choices(people={city.people["head"].id: STAY}))
    assert "withdraw" not in {step.name for step in open_transitions(part, city.actor("head"))}
    with pytest.raises(Refused, match="sudah berakhir, jadi isiannya tidak dapat ditarik"):
        checking.withdraw(part, city.actor("head"), "Salah.")
    assert part.state == "signed"


def test_a_later_transfer_gives_no_document_to_an_agency_that_is_no_more(session):
    """The signed part of the first agency still cites documents that its successor holds by now."""
    city = build.city(session)
    build.signed(session, city, build.opened(session, city))
    second, third = new_office(session, city), new_office(session, city, "Badan Ketiga", "tiga-1")
    do(session, city, [city.agencies["bappeda"]], [second])
    documents = session.scalars(select(Document)).all()
    later = {"effective_on": build.day(-2), "decision_no": "Perda 4/2026"}
    do(session, city, [second], [third], "transfer", Choices(), **later)
    assert {document.owner_org for document in documents} == {second}
    assert len(session.scalars(select(Document)).all()) == len(documents), "and nobody gets a copy"


# ---------------------------------------------------------------- where they stand, and what they wrote


def test_a_successor_from_below_stands_where_the_ended_one_stood(session):
    city = build.city(session)
    bappeda = city.agencies["bappeda"]
    field = staffing.add_organization(session, SYSTEM, name="Bidang", kind="bagian", instansi=city.instansi, parent=bappeda)
    session.flush()
    unit = staffing.add_organization(session, SYSTEM, name="UPT", kind="upt", instansi=city.instansi, parent=field)
    session.flush()
    do(session, city, [bappeda], [unit])
    assert unit.on().parent_id == city.instansi.id and field.on().parent_id == unit.id
    assert unit.on(LAST_WEEK - timedelta(days=1)).parent_id == field.id, "earlier days keep their tree"


def test_a_unit_below_an_agency_that_was_split_goes_to_an_heir_and_keeps_no_ended_parent(session, town):
    city, _period = town
    bappeda, heirs = city.agencies["bappeda"], [new_office(session, city, f"Dinas {n}", f"baru-{n}") for n in (1, 2)]
    field, lab = (
        staffing.add_organization(session, SYSTEM, name=name, kind="upt", instansi=city.instansi, parent=bappeda)
        for name in ("Bidang", "Laboratorium")
    )
    session.flush()
    kept = dict.fromkeys(("items", "documents", "applications", "recommendations"), heirs[0].id)
    with pytest.raises(Refused, match="2 unit di bawahnya"):
        do(session, city, [bappeda], heirs, "split", Choices(rest=kept, ends=True))
    do(session, city, [bappeda], heirs, "split", Choices(rest=kept | {"units": heirs[0].id}, units={lab.id: heirs[1].id}, ends=True))
    assert (field.on().parent_id, lab.on().parent_id) == (heirs[0].id, heirs[1].id)
    assert field.on(LAST_WEEK - timedelta(days=1)).parent_id == bappeda.id, "earlier days keep their tree"
    assert events(session, lab) == ["Kini di bawah Dinas 2"]


def test_nothing_is_put_below_itself(session, town):
    city, _period = town
    field = staffing.add_organization(session, SYSTEM, name="Bidang", kind="bagian", instansi=city.instansi, parent=city.agencies["bappeda"])
    session.flush()
    unit = staffing.add_organization(session, SYSTEM, name="UPT", kind="upt", instansi=city.instansi, parent=field)
    session.flush()
    with pytest.raises(Refused, match="berada di bawah"):
        do(session, city, [city.agencies["bappeda"]], [unit], "transfer", Choices(units={field.id: unit.id}))


@pytest.fixture
def long_answer(session):
    """Two agencies wrote 3,000 letters each on I12 and became one: its Fakta is longer than the limit."""
    city = build.city(session)
    period = build.draft(session, city)
    bappeda, dinkes, kominfo = (city.agencies[name] for name in ("bappeda", "dinkes", "kominfo"))
    sharing.share_all(session, build.assessment_of(session, period), {
        item.code: (bappeda, [dinkes]) if item.code == "I12" else (kominfo, []) for item in period.instrument.items
    }, city.actor("round_manager"))
    advance(period, "open", city.actor("round_manager"))
    for agency, who, letter in ((bappeda, "operator", "a"), (dinkes, "operator_other", "b")):
        answer = build.contribution(session, period, agency, "I12")
        answering.answer(answer, city.actor(who), 2, letter * 3000, "Analisis.", answer.version)
        session.flush()
    do(session, city, [bappeda], [dinkes])
    return city, answer


def test_a_text_that_a_merge_made_too_long_may_stay_or_shrink_but_not_grow(session, long_answer):
    city, answer = long_answer
    by, length = city.actor("operator_other"), len(answer.facts)
    assert length > TEXT_LIMIT
    assert answering.answer(answer, by, 3, answer.facts, answer.analysis, answer.version)
    session.flush()
    with pytest.raises(Refused, match="terlalu panjang"):
        answering.answer(answer, by, 3, answer.facts + "x", answer.analysis, answer.version)
    assert answering.answer(answer, by, 3, answer.facts[:-100], answer.analysis, answer.version)
    session.flush()
    with pytest.raises(Refused, match="terlalu panjang"):
        answering.answer(answer, by, 3, answer.facts, "y" * (TEXT_LIMIT + 1), answer.version)
    assert len(answer.facts) == length - 100
