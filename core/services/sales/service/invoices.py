"""Invoices and credit notes: issued for an order or on their own, voided, applied."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from dougong.core.branches import today_at
from dougong.core.entities.billing import Invoice, InvoiceKind, InvoiceState
from dougong.core.entities.numbering import take_number
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.services.sales.events import CreditNoteIssued, InvoiceIssued, InvoiceVoided
from dougong.core.services.sales.rules import Amounts, OrderStep, part_of
from dougong.core.services.sales.service.allocations import settle_by_note
from dougong.core.services.sales.service.documents import (
    locked,
    open_customer,
    positive,
    within_limit,
)
from dougong.core.services.sales.service.orders import step
from dougong.core.services.sales.words import INVOICE_STATES
from dougong.core.session import Session
from dougong.core.values import Money

SERIES = {InvoiceKind.INVOICE: "IN", InvoiceKind.CREDIT_NOTE: "CN"}


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice that no order stands behind: late interest, a paid repair, a contract."""

    customer_id: int
    net: Money
    tax: Money
    due_on: date
    remark: str = ""


def issue_invoice(
    session: Session, order_id: int, due_on: date, part: Money | None = None
) -> Invoice:
    """Invoice an order, or a gross ``part`` of it; what is invoiced leaves the order (CR-04)."""
    order = locked(session, SalesOrder, order_id)
    step(order, OrderStep.INVOICE)
    rest = order.total - order.invoiced
    part = rest if part is None else part
    within_limit(
        part, rest,
        lazy("Of order %(order)s, %(rest)s can still be invoiced, not %(part)s.",
             order=str(order), rest=rest, part=part),
    )  # fmt: skip
    amounts = part_of(Amounts(order.net, order.tax), order.invoiced, part)
    order.invoiced = order.invoiced + part
    bill = Bill(order.customer_id, amounts.net, amounts.tax, due_on)
    return _issue(session, order.branch_id, bill, order)


def issue_bill(session: Session, bill: Bill) -> Invoice:
    """Invoice something no order stands behind."""
    customer = open_customer(session, bill.customer_id)
    positive(bill.net + bill.tax)
    if min(bill.net.minor, bill.tax.minor) < 0:
        raise Refusal(lazy("The amount must be more than zero."), code="core.amount", field="net")
    return _issue(session, customer.branch_id, bill, None)


def _issue(session: Session, branch_id: int, bill: Bill, order: SalesOrder | None) -> Invoice:
    today = today_at(session, branch_id)
    if bill.due_on < today:
        raise Refusal(
            lazy("An invoice issued today cannot be due on %(day)s.", day=bill.due_on),
            code="core.due_in_the_past",
            field="due_on",
        )
    amounts = Amounts(bill.net, bill.tax)
    invoice = _row(branch_id, InvoiceKind.INVOICE, bill.customer_id, amounts)
    invoice.order_id = order.id if order is not None else None
    invoice.issued_on, invoice.due_on, invoice.remark = today, bill.due_on, bill.remark
    session.add(invoice)
    session.flush()
    record(
        session,
        InvoiceIssued(
            branch_id=branch_id, invoice_id=invoice.id, customer_id=bill.customer_id,
            order_id=invoice.order_id, total=invoice.total, order_part=_order_part(invoice),
        ),
    )  # fmt: skip
    return _numbered(session, invoice)


def void_invoice(session: Session, invoice_id: int) -> Invoice:
    """Take an invoice back that nothing settles; its part is bound by the order again (CR-04)."""
    order_id = _order_of(session, invoice_id)
    order = None if order_id is None else locked(session, SalesOrder, order_id)
    invoice = locked(session, Invoice, invoice_id)
    _refuse_void(session, invoice)
    part = _order_part(invoice)
    if order is not None and part:
        order.invoiced = order.invoiced - part
        if order.state is OrderState.CLOSED:
            order.state = step(order, OrderStep.UNCLOSE)
    invoice.state = InvoiceState.VOID
    record(
        session,
        InvoiceVoided(
            branch_id=invoice.branch_id, invoice_id=invoice.id, customer_id=invoice.customer_id,
            order_id=invoice.order_id, total=invoice.total, order_part=part,
        ),
    )  # fmt: skip
    return invoice


def credit_note(session: Session, invoice_id: int, amount: Money, reason: str) -> Invoice:
    """Credit a gross ``amount`` of an invoice; it settles what is open of it, the rest stays open.

    Refused beyond what earlier credit notes have left of the invoice.
    """
    invoice = locked(session, Invoice, invoice_id)
    if invoice.kind is not InvoiceKind.INVOICE or invoice.state is InvoiceState.VOID:
        raise _not_open(invoice)
    credited = Money.total((note.total for note in _notes_on(session, invoice)), invoice.currency)
    rest = invoice.total - credited
    within_limit(
        amount, rest,
        lazy("Of invoice %(invoice)s, %(rest)s can still be credited, not %(amount)s.",
             invoice=str(invoice), rest=rest, amount=amount),
    )  # fmt: skip
    amounts = part_of(Amounts(invoice.net, invoice.tax), credited, amount)
    note = _row(invoice.branch_id, InvoiceKind.CREDIT_NOTE, invoice.customer_id, amounts)
    note.order_id, note.credited_id, note.remark = invoice.order_id, invoice.id, reason
    note.issued_on = note.due_on = today_at(session, invoice.branch_id)
    session.add(note)
    session.flush()
    record(
        session,
        CreditNoteIssued(
            branch_id=note.branch_id, credit_note_id=note.id, credited_id=invoice.id,
            customer_id=note.customer_id, total=note.total,
        ),
    )  # fmt: skip
    settled = min(amount, invoice.total - invoice.settled)
    if settled:
        settle_by_note(session, note, invoice, settled)
    return _numbered(session, note)


def _row(branch_id: int, kind: InvoiceKind, customer_id: int, amounts: Amounts) -> Invoice:
    return Invoice(
        branch_id=branch_id,
        kind=kind,
        customer_id=customer_id,
        state=InvoiceState.OPEN,
        currency=amounts.net.currency,
        net_minor=amounts.net.minor,
        tax_minor=amounts.tax.minor,
        total_minor=amounts.total.minor,
        settled_minor=0,
    )


def _numbered(session: Session, invoice: Invoice) -> Invoice:
    invoice.number = take_number(session, invoice.branch_id, SERIES[invoice.kind])
    session.flush()
    return invoice


def _order_part(invoice: Invoice) -> Money:
    """How much of its order's total the invoice stands for: all of it, or nothing."""
    return invoice.total if invoice.order_id is not None else Money(0, invoice.currency)


def _order_of(session: Session, invoice_id: int) -> int | None:
    found = session.execute(select(Invoice.order_id).where(Invoice.id == invoice_id)).one_or_none()
    if found is None:
        raise NotFound
    order_id: int | None = found[0]
    return order_id


def _notes_on(session: Session, invoice: Invoice) -> list[Invoice]:
    return list(
        session.scalars(
            select(Invoice).where(
                Invoice.credited_id == invoice.id, Invoice.state != InvoiceState.VOID
            )
        )
    )


def _refuse_void(session: Session, invoice: Invoice) -> None:
    if invoice.kind is not InvoiceKind.INVOICE or invoice.state is InvoiceState.VOID:
        raise _not_open(invoice)
    if invoice.settled or _notes_on(session, invoice):
        raise Refusal(
            lazy("Invoice %(invoice)s is settled with %(amount)s and cannot be voided.",
                 invoice=str(invoice), amount=invoice.settled),
            code="core.invoice_settled",
            next_step=lazy("Issue a credit note, or take the allocations back first."),
        )  # fmt: skip


def _not_open(invoice: Invoice) -> StateRefused:
    return StateRefused(
        lazy("Invoice %(invoice)s is %(state)s; this cannot be done with it.",
             invoice=str(invoice), state=INVOICE_STATES[invoice.state])
    )  # fmt: skip
