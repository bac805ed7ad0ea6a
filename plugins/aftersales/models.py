"""The tables of after-sales: calls, technicians, contracts and their renewals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.address import Address, Area
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    MoneyField,
    Stamped,
    StateType,
    UtcDateTime,
    one_of,
    owned,
    reference,
)
from dougong.plugins.aftersales.rules import (
    ArrivalClock,
    CallAlarm,
    CallChannel,
    CallState,
    ContractKind,
    ContractState,
    RenewalState,
)


def _to(column: str, entity: str) -> Any:
    """A many-to-one by the id alone; the schema's foreign key carries the branch as well."""
    return relationship(primaryjoin=f"foreign({column}) == {entity}.id")


class Technician(Keyed, BranchOwned, Stamped, Base):
    """A person who can be sent, with what he can do and where he works (AF-05)."""

    __tablename__ = "aftersales_technician"
    __table_args__ = owned(
        UniqueConstraint("branch_id", "user_id"),
        one_of("area", Area, "area"),
    )

    user_id: Mapped[int] = mapped_column(BigKey, ForeignKey("core_user.id"))
    skills: Mapped[str] = mapped_column(String(200), default="")
    area: Mapped[Area | None] = mapped_column(StateType(Area))
    """Where he works; empty means everywhere."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    user: Mapped[User] = relationship(lazy="joined")

    def __str__(self) -> str:
        return str(self.user)


class ServiceCall(Keyed, BranchOwned, Stamped, Base):
    """A line of the call register 叫修登记簿 (AF-01) with its arrival clock (AF-04)."""

    __tablename__ = "aftersales_call"
    __table_args__ = owned(
        reference("customer_id", "core_customer"),
        reference("contact_id", "core_contact"),
        reference("address_id", "core_address"),
        reference("product_id", "core_product"),
        reference("technician_id", "aftersales_technician"),
        UniqueConstraint("branch_id", "number"),
        Index(None, "branch_id", "state", "due_at"),
        Index(None, "branch_id", "alarm", "warn_at"),
        Index(None, "branch_id", "customer_id"),
        one_of("state", CallState, "state"),
        one_of("channel", CallChannel, "channel"),
        one_of("alarm", CallAlarm, "alarm"),
        one_of("area", Area, "area"),
        CheckConstraint("called_at <= warn_at AND warn_at <= due_at", name="clock"),
        CheckConstraint(
            "technician_id IS NOT NULL OR state IN ('open', 'cancelled')", name="technician"
        ),
        CheckConstraint(
            "(arrived_at IS NOT NULL) = (state IN ('arrived', 'fixed', 'closed'))", name="arrived"
        ),
        CheckConstraint("(closed_at IS NOT NULL) = (state = 'closed')", name="closed"),
    )

    number: Mapped[str | None] = mapped_column(String(30))
    customer_id: Mapped[int] = mapped_column(BigKey)
    contact_id: Mapped[int | None] = mapped_column(BigKey)
    address_id: Mapped[int | None] = mapped_column(BigKey)
    area: Mapped[Area] = mapped_column(StateType(Area))
    phone: Mapped[str] = mapped_column(String(40), default="")
    product_id: Mapped[int | None] = mapped_column(BigKey)
    model: Mapped[str] = mapped_column(String(100), default="")
    serial: Mapped[str] = mapped_column(String(60), default="")
    fault: Mapped[str] = mapped_column(Text)
    channel: Mapped[CallChannel] = mapped_column(StateType(CallChannel))
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    """The urgent channel 绿色通道: ahead of the queue (AF-18)."""
    state: Mapped[CallState] = mapped_column(StateType(CallState), default=CallState.OPEN)
    called_at: Mapped[datetime] = mapped_column(UtcDateTime())
    warn_at: Mapped[datetime] = mapped_column(UtcDateTime())
    due_at: Mapped[datetime] = mapped_column(UtcDateTime())
    alarm: Mapped[CallAlarm] = mapped_column(StateType(CallAlarm), default=CallAlarm.NONE)
    technician_id: Mapped[int | None] = mapped_column(BigKey)
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    result: Mapped[str] = mapped_column(Text, default="")
    """What was done; of a cancelled call, why."""

    customer: Mapped[Customer] = _to("ServiceCall.customer_id", "Customer")
    contact: Mapped[Contact | None] = _to("ServiceCall.contact_id", "Contact")
    address: Mapped[Address | None] = _to("ServiceCall.address_id", "Address")
    technician: Mapped[Technician | None] = _to("ServiceCall.technician_id", "Technician")

    @property
    def clock(self) -> ArrivalClock:
        """The arrival clock as it was promised."""
        return ArrivalClock(self.warn_at, self.due_at)

    def __str__(self) -> str:
        return self.number or str(self.id)


class ServiceContract(Keyed, BranchOwned, Stamped, Base):
    """A maintenance contract 保养合同 or a subscription, in its present term (AF-10)."""

    __tablename__ = "aftersales_contract"
    __table_args__ = owned(
        reference("customer_id", "core_customer"),
        UniqueConstraint("branch_id", "number"),
        Index(None, "branch_id", "state", "kind", "ends_on"),
        Index(None, "branch_id", "customer_id"),
        one_of("kind", ContractKind, "kind"),
        one_of("state", ContractState, "state"),
        CheckConstraint("starts_on <= ends_on", name="term"),
        CheckConstraint("price_minor >= 0", name="price"),
    )

    number: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[int] = mapped_column(BigKey)
    kind: Mapped[ContractKind] = mapped_column(
        StateType(ContractKind), default=ContractKind.MAINTENANCE
    )
    machines: Mapped[str] = mapped_column(Text, default="")
    """The machines covered, in words."""
    starts_on: Mapped[date] = mapped_column()
    ends_on: Mapped[date] = mapped_column()
    price_minor: Mapped[int] = mapped_column(BigKey, default=0)
    currency: Mapped[str] = mapped_column(String(3))
    owner_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    """Who is to win the renewal; empty means the customer's account manager."""
    state: Mapped[ContractState] = mapped_column(
        StateType(ContractState), default=ContractState.ACTIVE
    )

    price = MoneyField("price_minor")
    customer: Mapped[Customer] = _to("ServiceContract.customer_id", "Customer")
    owner: Mapped[User | None] = relationship()

    def __str__(self) -> str:
        return self.number


class ContractRenewal(Keyed, BranchOwned, Stamped, Base):
    """The renewal of one term: its notice and how it ended; one row a term (AF-11)."""

    __tablename__ = "aftersales_renewal"
    __table_args__ = owned(
        reference("contract_id", "aftersales_contract", ondelete="CASCADE"),
        UniqueConstraint("contract_id", "term_end"),
        Index(None, "branch_id", "state", "term_end"),
        one_of("state", RenewalState, "state"),
        CheckConstraint("state <> 'lost' OR lost_reason <> ''", name="lost_reason"),
    )

    contract_id: Mapped[int] = mapped_column(BigKey)
    term_end: Mapped[date] = mapped_column()
    noticed_on: Mapped[date] = mapped_column()
    owner_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    state: Mapped[RenewalState] = mapped_column(
        StateType(RenewalState), default=RenewalState.NOTICED
    )
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    lost_reason: Mapped[str] = mapped_column(String(300), default="")

    contract: Mapped[ServiceContract] = _to("ContractRenewal.contract_id", "ServiceContract")
    owner: Mapped[User | None] = relationship()
