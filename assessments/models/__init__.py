"""The memory of the house: one module for each concept, all tables on one metadata."""

from .assessment import Approval, Assessment, Claim, ClaimRevision, Share
from .base import Base, Exact, Instant
from .evidence import Blob, Citation, Document, DocumentVersion
from .judgement import CitationVerdict, Decision, ExternalValue, Judgement, PanelMember, Proposal, QaNote, Seat
from .organization import Organization, OrganizationState
from .people import Account, ApiToken, Appointment, Person, Session, Throttle
from .period import Extension, InstrumentCopy, Period, PeriodStage, Subject
from .recommendation import Benchmark, Plan, Progress, Proof, Recommendation, RecommendationOwner, Verdict
from .record import AccessLog, AuditAnchor, AuditEntry, AuditHead, Event, Idempotency, Job
from .result import Receipt, Result, ResultValue, Signature, Snapshot
from .submission import CheckMark, Contribution, ContributionRevision, Submission

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
)

__all__ = [
    "APPEND_ONLY",
    "AccessLog",
    "Account",
    "ApiToken",
    "Appointment",
    "Approval",
    "Assessment",
    "AuditAnchor",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Benchmark",
    "Blob",
    "CheckMark",
    "Citation",
    "CitationVerdict",
    "Claim",
    "ClaimRevision",
    "Contribution",
    "ContributionRevision",
    "Decision",
    "Document",
    "DocumentVersion",
    "Event",
    "Exact",
    "Extension",
    "ExternalValue",
    "Idempotency",
    "Instant",
    "InstrumentCopy",
    "Job",
    "Judgement",
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
    "Receipt",
    "Recommendation",
    "RecommendationOwner",
    "Result",
    "ResultValue",
    "Seat",
    "Session",
    "Share",
    "Signature",
    "Snapshot",
    "Subject",
    "Submission",
    "Throttle",
    "Verdict",
]
