"""Customers that became one, and each step of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0017"
down_revision: str | None = "core_0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_customer_merge",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("merged_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (state = 'merged')", name=op.f("ck_core_customer_merge_undone")
        ),
        sa.CheckConstraint(
            "state IN ('merged', 'undone')", name=op.f("ck_core_customer_merge_state")
        ),
        sa.CheckConstraint("customer_id <> merged_id", name=op.f("ck_core_customer_merge_two")),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_customer_merge_branch_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "merged_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_customer_merge_branch_id_merged_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_customer_merge_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["core_user.id"], name=op.f("fk_core_customer_merge_undone_by")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_customer_merge_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_customer_merge")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_customer_merge_branch_id_id")),
        info={"stays_at_merge": True},
    )
    with op.batch_alter_table("core_customer_merge", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_customer_merge_branch_id_at"), ["branch_id", "at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_core_customer_merge_branch_id_customer_id"),
            ["branch_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_core_customer_merge_now",
            ["branch_id", "merged_id"],
            unique=True,
            postgresql_where=sa.text("state = 'merged'"),
            sqlite_where=sa.text("state = 'merged'"),
        )

    op.create_table(
        "core_merge_step",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("merge_id", KEY, nullable=False),
        sa.Column("table_name", sa.String(length=80), nullable=False),
        sa.Column("row_id", KEY, nullable=False),
        sa.Column("column_name", sa.String(length=80), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id", "merge_id"],
            ["core_customer_merge.branch_id", "core_customer_merge.id"],
            name=op.f("fk_core_merge_step_branch_id_merge_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_merge_step_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_merge_step")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_merge_step_branch_id_id")),
    )
    with op.batch_alter_table("core_merge_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_merge_step_branch_id_merge_id_moved"),
            ["branch_id", "merge_id", "moved"],
            unique=False,
        )


def downgrade() -> None:
    """Down, losing what the tables held."""
    with op.batch_alter_table("core_merge_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_merge_step_branch_id_merge_id_moved"))

    op.drop_table("core_merge_step")
    with op.batch_alter_table("core_customer_merge", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_core_customer_merge_now",
            postgresql_where=sa.text("state = 'merged'"),
            sqlite_where=sa.text("state = 'merged'"),
        )
        batch_op.drop_index(batch_op.f("ix_core_customer_merge_branch_id_customer_id"))
        batch_op.drop_index(batch_op.f("ix_core_customer_merge_branch_id_at"))

    op.drop_table("core_customer_merge")
