"""The tables of ownership: the team of a customer, hand-overs, and who owned a customer when."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
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
    Keyed,
    Stamped,
    StateType,
    Untracked,
    UtcDateTime,
    one_of,
    owned,
    reference,
)
from dougong.core.services.ownership.rules import TeamRole

_NOW: Final = text("to_on IS NULL")


class TeamMember(Keyed, BranchOwned, Stamped, Base):
    """Somebody who works for a key customer in a role, from a day to a day (CA-10)."""

    __tablename__ = "core_team_member"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        one_of("role", TeamRole, "role"),
        CheckConstraint("to_on IS NULL OR from_on <= to_on", name="days"),
        Index(
            "uq_core_team_member_now", "branch_id", "customer_id", "user_id", "role",
            unique=True, postgresql_where=_NOW, sqlite_where=_NOW,
        ),
        Index(None, "branch_id", "customer_id"),
        Index(None, "branch_id", "user_id"),
    )  # fmt: skip

    customer_id: Mapped[int] = mapped_column(BigKey)
    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id"))
    role: Mapped[TeamRole] = mapped_column(StateType(TeamRole))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)

    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(TeamMember.customer_id) == Customer.id"
    )
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    def __str__(self) -> str:
        return str(self.user)


class HandOver(Keyed, BranchOwned, Untracked, Base):
    """Who gave what to whom, when and why (AR-07); rows are added and never changed."""

    __tablename__ = "core_hand_over"
    __table_args__ = owned(
        Index(None, "branch_id", "at"),
        Index(None, "branch_id", "interaction_id"),
    )

    at: Mapped[datetime] = mapped_column(UtcDateTime())
    from_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    to_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id"))
    everything: Mapped[bool] = mapped_column(Boolean)
    """Whether all of the person's work went, not only that of chosen customers."""
    interaction_id: Mapped[int | None] = mapped_column(BigKey)
    """The one request that was handed over, where it was no customer."""
    reason: Mapped[str] = mapped_column(Text)
    moved: Mapped[dict[str, int]] = mapped_column(JSON)
    """How much of each kind went along (``core.customer``, ``core.deadline``, …)."""
    actor: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))

    giver: Mapped[User | None] = relationship(foreign_keys=[from_id])
    receiver: Mapped[User] = relationship(foreign_keys=[to_id])

    def __str__(self) -> str:
        return f"{self.giver or '—'} → {self.receiver}"


class OwnerChange(Keyed, BranchOwned, Untracked, Base):
    """A customer passed from one account manager to another (AR-07)."""

    __tablename__ = "core_owner_change"
    __table_args__ = (
        *owned(
            reference("customer_id", "core_customer", ondelete="CASCADE"),
            reference("hand_over_id", "core_hand_over"),
            Index(None, "branch_id", "customer_id"),
            Index(None, "branch_id", "hand_over_id"),
        ),
        {"info": {STAYS: True}},
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    from_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    to_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor: Mapped[str] = mapped_column(String(100))
    hand_over_id: Mapped[int | None] = mapped_column(BigKey)
    """Empty where the archive was edited or imported."""

    giver: Mapped[User | None] = relationship(foreign_keys=[from_id])
    receiver: Mapped[User | None] = relationship(foreign_keys=[to_id])
    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(OwnerChange.customer_id) == Customer.id", viewonly=True
    )
    hand_over: Mapped[HandOver | None] = relationship(
        primaryjoin="foreign(OwnerChange.hand_over_id) == HandOver.id", viewonly=True
    )
