"""The proof: every change of an audited row becomes a link in the hash chain of its stream.

Changes are collected at each flush and written as the last statements before the commit, one link for
each touched stream, heads held in sorted order, so that two agencies never wait for each other and
a chain cannot fork; the same few statements for one stream or for sixty. A link covers the one before; a day's anchor covers all heads.
"""

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from typing import cast

from sqlalchemy import Table, bindparam, event, insert, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .canonical import canonical, digest
from .clock import now
from .models import (
    AccessLog,
    Account,
    ApiToken,
    Application,
    ApplicationDocument,
    ApplicationLink,
    ApplicationOwner,
    ApplicationTest,
    ApplicationUser,
    Appointment,
    Approval,
    AspectAnalysis,
    Assessment,
    AuditAnchor,
    AuditEntry,
    AuditHead,
    Benchmark,
    Blob,
    CalendarFeed,
    Category,
    CheckMark,
    Citation,
    CitationVerdict,
    Claim,
    ClaimRevision,
    Clarification,
    ClarificationBatch,
    ClarificationFile,
    ClarificationReply,
    Conclusion,
    Confirmation,
    Contribution,
    ContributionRevision,
    CriterionMark,
    Decision,
    Document,
    DocumentReview,
    DocumentVersion,
    Event,
    Extension,
    ExternalValue,
    FileSeen,
    GeneralAnswer,
    GeneralFile,
    GeneralQuestion,
    Holiday,
    Idempotency,
    InstrumentCopy,
    ItemHelp,
    Job,
    Judgement,
    LinkCheck,
    LinkReport,
    Mail,
    Meeting,
    MeetingItem,
    MeetingPerson,
    MeetingPhoto,
    MeetingPromise,
    Notice,
    NoticeChoice,
    Objection,
    OneTimeLink,
    Organization,
    OrganizationState,
    PageText,
    PanelMember,
    PanelPaper,
    Paper,
    Period,
    PeriodStage,
    Person,
    Phrase,
    Plan,
    PrintedPaper,
    Progress,
    Proof,
    Proposal,
    QaNote,
    Question,
    QuestionReply,
    Receipt,
    Recommendation,
    RecommendationOwner,
    Reminder,
    Result,
    ResultValue,
    ReturnedWorkbook,
    ReviewAnswer,
    ReviewNote,
    SearchWords,
    Seat,
    Share,
    Signature,
    Snapshot,
    Subject,
    Submission,
    Succession,
    Superior,
    TargetLevel,
    TeamDecision,
    TeamMember,
    Throttle,
    Upload,
    Verdict,
    Waiver,
)
from .models import Session as SignedIn

GENESIS = "0" * 64
LONG = 120
SECRET = {"password", "version", "token_hash", "team_note"}
DERIVED = {"at_home"}  # read with a row, kept nowhere
UNAUDITED = (
    SignedIn, Throttle, AccessLog, Job, Idempotency, AuditHead, AuditEntry, AuditAnchor, Event, SearchWords,
    Upload, LinkCheck, Notice, Mail, NoticeChoice, CalendarFeed, ReturnedWorkbook, PageText, FileSeen, Phrase,
)


def stream_of(row) -> str | None:
    """The chain a row belongs to; None for rows that are no part of the record."""
    match row:
        case Submission():
            return f"submission:{row.id}"
        case Contribution():
            return f"submission:{row.submission_id}"
        case Reminder():
            return f"submission:{row.submission_id}"
        case ContributionRevision() | CheckMark() | Waiver() | Question():
            return f"submission:{row.contribution.submission_id}"
        case QuestionReply():
            return f"submission:{row.question.contribution.submission_id}"
        case ItemHelp():
            return f"item_help:{row.instansi_id}"
        case Citation():
            if row.contribution is not None:
                return f"submission:{row.contribution.submission_id}"
            return f"assessment:{row.claim.assessment_id}"
        case Assessment():
            return f"assessment:{row.id}"
        case Claim() | Share() | Paper() | TeamDecision() | TeamMember() | GeneralAnswer() | GeneralFile():
            return f"assessment:{row.assessment_id}"
        case ClaimRevision() | Approval():
            return f"assessment:{row.claim.assessment_id}"
        case Receipt():
            return f"submission:{row.submission_id}" if row.submission_id else f"assessment:{row.assessment_id}"
        case Result() | PanelMember() | Seat() | Judgement() | Decision() | Proposal() | QaNote():
            return f"assessment:{row.assessment_id}"
        case Clarification() | ClarificationBatch() | Meeting() | Objection() | PanelPaper():
            return f"assessment:{row.assessment_id}"
        case AspectAnalysis() | Conclusion() | ReviewNote() | TargetLevel():
            return f"assessment:{row.assessment_id}"
        case ReviewAnswer():
            return f"assessment:{row.note.assessment_id}"
        case CriterionMark():
            return f"assessment:{row.judgement.assessment_id}"
        case ClarificationReply():
            return f"assessment:{row.clarification.assessment_id}"
        case ClarificationFile():
            return f"assessment:{row.reply.clarification.assessment_id}"
        case MeetingPerson() | MeetingItem() | MeetingPromise() | MeetingPhoto():
            return f"assessment:{row.meeting.assessment_id}"
        case CitationVerdict():
            return f"assessment:{row.citation.claim.assessment_id}"
        case Recommendation():
            return f"recommendation:{row.id}"
        case RecommendationOwner() | Plan() | Progress() | Verdict():
            return f"recommendation:{row.recommendation_id}"
        case Proof():
            return f"recommendation:{row.progress.recommendation_id}"
        case ExternalValue():
            return "subject"
        case Application():
            return f"application:{row.id}"
        case (
            ApplicationOwner() | ApplicationUser() | ApplicationLink() | ApplicationTest() | ApplicationDocument()
            | Confirmation() | LinkReport()
        ):
            return f"application:{row.application_id}"
        case Category():
            return "category"
        case Holiday():
            return "holiday"
        case Benchmark():
            return f"benchmark:{row.year}"
        case ResultValue():
            return f"assessment:{row.result.assessment_id}"
        case Period():
            return f"period:{row.id}"
        case PeriodStage() | Extension() | GeneralQuestion():
            return f"period:{row.period_id}"
        case Document():
            return f"library:{row.owner_org_id}"
        case DocumentVersion() | DocumentReview():
            return f"library:{row.document.owner_org_id}"
        case Account() | Person() | Appointment() | ApiToken() | OneTimeLink() | Superior():
            return "account"
        case Organization() | OrganizationState() | Succession():
            return "organization"
        case Signature():
            return f"signature:{row.appointment_id}"
        case Subject():
            return "subject"
        case Snapshot() | Blob() | InstrumentCopy() | PrintedPaper():
            return None  # fixed by their own hash, and named by the rows that point at them
        case _:
            raise TypeError(f"{type(row).__name__} belongs to no chain and is not named as unaudited")


def watch(session_class: type[Session]) -> None:
    """Listen to a session class; every session made from it writes its chains."""
    event.listen(session_class, "after_flush", _collect)
    event.listen(session_class, "before_commit", _write)
    event.listen(session_class, "after_rollback", _forget)
    event.listen(session_class, "do_orm_execute", _refuse_bulk)


def _plain(value):
    if isinstance(value, (Fraction, date, datetime)):
        return str(value)
    if isinstance(value, bytes):
        return {"sha256": digest(value)}
    if isinstance(value, str) and len(value) > LONG:
        return {"sha256": digest(value.encode()), "length": len(value)}
    return value


def _collect(session: Session, _context) -> None:
    for rows, did in ((session.new, "insert"), (session.dirty, "update"), (session.deleted, "delete")):
        for row in rows:
            if did != "update" or _touched(row):
                _note(session, row, did)


def changed(session: Session, row) -> None:
    """Note the update of a row that is stored beside the mapper's own statements, while it still knows what it said."""
    _note(session, row, "update")


def _touched(row) -> bool:
    """Whether a column of its own changed: what hangs on a row is noted for itself."""
    state = inspect(row)
    return any(state.attrs[attribute.key].history.has_changes() for attribute in state.mapper.column_attrs)


def _note(session: Session, row, did: str) -> None:
    if isinstance(row, UNAUDITED):
        return
    stream = stream_of(row)
    if stream is None:
        return
    state = inspect(row)
    key = [getattr(row, column.key) for column in state.mapper.primary_key]
    said = {}
    for attribute in state.mapper.column_attrs:
        if attribute.key in SECRET | DERIVED:
            continue
        history = state.attrs[attribute.key].history
        if did == "insert":
            value = getattr(row, attribute.key)
            if value not in (None, "", []):
                said[attribute.key] = _plain(value)
        elif did == "update" and history.has_changes():
            before = history.deleted[0] if history.deleted else None
            said[attribute.key] = [_plain(before), _plain(getattr(row, attribute.key))]
    entry = {"did": did, "kind": state.mapper.local_table.name, "key": _plain_key(key), "set": said}
    session.info.setdefault("audit", {}).setdefault(stream, []).append(entry)


def _plain_key(key: list):
    return [_plain(part) for part in key]


def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    pending = session.info.pop("audit", {})
    if not pending:
        return
    actor = session.info.get("actor")
    who = actor.label if actor is not None else "Sistem"
    account = getattr(actor, "account_id", None)
    connection = session.connection()
    heads, entries = cast(Table, AuditHead.__table__), cast(Table, AuditEntry.__table__)
    at, links = now(), []
    for stream, (seq, prev) in _heads(connection, heads, sorted(pending)).items():
        payload = canonical({"account": account, "changes": pending[stream]}).decode()
        links.append(
            {
                "stream": stream, "seq": seq + 1, "at": at, "actor": who[:120], "request_id": session.info.get("request_id"),
                "payload": payload, "prev": prev, "hash": link_hash(stream, seq + 1, at, who, payload, prev),
            }
        )
    moved = update(heads).where(heads.c.stream == bindparam("of")).values(seq=bindparam("to"), hash=bindparam("link"))
    connection.execute(moved, [{"of": link["stream"], "to": link["seq"], "link": link["hash"]} for link in links])
    connection.execute(insert(entries), links)


def _heads(connection, heads: Table, streams: list[str]) -> dict[str, tuple[int, str]]:
    """{stream: (number, hash) of its newest link}, all of them held until the end, in three statements at most."""
    newest = select(heads).order_by(heads.c.stream).with_for_update()
    found = {row.stream: (row.seq, row.hash) for row in connection.execute(newest.where(heads.c.stream.in_(streams)))}
    if missing := [stream for stream in streams if stream not in found]:
        began = set(connection.scalars(_new_heads(connection, heads), [{"stream": stream} for stream in missing]))
        found |= dict.fromkeys(began, (0, GENESIS))
        if others := [stream for stream in missing if stream not in began]:
            # Two that begin a stream together: one makes its head, the other waits and goes on from there.
            found |= {row.stream: (row.seq, row.hash) for row in connection.execute(newest.where(heads.c.stream.in_(others)))}
    return found


def _new_heads(connection, heads: Table):
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = make(heads).values(seq=0, hash=GENESIS).on_conflict_do_nothing(index_elements=["stream"])
    return row.returning(heads.c.stream)


def link_hash(stream: str, seq: int, at: datetime, actor: str, payload: str, prev: str) -> str:
    """SHA-256 over everything a link says and the link before it."""
    return digest(canonical([stream, seq, at.isoformat(), actor[:120], payload, prev]))


def _forget(session: Session) -> None:
    session.info.pop("audit", None)


def _refuse_bulk(execute_state) -> None:
    """Bulk changes pass the listener by, so audited models cannot be changed that way."""
    if not (execute_state.is_update or execute_state.is_delete):
        return
    for mapper in execute_state.all_mappers:
        if not issubclass(mapper.class_, UNAUDITED):
            raise RuntimeError(f"{mapper.class_.__name__} is audited: change its rows one by one")


def broken_links(session: Session) -> Iterator[str]:
    """What does not fit: changed, missing or reordered links, and heads that say otherwise."""
    heads = {head.stream: head for head in session.scalars(select(AuditHead).order_by(AuditHead.stream))}
    for stream in session.scalars(select(AuditEntry.stream).distinct().order_by(AuditEntry.stream)):
        if stream not in heads:
            yield f"{stream}: kepala rantai hilang"
    for head in heads.values():
        prev, seq = GENESIS, 0
        rows = session.scalars(
            select(AuditEntry).where(AuditEntry.stream == head.stream).order_by(AuditEntry.seq)
        )
        for row in rows:
            seq += 1
            if row.seq != seq or row.prev != prev:
                yield f"{head.stream} #{row.seq}: mata rantai sebelum ini hilang atau berpindah"
            elif row.hash != link_hash(row.stream, row.seq, row.at, row.actor, row.payload, row.prev):
                yield f"{head.stream} #{row.seq}: isi catatan berubah"
            prev, seq = row.hash, row.seq
        if (seq, prev) != (head.seq, head.hash):
            yield f"{head.stream}: kepala rantai menunjuk #{head.seq}, catatan berakhir di #{seq}"


def anchor(session: Session, day: date) -> AuditAnchor:
    """The day's digest over all heads; printed on receipts it shows a cut tail."""
    found = session.get(AuditAnchor, day)
    if found is None:
        heads = session.execute(select(AuditHead.stream, AuditHead.seq, AuditHead.hash).order_by(AuditHead.stream)).all()
        found = AuditAnchor(day=day, digest=digest(canonical([list(head) for head in heads])), streams=len(heads))
        session.add(found)
    return found
