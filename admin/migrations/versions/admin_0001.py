"""The accounts and the attempts to log in."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "admin_0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "admin_login_attempt",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_login_attempt")),
    )
    op.create_index(op.f("ix_admin_login_attempt_at"), "admin_login_attempt", ["at"], unique=False)
    op.create_index(
        op.f("ix_admin_login_attempt_login_at"),
        "admin_login_attempt",
        ["login", "at"],
        unique=False,
    )
    op.create_table(
        "admin_account",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_admin_account_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_admin_account")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_admin_account_fs_uniquifier")),
    )


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_table("admin_account")
    op.drop_index(op.f("ix_admin_login_attempt_login_at"), table_name="admin_login_attempt")
    op.drop_index(op.f("ix_admin_login_attempt_at"), table_name="admin_login_attempt")
    op.drop_table("admin_login_attempt")
