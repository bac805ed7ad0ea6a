"""Find messages by what they are about."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "core_0016"
down_revision: str | None = "core_0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Up."""
    with op.batch_alter_table("core_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_message_branch_id_about_kind_about_id"),
            ["branch_id", "about_kind", "about_id"],
            unique=False,
        )


def downgrade() -> None:
    """Down, losing what the tables held."""
    with op.batch_alter_table("core_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_message_branch_id_about_kind_about_id"))
