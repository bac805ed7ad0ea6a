"""Keep what changes: a log that only grows, and its seals."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0002"
down_revision: str | None = "core_0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("core_audit_entry", "core_audit_seal")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_audit_entry",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=80), nullable=False),
        sa.Column("entity_id", KEY, nullable=True),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "action IN ('create', 'update', 'delete', 'bulk', 'reveal')",
            name=op.f("ck_core_audit_entry_action"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_audit_entry_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_audit_entry")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_audit_entry_branch_id_id")),
    )
    with op.batch_alter_table("core_audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_audit_entry_branch_id_customer_id"),
            ["branch_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_audit_entry_branch_id_entity_entity_id"),
            ["branch_id", "entity", "entity_id"],
            unique=False,
        )

    op.create_table(
        "core_audit_seal",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_id", KEY, nullable=False),
        sa.Column("last_id", KEY, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_id <= last_id", name=op.f("ck_core_audit_seal_span")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_audit_seal_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_audit_seal")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_audit_seal_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id", "number", name=op.f("uq_core_audit_seal_branch_id_number")
        ),
    )
    for table in TABLES:
        _append_only(table)


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_table("core_audit_seal")
    with op.batch_alter_table("core_audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_audit_entry_branch_id_entity_entity_id"))
        batch_op.drop_index(batch_op.f("ix_core_audit_entry_branch_id_customer_id"))

    op.drop_table("core_audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION core_append_only()")


def _append_only(table: str) -> None:
    """Refuse UPDATE and DELETE; on PostgreSQL also TRUNCATE, and whoever replicates."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION core_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
            "USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION core_append_only()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
