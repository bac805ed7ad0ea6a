"""Approvals: policies, requests, who may decide them, and their history."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0011"
down_revision: str | None = "core_0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_approval_policy",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("author_id", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["core_user.id"], name=op.f("fk_core_approval_policy_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_approval_policy_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_approval_policy")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_approval_policy_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id",
            "kind",
            "version",
            name=op.f("uq_core_approval_policy_branch_id_kind_version"),
        ),
    )
    op.create_table(
        "core_approval",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject_kind", sa.String(length=80), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("asked_by_id", KEY, nullable=False),
        sa.Column("asked_for_id", KEY, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_minor", KEY, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wakes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(amount_minor IS NULL) = (currency = '')", name=op.f("ck_core_approval_amount")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'used', 'refused', 'withdrawn', 'expired', 'voided')",
            name=op.f("ck_core_approval_state"),
        ),
        sa.CheckConstraint("length(content_hash) = 64", name=op.f("ck_core_approval_content_hash")),
        sa.CheckConstraint("step >= 1", name=op.f("ck_core_approval_step")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["core_user.id"], name=op.f("fk_core_approval_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_for_id"], ["core_user.id"], name=op.f("fk_core_approval_asked_for_id")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_approval_branch_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_approval_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_approval")),
        sa.UniqueConstraint(
            "branch_id",
            "id",
            "asked_by_id",
            "asked_for_id",
            name=op.f("uq_core_approval_whose"),
        ),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_approval_branch_id_id")),
    )
    with op.batch_alter_table("core_approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_approval_branch_id_asked_by_id_state"),
            ["branch_id", "asked_by_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_approval_branch_id_customer_id"),
            ["branch_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_approval_branch_id_state_wakes_at"),
            ["branch_id", "state", "wakes_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_approval_branch_id_subject_kind_subject_id"),
            ["branch_id", "subject_kind", "subject_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_core_approval_open",
            ["branch_id", "kind", "subject_kind", "subject_id"],
            unique=True,
            postgresql_where=sa.text("state IN ('waiting', 'approved')"),
            sqlite_where=sa.text("state IN ('waiting', 'approved')"),
        )

    op.create_table(
        "core_approval_entry",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("approval_id", KEY, nullable=False),
        sa.Column("asked_by_id", KEY, nullable=False),
        sa.Column("asked_for_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("for_id", KEY, nullable=True),
        sa.Column("seats", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('asked', 'approved', 'refused', 'passed', 'withdrawn', 'expired', "
            "'voided', 'used', 'reminded', 'escalated')",
            name=op.f("ck_core_approval_entry_kind"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('approved', 'refused') OR (user_id IS NOT NULL AND for_id IS NOT NULL "
            "AND user_id <> asked_by_id AND user_id <> asked_for_id "
            "AND for_id <> asked_by_id AND for_id <> asked_for_id)",
            name=op.f("ck_core_approval_entry_never_his_own"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "approval_id", "asked_by_id", "asked_for_id"],
            [
                "core_approval.branch_id",
                "core_approval.id",
                "core_approval.asked_by_id",
                "core_approval.asked_for_id",
            ],
            name=op.f("fk_core_approval_entry_whose"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_approval_entry_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["for_id"], ["core_user.id"], name=op.f("fk_core_approval_entry_for_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_approval_entry_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_approval_entry")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_approval_entry_branch_id_id")),
    )
    with op.batch_alter_table("core_approval_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_approval_entry_branch_id_approval_id"),
            ["branch_id", "approval_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_core_approval_entry_for",
            ["branch_id", "approval_id", "for_id"],
            unique=True,
            postgresql_where=sa.text("kind IN ('approved', 'refused')"),
            sqlite_where=sa.text("kind IN ('approved', 'refused')"),
        )
        batch_op.create_index(
            "uq_core_approval_entry_user",
            ["branch_id", "approval_id", "user_id"],
            unique=True,
            postgresql_where=sa.text("kind IN ('approved', 'refused')"),
            sqlite_where=sa.text("kind IN ('approved', 'refused')"),
        )

    op.create_table(
        "core_approval_place",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("approval_id", KEY, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.CheckConstraint(
            "(user_id IS NULL) = (role <> '')", name=op.f("ck_core_approval_place_one")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "approval_id"],
            ["core_approval.branch_id", "core_approval.id"],
            name=op.f("fk_core_approval_place_branch_id_approval_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_approval_place_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_approval_place_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_approval_place")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_approval_place_branch_id_id")),
    )
    with op.batch_alter_table("core_approval_place", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_approval_place_branch_id_approval_id"),
            ["branch_id", "approval_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_approval_place_branch_id_user_id"),
            ["branch_id", "user_id"],
            unique=False,
        )
    _append_only()
    _frozen()


def downgrade() -> None:
    """Down, losing what the tables held."""
    with op.batch_alter_table("core_approval_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_approval_place_branch_id_user_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_place_branch_id_approval_id"))

    op.drop_table("core_approval_place")
    with op.batch_alter_table("core_approval_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_core_approval_entry_user",
            postgresql_where=sa.text("kind IN ('approved', 'refused')"),
            sqlite_where=sa.text("kind IN ('approved', 'refused')"),
        )
        batch_op.drop_index(
            "uq_core_approval_entry_for",
            postgresql_where=sa.text("kind IN ('approved', 'refused')"),
            sqlite_where=sa.text("kind IN ('approved', 'refused')"),
        )
        batch_op.drop_index(batch_op.f("ix_core_approval_entry_branch_id_approval_id"))

    op.drop_table("core_approval_entry")
    with op.batch_alter_table("core_approval", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_core_approval_open",
            postgresql_where=sa.text("state IN ('waiting', 'approved')"),
            sqlite_where=sa.text("state IN ('waiting', 'approved')"),
        )
        batch_op.drop_index(batch_op.f("ix_core_approval_branch_id_subject_kind_subject_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_branch_id_state_wakes_at"))
        batch_op.drop_index(batch_op.f("ix_core_approval_branch_id_customer_id"))
        batch_op.drop_index(batch_op.f("ix_core_approval_branch_id_asked_by_id_state"))

    op.drop_table("core_approval")
    op.drop_table("core_approval_policy")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION core_approval_entry_keep()")
        op.execute("DROP FUNCTION core_approval_keep()")


FROZEN = (
    "branch_id", "kind", "subject_kind", "subject_id", "subject", "asked_by_id", "asked_for_id",
    "asked_at", "amount_minor", "currency", "content_hash", "reason", "policy_version",
)  # fmt: skip
JSON_FROZEN = ("content", "steps")


def _append_only() -> None:
    """An entry is never changed and never taken away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION core_approval_entry_keep() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'core_approval_entry is append-only' "
            "USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER core_approval_entry_keep BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON core_approval_entry FOR EACH STATEMENT EXECUTE FUNCTION core_approval_entry_keep()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER core_approval_entry_no_{act.lower()} BEFORE {act} "
            "ON core_approval_entry "
            "BEGIN SELECT RAISE(ABORT, 'core_approval_entry is append-only'); END"
        )


def _frozen() -> None:
    """What was asked stays as it was asked, and what has ended stays ended."""
    if op.get_bind().dialect.name == "postgresql":
        changed = [f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in FROZEN]
        changed += [f"OLD.{name}::text IS DISTINCT FROM NEW.{name}::text" for name in JSON_FROZEN]
        op.execute(
            "CREATE FUNCTION core_approval_keep() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'core_approval: what was asked is frozen' "
            "USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER core_approval_keep BEFORE UPDATE ON core_approval FOR EACH ROW "
            f"WHEN (OLD.ended_at IS NOT NULL OR {' OR '.join(changed)}) "
            "EXECUTE FUNCTION core_approval_keep()"
        )
        return
    changed = [f"OLD.{name} IS NOT NEW.{name}" for name in (*FROZEN, *JSON_FROZEN)]
    op.execute(
        "CREATE TRIGGER core_approval_keep BEFORE UPDATE ON core_approval "
        f"WHEN OLD.ended_at IS NOT NULL OR {' OR '.join(changed)} "
        "BEGIN SELECT RAISE(ABORT, 'core_approval: what was asked is frozen'); END"
    )
