"""Know who owns a customer, who helps him, and how it came to him."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0009"
down_revision: str | None = "core_0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLES = "'sales', 'market', 'technical', 'finance', 'training', 'service'"


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_team_member",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"role IN ({ROLES})", name=op.f("ck_core_team_member_role")),
        sa.CheckConstraint(
            "to_on IS NULL OR from_on <= to_on", name=op.f("ck_core_team_member_days")
        ),
        *_of_customer("core_team_member"),
        _person("core_team_member", "user_id"),
        *_owned("core_team_member"),
    )
    op.create_index(
        "uq_core_team_member_now",
        "core_team_member",
        ["branch_id", "customer_id", "user_id", "role"],
        unique=True,
        postgresql_where=sa.text("to_on IS NULL"),
        sqlite_where=sa.text("to_on IS NULL"),
    )
    _index("core_team_member", "customer_id")
    _index("core_team_member", "user_id")
    op.create_table(
        "core_hand_over",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_id", KEY, nullable=True),
        sa.Column("to_id", KEY, nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("interaction_id", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        *(_person("core_hand_over", name) for name in ("from_id", "to_id", "user_id")),
        *_owned("core_hand_over"),
    )
    _index("core_hand_over", "at")
    _index("core_hand_over", "interaction_id")
    op.create_table(
        "core_owner_change",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("from_id", KEY, nullable=True),
        sa.Column("to_id", KEY, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("hand_over_id", KEY, nullable=True),
        *_of_customer("core_owner_change"),
        sa.ForeignKeyConstraint(
            ["branch_id", "hand_over_id"],
            ["core_hand_over.branch_id", "core_hand_over.id"],
            name=op.f("fk_core_owner_change_branch_id_hand_over_id"),
        ),
        *(_person("core_owner_change", name) for name in ("from_id", "to_id")),
        *_owned("core_owner_change"),
    )
    _index("core_owner_change", "customer_id")
    _index("core_owner_change", "hand_over_id")
    with op.batch_alter_table("core_deadline", schema=None) as batch_op:
        batch_op.add_column(sa.Column("customer_id", KEY, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_core_deadline_branch_id_customer_id"),
            "core_customer",
            ["branch_id", "customer_id"],
            ["branch_id", "id"],
        )
        batch_op.create_index(
            batch_op.f("ix_core_deadline_branch_id_customer_id"), ["branch_id", "customer_id"]
        )
    _append_only()


def downgrade() -> None:
    """Down, losing what the tables held."""
    with op.batch_alter_table("core_deadline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_deadline_branch_id_customer_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_core_deadline_branch_id_customer_id"), type_="foreignkey"
        )
        batch_op.drop_column("customer_id")
    op.drop_table("core_owner_change")
    op.drop_table("core_hand_over")
    op.drop_table("core_team_member")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION core_hand_over_keep()")


def _owned(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f(f"fk_{table}_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("branch_id", "id", name=op.f(f"uq_{table}_branch_id_id")),
    ]


def _of_customer(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f(f"fk_{table}_branch_id_customer_id"),
            ondelete="CASCADE",
        )
    ]


def _person(table: str, column: str) -> sa.schema.SchemaItem:
    return sa.ForeignKeyConstraint([column], ["core_user.id"], name=op.f(f"fk_{table}_{column}"))


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_branch_id_{column}"), table, ["branch_id", column])


def _append_only() -> None:
    """A hand-over is never changed and never taken away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION core_hand_over_keep() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'core_hand_over is append-only' "
            "USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER core_hand_over_keep BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON core_hand_over FOR EACH STATEMENT EXECUTE FUNCTION core_hand_over_keep()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER core_hand_over_no_{act.lower()} BEFORE {act} ON core_hand_over "
            "BEGIN SELECT RAISE(ABORT, 'core_hand_over is append-only'); END"
        )
