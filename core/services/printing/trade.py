"""The papers of trade: order confirmation, delivery note, receipt, statement of open items."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from dougong.core.branches import today_at, zone_of
from dougong.core.entities.billing import (
    Allocation,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Receipt,
    ReceiptKind,
    ReceiptState,
)
from dougong.core.entities.customer import Customer
from dougong.core.entities.sales import (
    Delivery,
    DeliveryLine,
    OrderState,
    SalesOrder,
    SalesOrderLine,
)
from dougong.core.errors import Refusal
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.services.printing.papers import Paper, Sheet
from dougong.core.values import Money


@dataclass(frozen=True, slots=True)
class Party:
    """The customer as a paper addresses him."""

    name: str
    code: str
    address: str = ""
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of goods; amounts where the paper shows any."""

    text: str
    unit: str
    quantity: Decimal
    unit_price: Money | None = None
    tax_percent: Decimal | None = None
    total: Money | None = None


@dataclass(frozen=True, slots=True)
class OrderDoc:
    """What an order confirmation says."""

    party: Party
    state: StrEnum
    draft: bool
    ordered_on: date
    salesperson: str
    lines: tuple[Line, ...]
    net: Money
    tax: Money
    total: Money
    remark: str


@dataclass(frozen=True, slots=True)
class DeliveryDoc:
    """What goes with the goods."""

    party: Party
    state: StrEnum
    order_number: str
    released_at: datetime | None
    lines: tuple[Line, ...]
    count: Decimal
    remark: str


@dataclass(frozen=True, slots=True)
class ReceiptDoc:
    """What the payer is given for his money."""

    party: Party
    amount: Money
    method: StrEnum
    received_on: date
    invoices: tuple[str, ...]
    void: bool
    remark: str


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open invoice, credit note or unused payment; what we owe is below zero."""

    kind: StrEnum
    number: str
    dated: date
    due_on: date | None
    total: Money
    left: Money
    days_late: int


@dataclass(frozen=True, slots=True)
class Sum:
    """What is open in one currency."""

    currency: str
    balance: Money
    overdue: Money


@dataclass(frozen=True, slots=True)
class StatementDoc:
    """What is open between the customer and us on a day."""

    party: Party
    on: date
    items: tuple[OpenItem, ...]
    sums: tuple[Sum, ...]


# --- the papers' contents -------------------------------------------------------------------------


def load_orders(reader: Reader, keys: Sequence[int]) -> list[Sheet]:
    """Order confirmations."""
    rows = reader.all(
        select(SalesOrder)
        .where(SalesOrder.id.in_(keys))
        .options(
            selectinload(SalesOrder.lines).joinedload(SalesOrderLine.product),
            joinedload(SalesOrder.salesperson),
            *_of_customer(SalesOrder.customer),
        )
    )
    return [_sheet(row, str(row), row.customer_id, _order(row)) for row in rows]


def load_deliveries(reader: Reader, keys: Sequence[int]) -> list[Sheet]:
    """Delivery notes."""
    rows = reader.all(
        select(Delivery)
        .where(Delivery.id.in_(keys))
        .options(
            selectinload(Delivery.lines)
            .joinedload(DeliveryLine.order_line)
            .joinedload(SalesOrderLine.product),
            joinedload(Delivery.order),
            *_of_customer(Delivery.customer),
        )
    )
    return [_sheet(row, str(row), row.customer_id, _delivery(reader, row)) for row in rows]


def load_receipts(reader: Reader, keys: Sequence[int]) -> list[Sheet]:
    """Receipts for money that came in."""
    rows = reader.all(
        select(Receipt)
        .where(Receipt.id.in_(keys))
        .options(
            selectinload(Receipt.allocations).joinedload(Allocation.invoice),
            *_of_customer(Receipt.customer),
        )
    )
    if any(row.kind is not ReceiptKind.RECEIPT for row in rows):
        raise Refusal(lazy("Money that was paid back has no receipt."), code="printing.refund")
    return [_sheet(row, str(row), row.customer_id, _receipt(row)) for row in rows]


def load_statements(reader: Reader, keys: Sequence[int]) -> list[Sheet]:
    """Statements of what is open today at the branch, one edition a day."""
    customers = reader.all(select(Customer).where(Customer.id.in_(keys)).options(*_parts_of(())))
    items = _open_items(reader, keys)
    sheets = []
    for row in customers:
        today = today_at(reader, row.branch_id)
        doc = _statement(row, today, items.get(row.id, []))
        sheets.append(_sheet(row, row.name, row.id, doc, today.isoformat()))
    return sheets


def _sheet(row: Any, subject: str, customer_id: int, doc: object, edition: str = "") -> Sheet:
    return Sheet(
        subject_id=row.id, branch_id=row.branch_id, content=doc, subject=subject,
        number=getattr(row, "number", None) or "", customer_id=customer_id, edition=edition,
    )  # fmt: skip


def _of_customer(relation: Any) -> tuple[Any, ...]:
    return (joinedload(relation), *_parts_of((relation,)))


def _parts_of(path: tuple[Any, ...]) -> tuple[Any, ...]:
    if not path:
        return selectinload(Customer.addresses), selectinload(Customer.contacts)
    start = joinedload(*path)
    return start.selectinload(Customer.addresses), start.selectinload(Customer.contacts)


def party_of(customer: Customer) -> Party:
    """Where the customer is and whom to ask for: the first of each, main ones come first."""
    contact = next(iter(customer.contacts), None)
    return Party(
        customer.name, customer.code,
        str(next(iter(customer.addresses), "")),
        contact.name if contact else "",
        (contact.phone if contact else "") or customer.phone,
    )  # fmt: skip


def _order(row: SalesOrder) -> OrderDoc:
    return OrderDoc(
        party_of(row.customer), row.state, row.state is OrderState.DRAFT, row.ordered_on,
        row.salesperson.name if row.salesperson else "",
        tuple(
            Line(line.text, line.product.unit if line.product else "", line.quantity,
                 line.unit_price, line.tax_percent, line.total)
            for line in row.lines
        ),
        row.net, row.tax, row.total, row.remark,
    )  # fmt: skip


def _delivery(reader: Reader, row: Delivery) -> DeliveryDoc:
    lines = tuple(
        Line(
            line.order_line.text,
            line.order_line.product.unit if line.order_line.product else "",
            line.quantity,
        )
        for line in row.lines
    )
    left = row.released_at and row.released_at.astimezone(zone_of(reader, row.branch_id))
    return DeliveryDoc(
        party_of(row.customer), row.state, str(row.order), left, lines,
        sum((line.quantity for line in lines), Decimal(0)), row.remark,
    )  # fmt: skip


def _receipt(row: Receipt) -> ReceiptDoc:
    return ReceiptDoc(
        party_of(row.customer), row.amount, row.method, row.received_on,
        tuple(str(used.invoice) for used in row.allocations),
        row.state is ReceiptState.VOID, row.remark,
    )  # fmt: skip


# --- open items -----------------------------------------------------------------------------------


def _open_items(reader: Reader, keys: Sequence[int]) -> dict[int, list[OpenItem]]:
    found: dict[int, list[OpenItem]] = {}
    invoices = reader.all(
        select(Invoice)
        .where(Invoice.customer_id.in_(keys), Invoice.state == InvoiceState.OPEN)
        .order_by(Invoice.due_on, Invoice.id)
    )
    for invoice in invoices:
        today = today_at(reader, invoice.branch_id)
        found.setdefault(invoice.customer_id, []).append(_of_invoice(invoice, today))
    receipts = reader.all(
        select(Receipt)
        .where(
            Receipt.customer_id.in_(keys),
            Receipt.kind == ReceiptKind.RECEIPT,
            Receipt.state == ReceiptState.OPEN,
            Receipt.applied_minor < Receipt.amount_minor,
        )
        .order_by(Receipt.received_on, Receipt.id)
    )
    for receipt in receipts:
        found.setdefault(receipt.customer_id, []).append(_of_receipt(receipt))
    return found


def _of_invoice(row: Invoice, today: date) -> OpenItem:
    credit = row.kind is InvoiceKind.CREDIT_NOTE
    left = row.total - row.settled
    late = 0 if credit else max((today - row.due_on).days, 0)
    return OpenItem(
        row.kind, str(row), row.issued_on, None if credit else row.due_on,
        -row.total if credit else row.total, -left if credit else left, late,
    )  # fmt: skip


def _of_receipt(row: Receipt) -> OpenItem:
    left = row.amount - row.applied
    return OpenItem(row.kind, str(row), row.received_on, None, -row.amount, -left, 0)


def _statement(row: Customer, today: date, items: Iterable[OpenItem]) -> StatementDoc:
    shown = tuple(items)
    sums = tuple(
        Sum(
            currency,
            Money.total((i.left for i in shown if i.left.currency == currency), currency),
            Money.total(
                (i.left for i in shown if i.left.currency == currency and i.days_late), currency
            ),
        )
        for currency in sorted({item.left.currency for item in shown})
    )
    return StatementDoc(party_of(row), today, shown, sums)


COPIES: Final = (lazy("Stub copy"), lazy("Customer copy"))
TRADE: Final = (
    Paper(
        code="core.order_confirmation", title=lazy("Order confirmation"), entity="core.order",
        model=SalesOrder,
        template="printing/order.html", load=load_orders,
    ),
    Paper(
        code="core.delivery_note", title=lazy("Delivery note"), entity="core.delivery",
        model=Delivery,
        template="printing/delivery.html", load=load_deliveries,
        copies=(*COPIES, lazy("Signed return copy")),
    ),
    Paper(
        code="core.receipt", title=lazy("Receipt for payment"), entity="core.receipt",
        model=Receipt,
        template="printing/receipt.html", load=load_receipts, copies=COPIES, slips=True,
        offered=lambda row: row.kind is ReceiptKind.RECEIPT,
    ),
    Paper(
        code="core.statement", title=lazy("Statement of open items"), entity="core.customer",
        model=Customer,
        template="printing/statement.html", load=load_statements, series="ST",
        asks=("core.invoice", "core.receipt"),
    ),
)  # fmt: skip
