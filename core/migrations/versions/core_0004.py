"""Deadlines and every step they take."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0004"
down_revision: str | None = "core_0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_deadline",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("subject_kind", sa.String(length=80), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("alarm", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("breach_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("used_microseconds", KEY, nullable=False),
        sa.Column("rule_code", sa.String(length=80), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("allowed_seconds", KEY, nullable=False),
        sa.Column("warn_seconds", KEY, nullable=False),
        sa.Column("grace_seconds", KEY, nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("team", sa.String(length=40), nullable=False),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("escalates_to", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('running', 'paused'))",
            name=op.f("ck_core_deadline_ended"),
        ),
        sa.CheckConstraint(
            "alarm IN ('none', 'warned', 'breached')", name=op.f("ck_core_deadline_alarm")
        ),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'stopped', 'cancelled')",
            name=op.f("ck_core_deadline_state"),
        ),
        sa.CheckConstraint(
            "warn_at <= due_at AND due_at <= breach_at", name=op.f("ck_core_deadline_times")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_deadline_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_core_deadline_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_deadline")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_deadline_branch_id_id")),
    )
    with op.batch_alter_table("core_deadline", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_deadline_branch_id_owner_id_state_due_at"),
            ["branch_id", "owner_id", "state", "due_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_deadline_branch_id_state_alarm_breach_at"),
            ["branch_id", "state", "alarm", "breach_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_deadline_branch_id_state_alarm_warn_at"),
            ["branch_id", "state", "alarm", "warn_at"],
            unique=False,
        )
        batch_op.create_index(
            "uq_core_deadline_open",
            ["branch_id", "subject_kind", "subject_id", "target"],
            unique=True,
            postgresql_where=sa.text("state IN ('running', 'paused')"),
            sqlite_where=sa.text("state IN ('running', 'paused')"),
        )

    op.create_table(
        "core_deadline_step",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("deadline_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rule_code", sa.String(length=80), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("allowed_seconds", KEY, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.CheckConstraint(
            "kind IN ('started', 'paused', 'resumed', 'rebased', 'assigned', 'stopped', "
            "'cancelled', 'warned', 'breached')",
            name=op.f("ck_core_deadline_step_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "deadline_id"],
            ["core_deadline.branch_id", "core_deadline.id"],
            name=op.f("fk_core_deadline_step_branch_id_deadline_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_deadline_step_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_deadline_step_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_deadline_step")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_deadline_step_branch_id_id")),
    )
    with op.batch_alter_table("core_deadline_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_deadline_step_branch_id_deadline_id"),
            ["branch_id", "deadline_id"],
            unique=False,
        )
    _append_only()


def downgrade() -> None:
    """Down, losing what the tables held."""
    with op.batch_alter_table("core_deadline_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_deadline_step_branch_id_deadline_id"))

    op.drop_table("core_deadline_step")
    with op.batch_alter_table("core_deadline", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_core_deadline_open",
            postgresql_where=sa.text("state IN ('running', 'paused')"),
            sqlite_where=sa.text("state IN ('running', 'paused')"),
        )
        batch_op.drop_index(batch_op.f("ix_core_deadline_branch_id_state_alarm_warn_at"))
        batch_op.drop_index(batch_op.f("ix_core_deadline_branch_id_state_alarm_breach_at"))
        batch_op.drop_index(batch_op.f("ix_core_deadline_branch_id_owner_id_state_due_at"))

    op.drop_table("core_deadline")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION core_deadline_step_keep()")


def _append_only() -> None:
    """A step is never changed and never taken away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION core_deadline_step_keep() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'core_deadline_step is append-only' "
            "USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER core_deadline_step_keep BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON core_deadline_step FOR EACH STATEMENT EXECUTE FUNCTION core_deadline_step_keep()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER core_deadline_step_no_{act.lower()} BEFORE {act} "
            "ON core_deadline_step "
            "BEGIN SELECT RAISE(ABORT, 'core_deadline_step is append-only'); END"
        )
