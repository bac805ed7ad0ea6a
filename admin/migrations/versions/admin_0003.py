"""How each person keeps a list: columns, where it starts, and lists saved under a name."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "admin_0003"
down_revision: str | None = "admin_0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "admin_list_preference",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("view", sa.String(length=80), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("hidden", sa.JSON(), nullable=False),
        sa.Column("start", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["core_user.id"],
            name=op.f("fk_admin_list_preference_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_list_preference")),
        sa.UniqueConstraint("user_id", "view", name=op.f("uq_admin_list_preference_user_id_view")),
    )
    op.create_table(
        "admin_saved_list",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("view", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_admin_saved_list_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["core_user.id"],
            name=op.f("fk_admin_saved_list_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_saved_list")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_admin_saved_list_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id",
            "user_id",
            "view",
            "name",
            name=op.f("uq_admin_saved_list_branch_id_user_id_view_name"),
        ),
    )
    op.create_index(
        op.f("ix_admin_saved_list_branch_id_view"),
        "admin_saved_list",
        ["branch_id", "view"],
        unique=False,
    )


def downgrade() -> None:
    """Down, losing what people chose."""
    op.drop_index(op.f("ix_admin_saved_list_branch_id_view"), table_name="admin_saved_list")
    op.drop_table("admin_saved_list")
    op.drop_table("admin_list_preference")
