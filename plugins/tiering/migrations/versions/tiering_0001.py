"""The tables of tiering."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "tiering_0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "tiering_evaluation",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("window_start", sa.Date(), nullable=False),
        sa.Column("a_from", sa.Integer(), nullable=False),
        sa.Column("b_from", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('scored', 'done')", name=op.f("ck_tiering_evaluation_state")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_tiering_evaluation_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tiering_evaluation")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_tiering_evaluation_branch_id_id")),
    )
    op.create_table(
        "tiering_history",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("evaluation_id", KEY, nullable=True),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("previous_level", sa.String(length=40), nullable=True),
        sa.Column("recency_score", sa.Integer(), nullable=True),
        sa.Column("frequency_score", sa.Integer(), nullable=True),
        sa.Column("monetary_score", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_tiering_history_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "evaluation_id"],
            ["tiering_evaluation.branch_id", "tiering_evaluation.id"],
            name=op.f("fk_tiering_history_branch_id_evaluation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_tiering_history_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tiering_history")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_tiering_history_branch_id_id")),
        sa.UniqueConstraint(
            "evaluation_id",
            "customer_id",
            name=op.f("uq_tiering_history_evaluation_id_customer_id"),
        ),
    )
    op.create_index(
        op.f("ix_tiering_history_branch_id_customer_id_id"),
        "tiering_history",
        ["branch_id", "customer_id", "id"],
        unique=False,
    )
    op.create_table(
        "tiering_level",
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, autoincrement=False, nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("previous_level", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_order_on", sa.Date(), nullable=True),
        sa.Column("order_count", sa.Integer(), nullable=True),
        sa.Column("spend_minor", KEY, nullable=True),
        sa.Column("recency_score", sa.Integer(), nullable=True),
        sa.Column("frequency_score", sa.Integer(), nullable=True),
        sa.Column("monetary_score", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.CheckConstraint("level IN ('A', 'B', 'C')", name=op.f("ck_tiering_level_level")),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_tiering_level_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_tiering_level_branch_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_tiering_level")),
        sa.UniqueConstraint(
            "branch_id", "customer_id", name=op.f("uq_tiering_level_branch_id_customer_id")
        ),
    )
    op.create_index(
        op.f("ix_tiering_level_branch_id_level_score"),
        "tiering_level",
        ["branch_id", "level", "score"],
        unique=False,
    )
    op.create_table(
        "tiering_pending_score",
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("evaluation_id", KEY, autoincrement=False, nullable=False),
        sa.Column("customer_id", KEY, autoincrement=False, nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("last_order_on", sa.Date(), nullable=True),
        sa.Column("order_count", sa.Integer(), nullable=True),
        sa.Column("spend_minor", KEY, nullable=True),
        sa.Column("recency_score", sa.Integer(), nullable=True),
        sa.Column("frequency_score", sa.Integer(), nullable=True),
        sa.Column("monetary_score", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_tiering_pending_score_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "evaluation_id"],
            ["tiering_evaluation.branch_id", "tiering_evaluation.id"],
            name=op.f("fk_tiering_pending_score_branch_id_evaluation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_tiering_pending_score_branch_id")
        ),
        sa.PrimaryKeyConstraint(
            "evaluation_id", "customer_id", name=op.f("pk_tiering_pending_score")
        ),
    )


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_table("tiering_pending_score")
    op.drop_index(op.f("ix_tiering_level_branch_id_level_score"), table_name="tiering_level")
    op.drop_table("tiering_level")
    op.drop_index(op.f("ix_tiering_history_branch_id_customer_id_id"), table_name="tiering_history")
    op.drop_table("tiering_history")
    op.drop_table("tiering_evaluation")
