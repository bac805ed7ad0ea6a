"""The tables of messages: a branch's own texts, its channels and policy, the outbox, attempts."""

from datetime import datetime, time

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    Time,
    UniqueConstraint,
    text,
)
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
    Untracked,
    UtcDateTime,
    Versioned,
    derived,
    one_of,
    owned,
    reference,
)
from dougong.core.services.messages.kinds import Wording
from dougong.core.services.messages.rules import (
    HOUSE_CAP,
    HOUSE_QUIET,
    Cap,
    Hours,
    Medium,
    MessageState,
    Outcome,
    Purpose,
    Reason,
)


class MessageText(Keyed, BranchOwned, Stamped, Versioned, Base):
    """A branch's own words for a kind of message; without one the house's hold."""

    __tablename__ = "core_message_text"
    __table_args__ = owned(
        UniqueConstraint("branch_id", "kind", "medium", "locale"),
        one_of("medium", Medium, "medium"),
    )

    kind: Mapped[str] = mapped_column(String(80))
    medium: Mapped[Medium] = mapped_column(StateType(Medium))
    locale: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[bool] = mapped_column(Boolean, default=False)

    @property
    def wording(self) -> Wording:
        """What it says."""
        return Wording(subject=self.subject, body=self.body, html=self.html)

    def __str__(self) -> str:
        return f"{self.kind} · {self.medium} · {self.locale}"


class MessageChannel(Keyed, BranchOwned, Stamped, Base):
    """How a branch sends by one medium; the address, with its password, is stored sealed."""

    __tablename__ = "core_message_channel"
    __table_args__ = owned(
        Index(
            "uq_core_message_channel_active", "branch_id", "medium", unique=True,
            postgresql_where=text("active"), sqlite_where=text("active"),
        ),
        one_of("medium", Medium, "medium"),
    )  # fmt: skip

    name: Mapped[str] = mapped_column(String(100))
    medium: Mapped[Medium] = mapped_column(StateType(Medium))
    sealed: Mapped[str] = mapped_column(Text, default="", info=derived())
    """The address, encrypted; empty for the paper channel, which only records."""
    shown: Mapped[str] = mapped_column(String(200))
    """What staff may see of the address: no password and no key."""
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime())
    """When the address was entered last: the log tells of it, never of the address."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    def __str__(self) -> str:
        return self.name


class MessagePolicy(Keyed, BranchOwned, Stamped, Base):
    """When a branch is quiet, and how often it may advertise (CA-08); one row a branch."""

    __tablename__ = "core_message_policy"
    __table_args__ = owned(
        UniqueConstraint("branch_id"),
        CheckConstraint("cap_count >= 0 AND cap_days BETWEEN 1 AND 365", name="cap"),
    )

    quiet_from: Mapped[time] = mapped_column(Time, default=HOUSE_QUIET.start)
    quiet_to: Mapped[time] = mapped_column(Time, default=HOUSE_QUIET.end)
    cap_count: Mapped[int] = mapped_column(Integer, default=HOUSE_CAP.count)
    cap_days: Mapped[int] = mapped_column(Integer, default=HOUSE_CAP.days)
    cap_hold: Mapped[bool] = mapped_column(Boolean, default=HOUSE_CAP.hold)

    @property
    def quiet(self) -> Hours:
        """The branch's quiet hours."""
        return Hours(self.quiet_from, self.quiet_to)

    @property
    def cap(self) -> Cap:
        """How often one contact may be advertised to."""
        return Cap(self.cap_count, self.cap_days, self.cap_hold)

    def __str__(self) -> str:
        return f"{self.quiet_from:%H:%M}-{self.quiet_to:%H:%M}"


class OutgoingMessage(Keyed, BranchOwned, Stamped, Untracked, Base):
    """One message to one person, written out; queued in the transaction that wanted it."""

    __tablename__ = "core_message"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        reference("contact_id", "core_contact", ondelete="CASCADE"),
        reference("channel_id", "core_message_channel"),
        UniqueConstraint("branch_id", "key"),
        Index(None, "branch_id", "state", "due_at"),
        Index(None, "branch_id", "customer_id"),
        Index(None, "branch_id", "contact_id", "sent_at"),
        Index(None, "branch_id", "created_at"),
        Index(None, "branch_id", "about_kind", "about_id"),
        one_of("medium", Medium, "medium"),
        one_of("purpose", Purpose, "purpose"),
        one_of("state", MessageState, "state"),
        CheckConstraint("(lease IS NULL) = (state <> 'sending')", name="lease"),
        CheckConstraint("(sent_at IS NULL) = (state <> 'sent')", name="sent_at"),
        CheckConstraint("(customer_id IS NULL) <> (user_id IS NULL)", name="recipient"),
    )

    kind: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[Purpose] = mapped_column(StateType(Purpose))
    medium: Mapped[Medium] = mapped_column(StateType(Medium))
    key: Mapped[str] = mapped_column(String(200))
    """Names the occasion: the same one is never told twice."""
    customer_id: Mapped[int | None] = mapped_column(BigKey)
    contact_id: Mapped[int | None] = mapped_column(BigKey)
    user_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    about_kind: Mapped[str] = mapped_column(String(80), default="")
    about_id: Mapped[int | None] = mapped_column(BigKey)
    recipient: Mapped[str] = mapped_column(String(200))
    """The name of whom it is for, as it was then."""
    address: Mapped[str] = mapped_column(String(200), default="")
    """Where it went: the address as it was at the last attempt."""
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[bool] = mapped_column(Boolean, default=False)
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[MessageState] = mapped_column(StateType(MessageState))
    reason: Mapped[Reason] = mapped_column(StateType(Reason), default=Reason.NONE)
    detail: Mapped[str] = mapped_column(Text, default="")
    """What the other side answered last."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime())
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease: Mapped[str | None] = mapped_column(String(40))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    channel_id: Mapped[int | None] = mapped_column(BigKey)

    customer: Mapped[Customer | None] = relationship(
        primaryjoin="foreign(OutgoingMessage.customer_id) == Customer.id"
    )
    contact: Mapped[Contact | None] = relationship(
        primaryjoin="foreign(OutgoingMessage.contact_id) == Contact.id"
    )
    user: Mapped[User | None] = relationship()
    channel: Mapped[MessageChannel | None] = relationship(
        primaryjoin="foreign(OutgoingMessage.channel_id) == MessageChannel.id"
    )

    @property
    def wording(self) -> Wording:
        """What it says."""
        return Wording(subject=self.subject, body=self.body, html=self.html)

    def __str__(self) -> str:
        return self.subject or self.body[:40]


class MessageAttempt(Keyed, BranchOwned, Untracked, Base):
    """One attempt to hand a message over, and what was answered."""

    __tablename__ = "core_message_attempt"
    __table_args__ = owned(
        reference("message_id", "core_message", ondelete="CASCADE"),
        Index(None, "branch_id", "message_id"),
        one_of("outcome", Outcome, "outcome"),
    )

    message_id: Mapped[int] = mapped_column(BigKey)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    outcome: Mapped[Outcome] = mapped_column(StateType(Outcome))
    channel: Mapped[str] = mapped_column(String(100), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
