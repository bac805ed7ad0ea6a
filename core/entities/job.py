"""Jobs: every background run is a row; the queue only wakes the worker that reads it."""

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
    Stamped,
    StateType,
    Untracked,
    UtcDateTime,
    one_of,
    owned,
)


class RunState(StrEnum):
    """Where a run stands; ``failed`` is tried again when due, ``dead`` waits for a person."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DEAD = "dead"


class JobRun(Keyed, BranchOwned, Untracked, Stamped, Base):
    """One run of a job at one branch: what to do, who holds it, and how far it came."""

    __tablename__ = "core_job_run"
    __table_args__ = owned(
        UniqueConstraint("unique_key"),
        Index(None, "state", "due_at"),
        Index(None, "branch_id", "kind", "state"),
        one_of("state", RunState, "state"),
    )

    kind: Mapped[str] = mapped_column(String(80))
    args: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[RunState] = mapped_column(StateType(RunState), default=RunState.QUEUED)
    unique_key: Mapped[str | None] = mapped_column(String(200))
    """``<kind>:<branch>:<key>``: what was asked for twice is run once."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime())
    done_count: Mapped[int] = mapped_column(Integer, default=0)
    total_count: Mapped[int | None] = mapped_column(Integer)
    message: Mapped[str] = mapped_column(Text, default="")
    cursor: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    """The checkpoint: committed with the step that reached it."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease: Mapped[str | None] = mapped_column(String(40))
    """The token of the worker that holds the run; a step without it writes nothing."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    last_error: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(BigKey)

    def __str__(self) -> str:
        return f"{self.kind} #{self.id}"
