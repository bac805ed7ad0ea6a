"""What happens in sales; plugins hear of it here (credit reserves, loyalty counts)."""

from dataclasses import dataclass
from typing import ClassVar

from dougong.core.events import Event
from dougong.core.values import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderConfirmed(Event):
    """An order binds from now on; ``total`` is with tax (CR-04)."""

    name: ClassVar[str] = "core.order_confirmed"
    order_id: int
    customer_id: int
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(Event):
    """The lines of a confirmed order changed its total (CR-04)."""

    name: ClassVar[str] = "core.order_changed"
    order_id: int
    customer_id: int
    before: Money
    after: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRedrafted(Event):
    """The lines of a draft were written anew: what was decided about it may not hold any more."""

    name: ClassVar[str] = "core.order_redrafted"
    order_id: int
    customer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Event):
    """A confirmed order binds no more; nothing of it was invoiced or has left."""

    name: ClassVar[str] = "core.order_cancelled"
    order_id: int
    customer_id: int
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderClosed(Event):
    """An order is shipped and invoiced in full."""

    name: ClassVar[str] = "core.order_closed"
    order_id: int
    customer_id: int
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReleased(Event):
    """Goods may leave (CR-05, CR-08)."""

    name: ClassVar[str] = "core.delivery_released"
    delivery_id: int
    order_id: int
    customer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryMade(Event):
    """The customer has the goods."""

    name: ClassVar[str] = "core.delivery_made"
    delivery_id: int
    order_id: int
    customer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(Event):
    """An invoice is out; ``order_part`` of its total was bound by the order until now (CR-04)."""

    name: ClassVar[str] = "core.invoice_issued"
    invoice_id: int
    customer_id: int
    order_id: int | None
    total: Money
    order_part: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceVoided(Event):
    """An invoice counts no more; ``order_part`` is bound by the order again (CR-04)."""

    name: ClassVar[str] = "core.invoice_voided"
    invoice_id: int
    customer_id: int
    order_id: int | None
    total: Money
    order_part: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteIssued(Event):
    """The customer owes ``total`` less; ``credited_id`` is the invoice it takes back from."""

    name: ClassVar[str] = "core.credit_note_issued"
    credit_note_id: int
    credited_id: int
    customer_id: int
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteApplied(Event):
    """Part of a credit note settles an invoice: nothing more or less is owed."""

    name: ClassVar[str] = "core.credit_note_applied"
    credit_note_id: int
    invoice_id: int
    customer_id: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteRefunded(Event):
    """Part of a credit note was paid out."""

    name: ClassVar[str] = "core.credit_note_refunded"
    credit_note_id: int
    refund_id: int
    customer_id: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRegistered(Event):
    """Money came in, not yet allocated (CR-04)."""

    name: ClassVar[str] = "core.receipt_registered"
    receipt_id: int
    customer_id: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptVoided(Event):
    """A receipt turned out not to be money (a cheque that bounced)."""

    name: ClassVar[str] = "core.receipt_voided"
    receipt_id: int
    customer_id: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRefunded(Event):
    """Part of an unapplied receipt was paid back."""

    name: ClassVar[str] = "core.receipt_refunded"
    receipt_id: int
    refund_id: int
    customer_id: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptAllocated(Event):
    """Part of a receipt settles an invoice: exposure stays, what is overdue may not (CR-08)."""

    name: ClassVar[str] = "core.receipt_allocated"
    receipt_id: int
    invoice_id: int
    customer_id: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationReleased(Event):
    """An allocation was taken back; its receipt or credit note and its invoice are open again."""

    name: ClassVar[str] = "core.allocation_released"
    receipt_id: int | None
    credit_note_id: int | None
    invoice_id: int
    customer_id: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersImported(Event):
    """An import brought past orders, set by set: nothing of it was announced one by one."""

    name: ClassVar[str] = "core.orders_imported"
    customer_count: int
    order_count: int
