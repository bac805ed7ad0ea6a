"""The tables of archive quality: what a branch expects, what was verified, what was found."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.orm import (
    STAYS,
    Base,
    BigKey,
    BranchOwned,
    Json,
    Keyed,
    Stamped,
    StateType,
    Untracked,
    UtcDateTime,
    one_of,
    owned,
    reference,
)
from dougong.core.services.archive.matching import Reason
from dougong.core.services.archive.rules import Facet, FindingKind, Standard

_STANDS: Final = text("state = 'merged'")


class CheckMeans(StrEnum):
    """How somebody knows that a field is right."""

    EDITED = "edited"
    CALLED = "called"
    VISITED = "visited"
    DOCUMENT = "document"
    CONFIRMED = "confirmed"


class ArchiveStandard(Keyed, BranchOwned, Stamped, Base):
    """What a branch expects of its archives; without a row the defaults hold."""

    __tablename__ = "core_archive_standard"
    __table_args__ = owned(UniqueConstraint("branch_id"))

    weights: Mapped[dict[str, dict[str, int]]] = mapped_column(JSON, default=dict)
    limits: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)

    @property
    def standard(self) -> Standard:
        """The same as code reads it."""
        return Standard(self.weights, self.limits)


class FieldCheck(Keyed, BranchOwned, Stamped, Base):
    """When a field of a customer was last verified, by whom and how; audit keeps those before."""

    __tablename__ = "core_field_check"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        UniqueConstraint("branch_id", "customer_id", "field"),
        one_of("field", Facet, "field"),
        one_of("means", CheckMeans, "means"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    field: Mapped[Facet] = mapped_column(StateType(Facet))
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    means: Mapped[CheckMeans] = mapped_column(StateType(CheckMeans))

    user: Mapped[User | None] = relationship()


class ArchiveQuality(BranchOwned, Untracked, Base):
    """How good one customer's archive is, computed: 1:1 beside the customer."""

    __tablename__ = "core_archive_quality"
    __table_args__ = (
        UniqueConstraint("branch_id", "customer_id"),
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        Index(None, "branch_id", "score", "customer_id"),
        Index(None, "branch_id", "look_again_at"),
        {"info": {STAYS: True}},
    )

    customer_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    score: Mapped[int] = mapped_column(Integer)
    findings: Mapped[int] = mapped_column(Integer)
    """How many things are to be mended."""
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    look_again_at: Mapped[datetime] = mapped_column(UtcDateTime())

    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(ArchiveQuality.customer_id) == Customer.id", viewonly=True
    )


class ArchiveFinding(Keyed, BranchOwned, Untracked, Base):
    """One thing to mend in one archive; gone when it is mended (AR-05)."""

    __tablename__ = "core_archive_finding"
    __table_args__ = (*owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        UniqueConstraint(
            "branch_id", "customer_id", "kind", "field", "subject_kind", "subject_id", "other_id",
            name="uq_core_archive_finding_what",
        ),
        one_of("kind", FindingKind, "kind"),
        Index(None, "branch_id", "kind", "field", "customer_id"),
    ), {"info": {STAYS: True}})  # fmt: skip

    customer_id: Mapped[int] = mapped_column(BigKey)
    kind: Mapped[FindingKind] = mapped_column(StateType(FindingKind))
    field: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigKey)
    """The contact; 0 where the finding is about the customer's own field."""
    other_id: Mapped[int] = mapped_column(BigKey)
    """Of a double: the other customer, else 0."""
    found_at: Mapped[datetime] = mapped_column(UtcDateTime())

    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(ArchiveFinding.customer_id) == Customer.id", viewonly=True
    )


class MergeState(StrEnum):
    """A merge stands until it is undone."""

    MERGED = "merged"
    UNDONE = "undone"


class CustomerMerge(Keyed, BranchOwned, Stamped, Base):
    """``merged_id`` became part of ``customer_id``; while it stands it leads old links on."""

    __tablename__ = "core_customer_merge"
    __table_args__ = (
        *owned(
            reference("customer_id", "core_customer"),
            reference("merged_id", "core_customer"),
            one_of("state", MergeState, "state"),
            CheckConstraint("customer_id <> merged_id", name="two"),
            CheckConstraint("(undone_at IS NULL) = (state = 'merged')", name="undone"),
            Index(
                "uq_core_customer_merge_now", "branch_id", "merged_id", unique=True,
                postgresql_where=_STANDS, sqlite_where=_STANDS,
            ),
            Index(None, "branch_id", "customer_id"),
            Index(None, "branch_id", "at"),
        ),
        {"info": {STAYS: True}},
    )  # fmt: skip

    customer_id: Mapped[int] = mapped_column(BigKey)
    merged_id: Mapped[int] = mapped_column(BigKey)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    state: Mapped[MergeState] = mapped_column(StateType(MergeState))
    moved: Mapped[dict[str, int]] = mapped_column(JSON)
    """How many rows of each table moved."""
    note: Mapped[str] = mapped_column(Text, default="")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    undone_by: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))

    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(CustomerMerge.customer_id) == Customer.id", viewonly=True
    )
    merged: Mapped[Customer] = relationship(
        primaryjoin="foreign(CustomerMerge.merged_id) == Customer.id", viewonly=True
    )
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])

    def __str__(self) -> str:
        return f"{self.merged} → {self.customer}"


class MergeStep(Keyed, BranchOwned, Untracked, Base):
    """One column of one row that a merge wrote: what it was and what it became."""

    __tablename__ = "core_merge_step"
    __table_args__ = owned(
        reference("merge_id", "core_customer_merge", ondelete="CASCADE"),
        Index(None, "branch_id", "merge_id", "moved"),
    )

    merge_id: Mapped[int] = mapped_column(BigKey)
    table_name: Mapped[str] = mapped_column(String(80))
    row_id: Mapped[int] = mapped_column(BigKey)
    """The row's key as it is after the step."""
    column_name: Mapped[str] = mapped_column(String(80))
    moved: Mapped[bool] = mapped_column(Boolean)
    """Whether the row went to the survivor, or a field of it changed."""
    before: Mapped[Json] = mapped_column(JSON)
    after: Mapped[Json] = mapped_column(JSON)


class CustomerKey(BranchOwned, Untracked, Base):
    """What a customer is compared by; derived from the archive, nobody edits it."""

    __tablename__ = "core_customer_key"
    __table_args__ = (
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        one_of("kind", Reason, "kind"),
        Index(None, "branch_id", "customer_id"),
        {"info": {STAYS: True}},
    )

    branch_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_branch.id"), primary_key=True)
    kind: Mapped[Reason] = mapped_column(StateType(Reason), primary_key=True)
    value: Mapped[str] = mapped_column(String(80), primary_key=True)
    customer_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)


class DuplicatePair(Keyed, BranchOwned, Untracked, Base):
    """Two archives that may be one customer, until they are merged or judged to be two."""

    __tablename__ = "core_duplicate_pair"
    __table_args__ = (
        *owned(
            reference("low_id", "core_customer", ondelete="CASCADE"),
            reference("high_id", "core_customer", ondelete="CASCADE"),
            UniqueConstraint("branch_id", "low_id", "high_id"),
            CheckConstraint("low_id < high_id", name="order"),
            CheckConstraint("score BETWEEN 0 AND 100", name="score"),
            Index(None, "branch_id", "dismissed_at", "score"),
            Index(None, "branch_id", "high_id"),
        ),
        {"info": {STAYS: True}},
    )

    low_id: Mapped[int] = mapped_column(BigKey)
    high_id: Mapped[int] = mapped_column(BigKey)
    score: Mapped[int] = mapped_column(Integer)
    reasons: Mapped[list[str]] = mapped_column(JSON)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime())
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    dismissed_by: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))

    low: Mapped[Customer] = relationship(
        primaryjoin="foreign(DuplicatePair.low_id) == Customer.id", viewonly=True
    )
    high: Mapped[Customer] = relationship(
        primaryjoin="foreign(DuplicatePair.high_id) == Customer.id", viewonly=True
    )
