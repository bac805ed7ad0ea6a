"""What a branch expects of its archives, what was verified, what was found."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0012"
down_revision: str | None = "core_0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_archive_standard",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_archive_standard_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_archive_standard")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_archive_standard_branch_id_id")),
        sa.UniqueConstraint("branch_id", name=op.f("uq_core_archive_standard_branch_id")),
    )
    op.create_table(
        "core_archive_finding",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("other_id", KEY, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('missing', 'invalid', 'stale', 'double')",
            name=op.f("ck_core_archive_finding_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_archive_finding_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_archive_finding_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_archive_finding")),
        sa.UniqueConstraint(
            "branch_id",
            "customer_id",
            "kind",
            "field",
            "subject_kind",
            "subject_id",
            "other_id",
            name="uq_core_archive_finding_what",
        ),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_archive_finding_branch_id_id")),
    )
    with op.batch_alter_table("core_archive_finding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_archive_finding_branch_id_kind_field_customer_id"),
            ["branch_id", "kind", "field", "customer_id"],
            unique=False,
        )

    op.create_table(
        "core_archive_quality",
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, autoincrement=False, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_again_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_core_archive_quality_score")),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_archive_quality_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_archive_quality_branch_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_core_archive_quality")),
        sa.UniqueConstraint(
            "branch_id", "customer_id", name=op.f("uq_core_archive_quality_branch_id_customer_id")
        ),
    )
    with op.batch_alter_table("core_archive_quality", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_archive_quality_branch_id_look_again_at"),
            ["branch_id", "look_again_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_archive_quality_branch_id_score_customer_id"),
            ["branch_id", "score", "customer_id"],
            unique=False,
        )

    op.create_table(
        "core_field_check",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("means", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "field IN ('phone', 'email', 'address', 'contacts')",
            name=op.f("ck_core_field_check_field"),
        ),
        sa.CheckConstraint(
            "means IN ('edited', 'called', 'visited', 'document', 'confirmed')",
            name=op.f("ck_core_field_check_means"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "customer_id"],
            ["core_customer.branch_id", "core_customer.id"],
            name=op.f("fk_core_field_check_branch_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_field_check_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_field_check_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_field_check")),
        sa.UniqueConstraint(
            "branch_id",
            "customer_id",
            "field",
            name=op.f("uq_core_field_check_branch_id_customer_id_field"),
        ),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_field_check_branch_id_id")),
    )


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_table("core_field_check")
    with op.batch_alter_table("core_archive_quality", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_archive_quality_branch_id_score_customer_id"))
        batch_op.drop_index(batch_op.f("ix_core_archive_quality_branch_id_look_again_at"))

    op.drop_table("core_archive_quality")
    with op.batch_alter_table("core_archive_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_archive_finding_branch_id_kind_field_customer_id"))

    op.drop_table("core_archive_finding")
    op.drop_table("core_archive_standard")
