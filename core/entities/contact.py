"""Contacts: the people at a customer, how and when they may be reached, and their days."""

from datetime import time
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, String, Text, Time
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Grade,
    Keyed,
    Stamped,
    StateType,
    graded,
    one_of,
    owned,
    reference,
)

if TYPE_CHECKING:
    from dougong.core.entities.customer import Customer


class Sex(StrEnum):
    """As staff write it down; unknown is an answer."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"


class DayKind(StrEnum):
    """What is remembered on a contact's day (AR-02)."""

    ANNIVERSARY = "anniversary"
    RELATIVE_BIRTHDAY = "relative_birthday"
    OTHER = "other"


class Contact(Keyed, BranchOwned, Stamped, Base):
    """A person at a customer; birthdays are solar or lunar, consent is for marketing (CA-08)."""

    __tablename__ = "core_contact"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        one_of("sex", Sex, "sex"),
        CheckConstraint("birth_month BETWEEN 1 AND 12", name="birth_month"),
        CheckConstraint("birth_day BETWEEN 1 AND 31", name="birth_day"),
        CheckConstraint("(birth_month IS NULL) = (birth_day IS NULL)", name="birth_both"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet_both"),
        Index(None, "branch_id", "customer_id"),
        Index(None, "branch_id", "birth_month", "birth_day"),
        Index(None, "branch_id", "phone"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    name: Mapped[str] = mapped_column(String(100))
    sex: Mapped[Sex] = mapped_column(StateType(Sex), default=Sex.UNKNOWN)
    title: Mapped[str] = mapped_column(String(60), default="")
    department: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    birth_month: Mapped[int | None] = mapped_column(Integer)
    birth_day: Mapped[int | None] = mapped_column(Integer)
    birth_year: Mapped[int | None] = mapped_column(Integer, info=graded(Grade.CONFIDENTIAL))
    birth_lunar: Mapped[bool] = mapped_column(Boolean, default=False)
    birth_leap: Mapped[bool] = mapped_column(Boolean, default=False)
    """Born in a leap month of the lunar calendar (闰月)."""
    is_primary: Mapped[bool] = mapped_column(Boolean, default=False)
    consent: Mapped[bool] = mapped_column(Boolean, default=False)
    """Agreed to news and greetings; without it nothing but service messages (CA-08)."""
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_to: Mapped[time | None] = mapped_column(Time)
    """Quiet hours in the branch's zone; they may run over midnight (CA-08)."""
    best_time: Mapped[str] = mapped_column(String(100), default="")
    relation: Mapped[str] = mapped_column(Text, default="")

    customer: Mapped["Customer"] = relationship(
        primaryjoin="foreign(Contact.customer_id) == Customer.id", back_populates="contacts"
    )
    days: Mapped[list["ContactDay"]] = relationship(
        primaryjoin="foreign(ContactDay.contact_id) == Contact.id",
        back_populates="contact",
        cascade="all, delete-orphan",
        order_by="ContactDay.month, ContactDay.day, ContactDay.id",
    )

    def __str__(self) -> str:
        return self.name


class ContactDay(Keyed, BranchOwned, Stamped, Base):
    """A day of the year that a contact cares about; ``year`` where the first one is known."""

    __tablename__ = "core_contact_day"
    __table_args__ = owned(
        reference("contact_id", "core_contact", ondelete="CASCADE"),
        one_of("kind", DayKind, "kind"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("day BETWEEN 1 AND 31", name="day"),
        Index(None, "branch_id", "contact_id"),
        Index(None, "branch_id", "month", "day"),
    )

    contact_id: Mapped[int] = mapped_column(BigKey)
    kind: Mapped[DayKind] = mapped_column(StateType(DayKind), default=DayKind.ANNIVERSARY)
    title: Mapped[str] = mapped_column(String(100))
    month: Mapped[int] = mapped_column(Integer)
    day: Mapped[int] = mapped_column(Integer)
    year: Mapped[int | None] = mapped_column(Integer)
    lunar: Mapped[bool] = mapped_column(Boolean, default=False)
    leap: Mapped[bool] = mapped_column(Boolean, default=False)

    contact: Mapped[Contact] = relationship(
        primaryjoin="foreign(ContactDay.contact_id) == Contact.id", back_populates="days"
    )

    def __str__(self) -> str:
        return self.title
