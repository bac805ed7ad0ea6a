"""The states and kinds of sales documents: rules decide on them, entities store them."""

from enum import StrEnum


class OrderState(StrEnum):
    """Where an order stands; confirmed and shipped ones bind credit (CR-04)."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ShipmentState(StrEnum):
    """Where a delivery stands; released means the goods may leave (CR-05)."""

    DRAFT = "draft"
    RELEASED = "released"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class InvoiceKind(StrEnum):
    """A credit note's amounts are positive too; the kind gives the sign."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceState(StrEnum):
    """Paid means settled in full; a void one counts nowhere."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"


class ReceiptKind(StrEnum):
    """Money in, or money paid back."""

    RECEIPT = "receipt"
    REFUND = "refund"


class ReceiptState(StrEnum):
    """A void receipt (a cheque that bounced) counts nowhere."""

    OPEN = "open"
    VOID = "void"


class PaymentMethod(StrEnum):
    """How the money came."""

    TRANSFER = "transfer"
    CASH = "cash"
    CARD = "card"
    CHEQUE = "cheque"
    ALIPAY = "alipay"
    WECHAT = "wechat"
    OTHER = "other"
