"""The tables of exchange: a file that was sent, what became of each part of it, and habits."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.people import User
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
    reference,
)


class ImportState(StrEnum):
    """Where an import stands; ``refused`` wrote nothing because one row was wrong."""

    RECEIVED = "received"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    UNDOING = "undoing"
    UNDONE = "undone"


class ImportMode(StrEnum):
    """Whether records are made, changed, or both."""

    BOTH = "both"
    CREATE = "create"
    UPDATE = "update"


class Phase(StrEnum):
    """What a part tells of."""

    CHECK = "check"
    RUN = "run"
    UNDO = "undo"


class Import(Keyed, BranchOwned, Stamped, Base):
    """A file of one sheet: how it is read, what was counted, and by whom it was sent."""

    __tablename__ = "core_import"
    __table_args__ = owned(
        one_of("state", ImportState, "state"),
        one_of("mode", ImportMode, "mode"),
        CheckConstraint("clearance BETWEEN 0 AND 3", name="clearance"),
        Index(None, "branch_id", "state"),
        Index(None, "branch_id", "created_at"),
    )

    sheet: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The file; dropped with what undoing needs when its time is over."""
    headings: Mapped[list[str]] = mapped_column(JSON, default=list)
    mapping: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The key of the sheet's column under each heading; empty passes the heading over."""
    mode: Mapped[ImportMode] = mapped_column(StateType(ImportMode), default=ImportMode.BOTH)
    whole: Mapped[bool] = mapped_column(Boolean, default=False)
    """All rows or none."""
    clearance: Mapped[int] = mapped_column(Integer)
    """Of who sent it: what is graded above is passed over (AR-06)."""
    creates: Mapped[bool] = mapped_column(Boolean, default=False)
    updates: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the sender might make, and change, such records when he started it."""
    state: Mapped[ImportState] = mapped_column(StateType(ImportState), default=ImportState.RECEIVED)
    created_count: Mapped[int] = mapped_column(Integer, default=0)
    updated_count: Mapped[int] = mapped_column(Integer, default=0)
    unchanged_count: Mapped[int] = mapped_column(Integer, default=0)
    skipped_count: Mapped[int] = mapped_column(Integer, default=0)
    faulty_count: Mapped[int] = mapped_column(Integer, default=0)
    kept_count: Mapped[int] = mapped_column(Integer, default=0)
    """How many records undoing could not put back."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    run_id: Mapped[int | None] = mapped_column(BigKey)
    """The job that works on it now."""
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))

    user: Mapped[User | None] = relationship()

    def __str__(self) -> str:
        return self.file_name


class ImportPart(Keyed, BranchOwned, Untracked, Base):
    """What became of some hundred rows: committed with them, so that nothing is told twice."""

    __tablename__ = "core_import_part"
    __table_args__ = owned(
        reference("import_id", "core_import", ondelete="CASCADE"),
        UniqueConstraint("branch_id", "import_id", "phase", "line"),
        one_of("phase", Phase, "phase"),
    )

    import_id: Mapped[int] = mapped_column(BigKey)
    phase: Mapped[Phase] = mapped_column(StateType(Phase))
    line: Mapped[int] = mapped_column(Integer)
    """The last row of the file it tells of."""
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    made: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    """[row of the file, id] of each record made."""
    changed: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    """[row of the file, id, what was, what is now] of each record changed."""
    faults: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    """[row of the file, key of the column, sentence, its values] of each row not taken."""


class ImportHabit(Keyed, BranchOwned, Untracked, Stamped, Base):
    """Which columns somebody chose for a set of headings the last time."""

    __tablename__ = "core_import_habit"
    __table_args__ = owned(UniqueConstraint("branch_id", "user_id", "sheet", "headings"))

    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id"))
    sheet: Mapped[str] = mapped_column(String(80))
    headings: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[list[str]] = mapped_column(JSON, default=list)
