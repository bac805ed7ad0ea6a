"""Allocations: which money or credit note settles which invoice, exact under the rows' locks."""

from sqlalchemy import select

from dougong.core.entities.billing import (
    Allocation,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Receipt,
    ReceiptKind,
    ReceiptState,
)
from dougong.core.errors import NotFound, Refusal
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.services.sales.events import (
    AllocationReleased,
    CreditNoteApplied,
    ReceiptAllocated,
)
from dougong.core.services.sales.service.documents import locked, within_limit
from dougong.core.session import Session
from dougong.core.values import Money


def allocate(session: Session, receipt_id: int, invoice_id: int, amount: Money) -> Allocation:
    """Let ``amount`` of a receipt settle an invoice of the same customer."""
    receipt = locked(session, Receipt, receipt_id)
    invoice = locked(session, Invoice, invoice_id)
    if receipt.kind is not ReceiptKind.RECEIPT or receipt.state is ReceiptState.VOID:
        raise NotFound(lazy("Receipt %(receipt)s has no money to allocate.", receipt=str(receipt)))
    _refuse_unfit(invoice, receipt.customer_id, InvoiceKind.INVOICE)
    rest = receipt.amount - receipt.applied
    within_limit(
        amount, rest,
        lazy("Of receipt %(receipt)s, %(rest)s is not allocated yet, less than %(amount)s.",
             receipt=str(receipt), rest=rest, amount=amount),
    )  # fmt: skip
    receipt.applied = receipt.applied + amount
    allocation = Allocation(receipt_id=receipt.id)
    _settle(session, allocation, invoice, amount)
    record(
        session,
        ReceiptAllocated(
            branch_id=receipt.branch_id, receipt_id=receipt.id, invoice_id=invoice.id,
            customer_id=receipt.customer_id, amount=amount,
        ),
    )  # fmt: skip
    return allocation


def apply_credit_note(session: Session, note_id: int, invoice_id: int, amount: Money) -> Allocation:
    """Let ``amount`` of an open credit note settle an invoice of the same customer."""
    rows = {key: locked(session, Invoice, key) for key in sorted({note_id, invoice_id})}
    return settle_by_note(session, rows[note_id], rows[invoice_id], amount)


def settle_by_note(session: Session, note: Invoice, invoice: Invoice, amount: Money) -> Allocation:
    """The same for rows already locked."""
    _refuse_unfit(note, invoice.customer_id, InvoiceKind.CREDIT_NOTE)
    _refuse_unfit(invoice, note.customer_id, InvoiceKind.INVOICE)
    allocation = Allocation(credit_note_id=note.id)
    _settle(session, allocation, invoice, amount)
    settle(note, amount)
    record(
        session,
        CreditNoteApplied(
            branch_id=note.branch_id, credit_note_id=note.id, invoice_id=invoice.id,
            customer_id=note.customer_id, amount=amount,
        ),
    )  # fmt: skip
    return allocation


def settle(invoice: Invoice, amount: Money) -> None:
    """Raise what is settled of an invoice or credit note; never beyond its total."""
    rest = invoice.total - invoice.settled
    within_limit(
        amount, rest,
        lazy("Of %(invoice)s, %(rest)s is open, less than %(amount)s.",
             invoice=str(invoice), rest=rest, amount=amount),
    )  # fmt: skip
    invoice.settled = invoice.settled + amount
    if invoice.settled == invoice.total:
        invoice.state = InvoiceState.PAID


def release_allocation(session: Session, allocation_id: int) -> None:
    """Take an allocation back: both sides are open again by its amount."""
    known = session.get(Allocation, allocation_id)
    if known is None:
        raise NotFound
    receipt = None if known.receipt_id is None else locked(session, Receipt, known.receipt_id)
    keys = sorted(key for key in (known.credit_note_id, known.invoice_id) if key is not None)
    invoices = {key: locked(session, Invoice, key) for key in keys}
    allocation = locked(session, Allocation, allocation_id)
    if receipt is not None and receipt.kind is ReceiptKind.REFUND:
        raise Refusal(
            lazy("Money paid back cannot be taken back here."), code="core.refund_allocated"
        )
    amount = Money(allocation.amount_minor, invoices[allocation.invoice_id].currency)
    for invoice in invoices.values():
        invoice.settled = invoice.settled - amount
        invoice.state = InvoiceState.OPEN
    if receipt is not None:
        receipt.applied = receipt.applied - amount
    _record_release(session, allocation, invoices[allocation.invoice_id], amount)


def _record_release(
    session: Session, allocation: Allocation, invoice: Invoice, amount: Money
) -> None:
    session.delete(allocation)
    record(
        session,
        AllocationReleased(
            branch_id=invoice.branch_id, receipt_id=allocation.receipt_id,
            credit_note_id=allocation.credit_note_id, invoice_id=invoice.id,
            customer_id=invoice.customer_id, amount=amount,
        ),
    )  # fmt: skip


def allocations_of(session: Session, receipt: Receipt) -> list[Allocation]:
    """A receipt's allocations."""
    return list(
        session.scalars(
            select(Allocation)
            .where(Allocation.receipt_id == receipt.id)
            .order_by(Allocation.invoice_id, Allocation.id)
        )
    )


def _settle(session: Session, allocation: Allocation, invoice: Invoice, amount: Money) -> None:
    settle(invoice, amount)
    allocation.branch_id = invoice.branch_id
    allocation.invoice_id = invoice.id
    allocation.amount_minor = amount.minor
    allocation.at = session.now
    session.add(allocation)


def _refuse_unfit(invoice: Invoice, customer_id: int, kind: InvoiceKind) -> None:
    """Refuse another customer's document, the wrong kind, and a void one."""
    if invoice.customer_id != customer_id:
        raise Refusal(
            lazy("Receipt and invoice belong to different customers."),
            code="core.other_customer",
            field="invoice_id",
        )
    if invoice.kind is not kind or invoice.state is InvoiceState.VOID:
        raise Refusal(
            lazy("%(invoice)s cannot be settled this way.", invoice=str(invoice)),
            code="core.wrong_document",
            field="invoice_id",
        )
