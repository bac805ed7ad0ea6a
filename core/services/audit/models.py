"""The log and its seals; triggers of the migration let rows be added and nothing else."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Integer, String, Text, UniqueConstraint
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
)
from dougong.core.policies import ANYWHERE


class AuditAction(StrEnum):
    """What was done to a record; ``bulk`` tells of many at once, ``reveal`` of a look."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    BULK = "bulk"
    REVEAL = "reveal"


class AuditEntry(Keyed, BranchOwned, Untracked, Base):
    """One record's change in one flush, or one look at what is confidential (AR-04, AR-06).

    No foreign keys but the branch: the log outlives what it tells of.
    """

    __tablename__ = "core_audit_entry"
    __table_args__ = (
        *owned(
            one_of("action", AuditAction, "action"),
            Index(None, "branch_id", "entity", "entity_id"),
            Index(None, "branch_id", "customer_id"),
        ),
        {"info": {ANYWHERE: True}},  # changes of people and rights are kept at headquarters
    )

    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(BigKey)
    request_id: Mapped[str] = mapped_column(String(40), default="")
    action: Mapped[AuditAction] = mapped_column(StateType(AuditAction))
    entity: Mapped[str] = mapped_column(String(80))
    """The table's name, which is promised."""
    entity_id: Mapped[int | None] = mapped_column(BigKey)
    """The record's key; None when the entry tells of many."""
    customer_id: Mapped[int | None] = mapped_column(BigKey)
    """The customer in whose history it stands."""
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field → [from, to], with the currency third where it is an amount in minor units."""
    reason: Mapped[str] = mapped_column(Text, default="")


class AuditSeal(Keyed, BranchOwned, Untracked, Base):
    """A batch of a branch's entries and their hash, chained to the batch before."""

    __tablename__ = "core_audit_seal"
    __table_args__ = owned(
        UniqueConstraint("branch_id", "number"),
        CheckConstraint("first_id <= last_id", name="span"),
    )

    number: Mapped[int] = mapped_column(Integer)
    first_id: Mapped[int] = mapped_column(BigKey)
    last_id: Mapped[int] = mapped_column(BigKey)
    count: Mapped[int] = mapped_column(Integer)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
