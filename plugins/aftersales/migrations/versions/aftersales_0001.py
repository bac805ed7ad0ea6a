"""The tables of after-sales."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "aftersales_0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "aftersales_technician",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("skills", sa.String(length=200), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "area IN ('urban', 'suburban')", name=op.f("ck_aftersales_technician_area")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_aftersales_technician_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_aftersales_technician_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aftersales_technician")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_aftersales_technician_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id", "user_id", name=op.f("uq_aftersales_technician_branch_id_user_id")
        ),
    )
    op.create_table(
        "aftersales_contract",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("machines", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("price_minor", KEY, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('maintenance', 'subscription')", name=op.f("ck_aftersales_contract_kind")
        ),
        sa.CheckConstraint(
            "state IN ('active', 'cancelled')", name=op.f("ck_aftersales_contract_state")
        ),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_aftersales_contract_price")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_aftersales_contract_term")),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_aftersales_contract_branch_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_aftersales_contract_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_aftersales_contract_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aftersales_contract")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_aftersales_contract_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id", "number", name=op.f("uq_aftersales_contract_branch_id_number")
        ),
    )
    op.create_index(
        op.f("ix_aftersales_contract_branch_id_customer_id"),
        "aftersales_contract",
        ["branch_id", "customer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_aftersales_contract_branch_id_state_kind_ends_on"),
        "aftersales_contract",
        ["branch_id", "state", "kind", "ends_on"],
        unique=False,
    )
    op.create_table(
        "aftersales_call",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("number", sa.String(length=30), nullable=True),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("contact_id", KEY, nullable=True),
        sa.Column("address_id", KEY, nullable=True),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("product_id", KEY, nullable=True),
        sa.Column("model", sa.String(length=100), nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alarm", sa.String(length=40), nullable=False),
        sa.Column("technician_id", KEY, nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(arrived_at IS NOT NULL) = (state IN ('arrived', 'fixed', 'closed'))",
            name=op.f("ck_aftersales_call_arrived"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NOT NULL) = (state = 'closed')", name=op.f("ck_aftersales_call_closed")
        ),
        sa.CheckConstraint(
            "alarm IN ('none', 'warned', 'breached')", name=op.f("ck_aftersales_call_alarm")
        ),
        sa.CheckConstraint("area IN ('urban', 'suburban')", name=op.f("ck_aftersales_call_area")),
        sa.CheckConstraint(
            "channel IN ('phone', 'wechat', 'web', 'counter', 'visit')",
            name=op.f("ck_aftersales_call_channel"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'dispatched', 'accepted', 'arrived', 'fixed', 'closed',"
            " 'cancelled')",
            name=op.f("ck_aftersales_call_state"),
        ),
        sa.CheckConstraint(
            "technician_id IS NOT NULL OR state IN ('open', 'cancelled')",
            name=op.f("ck_aftersales_call_technician"),
        ),
        sa.CheckConstraint(
            "called_at <= warn_at AND warn_at <= due_at", name=op.f("ck_aftersales_call_clock")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "address_id"],
            ["core_address.branch_id", "core_address.id"],
            name=op.f("fk_aftersales_call_branch_id_address_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "contact_id"],
            ["core_contact.branch_id", "core_contact.id"],
            name=op.f("fk_aftersales_call_branch_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_aftersales_call_branch_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "product_id"],
            ["core_product.branch_id", "core_product.id"],
            name=op.f("fk_aftersales_call_branch_id_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "technician_id"],
            ["aftersales_technician.branch_id", "aftersales_technician.id"],
            name=op.f("fk_aftersales_call_branch_id_technician_id"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_aftersales_call_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aftersales_call")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_aftersales_call_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id", "number", name=op.f("uq_aftersales_call_branch_id_number")
        ),
    )
    op.create_index(
        op.f("ix_aftersales_call_branch_id_alarm_warn_at"),
        "aftersales_call",
        ["branch_id", "alarm", "warn_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_aftersales_call_branch_id_customer_id"),
        "aftersales_call",
        ["branch_id", "customer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_aftersales_call_branch_id_state_due_at"),
        "aftersales_call",
        ["branch_id", "state", "due_at"],
        unique=False,
    )
    op.create_table(
        "aftersales_renewal",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("contract_id", KEY, nullable=False),
        sa.Column("term_end", sa.Date(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state <> 'lost' OR lost_reason <> ''", name=op.f("ck_aftersales_renewal_lost_reason")
        ),
        sa.CheckConstraint(
            "state IN ('noticed', 'renewed', 'lost', 'withdrawn')",
            name=op.f("ck_aftersales_renewal_state"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "contract_id"],
            ["aftersales_contract.branch_id", "aftersales_contract.id"],
            name=op.f("fk_aftersales_renewal_branch_id_contract_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_aftersales_renewal_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["core_user.id"], name=op.f("fk_aftersales_renewal_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aftersales_renewal")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_aftersales_renewal_branch_id_id")),
        sa.UniqueConstraint(
            "contract_id", "term_end", name=op.f("uq_aftersales_renewal_contract_id_term_end")
        ),
    )
    op.create_index(
        op.f("ix_aftersales_renewal_branch_id_state_term_end"),
        "aftersales_renewal",
        ["branch_id", "state", "term_end"],
        unique=False,
    )


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_index(
        op.f("ix_aftersales_renewal_branch_id_state_term_end"), table_name="aftersales_renewal"
    )
    op.drop_table("aftersales_renewal")
    op.drop_index(op.f("ix_aftersales_call_branch_id_state_due_at"), table_name="aftersales_call")
    op.drop_index(op.f("ix_aftersales_call_branch_id_customer_id"), table_name="aftersales_call")
    op.drop_index(op.f("ix_aftersales_call_branch_id_alarm_warn_at"), table_name="aftersales_call")
    op.drop_table("aftersales_call")
    op.drop_index(
        op.f("ix_aftersales_contract_branch_id_state_kind_ends_on"),
        table_name="aftersales_contract",
    )
    op.drop_index(
        op.f("ix_aftersales_contract_branch_id_customer_id"), table_name="aftersales_contract"
    )
    op.drop_table("aftersales_contract")
    op.drop_table("aftersales_technician")
