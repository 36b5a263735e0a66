"""The desk in full: criteria, questions with a clock, sessions, a second reader, objections, analyses and the panel's papers.

A round may have a stage in which the instansi answers provisional values. The pages of evidence are found by their words.
"""

import sqlalchemy as sa
from alembic import op

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None

KEPT = ("clarification_batch", "clarification_reply", "clarification_file", "review_note", "review_answer")
BEFORE = (
    "preparation",
    "self_assessment",
    "internal_check",
    "document",
    "interview",
    "visit",
    "consolidation",
    "review",
)
STAGES = (*BEFORE[:6], "objection", *BEFORE[6:])
WORDS = "to_tsvector('simple', words)"
OLD = "INSERT INTO page_text_fts (page_text_fts, rowid, words) VALUES ('delete', old.id, old.words)"
NEW = "INSERT INTO page_text_fts (rowid, words) VALUES (new.id, new.words)"


def upgrade() -> None:
    op.create_table(
        "page_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_page_text_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_text")),
    )
    with op.batch_alter_table("page_text", schema=None) as batch_op:
        batch_op.create_index("ix_page_text_place", ["sha256", "page"], unique=True)

    op.create_table(
        "phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "field IN ('facts', 'analysis', 'justification', 'clarification')", name=op.f("ck_phrase_known_field")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phrase_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
    )
    with op.batch_alter_table("phrase", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phrase_person_id"), ["person_id"], unique=False)

    op.create_table(
        "aspect_analysis",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=20), nullable=False),
        sa.Column("fulfilment", sa.Text(), nullable=False),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("weaknesses", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_aspect_analysis_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_aspect_analysis_by_id")),
        sa.PrimaryKeyConstraint("assessment_id", "node", name=op.f("pk_aspect_analysis")),
    )
    op.create_table(
        "clarification_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days > 0", name=op.f("ck_clarification_batch_some_days")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_clarification_batch_assessment_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_clarification_batch_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_batch")),
    )
    with op.batch_alter_table("clarification_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clarification_batch_assessment_id"), ["assessment_id"], unique=False)

    op.create_table(
        "conclusion",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("weakness", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_conclusion_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_conclusion_by_id")),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_conclusion")),
    )
    op.create_table(
        "file_seen",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_file_seen_assessment_id")),
        sa.ForeignKeyConstraint(
            ["document_id", "n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_file_seen_document_id_n"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_file_seen_person_id")),
        sa.PrimaryKeyConstraint("assessment_id", "person_id", "document_id", "n", name=op.f("pk_file_seen")),
    )
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=1000), nullable=False),
        sa.Column("notice_no", sa.String(length=80), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_why", sa.String(length=500), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('interview', 'visit')", name=op.f("ck_meeting_known_kind")),
        sa.CheckConstraint("mode IN ('online', 'onsite', 'hybrid')", name=op.f("ck_meeting_known_mode")),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'held', 'cancelled')", name=op.f("ck_meeting_known_state")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_meeting_assessment_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_meeting_confirmed_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_meeting_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_assessment_id"), ["assessment_id"], unique=False)

    op.create_table(
        "objection",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("locator", sa.String(length=120), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ruling", sa.String(length=40), nullable=True),
        sa.Column("ruling_value", sa.BigInteger(), nullable=True),
        sa.Column("ruling_reason", sa.Text(), nullable=False),
        sa.Column("ruled_by_id", sa.Integer(), nullable=True),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(ruling_value IS NOT NULL) = (ruling IS NOT NULL AND ruling = 'changed')",
            name=op.f("ck_objection_changed_to_a_value"),
        ),
        sa.CheckConstraint("answer = 'accepted' OR grounds <> ''", name=op.f("ck_objection_objected_with_grounds")),
        sa.CheckConstraint("answer IN ('accepted', 'objected')", name=op.f("ck_objection_known_answer")),
        sa.CheckConstraint("ruling IN ('upheld', 'changed')", name=op.f("ck_objection_known_ruling")),
        sa.CheckConstraint(
            "ruling IS NULL OR (answer = 'objected' AND ruling_reason <> '')",
            name=op.f("ck_objection_ruled_with_reason"),
        ),
        sa.CheckConstraint("(ruling IS NULL) = (ruled_by_id IS NULL)", name=op.f("ck_objection_ruled_by_somebody")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_objection_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_objection_by_id")),
        sa.ForeignKeyConstraint(
            ["document_id", "n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_objection_document_id_n"),
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_objection_organization_id")),
        sa.ForeignKeyConstraint(["ruled_by_id"], ["person.id"], name=op.f("fk_objection_ruled_by_id")),
        sa.PrimaryKeyConstraint("assessment_id", "item", name=op.f("pk_objection")),
    )
    op.create_table(
        "review_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("analysis", sa.Text(), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("about IN ('item', 'aspect', 'conclusion')", name=op.f("ck_review_note_known_about")),
        sa.CheckConstraint("valid OR justification <> ''", name=op.f("ck_review_note_invalid_with_reason")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_review_note_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_note_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
    )
    with op.batch_alter_table("review_note", schema=None) as batch_op:
        batch_op.create_index("ix_review_note_place", ["assessment_id", "about", "key"], unique=False)

    op.create_table(
        "review_answer",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_review_answer_answered_in_words")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_answer_by_id")),
        sa.ForeignKeyConstraint(["note_id"], ["review_note.id"], name=op.f("fk_review_answer_note_id")),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_review_answer")),
    )
    op.create_table(
        "target_level",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("effort", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "effort IS NULL OR effort BETWEEN 1 AND 5", name=op.f("ck_target_level_effort_on_its_scale")
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_target_level_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_target_level_by_id")),
        sa.PrimaryKeyConstraint("assessment_id", "item", name=op.f("pk_target_level")),
    )
    op.create_table(
        "clarification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (batch_id IS NULL)", name=op.f("ck_clarification_sent_in_a_batch")),
        sa.CheckConstraint("stage IN ('document', 'interview', 'visit')", name=op.f("ck_clarification_known_stage")),
        sa.CheckConstraint(
            "state IN ('draft', 'sent', 'answered', 'closed')", name=op.f("ck_clarification_known_state")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_clarification_asked_by_id")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_clarification_assessment_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["clarification_batch.id"], name=op.f("fk_clarification_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
    )
    with op.batch_alter_table("clarification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clarification_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index("ix_clarification_place", ["assessment_id", "item"], unique=False)

    op.create_table(
        "criterion_mark",
        sa.Column("judgement_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.CheckConstraint("mark IN ('met', 'doubtful', 'unmet')", name=op.f("ck_criterion_mark_known_mark")),
        sa.ForeignKeyConstraint(["judgement_id"], ["judgement.id"], name=op.f("fk_criterion_mark_judgement_id")),
        sa.PrimaryKeyConstraint("judgement_id", "level", name=op.f("pk_criterion_mark")),
    )
    op.create_table(
        "meeting_item",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("location", sa.String(length=300), nullable=False),
        sa.Column("finding", sa.String(length=40), nullable=True),
        sa.Column("follow_up", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("finding IN ('confirmed', 'partly', 'missing')", name=op.f("ck_meeting_item_known_finding")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_meeting_item_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_item_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", "item", name=op.f("pk_meeting_item")),
    )
    op.create_table(
        "meeting_person",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.CheckConstraint("side IN ('assessor', 'internal', 'respondent')", name=op.f("ck_meeting_person_known_side")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_person_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_meeting_person_person_id")),
        sa.PrimaryKeyConstraint("meeting_id", "n", name=op.f("pk_meeting_person")),
    )
    op.create_table(
        "meeting_photo",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("caption", sa.String(length=300), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_meeting_photo_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_photo_meeting_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_meeting_photo_sha256")),
        sa.PrimaryKeyConstraint("meeting_id", "n", name=op.f("pk_meeting_photo")),
    )
    op.create_table(
        "meeting_promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("locator", sa.String(length=120), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(document_id IS NULL) = (delivered_at IS NULL)", name=op.f("ck_meeting_promise_delivered_with_a_document")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_meeting_promise_by_id")),
        sa.ForeignKeyConstraint(["delivered_by_id"], ["person.id"], name=op.f("fk_meeting_promise_delivered_by_id")),
        sa.ForeignKeyConstraint(
            ["document_id", "n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_meeting_promise_document_id_n"),
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_promise_meeting_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_meeting_promise_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_promise")),
    )
    with op.batch_alter_table("meeting_promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_promise_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_promise_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index("ix_meeting_promise_version", ["document_id", "n"], unique=False)

    op.create_table(
        "panel_paper",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("snapshot_sha", sa.String(length=64), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('interview_minutes', 'visit_minutes', 'result_report', 'item_sheets', 'member_report')",
            name=op.f("ck_panel_paper_known_kind"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name=op.f("ck_panel_paper_withdrawn_by_somebody")
        ),
        sa.CheckConstraint("meeting_id IS NULL OR result_id IS NULL", name=op.f("ck_panel_paper_about_one_thing")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_panel_paper_assessment_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_panel_paper_meeting_id")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_panel_paper_result_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_panel_paper_signature_id")),
        sa.ForeignKeyConstraint(["snapshot_sha"], ["snapshot.sha256"], name=op.f("fk_panel_paper_snapshot_sha")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_panel_paper_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_panel_paper")),
    )
    with op.batch_alter_table("panel_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_panel_paper_assessment_id"), ["assessment_id"], unique=False)
        batch_op.create_index(
            "one_minutes_in_force",
            ["kind", "meeting_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL AND meeting_id IS NOT NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL AND meeting_id IS NOT NULL"),
        )
        batch_op.create_index(
            "one_report_in_force",
            ["kind", "result_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL AND result_id IS NOT NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL AND result_id IS NOT NULL"),
        )

    op.create_table(
        "clarification_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_label", sa.String(length=160), nullable=False),
        sa.Column("from_panel", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_clarification_reply_by_id")),
        sa.ForeignKeyConstraint(
            ["clarification_id"], ["clarification.id"], name=op.f("fk_clarification_reply_clarification_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_clarification_reply_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_reply")),
    )
    with op.batch_alter_table("clarification_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clarification_reply_clarification_id"), ["clarification_id"], unique=False)

    op.create_table(
        "clarification_file",
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("locator", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_clarification_file_document_id_n"),
        ),
        sa.ForeignKeyConstraint(["reply_id"], ["clarification_reply.id"], name=op.f("fk_clarification_file_reply_id")),
        sa.PrimaryKeyConstraint("reply_id", "document_id", "n", name=op.f("pk_clarification_file")),
    )
    with op.batch_alter_table("clarification_file", schema=None) as batch_op:
        batch_op.create_index("ix_clarification_file_version", ["document_id", "n"], unique=False)

    op.add_column("judgement", sa.Column("flagged", sa.Boolean(), server_default=sa.false(), nullable=False))

    op.add_column("period", sa.Column("second_reader", sa.Boolean(), server_default=sa.false(), nullable=False))
    _stages(STAGES)
    _find_pages()
    _keep_what_happened()


def downgrade() -> None:
    _let_go_of_what_happened()
    _stop_finding_pages()
    _stages(BEFORE)
    op.drop_column("period", "second_reader")

    op.drop_column("judgement", "flagged")

    with op.batch_alter_table("clarification_file", schema=None) as batch_op:
        batch_op.drop_index("ix_clarification_file_version")

    op.drop_table("clarification_file")
    with op.batch_alter_table("clarification_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clarification_reply_clarification_id"))

    op.drop_table("clarification_reply")
    with op.batch_alter_table("panel_paper", schema=None) as batch_op:
        batch_op.drop_index(
            "one_report_in_force",
            sqlite_where=sa.text("withdrawn_at IS NULL AND result_id IS NOT NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL AND result_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "one_minutes_in_force",
            sqlite_where=sa.text("withdrawn_at IS NULL AND meeting_id IS NOT NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL AND meeting_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_panel_paper_assessment_id"))

    op.drop_table("panel_paper")
    with op.batch_alter_table("meeting_promise", schema=None) as batch_op:
        batch_op.drop_index("ix_meeting_promise_version")
        batch_op.drop_index(batch_op.f("ix_meeting_promise_organization_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_promise_meeting_id"))

    op.drop_table("meeting_promise")
    op.drop_table("meeting_photo")
    op.drop_table("meeting_person")
    op.drop_table("meeting_item")
    op.drop_table("criterion_mark")
    with op.batch_alter_table("clarification", schema=None) as batch_op:
        batch_op.drop_index("ix_clarification_place")
        batch_op.drop_index(batch_op.f("ix_clarification_batch_id"))

    op.drop_table("clarification")
    op.drop_table("target_level")
    op.drop_table("review_answer")
    with op.batch_alter_table("review_note", schema=None) as batch_op:
        batch_op.drop_index("ix_review_note_place")

    op.drop_table("review_note")
    op.drop_table("objection")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_assessment_id"))

    op.drop_table("meeting")
    op.drop_table("file_seen")
    op.drop_table("conclusion")
    with op.batch_alter_table("clarification_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clarification_batch_assessment_id"))

    op.drop_table("clarification_batch")
    op.drop_table("aspect_analysis")
    with op.batch_alter_table("phrase", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_phrase_person_id"))

    op.drop_table("phrase")
    with op.batch_alter_table("page_text", schema=None) as batch_op:
        batch_op.drop_index("ix_page_text_place")

    op.drop_table("page_text")


def _stages(codes: tuple[str, ...]) -> None:
    """Which stages a calendar may have, in their order; SQLite learns it by a table made again."""
    allowed = "stage IN (" + ", ".join(f"'{code}'" for code in codes) + ")"
    stage = sa.table("period_stage", sa.column("stage"), sa.column("ordinal"))
    op.execute(stage.delete().where(stage.c.stage.not_in(codes)))
    if op.get_bind().dialect.name == "sqlite":
        op.create_table(
            "period_stage_again",
            sa.Column("period_id", sa.Integer(), nullable=False),
            sa.Column("stage", sa.String(length=40), nullable=False),
            sa.Column("ordinal", sa.Integer(), nullable=False),
            sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("grace_s", sa.Integer(), nullable=False),
            sa.CheckConstraint(allowed, name=op.f("ck_period_stage_known_stage")),
            sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_period_stage_closes_after_it_opens")),
            sa.CheckConstraint("grace_s >= 0", name=op.f("ck_period_stage_grace_not_negative")),
            sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_period_stage_period_id")),
            sa.PrimaryKeyConstraint("period_id", "stage", name=op.f("pk_period_stage")),
        )
        op.execute("INSERT INTO period_stage_again SELECT * FROM period_stage")
        op.drop_table("period_stage")
        op.rename_table("period_stage_again", "period_stage")
    else:
        op.drop_constraint(op.f("ck_period_stage_known_stage"), "period_stage", type_="check")
        op.create_check_constraint(op.f("ck_period_stage_known_stage"), "period_stage", allowed)
    for place, code in enumerate(codes):
        op.execute(stage.update().where(stage.c.stage == code).values(ordinal=place))


def _find_pages() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"CREATE INDEX ix_page_text_words ON page_text USING gin ({WORDS})")
        return
    op.execute(
        "CREATE VIRTUAL TABLE page_text_fts USING fts5(words, content='page_text', content_rowid='id', tokenize='unicode61')"
    )
    op.execute(f"CREATE TRIGGER page_text_added AFTER INSERT ON page_text BEGIN {NEW}; END")
    op.execute(f"CREATE TRIGGER page_text_gone AFTER DELETE ON page_text BEGIN {OLD}; END")
    op.execute(f"CREATE TRIGGER page_text_changed AFTER UPDATE ON page_text BEGIN {OLD}; {NEW}; END")


def _stop_finding_pages() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP INDEX ix_page_text_words")
        return
    for trigger in ("added", "gone", "changed"):
        op.execute(f"DROP TRIGGER page_text_{trigger}")
    op.execute("DROP TABLE page_text_fts")


def _keep_what_happened() -> None:
    for table in KEPT:
        if op.get_bind().dialect.name == "sqlite":
            for deed in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )


def _let_go_of_what_happened() -> None:
    for table in KEPT:
        if op.get_bind().dialect.name == "sqlite":
            for deed in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{deed}")
        else:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
