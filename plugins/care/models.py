"""The table of care: what an activity of core says not, its occasion and the means."""

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    StateType,
    one_of,
    reference,
)
from dougong.core.services.activities.api import Activity
from dougong.plugins.care.rules import CareKind, Means
from dougong.plugins.care.texts import FESTIVAL_NAMES, KINDS


class CareOccasion(BranchOwned, Base):
    """Why there is something to do for a customer, and by what means: 1:1 beside the activity
    (CA-01).
    """

    __tablename__ = "care_occasion"
    __table_args__ = (
        UniqueConstraint("branch_id", "activity_id"),
        reference("activity_id", "core_activity", ondelete="CASCADE"),
        reference("contact_id", "core_contact", ondelete="CASCADE"),
        Index(None, "branch_id", "contact_id"),
        one_of("kind", CareKind, "kind"),
        one_of("means", Means, "means"),
    )

    activity_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    contact_id: Mapped[int | None] = mapped_column(BigKey)
    kind: Mapped[CareKind] = mapped_column(StateType(CareKind))
    occasion_on: Mapped[date] = mapped_column()
    means: Mapped[Means] = mapped_column(StateType(Means))

    activity: Mapped[Activity] = relationship(
        primaryjoin="foreign(CareOccasion.activity_id) == Activity.id", innerjoin=True
    )
    customer: Mapped[Customer] = relationship(
        secondary="core_activity", viewonly=True, uselist=False,
        primaryjoin="foreign(CareOccasion.activity_id) == Activity.id",
        secondaryjoin="foreign(Activity.customer_id) == Customer.id",
    )  # fmt: skip
    owner: Mapped[User | None] = relationship(
        secondary="core_activity", viewonly=True, uselist=False,
        primaryjoin="foreign(CareOccasion.activity_id) == Activity.id",
        secondaryjoin="foreign(Activity.owner_id) == User.id",
    )  # fmt: skip
    contact: Mapped[Contact | None] = relationship(
        primaryjoin="foreign(CareOccasion.contact_id) == Contact.id"
    )

    def __str__(self) -> str:
        title = self.activity.title
        return f"{FESTIVAL_NAMES.get(title, title) or KINDS[self.kind]} {self.occasion_on}"
