"""The application inventory, and the words its directory is searched by.

SQLite searches a full-text index that follows `search_words` by triggers; PostgreSQL an index on the same expression
that `inventory/searching.py` asks with.
"""

import sqlalchemy as sa
from alembic import op

revision = "003"
down_revision = "002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("slug", name=op.f("uq_category_slug")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instansi_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("current_owner_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=300), nullable=False),
        sa.Column("how_to_open", sa.Text(), nullable=False),
        sa.Column("helpdesk", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("link_state", sa.String(length=40), nullable=False),
        sa.Column("link_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("raa_code", sa.String(length=20), nullable=False),
        sa.Column("platforms", sa.JSON(), nullable=False),
        sa.Column("year_built", sa.Integer(), nullable=True),
        sa.Column("integrated", sa.String(length=40), nullable=True),
        sa.Column("https", sa.Boolean(), nullable=True),
        sa.Column("personal_data", sa.String(length=20), nullable=False),
        sa.Column("pse_number", sa.String(length=60), nullable=False),
        sa.Column("user_count", sa.BigInteger(), nullable=True),
        sa.Column("yearly_cost", sa.BigInteger(), nullable=True),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("state_since", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("decision_no", sa.String(length=80), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("data_fate", sa.String(length=500), nullable=False),
        sa.Column("account_fate", sa.String(length=500), nullable=False),
        sa.Column("yearly_saving", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_updated_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("integrated IN ('no', 'partly', 'yes')", name=op.f("ck_application_known_integrated")),
        sa.CheckConstraint("kind IN ('common', 'special')", name=op.f("ck_application_known_kind")),
        sa.CheckConstraint(
            "link_state IN ('unchecked', 'alive', 'dead')", name=op.f("ck_application_known_link_state")
        ),
        sa.CheckConstraint("origin IN ('central', 'province', 'local')", name=op.f("ck_application_known_origin")),
        sa.CheckConstraint(
            "state <> 'retired' OR (decided_on IS NOT NULL AND reason <> '' AND data_fate <> '' AND account_fate <> '')",
            name=op.f("ck_application_retired_says_why"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'active', 'inactive', 'migrating', 'merged', 'retired')",
            name=op.f("ck_application_known_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('merged', 'migrating') OR successor_id IS NOT NULL",
            name=op.f("ck_application_successor_where_it_goes"),
        ),
        sa.CheckConstraint(
            "successor_id IS NULL OR successor_id <> id", name=op.f("ck_application_not_its_own_successor")
        ),
        sa.CheckConstraint(
            "year_built IS NULL OR year_built BETWEEN 1980 AND 2100", name=op.f("ck_application_plausible_year")
        ),
        sa.CheckConstraint(
            "yearly_saving IS NULL OR yearly_saving >= 0", name=op.f("ck_application_saving_not_negative")
        ),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_application_category_id")),
        sa.ForeignKeyConstraint(
            ["current_owner_id"], ["organization.id"], name=op.f("fk_application_current_owner_id")
        ),
        sa.ForeignKeyConstraint(["instansi_id"], ["organization.id"], name=op.f("fk_application_instansi_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["application.id"], name=op.f("fk_application_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("instansi_id", "code", name=op.f("uq_application_instansi_id_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_application_slug")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_category_id"), ["category_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_current_owner_id"), ["current_owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_instansi_id"), ["instansi_id"], unique=False)
        batch_op.create_index("ix_application_public", ["instansi_id", "published_at"], unique=False)

    op.create_table(
        "application_document",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.CheckConstraint("part IN ('attachment', 'record')", name=op.f("ck_application_document_known_part")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_document_application_id")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_application_document_document_id")),
        sa.PrimaryKeyConstraint("application_id", "document_id", name=op.f("pk_application_document")),
        sa.UniqueConstraint("document_id", name=op.f("uq_application_document_document_id")),
    )
    op.create_table(
        "application_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("other_name", sa.String(length=160), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("data", sa.String(length=300), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out', 'both')", name=op.f("ck_application_link_known_direction")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_link_application_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["application.id"], name=op.f("fk_application_link_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_link")),
    )
    with op.batch_alter_table("application_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_link_application_id"), ["application_id"], unique=False)

    op.create_table(
        "application_owner",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_owner_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_application_owner_organization_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "from_day", name=op.f("pk_application_owner")),
    )
    with op.batch_alter_table("application_owner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_owner_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "application_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("by_whom", sa.String(length=120), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=True),
        sa.Column("open_findings", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_test_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_test")),
    )
    with op.batch_alter_table("application_test", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_test_application_id"), ["application_id"], unique=False)

    op.create_table(
        "application_user",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_user_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_application_user_organization_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "organization_id", name=op.f("pk_application_user")),
    )
    with op.batch_alter_table("application_user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_user_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "confirmation",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answer IN ('active', 'inactive', 'unknown')", name=op.f("ck_confirmation_known_answer")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_confirmation_application_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_confirmation_by_id")),
        sa.PrimaryKeyConstraint("application_id", "year", name=op.f("pk_confirmation")),
    )
    op.create_table(
        "link_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_link_report_application_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["person.id"], name=op.f("fk_link_report_settled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_report")),
    )
    with op.batch_alter_table("link_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_report_application_id"), ["application_id"], unique=False)

    op.create_table(
        "search_words",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_search_words_application_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_search_words")),
    )

    _search()


def downgrade() -> None:
    _stop_searching()
    op.drop_table("search_words")
    with op.batch_alter_table("link_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_report_application_id"))

    op.drop_table("link_report")
    op.drop_table("confirmation")
    with op.batch_alter_table("application_user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_user_organization_id"))

    op.drop_table("application_user")
    with op.batch_alter_table("application_test", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_test_application_id"))

    op.drop_table("application_test")
    with op.batch_alter_table("application_owner", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_owner_organization_id"))

    op.drop_table("application_owner")
    with op.batch_alter_table("application_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_link_application_id"))

    op.drop_table("application_link")
    op.drop_table("application_document")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index("ix_application_public")
        batch_op.drop_index(batch_op.f("ix_application_instansi_id"))
        batch_op.drop_index(batch_op.f("ix_application_current_owner_id"))
        batch_op.drop_index(batch_op.f("ix_application_category_id"))

    op.drop_table("application")
    op.drop_table("category")


TEXT = "to_tsvector('simple', title || ' ' || body)"
OLD = "INSERT INTO search_words_fts (search_words_fts, rowid, title, body) VALUES ('delete', old.application_id, old.title, old.body)"
NEW = "INSERT INTO search_words_fts (rowid, title, body) VALUES (new.application_id, new.title, new.body)"


def _search() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"CREATE INDEX ix_search_words_text ON search_words USING gin ({TEXT})")
        return
    op.execute(
        "CREATE VIRTUAL TABLE search_words_fts USING fts5(title, body, content='search_words', "
        "content_rowid='application_id', tokenize='unicode61')"
    )
    op.execute(f"CREATE TRIGGER search_words_added AFTER INSERT ON search_words BEGIN {NEW}; END")
    op.execute(f"CREATE TRIGGER search_words_gone AFTER DELETE ON search_words BEGIN {OLD}; END")
    op.execute(f"CREATE TRIGGER search_words_changed AFTER UPDATE ON search_words BEGIN {OLD}; {NEW}; END")


def _stop_searching() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP INDEX ix_search_words_text")
        return
    for trigger in ("added", "gone", "changed"):
        op.execute(f"DROP TRIGGER search_words_{trigger}")
    op.execute("DROP TABLE search_words_fts")
