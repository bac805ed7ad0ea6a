"""The tables of credit: one account row per customer, and the ledger it is the sum of (CR-04)."""

from datetime import date, datetime
from typing import Any, Final, NoReturn

from sqlalchemy import CheckConstraint, Date, Index, Integer, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.customer import Customer
from dougong.core.errors import WallBreached
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    MoneyField,
    Stamped,
    StateType,
    Untracked,
    UtcDateTime,
    derived,
    one_of,
    owned,
    reference,
)
from dougong.core.values import Money
from dougong.plugins.credit.rules import EntryKind, Exposure, Limit, LimitKind

BUCKETS: Final = ("reserved_minor", "invoiced_minor", "unapplied_minor", "guaranteed_minor")


class CreditAccount(BranchOwned, Stamped, Base):
    """What a customer may owe and owes: 1:1 beside the customer, in one currency.

    Each bucket equals the sum of its ledger entries and of the open documents it stands for.
    """

    __tablename__ = "credit_account"
    __table_args__ = (
        UniqueConstraint("branch_id", "customer_id"),
        reference("customer_id", "core_customer"),
        one_of("kind", LimitKind, "kind"),
        CheckConstraint(
            "(kind = 'amount' AND limit_minor > 0) OR (kind <> 'amount' AND limit_minor = 0)",
            name="limit",
        ),
        CheckConstraint(" AND ".join(f"{bucket} >= 0" for bucket in BUCKETS), name="buckets"),
        Index(None, "branch_id", "kind"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    kind: Mapped[LimitKind] = mapped_column(StateType(LimitKind), default=LimitKind.NONE)
    currency: Mapped[str] = mapped_column(String(3))
    limit_minor: Mapped[int] = mapped_column(BigKey, default=0)
    payment_days: Mapped[int | None] = mapped_column(Integer)
    valid_until: Mapped[date | None] = mapped_column(Date)
    reserved_minor: Mapped[int] = mapped_column(BigKey, default=0, info=derived())
    invoiced_minor: Mapped[int] = mapped_column(BigKey, default=0, info=derived())
    unapplied_minor: Mapped[int] = mapped_column(BigKey, default=0, info=derived())
    guaranteed_minor: Mapped[int] = mapped_column(BigKey, default=0, info=derived())
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """When its buckets were last built from the documents; None: not yet."""

    reserved = MoneyField("reserved_minor")
    invoiced = MoneyField("invoiced_minor")
    unapplied = MoneyField("unapplied_minor")
    guaranteed = MoneyField("guaranteed_minor")
    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(CreditAccount.customer_id) == Customer.id", viewonly=True
    )

    @property
    def limit(self) -> Limit:
        """What is agreed."""
        amount = Money(self.limit_minor, self.currency)
        return Limit(self.kind, amount, self.payment_days, self.valid_until)

    @property
    def exposure(self) -> Exposure:
        """What is owed, by bucket."""
        return Exposure(self.reserved, self.invoiced, self.unapplied, self.guaranteed)

    @property
    def used_minor(self) -> int:
        """Exposure in minor units."""
        return self.exposure.used.minor

    def __str__(self) -> str:
        return str(self.customer)


class CreditEntry(Keyed, BranchOwned, Untracked, Base):
    """One line of the ledger: how much each bucket moved, by which document. Append-only."""

    __tablename__ = "credit_entry"
    __table_args__ = owned(
        reference("customer_id", "core_customer"),
        one_of("kind", EntryKind, "kind"),
        Index(None, "branch_id", "customer_id", "id"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    kind: Mapped[EntryKind] = mapped_column(StateType(EntryKind))
    currency: Mapped[str] = mapped_column(String(3))
    reserved_minor: Mapped[int] = mapped_column(BigKey, default=0)
    invoiced_minor: Mapped[int] = mapped_column(BigKey, default=0)
    unapplied_minor: Mapped[int] = mapped_column(BigKey, default=0)
    guaranteed_minor: Mapped[int] = mapped_column(BigKey, default=0)
    document: Mapped[str] = mapped_column(String(40), default="")
    """The entity it is about: ``core.order``, ``core.invoice``, ``core.receipt``."""
    document_id: Mapped[int | None] = mapped_column(BigKey)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    actor: Mapped[str] = mapped_column(String(100))
    user_id: Mapped[int | None] = mapped_column(BigKey)
    note: Mapped[str] = mapped_column(Text, default="")

    reserved = MoneyField("reserved_minor")
    invoiced = MoneyField("invoiced_minor")
    unapplied = MoneyField("unapplied_minor")
    guaranteed = MoneyField("guaranteed_minor")
    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(CreditEntry.customer_id) == Customer.id", viewonly=True
    )

    @property
    def exposure_moved(self) -> Money:
        """How much more, or less, was owed by it."""
        return Exposure(self.reserved, self.invoiced, self.unapplied, self.guaranteed).used


@event.listens_for(CreditEntry, "before_update")
@event.listens_for(CreditEntry, "before_delete")
def _stay_as_written(mapper: Any, connection: Any, entry: CreditEntry) -> NoReturn:
    raise WallBreached("The credit ledger is append-only: write a counter entry.")
