"""Files that people send, what became of each part of them, and which columns they chose."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0015"
down_revision: str | None = "core_0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    op.create_table(
        "core_import",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("sheet", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("clearance", sa.Integer(), nullable=False),
        sa.Column("creates", sa.Boolean(), nullable=False),
        sa.Column("updates", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_count", sa.Integer(), nullable=False),
        sa.Column("updated_count", sa.Integer(), nullable=False),
        sa.Column("unchanged_count", sa.Integer(), nullable=False),
        sa.Column("skipped_count", sa.Integer(), nullable=False),
        sa.Column("faulty_count", sa.Integer(), nullable=False),
        sa.Column("kept_count", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_id", KEY, nullable=True),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "mode IN ('both', 'create', 'update')", name=op.f("ck_core_import_mode")
        ),
        sa.CheckConstraint(
            (
                "state IN ('received', 'checking', 'checked', 'running', 'done', 'refused', "
                "'undoing', 'undone')"
            ),
            name=op.f("ck_core_import_state"),
        ),
        sa.CheckConstraint("clearance BETWEEN 0 AND 3", name=op.f("ck_core_import_clearance")),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_import_branch_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["core_user.id"], name=op.f("fk_core_import_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_import")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_import_branch_id_id")),
    )
    with op.batch_alter_table("core_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_import_branch_id_created_at"),
            ["branch_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_import_branch_id_state"), ["branch_id", "state"], unique=False
        )

    op.create_table(
        "core_import_habit",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("sheet", sa.String(length=80), nullable=False),
        sa.Column("headings", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_import_habit_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_user.id"], name=op.f("fk_core_import_habit_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_import_habit")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_import_habit_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id",
            "user_id",
            "sheet",
            "headings",
            name=op.f("uq_core_import_habit_branch_id_user_id_sheet_headings"),
        ),
    )
    op.create_table(
        "core_import_part",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("branch_id", KEY, nullable=False),
        sa.Column("import_id", KEY, nullable=False),
        sa.Column("phase", sa.String(length=40), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "phase IN ('check', 'run', 'undo')", name=op.f("ck_core_import_part_phase")
        ),
        sa.ForeignKeyConstraint(
            ["branch_id", "import_id"],
            ["core_import.branch_id", "core_import.id"],
            name=op.f("fk_core_import_part_branch_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["core_branch.id"], name=op.f("fk_core_import_part_branch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_import_part")),
        sa.UniqueConstraint("branch_id", "id", name=op.f("uq_core_import_part_branch_id_id")),
        sa.UniqueConstraint(
            "branch_id",
            "import_id",
            "phase",
            "line",
            name=op.f("uq_core_import_part_branch_id_import_id_phase_line"),
        ),
    )


def downgrade() -> None:
    """Down, losing what the tables held."""
    op.drop_table("core_import_part")
    op.drop_table("core_import_habit")
    with op.batch_alter_table("core_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_import_branch_id_state"))
        batch_op.drop_index(batch_op.f("ix_core_import_branch_id_created_at"))

    op.drop_table("core_import")
