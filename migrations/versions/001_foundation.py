"""The foundation: people, rounds, answers, evidence, results and the record.

Rows that tell what happened refuse to be changed or deleted, by triggers on both engines.
"""

import sqlalchemy as sa
from alembic import op

revision = "001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = (
    "instrument_copy",
    "claim_revision",
    "approval",
    "check_mark",
    "snapshot",
    "signature",
    "receipt",
    "result",
    "result_value",
    "event",
    "audit_entry",
    "audit_anchor",
    "access_log",
)


def upgrade() -> None:
    op.create_table(
        "audit_anchor",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("streams", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_anchor")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("stream", sa.String(length=60), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "audit_head",
        sa.Column("stream", sa.String(length=60), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("text_layer", sa.Boolean(), nullable=True),
        sa.Column("reading_state", sa.String(length=40), nullable=False),
        sa.Column("reading_note", sa.String(length=300), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reading_state IN ('unread', 'readable', 'locked', 'broken')", name=op.f("ck_blob_known_reading_state")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_blob_not_empty")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "instrument_copy",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("guidance", sa.String(length=60), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_instrument_copy")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_known_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_job_dedupe_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instansi_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["instansi_id"], ["organization.id"], name=op.f("fk_organization_instansi_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("slug", name=op.f("uq_organization_slug")),
    )
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organization_instansi_id"), ["instansi_id"], unique=False)

    op.create_table(
        "snapshot",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_snapshot")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_org_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("secrecy", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('regulation', 'plan', 'report', 'procedure', 'screenshot', 'video', 'contract', 'link', 'other')",
            name=op.f("ck_document_known_kind"),
        ),
        sa.CheckConstraint("secrecy IN ('open', 'limited', 'secret')", name=op.f("ck_document_known_secrecy")),
        sa.ForeignKeyConstraint(["owner_org_id"], ["organization.id"], name=op.f("fk_document_owner_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_owner_org_id"), ["owner_org_id"], unique=False)

    op.create_table(
        "organization_state",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "kind IN ('instansi', 'opd', 'dinas', 'badan', 'setda', 'setwan', 'bagian', 'inspektorat', 'kecamatan', 'kelurahan', 'unit', 'upt', 'perumda', 'external', 'other')",
            name=op.f("ck_organization_state_known_kind"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_organization_state_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_state_organization_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["organization.id"], name=op.f("fk_organization_state_parent_id")),
        sa.PrimaryKeyConstraint("organization_id", "valid_from", name=op.f("pk_organization_state")),
    )
    with op.batch_alter_table("organization_state", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organization_state_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_organization_state_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("track", sa.String(length=40), nullable=False),
        sa.Column("subjects", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("instrument_sha", sa.String(length=64), nullable=False),
        sa.Column("predicate_rule", sa.String(length=40), nullable=False),
        sa.Column("claim_rule", sa.String(length=40), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("claim_rule IN ('adopt_lead', 'manual')", name=op.f("ck_period_known_claim_rule")),
        sa.CheckConstraint("kind IN ('monitoring', 'evaluation')", name=op.f("ck_period_known_kind")),
        sa.CheckConstraint("predicate_rule IN ('exact', 'shown')", name=op.f("ck_period_known_predicate_rule")),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed', 'archived')", name=op.f("ck_period_known_state")),
        sa.CheckConstraint("subjects IN ('instansi', 'agencies')", name=op.f("ck_period_known_subjects")),
        sa.CheckConstraint("track IN ('national', 'local', 'rehearsal')", name=op.f("ck_period_known_track")),
        sa.CheckConstraint("year BETWEEN 2018 AND 2100", name=op.f("ck_period_plausible_year")),
        sa.ForeignKeyConstraint(["instrument_sha"], ["instrument_copy.sha256"], name=op.f("fk_period_instrument_sha")),
        sa.ForeignKeyConstraint(["organiser_id"], ["organization.id"], name=op.f("fk_period_organiser_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
        sa.UniqueConstraint("slug", name=op.f("uq_period_slug")),
    )
    with op.batch_alter_table("period", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_period_organiser_id"), ["organiser_id"], unique=False)
        batch_op.create_index(
            "one_national_round_a_year",
            ["organiser_id", "year"],
            unique=True,
            sqlite_where=sa.text("track = 'national'"),
            postgresql_where=sa.text("track = 'national'"),
        )
        batch_op.create_index(
            "one_round_per_term",
            ["organiser_id", "kind", "track", "subjects", "year", "term"],
            unique=True,
            sqlite_where=sa.text("track <> 'rehearsal'"),
            postgresql_where=sa.text("track <> 'rehearsal'"),
        )

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("nip", sa.String(length=18), nullable=True),
        sa.Column("home_org_id", sa.Integer(), nullable=True),
        sa.Column("local_id", sa.String(length=30), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "nip IS NOT NULL OR (home_org_id IS NOT NULL AND local_id IS NOT NULL)", name=op.f("ck_person_identified")
        ),
        sa.ForeignKeyConstraint(["home_org_id"], ["organization.id"], name=op.f("fk_person_home_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("home_org_id", "local_id", name=op.f("uq_person_home_org_id_local_id")),
        sa.UniqueConstraint("nip", name=op.f("uq_person_nip")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("username_folded", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_folded", sa.String(length=254), nullable=True),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_folded", name=op.f("uq_account_email_folded")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
        sa.UniqueConstraint("username_folded", name=op.f("uq_account_username_folded")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("acting_for_id", sa.Integer(), nullable=True),
        sa.Column("decision_no", sa.String(length=80), nullable=True),
        sa.Column("decision_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind = 'definitive' OR (acting_for_id IS NOT NULL AND decision_no IS NOT NULL AND decision_on IS NOT NULL)",
            name=op.f("ck_appointment_acting_with_decision"),
        ),
        sa.CheckConstraint("kind IN ('definitive', 'plt', 'plh')", name=op.f("ck_appointment_known_kind")),
        sa.CheckConstraint(
            "role IN ('agency_operator', 'agency_head', 'round_manager', 'internal_assessor', 'entry_officer', 'responsible_officer', 'coordinator', 'assessor', 'panel_lead', 'reviewer', 'inspector', 'executive', 'inventory_manager', 'system_admin')",
            name=op.f("ck_appointment_known_role"),
        ),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_appointment_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["acting_for_id"], ["person.id"], name=op.f("fk_appointment_acting_for_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_appointment_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appointment_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_person_id"), ["person_id"], unique=False)

    op.create_table(
        "document_version",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("url", sa.String(length=1000), nullable=True),
        sa.Column("number", sa.String(length=80), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("signatory", sa.String(length=120), nullable=True),
        sa.Column("file_name", sa.String(length=160), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(sha256 IS NULL) <> (url IS NULL)", name=op.f("ck_document_version_bytes_or_link")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_document_version_by_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_version_document_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_document_version_sha256")),
        sa.PrimaryKeyConstraint("document_id", "n", name=op.f("pk_document_version")),
    )
    with op.batch_alter_table("document_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_version_sha256"), ["sha256"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("thing", sa.String(length=40), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_label", sa.String(length=120), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_event_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_thing", ["thing", "thing_id"], unique=False)

    op.create_table(
        "period_stage",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grace_s", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('preparation', 'self_assessment', 'internal_check', 'document', 'interview', 'visit', 'consolidation', 'review')",
            name=op.f("ck_period_stage_known_stage"),
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_period_stage_closes_after_it_opens")),
        sa.CheckConstraint("grace_s >= 0", name=op.f("ck_period_stage_grace_not_negative")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_period_stage_period_id")),
        sa.PrimaryKeyConstraint("period_id", "stage", name=op.f("pk_period_stage")),
    )
    op.create_table(
        "subject",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(organization_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_subject_exactly_one")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_subject_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_subject_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_subject_organization_id")),
        sa.UniqueConstraint("person_id", name=op.f("uq_subject_person_id")),
    )
    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("thing", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_access_log_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_log_account_id"), ["account_id"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("cached_index", sa.String(length=60), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('preparing', 'ready_to_sign', 'signed', 'sent', 'document', 'interview', 'visit', 'consolidating', 'reviewing', 'proposed_final', 'final', 'published')",
            name=op.f("ck_assessment_known_state"),
        ),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_assessment_period_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_assessment_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("period_id", "subject_id", name=op.f("uq_assessment_period_id_subject_id")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "idempotency",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("location", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_idempotency_account_id")),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("absolute_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_session_appointment_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_account_id"), ["account_id"], unique=False)

    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_sha", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("acting_for_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["acting_for_id"], ["person.id"], name=op.f("fk_signature_acting_for_id")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_signature_appointment_id")),
        sa.ForeignKeyConstraint(["snapshot_sha"], ["snapshot.sha256"], name=op.f("fk_signature_snapshot_sha")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signature_snapshot_sha"), ["snapshot_sha"], unique=False)

    op.create_table(
        "result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=True),
        sa.Column("index_exact", sa.String(length=60), nullable=False),
        sa.Column("index_shown", sa.String(length=10), nullable=False),
        sa.Column("predicate", sa.String(length=40), nullable=False),
        sa.Column("predicate_rule", sa.String(length=40), nullable=False),
        sa.Column("instrument_sha", sa.String(length=64), nullable=False),
        sa.Column("snapshot_sha", sa.String(length=64), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("predicate_rule IN ('exact', 'shown')", name=op.f("ck_result_known_predicate_rule")),
        sa.CheckConstraint("source <> 'official' OR basis IS NOT NULL", name=op.f("ck_result_official_has_its_source")),
        sa.CheckConstraint(
            "source <> 'portal' OR proposed_by_id <> confirmed_by_id", name=op.f("ck_result_two_people_finalise")
        ),
        sa.CheckConstraint("source IN ('portal', 'official')", name=op.f("ck_result_known_source")),
        sa.CheckConstraint(
            "n = 1 OR (supersedes_id IS NOT NULL AND reason IS NOT NULL)", name=op.f("ck_result_amended_with_reason")
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_result_assessment_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_result_confirmed_by_id")),
        sa.ForeignKeyConstraint(["instrument_sha"], ["instrument_copy.sha256"], name=op.f("fk_result_instrument_sha")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_result_proposed_by_id")),
        sa.ForeignKeyConstraint(["snapshot_sha"], ["snapshot.sha256"], name=op.f("fk_result_snapshot_sha")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["result.id"], name=op.f("fk_result_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
        sa.UniqueConstraint("assessment_id", "source", "n", name=op.f("uq_result_assessment_id_source_n")),
    )
    op.create_table(
        "share",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.CheckConstraint("part IN ('lead', 'supporting')", name=op.f("ck_share_known_part")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_share_assessment_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_share_organization_id")),
        sa.PrimaryKeyConstraint("assessment_id", "item", "organization_id", name=op.f("pk_share")),
    )
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(
            "one_lead_per_item",
            ["assessment_id", "item"],
            unique=True,
            sqlite_where=sa.text("part = 'lead'"),
            postgresql_where=sa.text("part = 'lead'"),
        )

    op.create_table(
        "submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('empty', 'filling', 'ready', 'signed', 'returned', 'accepted')",
            name=op.f("ck_submission_known_state"),
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_submission_assessment_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_submission_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint(
            "assessment_id", "organization_id", name=op.f("uq_submission_assessment_id_organization_id")
        ),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("raw", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("coverage", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("returned_n", sa.Integer(), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("carried_from_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('empty', 'needs_review', 'filling', 'ready', 'returned')",
            name=op.f("ck_contribution_known_state"),
        ),
        sa.ForeignKeyConstraint(["carried_from_id"], ["contribution.id"], name=op.f("fk_contribution_carried_from_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_contribution_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("submission_id", "item", name=op.f("uq_contribution_submission_id_item")),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_extension_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_extension_by_id")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_extension_period_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_extension_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_period_id"), ["period_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("snapshot_sha", sa.String(length=64), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('attested', 'sent')", name=op.f("ck_receipt_known_kind")),
        sa.CheckConstraint(
            "(submission_id IS NULL) <> (assessment_id IS NULL)", name=op.f("ck_receipt_exactly_one_thing")
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_receipt_assessment_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_receipt_signature_id")),
        sa.ForeignKeyConstraint(["snapshot_sha"], ["snapshot.sha256"], name=op.f("fk_receipt_snapshot_sha")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_receipt_submission_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_receipt")),
        sa.UniqueConstraint("assessment_id", "snapshot_sha", name=op.f("uq_receipt_assessment_id_snapshot_sha")),
        sa.UniqueConstraint("submission_id", "snapshot_sha", name=op.f("uq_receipt_submission_id_snapshot_sha")),
    )
    op.create_table(
        "result_value",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=20), nullable=False),
        sa.Column("exact", sa.String(length=60), nullable=False),
        sa.Column("shown", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_result_value_result_id")),
        sa.PrimaryKeyConstraint("result_id", "node", name=op.f("pk_result_value")),
    )
    op.create_table(
        "check_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("revision_n", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("reason_kind", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('agreed', 'needs_work')", name=op.f("ck_check_mark_known_verdict")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_check_mark_by_id")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_check_mark_contribution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_mark")),
    )
    with op.batch_alter_table("check_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_mark_contribution_id"), ["contribution_id"], unique=False)

    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("raw", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("service_name", sa.String(length=200), nullable=True),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "origin <> 'adopted' OR contribution_id IS NOT NULL", name=op.f("ck_claim_adopted_from_something")
        ),
        sa.CheckConstraint(
            "origin IN ('adopted', 'written', 'external_index', 'awaiting')", name=op.f("ck_claim_known_origin")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'proposed', 'needs_work', 'approved')", name=op.f("ck_claim_known_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('proposed', 'approved') OR value IS NOT NULL", name=op.f("ck_claim_value_if_proposed")
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_claim_assessment_id")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_claim_contribution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("assessment_id", "item", name=op.f("uq_claim_assessment_id_item")),
    )
    op.create_table(
        "contribution_revision",
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_contribution_revision_author_id")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_contribution_revision_contribution_id")
        ),
        sa.PrimaryKeyConstraint("contribution_id", "n", name=op.f("pk_contribution_revision")),
    )
    with op.batch_alter_table("contribution_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_revision_author_id"), ["author_id"], unique=False)

    op.create_table(
        "approval",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("revision_n", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_approval_by_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_approval_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "revision_n", "by_id", "at", name=op.f("pk_approval")),
    )
    op.create_table(
        "citation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("locator", sa.String(length=120), nullable=False),
        sa.Column("letter", sa.String(length=4), nullable=False),
        sa.Column("stage_added", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(contribution_id IS NULL) <> (claim_id IS NULL)", name=op.f("ck_citation_exactly_one_target")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_citation_claim_id")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_citation_contribution_id")),
        sa.ForeignKeyConstraint(
            ["document_id", "n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_citation_document_id_n"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citation")),
    )
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.create_index("ix_citation_version", ["document_id", "n"], unique=False)
        batch_op.create_index(
            "letter_once_per_claim",
            ["claim_id", "letter"],
            unique=True,
            sqlite_where=sa.text("claim_id IS NOT NULL"),
            postgresql_where=sa.text("claim_id IS NOT NULL"),
        )
        batch_op.create_index(
            "letter_once_per_contribution",
            ["contribution_id", "letter"],
            unique=True,
            sqlite_where=sa.text("contribution_id IS NOT NULL"),
            postgresql_where=sa.text("contribution_id IS NOT NULL"),
        )

    op.create_table(
        "claim_revision",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_claim_revision_author_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_revision_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "n", name=op.f("pk_claim_revision")),
    )

    _keep_for_ever()


def downgrade() -> None:
    _let_go()
    op.drop_table("claim_revision")
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.drop_index(
            "letter_once_per_contribution",
            sqlite_where=sa.text("contribution_id IS NOT NULL"),
            postgresql_where=sa.text("contribution_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "letter_once_per_claim",
            sqlite_where=sa.text("claim_id IS NOT NULL"),
            postgresql_where=sa.text("claim_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_citation_version")

    op.drop_table("citation")
    op.drop_table("approval")
    with op.batch_alter_table("contribution_revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_revision_author_id"))

    op.drop_table("contribution_revision")
    op.drop_table("claim")
    with op.batch_alter_table("check_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_mark_contribution_id"))

    op.drop_table("check_mark")
    op.drop_table("result_value")
    op.drop_table("receipt")
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_extension_period_id"))

    op.drop_table("extension")
    op.drop_table("contribution")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_organization_id"))

    op.drop_table("submission")
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.drop_index(
            "one_lead_per_item", sqlite_where=sa.text("part = 'lead'"), postgresql_where=sa.text("part = 'lead'")
        )
        batch_op.drop_index(batch_op.f("ix_share_organization_id"))

    op.drop_table("share")
    op.drop_table("result")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signature_snapshot_sha"))

    op.drop_table("signature")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_account_id"))

    op.drop_table("session")
    op.drop_table("idempotency")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_subject_id"))

    op.drop_table("assessment")
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_log_account_id"))

    op.drop_table("access_log")
    op.drop_table("subject")
    op.drop_table("period_stage")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_thing")

    op.drop_table("event")
    with op.batch_alter_table("document_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_version_sha256"))

    op.drop_table("document_version")
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_person_id"))
        batch_op.drop_index(batch_op.f("ix_appointment_organization_id"))

    op.drop_table("appointment")
    op.drop_table("account")
    op.drop_table("person")
    with op.batch_alter_table("period", schema=None) as batch_op:
        batch_op.drop_index(
            "one_round_per_term",
            sqlite_where=sa.text("track <> 'rehearsal'"),
            postgresql_where=sa.text("track <> 'rehearsal'"),
        )
        batch_op.drop_index(
            "one_national_round_a_year",
            sqlite_where=sa.text("track = 'national'"),
            postgresql_where=sa.text("track = 'national'"),
        )
        batch_op.drop_index(batch_op.f("ix_period_organiser_id"))

    op.drop_table("period")
    with op.batch_alter_table("organization_state", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_state_parent_id"))
        batch_op.drop_index(batch_op.f("ix_organization_state_code"))

    op.drop_table("organization_state")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_owner_org_id"))

    op.drop_table("document")
    op.drop_table("throttle")
    op.drop_table("snapshot")
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_instansi_id"))

    op.drop_table("organization")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))

    op.drop_table("job")
    op.drop_table("instrument_copy")
    op.drop_table("blob")
    op.drop_table("audit_head")
    op.drop_table("audit_entry")
    op.drop_table("audit_anchor")


def _keep_for_ever() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for deed in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _let_go() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for deed in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{deed}")
        return
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
