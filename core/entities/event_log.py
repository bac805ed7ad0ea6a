"""What happened, and who is still to be told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    StateType,
    Untracked,
    UtcDateTime,
    one_of,
    owned,
    reference,
)


class DeliveryState(StrEnum):
    """Where a delivery stands; ``dead`` waits for a person to send it again."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    DEAD = "dead"


class EventRecord(Keyed, BranchOwned, Untracked, Base):
    """An event as it was recorded, in the transaction that made it true."""

    __tablename__ = "core_event"
    __table_args__ = owned(Index(None, "branch_id", "name", "id"), Index(None, "at"))

    name: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(BigKey)
    request_id: Mapped[str] = mapped_column(String(40), default="")


class OutboxDelivery(Keyed, BranchOwned, Untracked, Base):
    """One event for one after-subscriber: leased, retried, done once."""

    __tablename__ = "core_outbox_delivery"
    __table_args__ = owned(
        reference("event_id", "core_event", ondelete="CASCADE"),
        UniqueConstraint("event_id", "subscriber"),
        Index(None, "state", "due_at"),
        one_of("state", DeliveryState, "state"),
    )

    event_id: Mapped[int] = mapped_column(BigKey)
    subscriber: Mapped[str] = mapped_column(String(80))
    state: Mapped[DeliveryState] = mapped_column(StateType(DeliveryState))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime())
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    lease: Mapped[str | None] = mapped_column(String(40))
    last_error: Mapped[str] = mapped_column(Text, default="")
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
