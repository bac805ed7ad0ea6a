"""The tables of care."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "care_0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "care_activity",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("contact_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("occasion_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("means", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("occurrence_key", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(done_at IS NULL) = (state = 'planned')", name=op.f("ck_care_activity_done_at")
        ),
        sa.CheckConstraint(
            "kind IN ('birthday', 'anniversary', 'festival', 'other')",
            name=op.f("ck_care_activity_kind"),
        ),
        sa.CheckConstraint(
            "means IN ('visit', 'gift', 'call', 'sms')", name=op.f("ck_care_activity_means")
        ),
        sa.CheckConstraint(
            "state = 'planned' OR result <> ''", name=op.f("ck_care_activity_result")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'done', 'skipped')", name=op.f("ck_care_activity_state")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "contact_id"],
            ["core_contact.branch_id", "core_contact.id"],
            name=op.f("fk_care_activity_branch_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_care_activity_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_care_activity_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_care_activity_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_activity")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_care_activity_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id", "occurrence_key", name=op.f("uq_care_activity_branch_id_occurrence_key")
        ),
    )
    op.create_index(
        op.f("ix_care_activity_branch_id_customer_id"),
        "care_activity",
        ["branch_id", "customer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_care_activity_branch_id_state_due_on"),
        "care_activity",
        ["branch_id", "state", "due_on"],
        unique=False,
    )


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_index(op.f("ix_care_activity_branch_id_state_due_on"), table_name="care_activity")
    op.drop_index(op.f("ix_care_activity_branch_id_customer_id"), table_name="care_activity")
    op.drop_table("care_activity")
