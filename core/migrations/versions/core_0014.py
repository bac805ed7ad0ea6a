"""Activities with their steps, and duties."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0014"
down_revision: str | None = "core_0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_duty",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("rhythm", sa.String(length=40), nullable=False),
        sa.Column("audience", sa.String(length=80), nullable=False),
        sa.Column("within_days", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "rhythm IN ('week', 'month', 'quarter', 'half_year', 'year')",
            name=op.f("ck_core_duty_rhythm"),
        ),
        sa.CheckConstraint(
            "within_days IS NULL OR within_days > 0", name=op.f("ck_core_duty_within")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_duty_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_duty")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_duty_branch_id_id")),
    )
    op.create_table(
        "core_activity",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subject_kind", sa.String(length=80), nullable=False),
        sa.Column("subject_id", KEY, nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("result_code", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("follows_id", KEY, nullable=True),
        sa.Column("duty_id", KEY, nullable=True),
        sa.Column("occurrence_key", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state = 'planned')", name=op.f("ck_core_activity_ended_at")
        ),
        sa.CheckConstraint(
            "(ended_on IS NULL) = (state = 'planned')", name=op.f("ck_core_activity_ended_on")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'done', 'skipped', 'cancelled')",
            name=op.f("ck_core_activity_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('skipped', 'cancelled') OR note <> ''",
            name=op.f("ck_core_activity_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_activity_branch_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "duty_id"],
            ["core_duty.branch_id", "core_duty.id"],
            name=op.f("fk_core_activity_branch_id_duty_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "follows_id"],
            ["core_activity.branch_id", "core_activity.id"],
            name=op.f("fk_core_activity_branch_id_follows_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_activity_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_core_activity_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_activity")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_activity_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id", "occurrence_key", name=op.f("uq_core_activity_branch_id_occurrence_key")
        ),
    )
    with op.batch_alter_table("core_activity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_activity_branch_id_customer_id_state"),
            ["branch_id", "customer_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_activity_branch_id_duty_id_planned_on"),
            ["branch_id", "duty_id", "planned_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_activity_branch_id_kind_state_due_on"),
            ["branch_id", "kind", "state", "due_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_activity_branch_id_owner_id_state_due_on"),
            ["branch_id", "owner_id", "state", "due_on"],
            unique=False,
        )
        batch_op.create_index(
            "ix_core_activity_planned",
            ["branch_id", "due_on"],
            unique=False,
            postgresql_where=sa.text("state = 'planned'"),
            sqlite_where=sa.text("state = 'planned'"),
        )

    op.create_table(
        "core_activity_check",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("activity_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("passed_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id", "activity_id"],
            ["core_activity.branch_id", "core_activity.id"],
            name=op.f("fk_core_activity_check_branch_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_activity_check_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "passed_id"],
            ["core_activity.branch_id", "core_activity.id"],
            name=op.f("fk_core_activity_check_branch_id_passed_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_activity_check_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_activity_check_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_activity_check")),
        sa.UniqueConstraint(
            "branch_id",
            "activity_id",
            "customer_id",
            name=op.f("uq_core_activity_check_branch_id_activity_id_customer_id"),
        ),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_activity_check_branch_id_id")),
    )
    op.create_table(
        "core_activity_step",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("activity_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("result_code", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            (
                "kind IN ('planned', 'moved', 'postponed', 'delegated', 'handed_over', 'merged', "
                "'done', 'skipped', 'cancelled', 'reopened')"
            ),
            name=op.f("ck_core_activity_step_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "activity_id"],
            ["core_activity.branch_id", "core_activity.id"],
            name=op.f("fk_core_activity_step_branch_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_activity_step_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_core_activity_step_owner_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_activity_step_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_activity_step")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_activity_step_branch_id_id")),
    )
    with op.batch_alter_table("core_activity_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_activity_step_branch_id_activity_id"),
            ["branch_id", "activity_id"],
            unique=False,
        )

    _append_only()


def downgrade() -> None:
    """Down, losing what the tables held."""
    with op.batch_alter_table("core_activity_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_activity_step_branch_id_activity_id"))

    op.drop_table("core_activity_step")
    op.drop_table("core_activity_check")
    with op.batch_alter_table("core_activity", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_core_activity_planned",
            postgresql_where=sa.text("state = 'planned'"),
            sqlite_where=sa.text("state = 'planned'"),
        )
        batch_op.drop_index(batch_op.f("ix_core_activity_branch_id_owner_id_state_due_on"))
        batch_op.drop_index(batch_op.f("ix_core_activity_branch_id_kind_state_due_on"))
        batch_op.drop_index(batch_op.f("ix_core_activity_branch_id_duty_id_planned_on"))
        batch_op.drop_index(batch_op.f("ix_core_activity_branch_id_customer_id_state"))

    op.drop_table("core_activity")
    op.drop_table("core_duty")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION core_activity_step_keep()")


def _append_only() -> None:
    """A step is never changed and never taken away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION core_activity_step_keep() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'core_activity_step is append-only' "
            "USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER core_activity_step_keep BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON core_activity_step FOR EACH STATEMENT EXECUTE FUNCTION core_activity_step_keep()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER core_activity_step_no_{act.lower()} BEFORE {act} "
            "ON core_activity_step "
            "BEGIN SELECT RAISE(ABORT, 'core_activity_step is append-only'); END"
        )
