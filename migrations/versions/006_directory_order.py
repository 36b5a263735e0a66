"""The directory's pages in the order of the alphabet without sorting all for each of them, and its counts without the rows.

The expressions are those of `assessments/inventory/ordering.py`. Whoever rebuilds the table of applications on SQLite makes
the first index again: a batch does not carry over one that stands on expressions.
"""

import sqlalchemy as sa
from alembic import op

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    name = "name" if op.get_bind().dialect.name == "sqlite" else 'name COLLATE "C"'
    op.execute(
        f"CREATE INDEX ix_application_directory ON application ((state IN ('merged', 'retired')), lower({name}), id) "
        "WHERE published_at IS NOT NULL"
    )
    op.create_index(
        "ix_application_facets", "application", ["state", "category_id", "current_owner_id"],
        sqlite_where=sa.text("published_at IS NOT NULL"), postgresql_where=sa.text("published_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_application_facets", table_name="application")
    op.execute("DROP INDEX ix_application_directory")
