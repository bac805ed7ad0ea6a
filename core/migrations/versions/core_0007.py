"""Who is away, and who stands in."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0007"
down_revision: str | None = "core_0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_absence",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("stand_in_id", KEY, nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_core_absence_days")),
        sa.CheckConstraint("stand_in_id <> user_id", name=op.f("ck_core_absence_stand_in")),
        sa.ForeignKeyConstraint(
            ["stand_in_id"], ["core_user.id"], name=op.f("fk_core_absence_stand_in_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_absence_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_absence")),
    )
    with op.batch_alter_table("core_absence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_absence_stand_in_id_last_day"),
            ["stand_in_id", "last_day"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_absence_user_id_last_day"), ["user_id", "last_day"], unique=False
        )


def downgrade() -> None:
    """Down, losing what the tables held."""
    with op.batch_alter_table("core_absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_absence_user_id_last_day"))
        batch_op.drop_index(batch_op.f("ix_core_absence_stand_in_id_last_day"))

    op.drop_table("core_absence")
