"""The register of policies: two years, six months before, and what may be recorded."""

from datetime import UTC, date, datetime

import pytest

from assessments import answering, library, reviews
from assessments.canonical import digest
from assessments.clock import judged_at
from assessments.models import DocumentReview
from assessments.refusal import Faults, Refused
from assessments.tasks import today_of
from tests import builders as build


@pytest.fixture
def where(session):
    return build.city(session)


def policy(session, where, title="Perwali Peta Rencana", kind="regulation", agency="bappeda", **dates):
    blob = library.remember_blob(session, digest(title.encode()), 9, "application/pdf")
    version = library.add_document(session, where.agencies[agency], where.actor("operator"), title=title, kind=kind,
                                   blob=blob, file_name="p.pdf", **dates)
    session.flush()
    return version.document


def reviewed(session, where, document, day, **more):
    said = {"kind": "review", "issues": "", "recommendations": ""} | more
    made = reviews.record_review(document, where.actor("operator"), reviewed_on=day, **said)
    session.flush()
    return made


def at(day: date):
    return judged_at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("dated", "last", "today", "state", "due"),
    [
        (date(2024, 3, 1), None, date(2025, 8, 31), "never", date(2026, 3, 1)),
        (date(2024, 3, 1), None, date(2025, 9, 1), "soon", date(2026, 3, 1)),
        (date(2024, 3, 1), None, date(2026, 2, 28), "soon", date(2026, 3, 1)),
        (date(2024, 3, 1), None, date(2026, 3, 1), "late", date(2026, 3, 1)),
        (date(2024, 3, 1), date(2025, 6, 10), date(2026, 3, 1), "fresh", date(2027, 6, 10)),
        (date(2020, 3, 1), date(2024, 2, 29), date(2026, 2, 28), "soon", date(2026, 3, 1)),
        (date(2020, 3, 1), date(2024, 2, 29), date(2026, 3, 1), "late", date(2026, 3, 1)),
        (None, None, date(2026, 3, 1), "never", None),
        (None, date(2026, 1, 5), date(2026, 3, 1), "fresh", date(2028, 1, 5)),
    ],
)
def test_a_policy_is_due_two_years_after_its_last_review(session, where, dated, last, today, state, due):
    document = policy(session, where, dated=dated)
    user = where.actor("operator")
    with at(today):
        if last:
            reviewed(session, where, document, last)
        one = reviews.standings(session, user, [document])[0]
        assert (one.state, one.due) == (state, due)
        for name in reviews.STATES:
            found = session.scalars(reviews.register(user, name)).all()
            assert found == ([document] if name == state else []), name


def test_the_register_holds_policies_and_whatever_was_reviewed_of_the_own_agency(session, where):
    rule = policy(session, where)
    plan = policy(session, where, "Rencana", "plan")
    policy(session, where, "Perwali lain", agency="dinkes", dated=date(2020, 1, 1))
    user = where.actor("operator")
    assert session.scalars(reviews.register(user)).all() == [rule]
    reviewed(session, where, plan, date(2025, 1, 1))
    assert session.scalars(reviews.register(user)).all() == [plan, rule]
    assert len(session.scalars(reviews.register(where.actor("internal_assessor"))).all()) == 3
    assert session.scalars(reviews.register(where.actor("executive"))).all() == []


def test_which_article_serves_which_item_comes_from_citations(session, where):
    document, period = policy(session, where), build.opened(session, where)
    by = where.actor("operator")
    for code, article, levels in (("I12", "Pasal 5", [2, 3]), ("I01", "Pasal 5", [3]), ):
        answer = build.contribution(session, period, where.agencies["bappeda"], code)
        answering.cite(answer, document.newest, by, levels, "", article=article)
    session.flush()
    said = reviews.servings(session, by, [document.id])[document.id]
    assert [each.sentence for each in said] == [
        f"Pasal 5: indikator {n} {period.instrument.item(code).short_name}, tingkat {levels}"
        for n, code, levels in ((1, "I01", "3"), (12, "I12", "2, 3"))
    ]
    assert reviews.servings(session, where.actor("operator_other"), [document.id]) == {}


def test_everything_wrong_with_a_review_is_said_at_once(session, where):
    document = policy(session, where, dated=date(2024, 3, 1))
    with pytest.raises(Faults) as refused:
        reviewed(session, where, document, None, kind="x", issues="x" * 4001, recommendations="y" * 4001)
    assert [each.field for each in refused.value.each] == ["kind", "reviewed_on", "issues", "recommendations"]
    with at(date(2026, 3, 1)):
        for day, sentence in ((date(2026, 3, 2), "belum tiba"), (date(2024, 2, 29), "mendahului")):
            with pytest.raises(Refused, match=sentence):
                reviewed(session, where, document, day)
    foreign = policy(session, where, "Notula", "report", agency="dinkes").newest
    with pytest.raises(Refused, match="pustaka yang sama"):
        reviewed(session, where, document, date(2025, 1, 1), proof=foreign)
    assert session.query(DocumentReview).count() == 0


def test_operator_and_head_are_warned_before_two_years_run_out(session, where):
    policy(session, where, "A", dated=date(2024, 3, 1))
    policy(session, where, "B", dated=date(2023, 3, 1))
    policy(session, where, "C", dated=date(2025, 12, 1))
    for who, pressing in (("operator", True), ("head", False)):
        with at(date(2025, 10, 1)):
            tasks = [task for task in today_of(session, where.actor(who)).tasks if task.kind == "policies"]
        assert [task.title for task in tasks] == ["1 kebijakan lewat waktu reviu", "1 kebijakan segera perlu direviu"], who
        assert all(task.pressing is pressing for task in tasks)
    with at(date(2025, 10, 1)):
        assert not [t for t in today_of(session, where.actor("operator_other")).tasks if t.kind == "policies"]
