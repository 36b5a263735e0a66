"""The memory of the house: one module for each concept, all tables on one metadata."""

from .assessment import Approval, Assessment, Claim, ClaimRevision, Share
from .base import Base, Exact, Instant
from .evidence import Blob, Citation, Document, DocumentVersion
from .organization import Organization, OrganizationState
from .people import Account, Appointment, Person, Session, Throttle
from .period import Extension, InstrumentCopy, Period, PeriodStage, Subject
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
    Event,
    AuditEntry,
    AuditAnchor,
    AccessLog,
)

__all__ = [
    "APPEND_ONLY",
    "AccessLog",
    "Account",
    "Appointment",
    "Approval",
    "Assessment",
    "AuditAnchor",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Blob",
    "CheckMark",
    "Citation",
    "Claim",
    "ClaimRevision",
    "Contribution",
    "ContributionRevision",
    "Document",
    "DocumentVersion",
    "Event",
    "Exact",
    "Extension",
    "Idempotency",
    "Instant",
    "InstrumentCopy",
    "Job",
    "Organization",
    "OrganizationState",
    "Period",
    "PeriodStage",
    "Person",
    "Receipt",
    "Result",
    "ResultValue",
    "Session",
    "Share",
    "Signature",
    "Snapshot",
    "Subject",
    "Submission",
    "Throttle",
]
