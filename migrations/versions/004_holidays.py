"""Days off, by which working days are counted."""

import sqlalchemy as sa
from alembic import op

revision = "004"
down_revision = "003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("instansi_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'local') = (instansi_id IS NOT NULL)", name=op.f("ck_holiday_local_says_whose")),
        sa.CheckConstraint("kind IN ('national', 'joint_leave', 'local')", name=op.f("ck_holiday_known_kind")),
        sa.ForeignKeyConstraint(["instansi_id"], ["organization.id"], name=op.f("fk_holiday_instansi_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("day", "instansi_id", name=op.f("uq_holiday_day_instansi_id")),
    )
    with op.batch_alter_table("holiday", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holiday_instansi_id"), ["instansi_id"], unique=False)
        batch_op.create_index(
            "one_national_holiday_a_day",
            ["day"],
            unique=True,
            sqlite_where=sa.text("instansi_id IS NULL"),
            postgresql_where=sa.text("instansi_id IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("holiday", schema=None) as batch_op:
        batch_op.drop_index(
            "one_national_holiday_a_day",
            sqlite_where=sa.text("instansi_id IS NULL"),
            postgresql_where=sa.text("instansi_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_holiday_instansi_id"))

    op.drop_table("holiday")
