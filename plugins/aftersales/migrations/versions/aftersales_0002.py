"""Watch promised arrivals by the core's deadlines: a clock for every call nobody has reached."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "aftersales_0002"
down_revision: str | None = "aftersales_0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = ("open", "dispatched", "accepted")
_CALL = (
    "id", "branch_id", "customer_id", "number", "area", "state", "alarm", "called_at", "warn_at",
    "due_at", "technician_id",
)  # fmt: skip
_DEADLINE = (
    "id", "branch_id", "subject_kind", "subject_id", "subject", "customer_id", "target",
    "owner_id", "state",
    "alarm", "started_at", "warn_at", "due_at", "breach_at", "ended_at", "used_microseconds",
    "rule_code", "rule_version", "allowed_seconds", "warn_seconds", "grace_seconds", "working",
    "team", "pauses", "escalates_to", "created_at", "updated_at",
)  # fmt: skip
_STEP = (
    "branch_id", "deadline_id", "kind", "at", "noted_at", "actor", "reason", "note", "rule_code",
    "rule_version", "allowed_seconds", "due_at", "owner_id",
)  # fmt: skip
_TYPES: dict[str, Any] = {"pauses": sa.JSON(), "working": sa.Boolean()}


def _table(name: str, columns: Sequence[str]) -> sa.TableClause:
    def kind(column: str) -> Any:
        ends = sa.DateTime(timezone=True) if column.endswith("_at") or column == "at" else None
        return _TYPES.get(column, ends)

    return sa.table(name, *(sa.column(column, kind(column)) for column in columns))


CALL = _table("aftersales_call", _CALL)
DEADLINE = _table("core_deadline", _DEADLINE)
STEP = _table("core_deadline_step", _STEP)


def upgrade() -> None:
    """Up: the promise stays what it was, and an alarm that went off does not go off again."""
    now = datetime.now(UTC)
    technician = sa.table("aftersales_technician", sa.column("id"), sa.column("user_id"))
    customer = sa.table("core_customer", sa.column("id"), sa.column("name"))
    calls = (
        sa.select(CALL, technician.c.user_id, customer.c.name)
        .join(customer, customer.c.id == CALL.c.customer_id)
        .outerjoin(technician, technician.c.id == CALL.c.technician_id)
        .where(CALL.c.state.in_(OPEN))
        .order_by(CALL.c.id)
    )
    for call in op.get_bind().execute(calls).all():
        clock = _clock(call, now)
        made = sa.insert(DEADLINE).values(clock).returning(DEADLINE.c.id)
        key = op.get_bind().execute(made).scalar_one()
        _note(key, clock, "started", call.called_at, now)


def downgrade() -> None:
    """Down: the clocks are withdrawn; their steps stay, since nothing may take them away."""
    now = datetime.now(UTC)
    mine = (
        DEADLINE.c.subject_kind == "aftersales.call",
        DEADLINE.c.target == "arrive",
        DEADLINE.c.state.in_(("running", "paused")),
    )
    for row in op.get_bind().execute(sa.select(DEADLINE).where(*mine)).mappings().all():
        _note(row["id"], row, "cancelled", now, now)
    ended = sa.update(DEADLINE).where(*mine)
    op.execute(ended.values(state="cancelled", ended_at=now, updated_at=now))


def _clock(call: Any, now: datetime) -> dict[str, Any]:
    allowed = round((call.due_at - call.called_at).total_seconds())
    warned = int((call.warn_at - call.called_at).total_seconds())
    return {
        "branch_id": call.branch_id, "subject_kind": "aftersales.call", "subject_id": call.id,
        "subject": f"{call.number} {call.name}"[:200], "customer_id": call.customer_id,
        "target": "arrive",
        "owner_id": call.user_id, "state": "running", "alarm": call.alarm,
        "started_at": call.called_at, "warn_at": call.warn_at, "due_at": call.due_at,
        "breach_at": call.due_at, "used_microseconds": 0,
        "rule_code": f"aftersales.arrive.{call.area}", "rule_version": 0,
        "allowed_seconds": allowed, "warn_seconds": warned, "grace_seconds": 0, "working": False,
        "team": "", "pauses": [], "escalates_to": "dispatcher", "created_at": now,
        "updated_at": now,
    }  # fmt: skip


def _note(key: int, clock: Any, kind: str, at: datetime, now: datetime) -> None:
    kept = ("branch_id", "rule_code", "rule_version", "allowed_seconds", "due_at", "owner_id")
    step = {
        "deadline_id": key, "kind": kind, "at": at, "noted_at": now, "actor": "upgrade",
        "reason": "", "note": "", **{name: clock[name] for name in kept},
    }  # fmt: skip
    op.execute(sa.insert(STEP).values(step))
