"""Judging: panels, judgements, decisions and proposals, recommendations and their follow-up, benchmarks, API tokens.

The tables of what was decided refuse to be changed or deleted, by the triggers that the foundation began with.
"""

import sqlalchemy as sa
from alembic import op

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None


APPEND_ONLY = ("decision", "external_value", "qa_note", "plan", "progress", "proof", "verdict")


def upgrade() -> None:
    op.create_table(
        "benchmark",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("domain_1", sa.String(length=10), nullable=True),
        sa.Column("domain_2", sa.String(length=10), nullable=True),
        sa.Column("domain_3", sa.String(length=10), nullable=True),
        sa.Column("domain_4", sa.String(length=10), nullable=True),
        sa.Column("index_shown", sa.String(length=10), nullable=False),
        sa.Column("predicate", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("year", "name", name=op.f("pk_benchmark")),
    )
    op.create_table(
        "api_token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_token_account_id")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_api_token_appointment_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_api_token")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_account_id"), ["account_id"], unique=False)

    op.create_table(
        "external_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("index_key", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("raw", sa.BigInteger(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("document_n", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_external_value_by_id")),
        sa.ForeignKeyConstraint(
            ["document_id", "document_n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_external_value_document_id_document_n"),
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_external_value_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_value")),
        sa.UniqueConstraint(
            "subject_id", "index_key", "year", "n", name=op.f("uq_external_value_subject_id_index_key_year_n")
        ),
    )
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("raw", sa.BigInteger(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("team_note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("claim_revision_n", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("stage IN ('document', 'interview', 'visit')", name=op.f("ck_judgement_known_stage")),
        sa.CheckConstraint("state = 'draft' OR value IS NOT NULL", name=op.f("ck_judgement_value_if_sent")),
        sa.CheckConstraint("state IN ('draft', 'sent')", name=op.f("ck_judgement_known_state")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_judgement_assessment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_judgement_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
        sa.UniqueConstraint(
            "assessment_id", "item", "stage", "person_id", name=op.f("uq_judgement_assessment_id_item_stage_person_id")
        ),
    )
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judgement_person_id"), ["person_id"], unique=False)

    op.create_table(
        "panel_member",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("conflict", sa.String(length=40), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("conflict IN ('none', 'free', 'declared')", name=op.f("ck_panel_member_known_conflict")),
        sa.CheckConstraint("role IN ('lead', 'member', 'reviewer')", name=op.f("ck_panel_member_known_role")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_panel_member_assessment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_panel_member_person_id")),
        sa.PrimaryKeyConstraint("assessment_id", "person_id", name=op.f("pk_panel_member")),
    )
    with op.batch_alter_table("panel_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_panel_member_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "one_lead_per_panel",
            ["assessment_id"],
            unique=True,
            sqlite_where=sa.text("role = 'lead'"),
            postgresql_where=sa.text("role = 'lead'"),
        )

    op.create_table(
        "qa_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_qa_note_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_qa_note_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qa_note")),
    )
    with op.batch_alter_table("qa_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_qa_note_assessment_id"), ["assessment_id"], unique=False)

    op.create_table(
        "recommendation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_note", sa.String(length=200), nullable=False),
        sa.Column("instansi_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.String(length=20), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("no_due_reason", sa.String(length=300), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("priority IN ('high', 'medium', 'low')", name=op.f("ck_recommendation_known_priority")),
        sa.CheckConstraint(
            "source <> 'result' OR assessment_id IS NOT NULL", name=op.f("ck_recommendation_result_of_something")
        ),
        sa.CheckConstraint(
            "source IN ('result', 'audit', 'monitoring', 'review', 'import')",
            name=op.f("ck_recommendation_known_source"),
        ),
        sa.CheckConstraint(
            "due_on IS NOT NULL OR no_due_reason IS NOT NULL", name=op.f("ck_recommendation_due_or_why_not")
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_recommendation_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_recommendation_by_id")),
        sa.ForeignKeyConstraint(["instansi_id"], ["organization.id"], name=op.f("fk_recommendation_instansi_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("number", name=op.f("uq_recommendation_number")),
    )
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_assessment_id"), ["assessment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recommendation_instansi_id"), ["instansi_id"], unique=False)

    op.create_table(
        "seat",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("seat IN (1, 2)", name=op.f("ck_seat_first_or_second")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_seat_assessment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_person_id")),
        sa.PrimaryKeyConstraint("assessment_id", "item", "seat", name=op.f("pk_seat")),
        sa.UniqueConstraint("assessment_id", "item", "person_id", name=op.f("uq_seat_assessment_id_item_person_id")),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_person_id"), ["person_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.BigInteger(), nullable=True),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("judgement_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("origin <> 'adjudicated' OR reason <> ''", name=op.f("ck_decision_adjudicated_with_reason")),
        sa.CheckConstraint("origin IN ('judged', 'carried', 'adjudicated')", name=op.f("ck_decision_known_origin")),
        sa.CheckConstraint("stage IN ('document', 'interview', 'visit')", name=op.f("ck_decision_known_stage")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_decision_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id")),
        sa.ForeignKeyConstraint(["judgement_id"], ["judgement.id"], name=op.f("fk_decision_judgement_id")),
        sa.PrimaryKeyConstraint("assessment_id", "item", "stage", name=op.f("pk_decision")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_plan_by_id")),
        sa.ForeignKeyConstraint(["recommendation_id"], ["recommendation.id"], name=op.f("fk_plan_recommendation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_recommendation_id"), ["recommendation_id"], unique=False)

    op.create_table(
        "progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_progress_by_id")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_progress_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress")),
    )
    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_progress_recommendation_id"), ["recommendation_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snapshot_sha", sa.String(length=64), nullable=False),
        sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> by_id OR state = 'rejected'",
            name=op.f("ck_proposal_another_person"),
        ),
        sa.CheckConstraint("state = 'open' OR decided_by_id IS NOT NULL", name=op.f("ck_proposal_somebody_decided")),
        sa.CheckConstraint("state IN ('open', 'confirmed', 'rejected')", name=op.f("ck_proposal_known_state")),
        sa.CheckConstraint("supersedes_id IS NULL OR reason <> ''", name=op.f("ck_proposal_correction_with_reason")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_proposal_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_proposal_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_proposal_decided_by_id")),
        sa.ForeignKeyConstraint(["snapshot_sha"], ["snapshot.sha256"], name=op.f("fk_proposal_snapshot_sha")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["result.id"], name=op.f("fk_proposal_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_assessment_id"), ["assessment_id"], unique=False)
        batch_op.create_index(
            "one_open_proposal",
            ["assessment_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "recommendation_owner",
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.CheckConstraint("part IN ('lead', 'supporting')", name=op.f("ck_recommendation_owner_known_part")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_recommendation_owner_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_recommendation_owner_recommendation_id")
        ),
        sa.PrimaryKeyConstraint(
            "recommendation_id", "organization_id", "from_day", name=op.f("pk_recommendation_owner")
        ),
    )
    with op.batch_alter_table("recommendation_owner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_owner_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("note <> ''", name=op.f("ck_verdict_note_given")),
        sa.CheckConstraint(
            "status <> 'followup_not_applicable' OR document_id IS NOT NULL",
            name=op.f("ck_verdict_document_if_not_applicable"),
        ),
        sa.CheckConstraint(
            "status IN ('followup_conforming', 'followup_in_progress', 'followup_not_started', 'followup_not_applicable')",
            name=op.f("ck_verdict_known_status"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_verdict_by_id")),
        sa.ForeignKeyConstraint(
            ["document_id", "n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_verdict_document_id_n"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_verdict_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdict_recommendation_id"), ["recommendation_id"], unique=False)

    op.create_table(
        "proof",
        sa.Column("progress_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("locator", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_proof_document_id_n"),
        ),
        sa.ForeignKeyConstraint(["progress_id"], ["progress.id"], name=op.f("fk_proof_progress_id")),
        sa.PrimaryKeyConstraint("progress_id", "document_id", "n", name=op.f("pk_proof")),
    )
    op.create_table(
        "citation_verdict",
        sa.Column("citation_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("reason_kind", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict = 'accepted' OR reason_kind IS NOT NULL", name=op.f("ck_citation_verdict_reason_unless_accepted")
        ),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'doubtful', 'refused')", name=op.f("ck_citation_verdict_known_verdict")
        ),
        sa.ForeignKeyConstraint(["citation_id"], ["citation.id"], name=op.f("fk_citation_verdict_citation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_citation_verdict_person_id")),
        sa.PrimaryKeyConstraint("citation_id", "stage", "person_id", name=op.f("pk_citation_verdict")),
    )

    _keep_for_ever()


def downgrade() -> None:
    _let_go()
    op.drop_table("citation_verdict")
    op.drop_table("proof")
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verdict_recommendation_id"))

    op.drop_table("verdict")
    with op.batch_alter_table("recommendation_owner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_owner_organization_id"))

    op.drop_table("recommendation_owner")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index(
            "one_open_proposal", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(batch_op.f("ix_proposal_assessment_id"))

    op.drop_table("proposal")
    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_progress_recommendation_id"))

    op.drop_table("progress")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_recommendation_id"))

    op.drop_table("plan")
    op.drop_table("decision")
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_person_id"))

    op.drop_table("seat")
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_instansi_id"))
        batch_op.drop_index(batch_op.f("ix_recommendation_assessment_id"))

    op.drop_table("recommendation")
    with op.batch_alter_table("qa_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_qa_note_assessment_id"))

    op.drop_table("qa_note")
    with op.batch_alter_table("panel_member", schema=None) as batch_op:
        batch_op.drop_index(
            "one_lead_per_panel", sqlite_where=sa.text("role = 'lead'"), postgresql_where=sa.text("role = 'lead'")
        )
        batch_op.drop_index(batch_op.f("ix_panel_member_person_id"))

    op.drop_table("panel_member")
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judgement_person_id"))

    op.drop_table("judgement")
    op.drop_table("external_value")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_account_id"))

    op.drop_table("api_token")
    op.drop_table("benchmark")


def _keep_for_ever() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for deed in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
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
