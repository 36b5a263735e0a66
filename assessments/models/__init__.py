"""The memory of the house: one module for each concept, all tables on one metadata."""

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
from .evidence import Blob, Citation, Document, DocumentVersion
from .holiday import Holiday
from .judgement import CitationVerdict, Decision, ExternalValue, Judgement, PanelMember, Proposal, QaNote, Seat
from .organization import Organization, OrganizationState
from .people import Account, ApiToken, Appointment, Person, Session, Throttle
from .period import Extension, InstrumentCopy, Period, PeriodStage, Subject
from .recommendation import Benchmark, Plan, Progress, Proof, Recommendation, RecommendationOwner, Verdict
from .record import AccessLog, AuditAnchor, AuditEntry, AuditHead, Event, Idempotency, Job
from .result import Receipt, Result, ResultValue, Signature, Snapshot
from .reviewing import DocumentReview, LinkCheck
from .submission import CheckMark, Contribution, ContributionRevision, Submission, Waiver
from .thread import ItemHelp, Notice, Question, QuestionReply
from .upload import Upload

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
    "Assessment",
    "AuditAnchor",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Benchmark",
    "Blob",
    "Category",
    "CheckMark",
    "Citation",
    "CitationVerdict",
    "Claim",
    "ClaimRevision",
    "Confirmation",
    "Contribution",
    "ContributionRevision",
    "Decision",
    "Document",
    "DocumentReview",
    "DocumentVersion",
    "Event",
    "Exact",
    "Extension",
    "ExternalValue",
    "Holiday",
    "Idempotency",
    "Instant",
    "InstrumentCopy",
    "ItemHelp",
    "Job",
    "Judgement",
    "LinkCheck",
    "LinkReport",
    "Notice",
    "Organization",
    "OrganizationState",
    "PanelMember",
    "Period",
    "PeriodStage",
    "Person",
    "Plan",
    "Progress",
    "Proof",
    "Proposal",
    "QaNote",
    "Question",
    "QuestionReply",
    "Receipt",
    "Recommendation",
    "RecommendationOwner",
    "Result",
    "ResultValue",
    "SearchWords",
    "Seat",
    "Session",
    "Share",
    "Signature",
    "Snapshot",
    "Subject",
    "Submission",
    "Throttle",
    "Upload",
    "Verdict",
    "Waiver",
]
