"""Find the events that are old enough to be dropped."""

from collections.abc import Sequence

from alembic import op

revision: str = "core_0005"
down_revision: str | None = "core_0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Up."""
    op.create_index(op.f("ix_core_event_at"), "core_event", ["at"], unique=False)


def downgrade() -> None:
    """Down."""
    op.drop_index(op.f("ix_core_event_at"), table_name="core_event")
