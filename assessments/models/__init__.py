"""The memory of the house: one module for each concept, all tables on one metadata."""

from .analysis import AspectAnalysis, Conclusion, ReviewAnswer, ReviewNote, TargetLevel
from .application import (
    Application,
    ApplicationDocument,
    ApplicationLink,
    ApplicationOwner,
    ApplicationTest,
    ApplicationUser,
    Category,
    Confirmation,
    LinkReport,
    SearchWords,
)
from .assessment import Approval, Assessment, Claim, ClaimRevision, Share
from .base import Base, Exact, Instant
from .clarification import Clarification, ClarificationBatch, ClarificationFile, ClarificationReply
from .desk import CriterionMark, FileSeen, PageText, Phrase
from .evidence import Blob, Citation, Document, DocumentVersion
from .general import GeneralAnswer, GeneralFile, GeneralQuestion
from .holiday import Holiday
from .judgement import CitationVerdict, Decision, ExternalValue, Judgement, PanelMember, Proposal, QaNote, Seat
from .meeting import Meeting, MeetingItem, MeetingPerson, MeetingPhoto, MeetingPromise
from .objection import Objection
from .organization import Organization, OrganizationState
from .panel_paper import PanelPaper
from .paper import Paper, PrintedPaper
from .people import Account, ApiToken, Appointment, Person, Session, Throttle
from .period import Extension, InstrumentCopy, Period, PeriodStage, Subject
from .reaching import CalendarFeed, Mail, NoticeChoice, OneTimeLink, Reminder, Superior
from .recommendation import Benchmark, Plan, Progress, Proof, Recommendation, RecommendationOwner, Verdict
from .record import AccessLog, AuditAnchor, AuditEntry, AuditHead, Event, Idempotency, Job
from .result import Receipt, Result, ResultValue, Signature, Snapshot
from .reviewing import DocumentReview, LinkCheck
from .submission import CheckMark, Contribution, ContributionRevision, Submission, Waiver
from .succession import Succession
from .team import TeamDecision, TeamMember
from .thread import ItemHelp, Notice, Question, QuestionReply
from .upload import Upload
from .workbook import ReturnedWorkbook

# Rows that tell what happened: the database itself refuses to change or delete them.
APPEND_ONLY = (
    InstrumentCopy,
    ClaimRevision,
    Approval,
    CheckMark,
    Snapshot,
    Signature,
    Receipt,
    Result,
    ResultValue,
    Decision,
    ExternalValue,
    QaNote,
    Plan,
    Progress,
    Proof,
    Verdict,
    Event,
    AuditEntry,
    AuditAnchor,
    AccessLog,
    QuestionReply,
    Reminder,
    PrintedPaper,
    Succession,
    ClarificationBatch,
    ClarificationReply,
    ClarificationFile,
    ReviewAnswer,
    ReviewNote,
)

__all__ = [
    "APPEND_ONLY",
    "AccessLog",
    "Account",
    "ApiToken",
    "Application",
    "ApplicationDocument",
    "ApplicationLink",
    "ApplicationOwner",
    "ApplicationTest",
    "ApplicationUser",
    "Appointment",
    "Approval",
    "AspectAnalysis",
    "Assessment",
    "AuditAnchor",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Benchmark",
    "Blob",
    "CalendarFeed",
    "Category",
    "CheckMark",
    "Citation",
    "CitationVerdict",
    "Claim",
    "ClaimRevision",
    "Clarification",
    "ClarificationBatch",
    "ClarificationFile",
    "ClarificationReply",
    "Conclusion",
    "Confirmation",
    "Contribution",
    "ContributionRevision",
    "CriterionMark",
    "Decision",
    "Document",
    "DocumentReview",
    "DocumentVersion",
    "Event",
    "Exact",
    "Extension",
    "ExternalValue",
    "FileSeen",
    "GeneralAnswer",
    "GeneralFile",
    "GeneralQuestion",
    "Holiday",
    "Idempotency",
    "Instant",
    "InstrumentCopy",
    "ItemHelp",
    "Job",
    "Judgement",
    "LinkCheck",
    "LinkReport",
    "Mail",
    "Meeting",
    "MeetingItem",
    "MeetingPerson",
    "MeetingPhoto",
    "MeetingPromise",
    "Notice",
    "NoticeChoice",
    "Objection",
    "OneTimeLink",
    "Organization",
    "OrganizationState",
    "PageText",
    "PanelMember",
    "PanelPaper",
    "Paper",
    "Period",
    "PeriodStage",
    "Person",
    "Phrase",
    "Plan",
    "PrintedPaper",
    "Progress",
    "Proof",
    "Proposal",
    "QaNote",
    "Question",
    "QuestionReply",
    "Receipt",
    "Recommendation",
    "RecommendationOwner",
    "Reminder",
    "Result",
    "ResultValue",
    "ReturnedWorkbook",
    "ReviewAnswer",
    "ReviewNote",
    "SearchWords",
    "Seat",
    "Session",
    "Share",
    "Signature",
    "Snapshot",
    "Subject",
    "Submission",
    "Succession",
    "Superior",
    "TargetLevel",
    "TeamDecision",
    "TeamMember",
    "Throttle",
    "Upload",
    "Verdict",
    "Waiver",
]
