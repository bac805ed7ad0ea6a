"""Possible duplicates: what customers are compared by, and the pairs found."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0018"
down_revision: str | None = "core_0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_customer_key",
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("customer_id", KEY, autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "kind IN ('code', 'person', 'phone', 'name', 'sound', 'similar')",
            name=op.f("ck_core_customer_key_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_customer_key_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_customer_key_branch_id")
        ),
        sa.PrimaryKeyConstraint(
            "branch_id", "kind", "value", "customer_id", name=op.f("pk_core_customer_key")
        ),
        info={"stays_at_merge": True},
    )
    with op.batch_alter_table("core_customer_key", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_customer_key_branch_id_customer_id"),
            ["branch_id", "customer_id"],
            unique=False,
        )

    op.create_table(
        "core_duplicate_pair",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("low_id", KEY, nullable=False),
        sa.Column("high_id", KEY, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by", KEY, nullable=True),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_core_duplicate_pair_order")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_core_duplicate_pair_score")),
        sa.ForeignKeyConstraint(
            ["branch_id", "high_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_duplicate_pair_branch_id_high_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "low_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_duplicate_pair_branch_id_low_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_duplicate_pair_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["dismissed_by"], ["core_user.id"], name=op.f("fk_core_duplicate_pair_dismissed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_duplicate_pair")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_duplicate_pair_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id",
            "low_id",
            "high_id",
            name=op.f("uq_core_duplicate_pair_branch_id_low_id_high_id"),
        ),
        info={"stays_at_merge": True},
    )
    with op.batch_alter_table("core_duplicate_pair", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_duplicate_pair_branch_id_dismissed_at_score"),
            ["branch_id", "dismissed_at", "score"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_duplicate_pair_branch_id_high_id"),
            ["branch_id", "high_id"],
            unique=False,
        )


def downgrade() -> None:
    """Down, losing what the tables held."""
    with op.batch_alter_table("core_duplicate_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_duplicate_pair_branch_id_high_id"))
        batch_op.drop_index(batch_op.f("ix_core_duplicate_pair_branch_id_dismissed_at_score"))

    op.drop_table("core_duplicate_pair")
    with op.batch_alter_table("core_customer_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_customer_key_branch_id_customer_id"))

    op.drop_table("core_customer_key")
