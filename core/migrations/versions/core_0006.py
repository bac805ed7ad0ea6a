"""Count document numbers by the year; numbers given before stay as they are."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0006"
down_revision: str | None = "core_0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE = "core_document_number"


def upgrade() -> None:
    """Up: what was counted until now is of no year."""
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("year", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        batch_op.drop_constraint(f"uq_{TABLE}_branch_id_series", type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f(f"uq_{TABLE}_branch_id_series_year"), ["branch_id", "series", "year"]
        )
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.alter_column("year", server_default=None)


def downgrade() -> None:
    """Down: numbers without a year go on where they stopped; those with one stay on paper."""
    op.execute("DELETE FROM core_document_number WHERE year <> 0")
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        batch_op.drop_constraint(f"uq_{TABLE}_branch_id_series_year", type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f(f"uq_{TABLE}_branch_id_series"), ["branch_id", "series"]
        )
        batch_op.drop_column("year")
