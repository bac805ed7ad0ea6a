"""Texts, channels and the outbox of messages."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0008"
down_revision: str | None = "core_0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_message_channel",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("medium", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("shown", sa.String(length=200), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "medium IN ('mail', 'sms', 'chat')", name=op.f("ck_core_message_channel_medium")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_message_channel_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_message_channel")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_message_channel_branch_id_id")),
    )
    with op.batch_alter_table("core_message_channel", schema=None) as batch_op:
        batch_op.create_index(
            "uq_core_message_channel_active",
            ["branch_id", "medium"],
            unique=True,
            postgresql_where=sa.text("active"),
            sqlite_where=sa.text("active"),
        )

    op.create_table(
        "core_message_policy",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_to", sa.Time(), nullable=False),
        sa.Column("cap_count", sa.Integer(), nullable=False),
        sa.Column("cap_days", sa.Integer(), nullable=False),
        sa.Column("cap_hold", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cap_count >= 0 AND cap_days BETWEEN 1 AND 365", name=op.f("ck_core_message_policy_cap")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_message_policy_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_message_policy")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_message_policy_branch_id_id")),
        sa.UniqueConstraint("branch_id", name=op.f("uq_core_message_policy_branch_id")),
    )
    op.create_table(
        "core_message_text",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("medium", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "medium IN ('mail', 'sms', 'chat')", name=op.f("ck_core_message_text_medium")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_message_text_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_message_text")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_message_text_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id",
            "kind",
            "medium",
            "locale",
            name=op.f("uq_core_message_text_branch_id_kind_medium_locale"),
        ),
    )
    op.create_table(
        "core_message",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("medium", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("contact_id", KEY, nullable=True),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("about_kind", sa.String(length=80), nullable=False),
        sa.Column("about_id", KEY, nullable=True),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Boolean(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel_id", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(lease IS NULL) = (state <> 'sending')", name=op.f("ck_core_message_lease")
        ),
        sa.CheckConstraint(
            "(sent_at IS NULL) = (state <> 'sent')", name=op.f("ck_core_message_sent_at")
        ),
        sa.CheckConstraint(
            "medium IN ('mail', 'sms', 'chat')", name=op.f("ck_core_message_medium")
        ),
        sa.CheckConstraint(
            "purpose IN ('service', 'marketing', 'internal')", name=op.f("ck_core_message_purpose")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'held', 'sending', 'sent', 'failed', 'dead', 'dropped')",
            name=op.f("ck_core_message_state"),
        ),
        sa.CheckConstraint(
            "(customer_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_core_message_recipient")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "channel_id"],
            ["core_message_channel.branch_id", "core_message_channel.id"],
            name=op.f("fk_core_message_branch_id_channel_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "contact_id"],
            ["core_contact.branch_id", "core_contact.id"],
            name=op.f("fk_core_message_branch_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_message_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_message_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_message_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_message")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_message_branch_id_id")),
        sa.UniqueConstraint("branch_id", "key", name=op.f("uq_core_message_branch_id_key")),
    )
    with op.batch_alter_table("core_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_message_branch_id_contact_id_sent_at"),
            ["branch_id", "contact_id", "sent_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_message_branch_id_created_at"),
            ["branch_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_message_branch_id_customer_id"),
            ["branch_id", "customer_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_message_branch_id_state_due_at"),
            ["branch_id", "state", "due_at"],
            unique=False,
        )

    op.create_table(
        "core_message_attempt",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('sent', 'temporary', 'permanent', 'unknown')",
            name=op.f("ck_core_message_attempt_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "message_id"],
            ["core_message.branch_id", "core_message.id"],
            name=op.f("fk_core_message_attempt_branch_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_message_attempt_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_message_attempt")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_message_attempt_branch_id_id")),
    )
    with op.batch_alter_table("core_message_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_message_attempt_branch_id_message_id"),
            ["branch_id", "message_id"],
            unique=False,
        )


def downgrade() -> None:
    """Down, losing what the tables held."""
    with op.batch_alter_table("core_message_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_message_attempt_branch_id_message_id"))

    op.drop_table("core_message_attempt")
    with op.batch_alter_table("core_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_message_branch_id_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_core_message_branch_id_customer_id"))
        batch_op.drop_index(batch_op.f("ix_core_message_branch_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_core_message_branch_id_contact_id_sent_at"))

    op.drop_table("core_message")
    op.drop_table("core_message_text")
    op.drop_table("core_message_policy")
    with op.batch_alter_table("core_message_channel", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_core_message_channel_active",
            postgresql_where=sa.text("active"),
            sqlite_where=sa.text("active"),
        )

    op.drop_table("core_message_channel")
