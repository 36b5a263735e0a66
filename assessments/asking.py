"""Talk about one agency's answer to an item: questions, replies, and good answers that become help for every agency."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Integer, Select, cast, exists, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, object_session

from .actors import Actor
from .carrying import earlier_answers
from .clock import now, today
from .models import (
    Appointment,
    Assessment,
    Citation,
    Contribution,
    ItemHelp,
    Organization,
    Period,
    Person,
    Question,
    QuestionReply,
    Submission,
)
from .questions import instansi_of, is_team
from .refusal import Refused
from .texts import clean
from .workflow import Look

LONGEST = 2000
LABEL = 160
LOOKS = {
    "open": Look("Menunggu jawaban", "warn", "chat"),
    "answered": Look("Terjawab", "ok", "check"),
    "closed": Look("Ditutup", "plain", "lock"),
}
HEARING = ("round_manager", "internal_assessor")


# ---------------------------------------------------------------- the verbs


def ask(contribution: Contribution, by: Actor, text: str | None) -> Question:
    """A question on this answer, from the agency to the team or the other way."""
    question = Question(
        contribution=contribution,
        asked_by_id=by.person_id,
        asked_by_label=by.label[:LABEL],
        from_team=is_team(by, contribution),
        text=clean(text, LONGEST, "Pertanyaan", "question", required=True),
        replies=[],
    )
    object_session(contribution).add(question)
    return question


def reply(question: Question, by: Actor, text: str | None) -> QuestionReply:
    """An answer; what the asking side adds itself opens the question again."""
    if question.state == "closed":
        raise Refused("Pertanyaan ini sudah ditutup. Buka lagi bila masih perlu dijawab.")
    from_team = is_team(by, question)
    made = QuestionReply(
        by_id=by.person_id, by_label=by.label[:LABEL], from_team=from_team,
        text=clean(text, LONGEST, "Jawaban", "reply", required=True), at=now(),
    )
    question.replies.append(made)
    question.state = "open" if from_team == question.from_team else "answered"
    return made


def close(question: Question) -> None:
    """Nothing more to be said; closing twice is no fault."""
    question.state = "closed"


def reopen(question: Question) -> None:
    if question.state == "closed":
        answered = question.replies and question.replies[-1].from_team != question.from_team
        question.state = "answered" if answered else "open"


def make_help(question: Question, reply_id: int, by: Actor, text: str | None) -> ItemHelp:
    """What one of the replies says, in words for every agency of the instansi; replaces what this thread gave before."""
    reply = next((each for each in question.replies if each.id == reply_id), None)
    if reply is None:
        raise Refused("Pilih jawaban yang dijadikan bantuan.", field="help")
    text = clean(text, LONGEST, "Teks bantuan", "help", required=True)
    _refuse_repeated_question(question, text)
    end_help(question)
    session, period = object_session(question), question.contribution.submission.period
    made = ItemHelp(
        instansi_id=instansi_of(question), instrument_key=period.instrument_copy.key, item=question.contribution.item,
        text=text, reply_id=reply.id, by_id=by.person_id,
    )
    session.add(made)
    return made


def _refuse_repeated_question(question: Question, text: str) -> None:
    """Help is read by every agency: what one of them asked stays with it."""
    if " ".join(question.text.split()).casefold() in " ".join(text.split()).casefold():
        raise Refused(
            "Teks bantuan memuat pertanyaan OPD ini. Bantuan dibaca semua OPD, jadi tulis jawabannya saja.", field="help"
        )


def end_help(question: Question) -> int:
    """Take back what this thread gave as help; how many there were."""
    ids = [reply.id for reply in question.replies if reply.id is not None]
    found = object_session(question).scalars(
        select(ItemHelp).where(ItemHelp.reply_id.in_(ids), ItemHelp.ended_at.is_(None))
    ).all()
    for each in found:
        each.ended_at = now()
    return len(found)


# ---------------------------------------------------------------- who is to hear of it


def team_of(session: Session, question: Question) -> set[int]:
    """The persons who run this round and check its answers today."""
    return _holders(session, HEARING, or_(
        Organization.id == instansi_of(question), Organization.instansi_id == instansi_of(question)
    ), question)


def operators_of(session: Session, question: Question) -> set[int]:
    """The persons who fill in for the agency today."""
    return _holders(session, ("agency_operator",), Organization.id == question.contribution.submission.organization_id, question)


def _holders(session: Session, roles: Sequence[str], where, question: Question) -> set[int]:
    day = today(question.contribution.submission.period.zone)
    return set(session.scalars(
        select(Appointment.person_id)
        .join(Organization, Organization.id == Appointment.organization_id)
        .where(
            where,
            Appointment.role.in_(roles),
            Appointment.starts_on <= day,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
        )
    ))


def hearers_of_question(session: Session, question: Question) -> set[int]:
    """The other side."""
    found = operators_of(session, question) if question.from_team else team_of(session, question)
    return found - {question.asked_by_id}


def hearers_of_reply(session: Session, question: Question, reply: QuestionReply) -> set[int]:
    """Who asked and the agency's operators; the team too where the agency spoke."""
    found = operators_of(session, question) | {question.asked_by_id}
    if not reply.from_team:
        found |= team_of(session, question)
    return found - {reply.by_id}


# ---------------------------------------------------------------- what a page shows


@dataclass(frozen=True)
class Said:
    """One text of a thread."""

    id: int
    who: str
    from_team: bool
    text: str
    at: datetime


@dataclass
class Thread:
    """A question with its replies, in the order they came; `help` is what it gave for all."""

    question: Said
    state: str
    replies: list[Said] = field(default_factory=list)
    help: "Help | None" = None
    waited: str = ""

    @property
    def id(self) -> int:
        return self.question.id

    @property
    def look(self) -> Look:
        return LOOKS[self.state]

    @property
    def last(self) -> Said:
        return self.replies[-1] if self.replies else self.question


@dataclass(frozen=True)
class Help:
    """Words for every agency: whose, since when, and from which question (0 where that is not known)."""

    text: str
    who: str
    at: datetime
    question: int
    reply: int


@dataclass(frozen=True)
class Talk:
    """All that is said around one answer. `earlier` names the round it can be copied from, `carried` the one it came from."""

    threads: list[Thread]
    helps: list[Help]
    earlier: str = ""
    carried: str = ""


def talk_of(session: Session, contribution: Contribution) -> Talk:
    """Threads of this answer, help on its item, and where last year's answer is: one statement for the page."""
    rows = session.execute(union_all(*_parts(contribution)).order_by("at", "id")).all()
    of = {kind: [row for row in rows if row.kind == kind] for kind in ("question", "reply", "help", "earlier", "carried")}
    helps = [Help(row.text, row.who, row.at, row.parent or 0, row.reply or 0) for row in of["help"]]
    threads = {row.id: Thread(_said(row), row.state) for row in of["question"]}
    for row in of["reply"]:
        threads[row.parent].replies.append(_said(row))
    for each in helps:
        if each.question in threads:
            threads[each.question].help = each
    return Talk(list(threads.values()), helps, _title(of["earlier"]), _title(of["carried"]))


def _said(row) -> Said:
    return Said(row.id, row.who, row.from_team, row.text, row.at)


def _title(rows) -> str:
    return rows[0].who if rows else ""


def _parts(contribution: Contribution) -> list[Select]:
    """Five small questions with the same columns."""
    period = contribution.submission.period
    nothing, no_text, never = cast(null(), Integer), literal(""), cast(null(), Question.at.type)
    columns = ("kind", "id", "parent", "reply", "who", "from_team", "text", "state", "at")

    def part(*values) -> Select:
        return select(*(value.label(name) for value, name in zip(values, columns, strict=True)))

    threads = part(literal("question"), Question.id, nothing, nothing, Question.asked_by_label, Question.from_team, Question.text,
                   Question.state, Question.at).where(Question.contribution_id == contribution.id)
    replies = (
        part(literal("reply"), QuestionReply.id, QuestionReply.question_id, nothing, QuestionReply.by_label,
             QuestionReply.from_team, QuestionReply.text, no_text, QuestionReply.at)
        .join(Question, Question.id == QuestionReply.question_id)
        .where(Question.contribution_id == contribution.id)
    )
    helps = (
        part(literal("help"), ItemHelp.id, QuestionReply.question_id, ItemHelp.reply_id, Person.name, literal(True),
             ItemHelp.text, no_text, ItemHelp.at)
        .join(Person, Person.id == ItemHelp.by_id)
        .outerjoin(QuestionReply, QuestionReply.id == ItemHelp.reply_id)
        .where(
            ItemHelp.instansi_id == period.organiser_id,
            ItemHelp.instrument_key == period.instrument_copy.key,
            ItemHelp.item == contribution.item,
            ItemHelp.ended_at.is_(None),
        )
    )
    found = [threads, replies, helps]
    if contribution.carried_from_id is not None:
        found.append(
            part(literal("carried"), Contribution.id, nothing, nothing, Period.title, literal(True), no_text, no_text, never)
            .select_from(Contribution)
            .join(Contribution.submission)
            .join(Submission.assessment)
            .join(Assessment.period)
            .where(Contribution.id == contribution.carried_from_id)
        )
    elif contribution.value is None and not contribution.facts and not contribution.analysis:
        latest = earlier_answers(contribution.submission).where(Contribution.item == contribution.item).subquery()
        found.append(
            part(literal("earlier"), latest.c.id, nothing, nothing, latest.c.title, literal(True), no_text, no_text, never)
            .where(latest.c.place == 1, ~exists().where(Citation.contribution_id == contribution.id))
        )
    return found
