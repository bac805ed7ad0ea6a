"""Orders and deliveries; their acts are in ``dougong.core.services.sales``."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.entities.product import Product
from dougong.core.orm import (
    Base,
    BigKey,
    BranchOwned,
    Keyed,
    MoneyField,
    Stamped,
    StateType,
    UtcDateTime,
    Versioned,
    one_of,
    owned,
    reference,
)
from dougong.core.values.documents import OrderState, ShipmentState

__all__ = [
    "Delivery",
    "DeliveryLine",
    "OrderState",
    "SalesOrder",
    "SalesOrderLine",
    "ShipmentState",
]


class SalesOrder(Keyed, BranchOwned, Stamped, Versioned, Base):
    """A customer's order; exposure from it is ``total - invoiced`` while it binds (CR-04)."""

    __tablename__ = "core_sales_order"
    __table_args__ = owned(
        reference("customer_id", "core_customer"),
        UniqueConstraint("branch_id", "number"),
        UniqueConstraint("branch_id", "source_ref"),
        one_of("state", OrderState, "state"),
        CheckConstraint("net_minor >= 0 AND tax_minor >= 0", name="amounts"),
        CheckConstraint("total_minor = net_minor + tax_minor", name="total"),
        CheckConstraint("invoiced_minor BETWEEN 0 AND total_minor", name="invoiced"),
        Index(None, "branch_id", "customer_id", "ordered_on"),
        Index(None, "branch_id", "state", "ordered_on"),
        Index(None, "branch_id", "ordered_on"),
    )

    number: Mapped[str | None] = mapped_column(String(40))
    source_ref: Mapped[str | None] = mapped_column(String(100))
    customer_id: Mapped[int] = mapped_column(BigKey)
    state: Mapped[OrderState] = mapped_column(StateType(OrderState), default=OrderState.DRAFT)
    ordered_on: Mapped[date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    net_minor: Mapped[int] = mapped_column(BigKey, default=0)
    tax_minor: Mapped[int] = mapped_column(BigKey, default=0)
    total_minor: Mapped[int] = mapped_column(BigKey, default=0)
    invoiced_minor: Mapped[int] = mapped_column(BigKey, default=0)
    """How much of the total stands on invoices that are not void."""
    salesperson_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("core_user.id"))
    remark: Mapped[str] = mapped_column(Text, default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    net = MoneyField("net_minor")
    tax = MoneyField("tax_minor")
    total = MoneyField("total_minor")
    invoiced = MoneyField("invoiced_minor")
    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(SalesOrder.customer_id) == Customer.id"
    )
    salesperson: Mapped[User | None] = relationship()
    lines: Mapped[list["SalesOrderLine"]] = relationship(
        primaryjoin="foreign(SalesOrderLine.order_id) == SalesOrder.id",
        back_populates="order",
        cascade="all, delete-orphan",
        order_by="SalesOrderLine.position, SalesOrderLine.id",
    )
    deliveries: Mapped[list["Delivery"]] = relationship(
        primaryjoin="foreign(Delivery.order_id) == SalesOrder.id",
        back_populates="order",
        order_by="Delivery.id",
    )

    def __str__(self) -> str:
        return self.number or f"#{self.id}"


class SalesOrderLine(Keyed, BranchOwned, Stamped, Base):
    """One line of an order; amounts are in the order's currency, rounded per line."""

    __tablename__ = "core_sales_order_line"
    __table_args__ = owned(
        reference("order_id", "core_sales_order", ondelete="CASCADE"),
        reference("product_id", "core_product"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price_minor >= 0", name="unit_price"),
        CheckConstraint("tax_percent BETWEEN 0 AND 100", name="tax_percent"),
        CheckConstraint("net_minor >= 0 AND tax_minor >= 0", name="amounts"),
        CheckConstraint("total_minor = net_minor + tax_minor", name="total"),
        Index(None, "branch_id", "order_id"),
        Index(None, "branch_id", "product_id"),
    )

    order_id: Mapped[int] = mapped_column(BigKey)
    position: Mapped[int] = mapped_column(Integer, default=0)
    product_id: Mapped[int | None] = mapped_column(BigKey)
    text: Mapped[str] = mapped_column(String(300), default="")
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    unit_price_minor: Mapped[int] = mapped_column(BigKey)
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    net_minor: Mapped[int] = mapped_column(BigKey, default=0)
    tax_minor: Mapped[int] = mapped_column(BigKey, default=0)
    total_minor: Mapped[int] = mapped_column(BigKey, default=0)

    unit_price = MoneyField("unit_price_minor")
    net = MoneyField("net_minor")
    tax = MoneyField("tax_minor")
    total = MoneyField("total_minor")
    order: Mapped[SalesOrder] = relationship(
        primaryjoin="foreign(SalesOrderLine.order_id) == SalesOrder.id", back_populates="lines"
    )
    product: Mapped[Product | None] = relationship(
        primaryjoin="foreign(SalesOrderLine.product_id) == Product.id"
    )

    @property
    def currency(self) -> str:
        """The order's."""
        return self.order.currency

    def __str__(self) -> str:
        return self.text


class Delivery(Keyed, BranchOwned, Stamped, Versioned, Base):
    """Goods of an order on their way; releasing it is the second gate for credit (CR-04)."""

    __tablename__ = "core_delivery"
    __table_args__ = owned(
        reference("order_id", "core_sales_order"),
        reference("customer_id", "core_customer"),
        UniqueConstraint("branch_id", "number"),
        one_of("state", ShipmentState, "state"),
        Index(None, "branch_id", "order_id"),
        Index(None, "branch_id", "customer_id"),
        Index(None, "branch_id", "state"),
    )

    order_id: Mapped[int] = mapped_column(BigKey)
    customer_id: Mapped[int] = mapped_column(BigKey)
    number: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[ShipmentState] = mapped_column(
        StateType(ShipmentState), default=ShipmentState.DRAFT
    )
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    remark: Mapped[str] = mapped_column(Text, default="")

    order: Mapped[SalesOrder] = relationship(
        primaryjoin="foreign(Delivery.order_id) == SalesOrder.id", back_populates="deliveries"
    )
    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(Delivery.customer_id) == Customer.id"
    )
    lines: Mapped[list["DeliveryLine"]] = relationship(
        primaryjoin="foreign(DeliveryLine.delivery_id) == Delivery.id",
        back_populates="delivery",
        cascade="all, delete-orphan",
        order_by="DeliveryLine.id",
    )

    def __str__(self) -> str:
        return self.number or f"#{self.id}"


class DeliveryLine(Keyed, BranchOwned, Stamped, Base):
    """How much of one order line goes with this delivery."""

    __tablename__ = "core_delivery_line"
    __table_args__ = owned(
        reference("delivery_id", "core_delivery", ondelete="CASCADE"),
        reference("order_line_id", "core_sales_order_line"),
        UniqueConstraint("delivery_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index(None, "branch_id", "order_line_id"),
    )

    delivery_id: Mapped[int] = mapped_column(BigKey)
    order_line_id: Mapped[int] = mapped_column(BigKey)
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))

    delivery: Mapped[Delivery] = relationship(
        primaryjoin="foreign(DeliveryLine.delivery_id) == Delivery.id", back_populates="lines"
    )
    order_line: Mapped[SalesOrderLine] = relationship(
        primaryjoin="foreign(DeliveryLine.order_line_id) == SalesOrderLine.id"
    )
