"""Invoices, receipts and which receipt settles which invoice."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dougong.core.entities.customer import Customer
from dougong.core.entities.sales import SalesOrder
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
from dougong.core.values.documents import (
    InvoiceKind,
    InvoiceState,
    PaymentMethod,
    ReceiptKind,
    ReceiptState,
)

__all__ = [
    "Allocation",
    "Invoice",
    "InvoiceKind",
    "InvoiceState",
    "PaymentMethod",
    "Receipt",
    "ReceiptKind",
    "ReceiptState",
]


class Invoice(Keyed, BranchOwned, Stamped, Versioned, Base):
    """An invoice or credit note; what is open of it is ``total - settled`` (CR-04)."""

    __tablename__ = "core_invoice"
    __table_args__ = owned(
        reference("customer_id", "core_customer"),
        reference("order_id", "core_sales_order"),
        reference("credited_id", "core_invoice"),
        UniqueConstraint("branch_id", "number"),
        UniqueConstraint("branch_id", "source_ref"),
        one_of("kind", InvoiceKind, "kind"),
        one_of("state", InvoiceState, "state"),
        CheckConstraint("net_minor >= 0 AND tax_minor >= 0", name="amounts"),
        CheckConstraint("total_minor = net_minor + tax_minor", name="total"),
        CheckConstraint("settled_minor BETWEEN 0 AND total_minor", name="settled"),
        CheckConstraint("state <> 'paid' OR settled_minor = total_minor", name="paid"),
        CheckConstraint("state <> 'void' OR settled_minor = 0", name="void"),
        CheckConstraint("credited_id IS NULL OR kind = 'credit_note'", name="credited"),
        Index(None, "branch_id", "customer_id", "state"),
        Index(None, "branch_id", "state", "due_on"),
        Index(None, "branch_id", "issued_on"),
        Index(None, "branch_id", "credited_id"),
        Index(None, "branch_id", "order_id"),
    )

    number: Mapped[str | None] = mapped_column(String(40))
    source_ref: Mapped[str | None] = mapped_column(String(100))
    kind: Mapped[InvoiceKind] = mapped_column(StateType(InvoiceKind), default=InvoiceKind.INVOICE)
    customer_id: Mapped[int] = mapped_column(BigKey)
    order_id: Mapped[int | None] = mapped_column(BigKey)
    credited_id: Mapped[int | None] = mapped_column(BigKey)
    """The invoice a credit note takes back, where it is about one."""
    state: Mapped[InvoiceState] = mapped_column(StateType(InvoiceState), default=InvoiceState.OPEN)
    issued_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    net_minor: Mapped[int] = mapped_column(BigKey, default=0)
    tax_minor: Mapped[int] = mapped_column(BigKey, default=0)
    total_minor: Mapped[int] = mapped_column(BigKey, default=0)
    settled_minor: Mapped[int] = mapped_column(BigKey, default=0)
    """How much of the total receipts, credit notes or refunds have settled."""
    remark: Mapped[str] = mapped_column(Text, default="")

    net = MoneyField("net_minor")
    tax = MoneyField("tax_minor")
    total = MoneyField("total_minor")
    settled = MoneyField("settled_minor")
    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(Invoice.customer_id) == Customer.id"
    )
    order: Mapped[SalesOrder | None] = relationship(
        primaryjoin="foreign(Invoice.order_id) == SalesOrder.id"
    )
    allocations: Mapped[list["Allocation"]] = relationship(
        primaryjoin="foreign(Allocation.invoice_id) == Invoice.id",
        back_populates="invoice",
        order_by="Allocation.id",
    )

    def __str__(self) -> str:
        return self.number or f"#{self.id}"


class Receipt(Keyed, BranchOwned, Stamped, Versioned, Base):
    """Money received or paid back; what is not yet used of it is ``amount - applied`` (CR-04)."""

    __tablename__ = "core_receipt"
    __table_args__ = owned(
        reference("customer_id", "core_customer"),
        reference("refunded_id", "core_receipt"),
        UniqueConstraint("branch_id", "number"),
        UniqueConstraint("branch_id", "source_ref"),
        one_of("kind", ReceiptKind, "kind"),
        one_of("state", ReceiptState, "state"),
        one_of("method", PaymentMethod, "method"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("applied_minor BETWEEN 0 AND amount_minor", name="applied"),
        CheckConstraint("state <> 'void' OR applied_minor = 0", name="void"),
        CheckConstraint("refunded_id IS NULL OR kind = 'refund'", name="refunded"),
        Index(None, "branch_id", "customer_id", "state"),
        Index(None, "branch_id", "received_on"),
        Index(None, "branch_id", "refunded_id"),
    )

    number: Mapped[str | None] = mapped_column(String(40))
    source_ref: Mapped[str | None] = mapped_column(String(100))
    kind: Mapped[ReceiptKind] = mapped_column(StateType(ReceiptKind), default=ReceiptKind.RECEIPT)
    customer_id: Mapped[int] = mapped_column(BigKey)
    refunded_id: Mapped[int | None] = mapped_column(BigKey)
    """The receipt a refund pays back, where it is about one."""
    received_on: Mapped[date] = mapped_column(Date)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    amount_minor: Mapped[int] = mapped_column(BigKey)
    applied_minor: Mapped[int] = mapped_column(BigKey, default=0)
    """How much of the amount is allocated or paid back."""
    method: Mapped[PaymentMethod] = mapped_column(
        StateType(PaymentMethod), default=PaymentMethod.TRANSFER
    )
    state: Mapped[ReceiptState] = mapped_column(StateType(ReceiptState), default=ReceiptState.OPEN)
    remark: Mapped[str] = mapped_column(Text, default="")

    amount = MoneyField("amount_minor")
    applied = MoneyField("applied_minor")
    customer: Mapped[Customer] = relationship(
        primaryjoin="foreign(Receipt.customer_id) == Customer.id"
    )
    allocations: Mapped[list["Allocation"]] = relationship(
        primaryjoin="foreign(Allocation.receipt_id) == Receipt.id",
        back_populates="receipt",
        order_by="Allocation.id",
    )

    def __str__(self) -> str:
        return self.number or f"#{self.id}"


class Allocation(Keyed, BranchOwned, Stamped, Base):
    """So much of a receipt (or of a credit note) settles that invoice; a refund settles a note."""

    __tablename__ = "core_allocation"
    __table_args__ = owned(
        reference("receipt_id", "core_receipt"),
        reference("credit_note_id", "core_invoice"),
        reference("invoice_id", "core_invoice"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("(receipt_id IS NULL) <> (credit_note_id IS NULL)", name="one_source"),
        CheckConstraint("credit_note_id <> invoice_id", name="not_itself"),
        Index(None, "branch_id", "invoice_id"),
        Index(None, "branch_id", "receipt_id"),
        Index(None, "branch_id", "credit_note_id"),
    )

    receipt_id: Mapped[int | None] = mapped_column(BigKey)
    credit_note_id: Mapped[int | None] = mapped_column(BigKey)
    invoice_id: Mapped[int] = mapped_column(BigKey)
    amount_minor: Mapped[int] = mapped_column(BigKey)
    at: Mapped[datetime] = mapped_column(UtcDateTime())

    amount = MoneyField("amount_minor")
    receipt: Mapped[Receipt | None] = relationship(
        primaryjoin="foreign(Allocation.receipt_id) == Receipt.id", back_populates="allocations"
    )
    credit_note: Mapped[Invoice | None] = relationship(
        primaryjoin="foreign(Allocation.credit_note_id) == Invoice.id"
    )
    invoice: Mapped[Invoice] = relationship(
        primaryjoin="foreign(Allocation.invoice_id) == Invoice.id", back_populates="allocations"
    )

    @property
    def currency(self) -> str:
        """The invoice's."""
        return self.invoice.currency
