"""The tables of credit."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "credit_0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "credit_account",
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("limit_minor", KEY, nullable=False),
        sa.Column("payment_days", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reserved_minor", KEY, nullable=False),
        sa.Column("invoiced_minor", KEY, nullable=False),
        sa.Column("unapplied_minor", KEY, nullable=False),
        sa.Column("guaranteed_minor", KEY, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'amount' AND limit_minor > 0) OR (kind <> 'amount' AND limit_minor = 0)",
            name=op.f("ck_credit_account_limit"),
        ),
        sa.CheckConstraint(
            "kind IN ('unlimited', 'amount', 'zero', 'none')", name=op.f("ck_credit_account_kind")
        ),
        sa.CheckConstraint(
            "reserved_minor >= 0 AND invoiced_minor >= 0"
            " AND unapplied_minor >= 0 AND guaranteed_minor >= 0",
            name=op.f("ck_credit_account_buckets"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_credit_account_branch_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_credit_account_branch_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_credit_account")),
        sa.UniqueConstraint(
            "branch_id", "customer_id", name=op.f("uq_credit_account_branch_id_customer_id")
        ),
    )
    op.create_index(
        op.f("ix_credit_account_branch_id_kind"),
        "credit_account",
        ["branch_id", "kind"],
        unique=False,
    )
    op.create_table(
        "credit_entry",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reserved_minor", KEY, nullable=False),
        sa.Column("invoiced_minor", KEY, nullable=False),
        sa.Column("unapplied_minor", KEY, nullable=False),
        sa.Column("guaranteed_minor", KEY, nullable=False),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('reserve', 'release', 'invoice', 'credit_note', 'receipt', 'write_off',"
            " 'guarantee', 'adjustment', 'opening')",
            name=op.f("ck_credit_entry_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_credit_entry_branch_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_credit_entry_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_entry")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_credit_entry_branch_id_id")),
    )
    op.create_index(
        op.f("ix_credit_entry_branch_id_customer_id_id"),
        "credit_entry",
        ["branch_id", "customer_id", "id"],
        unique=False,
    )


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_index(op.f("ix_credit_entry_branch_id_customer_id_id"), table_name="credit_entry")
    op.drop_table("credit_entry")
    op.drop_index(op.f("ix_credit_account_branch_id_kind"), table_name="credit_account")
    op.drop_table("credit_account")
