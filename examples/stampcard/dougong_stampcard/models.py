"""The plugin's one table."""

from datetime import date

from sqlalchemy import Date, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.customer import Customer
from dougong.core.entities.sales import SalesOrder
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    Stamped,
    StateType,
    one_of,
    owned,
    reference,
)
from dougong_stampcard.rules import StampState


class Stamp(Keyed, BranchOwned, Stamped, Base):
    """One stamp for one order; UNIQUE(branch_id, order_id) keeps it one."""

    __tablename__ = "stampcard_stamp"
    __table_args__ = owned(
        reference("customer_id", "core_customer", ondelete="CASCADE"),
        reference("order_id", "core_sales_order", ondelete="CASCADE"),
        UniqueConstraint("branch_id", "order_id"),
        Index(None, "branch_id", "customer_id", "state"),
        one_of("state", StampState, "state"),
    )

    customer_id: Mapped[int] = mapped_column(BigKey)
    order_id: Mapped[int] = mapped_column(BigKey)
    state: Mapped[StampState] = mapped_column(StateType(StampState), default=StampState.OPEN)
    last_day: Mapped[date] = mapped_column(Date)

    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(Stamp.customer_id) == Customer.id"
    )
    order: Mapped[SalesOrder] = relationship(primaryjoin="foreign(Stamp.order_id) == SalesOrder.id")
