"""Every contact with a customer, whoever sought it (AR-03)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
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


class InteractionKind(StrEnum):
    """The means, or what it was about."""

    CALL = "call"
    VISIT = "visit"
    MESSAGE = "message"
    MAIL = "mail"
    MEETING = "meeting"
    SERVICE_REQUEST = "service_request"
    NOTE = "note"


class Direction(StrEnum):
    """Who sought whom; internal for a note."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    INTERNAL = "internal"


class InteractionState(StrEnum):
    """Whether anything is still to be done about it."""

    OPEN = "open"
    HANDLED = "handled"


class Interaction(Keyed, BranchOwned, Stamped, Base):
    """Means, number, time, place, content, need, handling state and what was done (AR-03)."""

    __tablename__ = "core_interaction"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        reference("contact_id", "core_contact"),
        one_of("kind", InteractionKind, "kind"),
        one_of("direction", Direction, "direction"),
        one_of("state", InteractionState, "state"),
        Index(None, "branch_id", "customer_id", "at"),
        Index(None, "branch_id", "at"),
        Index(None, "branch_id", "contact_id"),
        Index(None, "branch_id", "state", "respond_by"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    contact_id: Mapped[int | None] = mapped_column(BigKey)
    kind: Mapped[InteractionKind] = mapped_column(StateType(InteractionKind))
    direction: Mapped[Direction] = mapped_column(StateType(Direction), default=Direction.OUTGOING)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    place: Mapped[str] = mapped_column(String(200), default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    content: Mapped[str] = mapped_column(Text, default="")
    need: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[InteractionState] = mapped_column(
        StateType(InteractionState), default=InteractionState.HANDLED
    )
    outcome: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    """Who of ours: the one asked first stays responsible until handed over (AR-07)."""
    respond_by: Mapped[datetime | None] = mapped_column(UtcDateTime())

    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(Interaction.customer_id) == Customer.id"
    )
    contact: Mapped[Contact | None] = relationship(
        primaryjoin="foreign(Interaction.contact_id) == Contact.id"
    )
    user: Mapped[User | None] = relationship()

    def __str__(self) -> str:
        return self.content[:40]
