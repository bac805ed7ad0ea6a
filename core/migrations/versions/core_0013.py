"""Whose customer a file is about, and why one was removed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0013"
down_revision: str | None = "core_0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE = "core_attachment"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.add_column(sa.Column("customer_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "removed_reason", sa.String(length=300), nullable=False,
                server_default=sa.text("''"),
            )
        )  # fmt: skip
        batch_op.create_foreign_key(
            batch_op.f(f"fk_{TABLE}_branch_id_customer_id"),
            "core_customer",
            ["branch_id", "customer_id"],
            ["branch_id", "id"],
            ondelete="CASCADE",
        )
        batch_op.create_index(
            batch_op.f(f"ix_{TABLE}_branch_id_customer_id_created_at"),
            ["branch_id", "customer_id", "created_at"],
            unique=False,
        )
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.alter_column("removed_reason", server_default=None)


def downgrade() -> None:
    """Down."""
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.drop_index(batch_op.f(f"ix_{TABLE}_branch_id_customer_id_created_at"))
        batch_op.drop_constraint(
            batch_op.f(f"fk_{TABLE}_branch_id_customer_id"), type_="foreignkey"
        )
        batch_op.drop_column("removed_reason")
        batch_op.drop_column("removed_at")
        batch_op.drop_column("customer_id")
