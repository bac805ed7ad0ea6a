"""What was printed: each paper with its number and how often, and every single print."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    Stamped,
    Untracked,
    UtcDateTime,
    owned,
    reference,
)


class PrintedPaper(Keyed, BranchOwned, Untracked, Base):
    """One paper of one record: its number for good, and how often it was printed."""

    __tablename__ = "core_printed_paper"
    __table_args__ = owned(
        UniqueConstraint("branch_id", "paper", "subject_id", "edition"),
        CheckConstraint("times >= 0", name="times"),
    )

    paper: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[int] = mapped_column(BigKey)
    edition: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[str] = mapped_column(String(40), default="")
    times: Mapped[int] = mapped_column(Integer, default=0)


class PrintEntry(Keyed, BranchOwned, Untracked, Base):
    """Who printed which paper when; from the second turn on it is a reprint 补打.

    Triggers let rows be added and nothing else. The record has no foreign key: the log outlives it.
    """

    __tablename__ = "core_print_entry"
    __table_args__ = owned(
        reference("printed_id", "core_printed_paper"),
        UniqueConstraint("printed_id", "turn"),
        CheckConstraint("turn >= 1", name="turn"),
        Index(None, "branch_id", "run"),
        Index(None, "branch_id", "subject_kind", "subject_id"),
        Index(None, "branch_id", "at"),
    )

    run: Mapped[str] = mapped_column(String(32))
    """What was printed together."""
    printed_id: Mapped[int] = mapped_column(BigKey)
    paper: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[int] = mapped_column(BigKey)
    subject: Mapped[str] = mapped_column(String(200), default="")
    number: Mapped[str] = mapped_column(String(40), default="")
    turn: Mapped[int] = mapped_column(Integer)
    customer_id: Mapped[int | None] = mapped_column(BigKey)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))

    def __str__(self) -> str:
        return self.number or self.subject


class Letterhead(Keyed, BranchOwned, Stamped, Base):
    """What stands at the head of a branch's papers; without one its name stands there."""

    __tablename__ = "core_letterhead"
    __table_args__ = owned(UniqueConstraint("branch_id"))

    company: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    tax_number: Mapped[str] = mapped_column(String(40), default="")
    bank: Mapped[str] = mapped_column(String(200), default="")
    account: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    """A line under every paper: opening hours, how to complain."""
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)
    logo_type: Mapped[str] = mapped_column(String(40), default="")

    def __str__(self) -> str:
        return self.company
