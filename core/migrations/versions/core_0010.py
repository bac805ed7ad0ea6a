"""What was printed, and the head of a branch's papers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0010"
down_revision: str | None = "core_0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LOG = "core_print_entry"


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_printed_paper",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("paper", sa.String(length=80), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("times >= 0", name=op.f("ck_core_printed_paper_times")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_printed_paper_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_printed_paper")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_printed_paper_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id", "paper", "subject_id", "edition",
            name=op.f("uq_core_printed_paper_branch_id_paper_subject_id_edition"),
        ),
    )  # fmt: skip
    op.create_table(
        LOG,
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("printed_id", KEY, nullable=False),
        sa.Column("paper", sa.String(length=80), nullable=False),
        sa.Column("subject_kind", sa.String(length=80), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.CheckConstraint("turn >= 1", name=op.f("ck_core_print_entry_turn")),
        sa.ForeignKeyConstraint(
            ["branch_id", "printed_id"],
            ["core_printed_paper.branch_id", "core_printed_paper.id"],
            name=op.f("fk_core_print_entry_branch_id_printed_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_print_entry_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_print_entry_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_print_entry")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_print_entry_branch_id_id")),
        sa.UniqueConstraint("printed_id", "turn", name=op.f("uq_core_print_entry_printed_id_turn")),
    )
    with op.batch_alter_table(LOG, schema=None) as batch_op:
        for columns in (["branch_id", "run"], ["branch_id", "subject_kind", "subject_id"],
                        ["branch_id", "at"]):  # fmt: skip
            batch_op.create_index(
                batch_op.f(f"ix_{LOG}_{'_'.join(columns)}"), columns, unique=False
            )
    op.create_table(
        "core_letterhead",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("company", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("tax_number", sa.String(length=40), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_type", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_letterhead_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_letterhead")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_letterhead_branch_id_id")),
        sa.UniqueConstraint("branch_id", name=op.f("uq_core_letterhead_branch_id")),
    )
    _append_only()


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_table("core_letterhead")
    op.drop_table(LOG)
    op.drop_table("core_printed_paper")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION core_print_entry_keep()")


def _append_only() -> None:
    """A print is never changed and never taken away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION core_print_entry_keep() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'core_print_entry is append-only' "
            "USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER core_print_entry_keep BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON core_print_entry FOR EACH STATEMENT EXECUTE FUNCTION core_print_entry_keep()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER core_print_entry_no_{act.lower()} BEFORE {act} "
            "ON core_print_entry "
            "BEGIN SELECT RAISE(ABORT, 'core_print_entry is append-only'); END"
        )
