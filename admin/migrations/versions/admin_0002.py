"""Log-ins that can be ended one by one, and codes that are good once."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "admin_0002"
down_revision: str | None = "admin_0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up; who is logged in logs in again."""
    op.create_table(
        "admin_sitting",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_admin_sitting_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_sitting")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_admin_sitting_token_hash")),
    )
    op.create_index(op.f("ix_admin_sitting_user_id"), "admin_sitting", ["user_id"], unique=False)
    op.create_index(op.f("ix_admin_sitting_seen_at"), "admin_sitting", ["seen_at"], unique=False)
    op.add_column("admin_account", sa.Column("tf_last_counter", KEY, nullable=True))


def downgrade() -> None:
    """Down, losing what the table held."""
    with op.batch_alter_table("admin_account") as batch:
        batch.drop_column("tf_last_counter")
    op.drop_index(op.f("ix_admin_sitting_seen_at"), table_name="admin_sitting")
    op.drop_index(op.f("ix_admin_sitting_user_id"), table_name="admin_sitting")
    op.drop_table("admin_sitting")
