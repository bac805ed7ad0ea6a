"""Receipts: money registered, paid back, or found not to be money."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from dougong.core.branches import today_at
from dougong.core.entities.billing import (
    Allocation,
    Invoice,
    InvoiceKind,
    InvoiceState,
    PaymentMethod,
    Receipt,
    ReceiptKind,
    ReceiptState,
)
from dougong.core.entities.customer import Customer
from dougong.core.entities.numbering import take_number
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.services.sales.events import (
    CreditNoteRefunded,
    ReceiptRefunded,
    ReceiptRegistered,
    ReceiptVoided,
)
from dougong.core.services.sales.service.allocations import (
    allocations_of,
    release_allocation,
    settle,
)
from dougong.core.services.sales.service.documents import locked, positive, within_limit
from dougong.core.session import Session
from dougong.core.values import Money

SERIES: Final = {ReceiptKind.RECEIPT: "RC", ReceiptKind.REFUND: "RF"}


@dataclass(frozen=True, slots=True)
class Payment:
    """Money as it came in or goes out; without ``on`` it is of today."""

    amount: Money
    method: PaymentMethod = PaymentMethod.TRANSFER
    on: date | None = None
    remark: str = ""


def register_receipt(session: Session, customer_id: int, payment: Payment) -> Receipt:
    """Book money that came in; it lowers exposure at once, allocated or not (CR-04).

    Closed customers may pay too.
    """
    customer = session.scalars(select(Customer).where(Customer.id == customer_id)).one_or_none()
    if customer is None:
        raise NotFound
    positive(payment.amount)
    receipt = _row(session, ReceiptKind.RECEIPT, customer, payment)
    record(
        session,
        ReceiptRegistered(
            branch_id=receipt.branch_id, receipt_id=receipt.id, customer_id=customer.id,
            amount=payment.amount,
        ),
    )  # fmt: skip
    return _numbered(session, receipt)


def refund(session: Session, receipt_id: int, payment: Payment) -> Receipt:
    """Pay back money of a receipt that is not allocated; returns the refund."""
    receipt = locked(session, Receipt, receipt_id)
    _refuse_unfit(receipt)
    rest = receipt.amount - receipt.applied
    within_limit(
        payment.amount, rest,
        lazy("Of receipt %(receipt)s, %(rest)s is not allocated yet, less than %(amount)s.",
             receipt=str(receipt), rest=rest, amount=payment.amount),
    )  # fmt: skip
    receipt.applied = receipt.applied + payment.amount
    paid = _row(session, ReceiptKind.REFUND, receipt.customer, payment)
    paid.applied_minor = paid.amount_minor
    paid.refunded_id = receipt.id
    record(
        session,
        ReceiptRefunded(
            branch_id=receipt.branch_id, receipt_id=receipt.id, refund_id=paid.id,
            customer_id=receipt.customer_id, amount=payment.amount,
        ),
    )  # fmt: skip
    return _numbered(session, paid)


def refund_note(session: Session, note_id: int, payment: Payment) -> Receipt:
    """Pay out what is open of a credit note; returns the refund."""
    note = locked(session, Invoice, note_id)
    if note.kind is not InvoiceKind.CREDIT_NOTE or note.state is InvoiceState.VOID:
        raise StateRefused(lazy("%(invoice)s cannot be paid out.", invoice=str(note)))
    settle(note, payment.amount)
    paid = _row(session, ReceiptKind.REFUND, note.customer, payment)
    paid.applied_minor = paid.amount_minor
    session.add(
        Allocation(
            branch_id=note.branch_id, receipt_id=paid.id, invoice_id=note.id,
            amount_minor=payment.amount.minor, at=session.now,
        )
    )  # fmt: skip
    record(
        session,
        CreditNoteRefunded(
            branch_id=note.branch_id, credit_note_id=note.id, refund_id=paid.id,
            customer_id=note.customer_id, amount=payment.amount,
        ),
    )  # fmt: skip
    return _numbered(session, paid)


def void_receipt(session: Session, receipt_id: int) -> Receipt:
    """Find a receipt not to be money: its allocations are taken back, its invoices open again."""
    receipt = locked(session, Receipt, receipt_id)
    _refuse_unfit(receipt)
    allocations = allocations_of(session, receipt)
    for invoice_id in sorted({allocation.invoice_id for allocation in allocations}):
        locked(session, Invoice, invoice_id)  # all of them before what subscribers lock
    for allocation in allocations:
        release_allocation(session, allocation.id)
    if receipt.applied:
        raise Refusal(
            lazy("Of receipt %(receipt)s, %(amount)s was paid back already.",
                 receipt=str(receipt), amount=receipt.applied),
            code="core.receipt_refunded",
        )  # fmt: skip
    receipt.state = ReceiptState.VOID
    record(
        session,
        ReceiptVoided(
            branch_id=receipt.branch_id, receipt_id=receipt.id, customer_id=receipt.customer_id,
            amount=receipt.amount,
        ),
    )  # fmt: skip
    return receipt


def _row(session: Session, kind: ReceiptKind, customer: Customer, payment: Payment) -> Receipt:
    receipt = Receipt(
        branch_id=customer.branch_id,
        kind=kind,
        customer_id=customer.id,
        received_on=payment.on or today_at(session, customer.branch_id),
        currency=payment.amount.currency,
        amount_minor=payment.amount.minor,
        applied_minor=0,
        method=payment.method,
        state=ReceiptState.OPEN,
        remark=payment.remark,
    )
    session.add(receipt)
    session.flush()
    return receipt


def _numbered(session: Session, receipt: Receipt) -> Receipt:
    receipt.number = take_number(session, receipt.branch_id, SERIES[receipt.kind])
    session.flush()
    return receipt


def _refuse_unfit(receipt: Receipt) -> None:
    if receipt.kind is not ReceiptKind.RECEIPT or receipt.state is ReceiptState.VOID:
        raise StateRefused(
            lazy("%(receipt)s is void or a refund; this cannot be done with it.",
                 receipt=str(receipt))
        )  # fmt: skip
