"""Uploads in pieces, what was found inside files, reviews, waivers, and the talk about answers."""

import sqlalchemy as sa
from alembic import op

revision = "005"
down_revision = "004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("dedupe_key", sa.String(length=160), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_notice_dedupe_key")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_person_id"), ["person_id"], unique=False)

    op.create_table(
        "document_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("issues", sa.Text(), nullable=False),
        sa.Column("recommendations", sa.Text(), nullable=False),
        sa.Column("proof_id", sa.Integer(), nullable=True),
        sa.Column("proof_n", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('review', 'audit', 'renewal')", name=op.f("ck_document_review_known_kind")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_document_review_by_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_review_document_id")),
        sa.ForeignKeyConstraint(
            ["proof_id", "proof_n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_document_review_proof_id_proof_n"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_review")),
    )
    with op.batch_alter_table("document_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_review_document_id"), ["document_id"], unique=False)

    op.create_table(
        "link_check",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'asks_access', 'gone', 'unreachable')", name=op.f("ck_link_check_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["document_id", "n"],
            ["document_version.document_id", "document_version.n"],
            name=op.f("fk_link_check_document_id_n"),
        ),
        sa.PrimaryKeyConstraint("document_id", "n", name=op.f("pk_link_check")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_label", sa.String(length=160), nullable=False),
        sa.Column("from_team", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_question_known_state")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_question_asked_by_id")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_question_contribution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_contribution_id"), ["contribution_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('receiving', 'complete', 'refused')", name=op.f("ck_upload_known_state")),
        sa.CheckConstraint("contribution_id IS NULL OR replaces_id IS NULL", name=op.f("ck_upload_one_target")),
        sa.CheckConstraint("length > 0", name=op.f("ck_upload_not_empty")),
        sa.CheckConstraint("received >= 0 AND received <= length", name=op.f("ck_upload_never_more_than_all")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_upload_by_id")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_upload_contribution_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_upload_document_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_upload_organization_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["document.id"], name=op.f("fk_upload_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_upload_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_waiver_by_id")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_waiver_contribution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_contribution_id"), ["contribution_id"], unique=False)
        batch_op.create_index(
            "one_waiver_in_force",
            ["contribution_id", "rule", "place"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "question_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_label", sa.String(length=160), nullable=False),
        sa.Column("from_team", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_question_reply_by_id")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_reply_question_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_reply")),
    )
    with op.batch_alter_table("question_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_reply_question_id"), ["question_id"], unique=False)

    op.create_table(
        "item_help",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instansi_id", sa.Integer(), nullable=False),
        sa.Column("instrument_key", sa.String(length=60), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_item_help_by_id")),
        sa.ForeignKeyConstraint(["instansi_id"], ["organization.id"], name=op.f("fk_item_help_instansi_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["question_reply.id"], name=op.f("fk_item_help_reply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_help")),
    )
    with op.batch_alter_table("item_help", schema=None) as batch_op:
        batch_op.create_index("ix_item_help_place", ["instansi_id", "instrument_key", "item"], unique=False)

    for table, column in _columns():
        op.add_column(table, column)
    _keep_replies()


def downgrade() -> None:
    _let_go_of_replies()
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)

    with op.batch_alter_table("item_help", schema=None) as batch_op:
        batch_op.drop_index("ix_item_help_place")

    op.drop_table("item_help")
    with op.batch_alter_table("question_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_reply_question_id"))

    op.drop_table("question_reply")
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.drop_index(
            "one_waiver_in_force",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_waiver_contribution_id"))

    op.drop_table("waiver")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_organization_id"))
        batch_op.drop_index(batch_op.f("ix_upload_contribution_id"))
        batch_op.drop_index(batch_op.f("ix_upload_by_id"))

    op.drop_table("upload")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_contribution_id"))

    op.drop_table("question")
    op.drop_table("link_check")
    with op.batch_alter_table("document_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_review_document_id"))

    op.drop_table("document_review")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_person_id"))

    op.drop_table("notice")


def _columns() -> list[tuple[str, sa.Column]]:
    """New columns of tables that others refer to: added in place, never by copying the table."""
    scan_states = "scan_state IN ('none', 'waiting', 'clean', 'quarantined')"
    return [
        ("blob", sa.Column("warnings", sa.JSON(), server_default="[]", nullable=False)),
        ("blob", sa.Column("opening", sa.Text(), server_default="", nullable=False)),
        ("blob", sa.Column("previews", sa.Integer(), nullable=True)),
        (
            "blob",
            sa.Column(
                "scan_state",
                sa.String(length=40),
                sa.CheckConstraint(scan_states, name="ck_blob_known_scan_state"),
                server_default="none",
                nullable=False,
            ),
        ),
        ("blob", sa.Column("scan_note", sa.String(length=200), nullable=True)),
        ("citation", sa.Column("article", sa.String(length=120), server_default="", nullable=False)),
        ("citation", sa.Column("gist", sa.String(length=1000), server_default="", nullable=False)),
        ("contribution", sa.Column("slots", sa.JSON(), server_default="{}", nullable=False)),
        ("contribution_revision", sa.Column("autosaved", sa.Boolean(), server_default=sa.false(), nullable=False)),
        ("document", sa.Column("tags", sa.JSON(), server_default="[]", nullable=False)),
        ("document", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True)),
    ]


def _keep_replies() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER question_reply_no_{deed} BEFORE {deed.upper()} ON question_reply "
                "BEGIN SELECT RAISE(ABORT, 'question_reply is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER question_reply_append_only BEFORE UPDATE OR DELETE ON question_reply "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _let_go_of_replies() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("update", "delete"):
            op.execute(f"DROP TRIGGER question_reply_no_{deed}")
        return
    op.execute("DROP TRIGGER question_reply_append_only ON question_reply")
