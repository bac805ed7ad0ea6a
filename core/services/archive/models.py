"""The tables of archive quality: what a branch expects, what was verified, what was found."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.customer import Customer
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
from dougong.core.services.archive.rules import Facet, FindingKind, Standard


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
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        UniqueConstraint(
            "branch_id", "customer_id", "kind", "field", "subject_kind", "subject_id", "other_id",
            name="uq_core_archive_finding_what",
        ),
        one_of("kind", FindingKind, "kind"),
        Index(None, "branch_id", "kind", "field", "customer_id"),
    )  # fmt: skip

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
