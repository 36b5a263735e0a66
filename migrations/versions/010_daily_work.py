"""Daily work: who answers an item inside its agency, until when a returned one is mended, the clock a person reads."""

import sqlalchemy as sa
from alembic import op

revision = "010"
down_revision = "009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("zone", sa.String(length=40), nullable=True))
    op.add_column("contribution", sa.Column("mend_by", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pic_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_share_pic_id"), "person", ["pic_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_share_pic_id"), ["pic_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_share_pic_id"))
        batch_op.drop_constraint(batch_op.f("fk_share_pic_id"), type_="foreignkey")
        batch_op.drop_column("pic_id")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_column("mend_by")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("zone")
