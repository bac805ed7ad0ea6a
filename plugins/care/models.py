"""The table of care: activities."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    Stamped,
    StateType,
    UtcDateTime,
    one_of,
    owned,
    reference,
)
from dougong.plugins.care.rules import ActivityKind, ActivityState, Means
from dougong.plugins.care.texts import FESTIVAL_NAMES, KINDS


class CareActivity(Keyed, BranchOwned, Stamped, Base):
    """Something to do for a customer because a day comes round (CA-01)."""

    __tablename__ = "care_activity"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        reference("contact_id", "core_contact", ondelete="CASCADE"),
        UniqueConstraint("branch_id", "occurrence_key"),
        Index(None, "branch_id", "state", "due_on"),
        Index(None, "branch_id", "customer_id"),
        one_of("kind", ActivityKind, "kind"),
        one_of("means", Means, "means"),
        one_of("state", ActivityState, "state"),
        CheckConstraint("(done_at IS NULL) = (state = 'planned')", name="done_at"),
        CheckConstraint("state = 'planned' OR result <> ''", name="result"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    contact_id: Mapped[int | None] = mapped_column(BigKey)
    kind: Mapped[ActivityKind] = mapped_column(StateType(ActivityKind))
    title: Mapped[str] = mapped_column(String(100), default="")
    """What the day is, where the kind does not say it; of a festival, its key in the rules."""
    occasion_on: Mapped[date] = mapped_column()
    due_on: Mapped[date] = mapped_column()
    means: Mapped[Means] = mapped_column(StateType(Means))
    state: Mapped[ActivityState] = mapped_column(
        StateType(ActivityState), default=ActivityState.PLANNED
    )
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    result: Mapped[str] = mapped_column(Text, default="")
    """How it went; of a skipped activity, why."""
    owner_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    occurrence_key: Mapped[str | None] = mapped_column(String(80))
    """Names the day and its year: a second run, late or on another host, finds it taken."""

    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(CareActivity.customer_id) == Customer.id"
    )
    contact: Mapped[Contact | None] = relationship(
        primaryjoin="foreign(CareActivity.contact_id) == Contact.id"
    )
    owner: Mapped[User | None] = relationship()

    def __str__(self) -> str:
        occasion = FESTIVAL_NAMES.get(self.title, self.title) or KINDS[self.kind]
        return f"{occasion} {self.occasion_on}"
