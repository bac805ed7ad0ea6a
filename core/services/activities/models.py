"""The tables of activities: what is to be done, every step it took, and recurring duties."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
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
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    Stamped,
    StateType,
    Untracked,
    UtcDateTime,
    Versioned,
    one_of,
    owned,
    reference,
)
from dougong.core.services.activities.rules import ActivityState, ActivityStepKind, Rhythm

_PLANNED: Final = text("state = 'planned'")


class Duty(Keyed, BranchOwned, Stamped, Versioned, Base):
    """What comes round: for whom, how often, and within how many days (AR-08)."""

    __tablename__ = "core_duty"
    __table_args__ = owned(
        one_of("rhythm", Rhythm, "rhythm"),
        CheckConstraint("within_days IS NULL OR within_days > 0", name="within"),
    )

    title: Mapped[str] = mapped_column(String(100))
    instructions: Mapped[str] = mapped_column(Text, default="")
    rhythm: Mapped[Rhythm] = mapped_column(StateType(Rhythm))
    audience: Mapped[str] = mapped_column(String(80))
    """Empty: each account manager, over all his own customers in one activity."""
    within_days: Mapped[int | None] = mapped_column(Integer)
    """So many days into the period it is due; empty means the period's last day."""
    starts_on: Mapped[date] = mapped_column(Date)
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    def __str__(self) -> str:
        return self.title


class Activity(Keyed, BranchOwned, Stamped, Untracked, Base):
    """Something a person has to do (XX-01). Its steps are its log: verbs alone change it."""

    __tablename__ = "core_activity"
    __table_args__ = owned(
        reference("customer_id", "core_customer"),
        reference("duty_id", "core_duty"),
        reference("follows_id", "core_activity"),
        UniqueConstraint("branch_id", "occurrence_key"),
        Index(None, "branch_id", "owner_id", "state", "due_on"),
        Index(None, "branch_id", "customer_id", "state"),
        Index(None, "branch_id", "kind", "state", "due_on"),
        Index(None, "branch_id", "duty_id", "planned_on"),
        Index("ix_core_activity_planned", "branch_id", "due_on",
              postgresql_where=_PLANNED, sqlite_where=_PLANNED),
        one_of("state", ActivityState, "state"),
        CheckConstraint("(ended_at IS NULL) = (state = 'planned')", name="ended_at"),
        CheckConstraint("(ended_on IS NULL) = (state = 'planned')", name="ended_on"),
        CheckConstraint("state NOT IN ('skipped', 'cancelled') OR note <> ''", name="reason"),
    )  # fmt: skip

    kind: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200), default="")
    """What it is, where the kind does not say it all."""
    subject_kind: Mapped[str] = mapped_column(String(80), default="")
    """The record it is about (``aftersales.call``), by the name of its permissions."""
    subject_id: Mapped[int | None] = mapped_column(BigKey)
    subject: Mapped[str] = mapped_column(String(200), default="")
    """What staff call the record, as it was when it was planned."""
    customer_id: Mapped[int | None] = mapped_column(BigKey)
    owner_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    due_on: Mapped[date] = mapped_column(Date)
    """The day, in the branch's zone."""
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """The instant, where one was agreed."""
    planned_on: Mapped[date] = mapped_column(Date)
    """The day it was first due: putting it off does not make it in time."""
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[ActivityState] = mapped_column(
        StateType(ActivityState), default=ActivityState.PLANNED
    )
    result_code: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    """How it went; of what was skipped or cancelled, why."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_on: Mapped[date | None] = mapped_column(Date)
    """The day it ended, in the branch's zone."""
    follows_id: Mapped[int | None] = mapped_column(BigKey)
    """The activity whose next step it is."""
    duty_id: Mapped[int | None] = mapped_column(BigKey)
    occurrence_key: Mapped[str | None] = mapped_column(String(120))
    """Names what it is generated for: late, doubled and parallel runs find it taken."""

    customer: Mapped[Customer | None] = relationship(
        primaryjoin="foreign(Activity.customer_id) == Customer.id"
    )
    owner: Mapped[User | None] = relationship()
    duty: Mapped[Duty | None] = relationship(primaryjoin="foreign(Activity.duty_id) == Duty.id")

    @property
    def in_time(self) -> bool:
        """Whether it was done by the day it was first due."""
        done = self.state is ActivityState.DONE and self.ended_on is not None
        return done and self.ended_on <= self.planned_on  # type: ignore[operator]

    def __str__(self) -> str:
        return self.title or self.subject or self.kind


class ActivityStep(Keyed, BranchOwned, Untracked, Base):
    """What happened to an activity, by whom and why; rows are added and never changed."""

    __tablename__ = "core_activity_step"
    __table_args__ = owned(
        reference("activity_id", "core_activity"),
        Index(None, "branch_id", "activity_id"),
        one_of("kind", ActivityStepKind, "kind"),
    )

    activity_id: Mapped[int] = mapped_column(BigKey)
    kind: Mapped[ActivityStepKind] = mapped_column(StateType(ActivityStepKind))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    owner_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    """Whose it was from then on."""
    due_on: Mapped[date] = mapped_column(Date)
    """The day from then on."""
    result_code: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")

    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])


class CheckedCustomer(Keyed, BranchOwned, Untracked, Base):
    """A customer somebody went through in a check, and what he passed up (AR-08)."""

    __tablename__ = "core_activity_check"
    __table_args__ = owned(
        reference("activity_id", "core_activity"),
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        reference("passed_id", "core_activity"),
        UniqueConstraint("branch_id", "activity_id", "customer_id"),
    )

    activity_id: Mapped[int] = mapped_column(BigKey)
    customer_id: Mapped[int] = mapped_column(BigKey)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    passed_id: Mapped[int | None] = mapped_column(BigKey)
    """The activity his supervisor got for it."""
