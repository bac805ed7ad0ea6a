"""The plugin's one table."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "stampcard_0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "stampcard_stamp",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'redeemed', 'expired')", name=op.f("ck_stampcard_stamp_state")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_stampcard_stamp_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "order_id"],
            ["core_sales_order.branch_id", "core_sales_order.id"],
            name=op.f("fk_stampcard_stamp_branch_id_order_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_stampcard_stamp_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stampcard_stamp")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_stampcard_stamp_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id", "order_id", name=op.f("uq_stampcard_stamp_branch_id_order_id")
        ),
    )
    op.create_index(
        op.f("ix_stampcard_stamp_branch_id_customer_id_state"),
        "stampcard_stamp",
        ["branch_id", "customer_id", "state"],
        unique=False,
    )


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_index(
        op.f("ix_stampcard_stamp_branch_id_customer_id_state"), table_name="stampcard_stamp"
    )
    op.drop_table("stampcard_stamp")
