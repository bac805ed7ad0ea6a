"""Calendars of branches and teams, and the land's own days."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0003"
down_revision: str | None = "core_0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_calendar_public_day",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('holiday', 'workday', 'ordinary')",
            name=op.f("ck_core_calendar_public_day_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_calendar_public_day")),
        sa.UniqueConstraint("region", "day", name=op.f("uq_core_calendar_public_day_region_day")),
    )
    op.create_table(
        "core_calendar",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("team", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("monday", sa.String(length=200), nullable=False),
        sa.Column("tuesday", sa.String(length=200), nullable=False),
        sa.Column("wednesday", sa.String(length=200), nullable=False),
        sa.Column("thursday", sa.String(length=200), nullable=False),
        sa.Column("friday", sa.String(length=200), nullable=False),
        sa.Column("saturday", sa.String(length=200), nullable=False),
        sa.Column("sunday", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("makeup_hours", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_calendar_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_calendar")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_calendar_branch_id_id")),
        sa.UniqueConstraint("branch_id", "team", name=op.f("uq_core_calendar_branch_id_team")),
    )
    op.create_table(
        "core_calendar_exception",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("calendar_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id", "calendar_id"],
            ["core_calendar.branch_id", "core_calendar.id"],
            name=op.f("fk_core_calendar_exception_branch_id_calendar_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_calendar_exception_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_calendar_exception")),
        sa.UniqueConstraint(
            "branch_id", "id", name=op.f("uq_core_calendar_exception_branch_id_id")
        ),
        sa.UniqueConstraint(
            "calendar_id", "day", name=op.f("uq_core_calendar_exception_calendar_id_day")
        ),
    )


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_table("core_calendar_exception")
    op.drop_table("core_calendar")
    op.drop_table("core_calendar_public_day")
