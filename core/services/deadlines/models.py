"""The tables of deadlines: the promise with its times as columns, and every step it took."""

from datetime import datetime, timedelta
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
    one_of,
    owned,
    reference,
)
from dougong.core.services.deadlines.rules import (
    DeadlineAlarm,
    DeadlineRule,
    DeadlineState,
    StepKind,
    Times,
)

_OPEN: Final = text("state IN ('running', 'paused')")


def _seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


class Deadline(Keyed, BranchOwned, Stamped, Untracked, Base):
    """One promise about one subject (XX-02); a subject may have several targets at once.

    What happens to it is kept by its steps.
    """

    __tablename__ = "core_deadline"
    __table_args__ = owned(
        Index(
            "uq_core_deadline_open", "branch_id", "subject_kind", "subject_id", "target",
            unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN,
        ),
        reference("customer_id", "core_customer"),
        Index(None, "branch_id", "customer_id"),
        Index(None, "branch_id", "state", "alarm", "warn_at"),
        Index(None, "branch_id", "state", "alarm", "breach_at"),
        Index(None, "branch_id", "owner_id", "state", "due_at"),
        one_of("state", DeadlineState, "state"),
        one_of("alarm", DeadlineAlarm, "alarm"),
        CheckConstraint("warn_at <= due_at AND due_at <= breach_at", name="times"),
        CheckConstraint("(ended_at IS NULL) = (state IN ('running', 'paused'))", name="ended"),
    )  # fmt: skip

    subject_kind: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[int] = mapped_column(BigKey)
    subject: Mapped[str] = mapped_column(String(200), default="")
    """What staff call it, as it was when the clock started."""
    customer_id: Mapped[int | None] = mapped_column(BigKey)
    """Whose business it is; empty where no customer is concerned."""
    target: Mapped[str] = mapped_column(String(40))
    """What is promised: respond, dispatch, arrive, resolve, feed_back, …"""
    owner_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    state: Mapped[DeadlineState] = mapped_column(StateType(DeadlineState))
    alarm: Mapped[DeadlineAlarm] = mapped_column(
        StateType(DeadlineAlarm), default=DeadlineAlarm.NONE
    )
    started_at: Mapped[datetime] = mapped_column(UtcDateTime())
    warn_at: Mapped[datetime] = mapped_column(UtcDateTime())
    due_at: Mapped[datetime] = mapped_column(UtcDateTime())
    breach_at: Mapped[datetime] = mapped_column(UtcDateTime())
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    in_time: Mapped[bool | None] = mapped_column(Boolean)
    """Whether it was kept; unknown until it stops."""
    used_microseconds: Mapped[int] = mapped_column(BigKey, default=0)
    """What the clock had counted when it was last paused."""
    rule_code: Mapped[str] = mapped_column(String(80))
    rule_version: Mapped[int] = mapped_column(Integer)
    allowed_seconds: Mapped[int] = mapped_column(BigKey)
    warn_seconds: Mapped[int] = mapped_column(BigKey)
    grace_seconds: Mapped[int] = mapped_column(BigKey)
    working: Mapped[bool] = mapped_column(Boolean)
    team: Mapped[str] = mapped_column(String(40), default="")
    pauses: Mapped[list[str]] = mapped_column(JSON, default=list)
    escalates_to: Mapped[str] = mapped_column(String(40), default="")

    owner: Mapped[User | None] = relationship()
    customer: Mapped[Customer | None] = relationship(
        primaryjoin="foreign(Deadline.customer_id) == Customer.id"
    )

    @property
    def rule(self) -> DeadlineRule:
        """The rule as it was when it was frozen."""
        return DeadlineRule(
            code=self.rule_code, version=self.rule_version, target=self.target,
            allowed=_seconds(self.allowed_seconds), warn_after=_seconds(self.warn_seconds),
            grace=_seconds(self.grace_seconds), working=self.working, team=self.team,
            pauses=tuple(self.pauses), escalates_to=self.escalates_to,
        )  # fmt: skip

    def freeze(self, rule: DeadlineRule) -> None:
        """Hold on to the rule as it is now."""
        self.rule_code, self.rule_version = rule.code, rule.version
        self.allowed_seconds = rule.allowed // timedelta(seconds=1)
        self.warn_seconds = rule.warn_after // timedelta(seconds=1)
        self.grace_seconds = rule.grace // timedelta(seconds=1)
        self.working, self.team = rule.working, rule.team
        self.pauses, self.escalates_to = list(rule.pauses), rule.escalates_to

    @property
    def times(self) -> Times:
        """Its times, and what the clock had counted at the last pause."""
        spent = timedelta(microseconds=self.used_microseconds)
        return Times(self.warn_at, self.due_at, self.breach_at, spent)

    def move(self, times: Times) -> None:
        """Set its times."""
        self.warn_at, self.due_at, self.breach_at = times.warn_at, times.due_at, times.breach_at
        self.used_microseconds = times.used // timedelta(microseconds=1)

    def __str__(self) -> str:
        return self.subject or f"{self.subject_kind} {self.subject_id}"


class DeadlineStep(Keyed, BranchOwned, Untracked, Base):
    """What happened to a deadline, by whom and why; rows are added and never changed."""

    __tablename__ = "core_deadline_step"
    __table_args__ = owned(
        reference("deadline_id", "core_deadline"),
        Index(None, "branch_id", "deadline_id"),
        one_of("kind", StepKind, "kind"),
    )

    deadline_id: Mapped[int] = mapped_column(BigKey)
    kind: Mapped[StepKind] = mapped_column(StateType(StepKind))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    """When it took effect."""
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime())
    """When it was written down."""
    actor: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    reason: Mapped[str] = mapped_column(String(40), default="")
    """Of a pause: which of the rule's reasons."""
    note: Mapped[str] = mapped_column(Text, default="")
    rule_code: Mapped[str] = mapped_column(String(80))
    rule_version: Mapped[int] = mapped_column(Integer)
    allowed_seconds: Mapped[int] = mapped_column(BigKey)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime())
    """The due time from then on."""
    owner_id: Mapped[int | None] = mapped_column(BigKey)
