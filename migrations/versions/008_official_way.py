"""The official way: teams and their decision, signed papers, general questions, workbooks, what became of organizations."""

import sqlalchemy as sa
from alembic import op

revision = "008"
down_revision = "007"
branch_labels = None
depends_on = None

KEPT = ("printed_paper", "succession")


def upgrade() -> None:
    op.create_table(
        "printed_paper",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_printed_paper")),
    )
    with op.batch_alter_table("printed_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_printed_paper_sha256"), ["sha256"], unique=False)

    op.create_table(
        "general_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_general_question_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_general_question")),
        sa.UniqueConstraint("period_id", "ordinal", name=op.f("uq_general_question_period_id_ordinal")),
    )
    op.create_table(
        "succession",
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("decision_no", sa.String(length=80), nullable=False),
        sa.Column("decision_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('merge', 'split', 'rename', 'transfer')", name=op.f("ck_succession_known_kind")),
        sa.CheckConstraint("predecessor_id <> successor_id", name=op.f("ck_succession_two_organizations")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_succession_by_id")),
        sa.ForeignKeyConstraint(["predecessor_id"], ["organization.id"], name=op.f("fk_succession_predecessor_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["organization.id"], name=op.f("fk_succession_successor_id")),
        sa.PrimaryKeyConstraint("predecessor_id", "successor_id", "effective_on", name=op.f("pk_succession")),
    )
    op.create_table(
        "general_answer",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_general_answer_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_general_answer_by_id")),
        sa.ForeignKeyConstraint(["question_id"], ["general_question.id"], name=op.f("fk_general_answer_question_id")),
        sa.PrimaryKeyConstraint("question_id", "assessment_id", name=op.f("pk_general_answer")),
    )
    op.create_table(
        "paper",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_sha", sa.String(length=64), nullable=False),
        sa.Column("signature_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('minutes', 'consent')", name=op.f("ck_paper_known_kind")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name=op.f("ck_paper_withdrawn_by_somebody")
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_paper_assessment_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_paper_signature_id")),
        sa.ForeignKeyConstraint(["snapshot_sha"], ["snapshot.sha256"], name=op.f("fk_paper_snapshot_sha")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_paper_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_paper")),
    )
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_assessment_id"), ["assessment_id"], unique=False)
        batch_op.create_index(
            "one_paper_in_force",
            ["assessment_id", "kind"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "team_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("signatory", sa.String(length=160), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("document_n", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(document_id IS NULL) = (document_n IS NULL)", name=op.f("ck_team_decision_document_with_version")
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_team_decision_ends_after_it_begins")
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_team_decision_assessment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_team_decision_by_id")),
        sa.ForeignKeyConstraint(
            ["document_id", "document_n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_team_decision_document_id_document_n"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_decision")),
    )
    with op.batch_alter_table("team_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_decision_assessment_id"), ["assessment_id"], unique=False)

    op.create_table(
        "team_member",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("function", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "role IN ('coordinator', 'responsible_officer', 'entry_officer', 'member')",
            name=op.f("ck_team_member_known_role"),
        ),
        sa.CheckConstraint("function IS NULL OR function BETWEEN 1 AND 15", name=op.f("ck_team_member_known_function")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_team_member_assessment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_team_member_person_id")),
        sa.PrimaryKeyConstraint("assessment_id", "person_id", name=op.f("pk_team_member")),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index(
            "one_holder_per_team_role",
            ["assessment_id", "role"],
            unique=True,
            sqlite_where=sa.text("role <> 'member'"),
            postgresql_where=sa.text("role <> 'member'"),
        )

    op.create_table(
        "general_file",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("document_n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "document_n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_general_file_document_id_document_n"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id", "assessment_id"],
            ["general_answer.question_id", "general_answer.assessment_id"],
            name=op.f("fk_general_file_question_id_assessment_id"),
        ),
        sa.PrimaryKeyConstraint(
            "question_id", "assessment_id", "document_id", "document_n", name=op.f("pk_general_file")
        ),
    )
    op.create_table(
        "returned_workbook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('offered', 'applied', 'undone')", name=op.f("ck_returned_workbook_known_state")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_returned_workbook_by_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_returned_workbook_submission_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_returned_workbook_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_workbook")),
    )
    with op.batch_alter_table("returned_workbook", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returned_workbook_submission_id"), ["submission_id"], unique=False)

    op.add_column("period", sa.Column("asks_papers", sa.Boolean(), server_default=sa.false(), nullable=False))
    _keep_what_happened()


def downgrade() -> None:
    _let_go_of_what_happened()
    op.drop_column("period", "asks_papers")

    with op.batch_alter_table("returned_workbook", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_returned_workbook_submission_id"))

    op.drop_table("returned_workbook")
    op.drop_table("general_file")
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_index(
            "one_holder_per_team_role",
            sqlite_where=sa.text("role <> 'member'"),
            postgresql_where=sa.text("role <> 'member'"),
        )

    op.drop_table("team_member")
    with op.batch_alter_table("team_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_decision_assessment_id"))

    op.drop_table("team_decision")
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.drop_index(
            "one_paper_in_force",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_paper_assessment_id"))

    op.drop_table("paper")
    op.drop_table("general_answer")
    op.drop_table("succession")
    op.drop_table("general_question")
    with op.batch_alter_table("printed_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_printed_paper_sha256"))

    op.drop_table("printed_paper")


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
