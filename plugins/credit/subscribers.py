"""Which documents move an account: every event of sales that changes what is open (CR-04)."""

from collections.abc import Callable, Collection
from typing import Any, Final

from sqlalchemy import select

from dougong.core.events import Event, Subscriber, after, within
from dougong.core.services.archive.api import CustomersMerged, MergeUndone
from dougong.core.services.sales import api as sales
from dougong.core.session import Session
from dougong.plugins.credit.accounts import Cause
from dougong.plugins.credit.lifts import ORDER, void_lift
from dougong.plugins.credit.merging import combine, part
from dougong.plugins.credit.models import CreditAccount
from dougong.plugins.credit.rules import EntryKind
from dougong.plugins.credit.service import follow, reserve, reserve_change

LAST: Final = 900
"""Accounts are locked late, so that a busy account is held as short as can be."""
INVOICE: Final = "core.invoice"
RECEIPT: Final = "core.receipt"

_FOLLOWED: Final[tuple[tuple[type[Event], EntryKind, str, str], ...]] = (
    (sales.OrderCancelled, EntryKind.RELEASE, ORDER, "order_id"),
    (sales.OrderClosed, EntryKind.RELEASE, ORDER, "order_id"),
    (sales.InvoiceIssued, EntryKind.INVOICE, INVOICE, "invoice_id"),
    (sales.InvoiceVoided, EntryKind.INVOICE, INVOICE, "invoice_id"),
    (sales.CreditNoteIssued, EntryKind.CREDIT_NOTE, INVOICE, "credit_note_id"),
    (sales.CreditNoteApplied, EntryKind.CREDIT_NOTE, INVOICE, "credit_note_id"),
    (sales.CreditNoteRefunded, EntryKind.CREDIT_NOTE, INVOICE, "credit_note_id"),
    (sales.ReceiptRegistered, EntryKind.RECEIPT, RECEIPT, "receipt_id"),
    (sales.ReceiptAllocated, EntryKind.RECEIPT, RECEIPT, "receipt_id"),
    (sales.ReceiptRefunded, EntryKind.RECEIPT, RECEIPT, "refund_id"),
    (sales.ReceiptVoided, EntryKind.RECEIPT, RECEIPT, "receipt_id"),
    (sales.AllocationReleased, EntryKind.RECEIPT, INVOICE, "invoice_id"),
)


def subscribers() -> list[Subscriber]:
    """Orders are reserved by one statement; what else happens is followed under the lock."""
    following = [
        within(event, f"credit.follow.{event.name}", _follower(kind, document, key), order=LAST)
        for event, kind, document, key in _FOLLOWED
    ]
    return [
        within(sales.OrderConfirmed, "credit.reserve", reserve, order=LAST),
        within(sales.OrderChanged, "credit.reserve_change", reserve_change, order=LAST),
        within(sales.OrderRedrafted, "credit.void_lift", void_lift),
        after(sales.OrdersImported, "credit.rebuild", _rebuild_after_import),
        within(CustomersMerged, "credit.combine", combine, order=LAST),
        within(MergeUndone, "credit.part", part, order=LAST),
        *following,
    ]


def rebuild(session: Session, branch_id: int, customer_ids: Collection[int]) -> None:
    """Let these customers' accounts follow their documents, in the order of their keys."""
    for customer_id in sorted(customer_ids):
        follow(session, branch_id, customer_id, Cause(EntryKind.ADJUSTMENT))


def _follower(kind: EntryKind, document: str, key: str) -> Callable[[Session, Any], None]:
    def hear(session: Session, event: Any) -> None:
        cause = Cause(kind, document, getattr(event, key))
        follow(session, event.branch_id, event.customer_id, cause)

    return hear


def _rebuild_after_import(session: Session, event: sales.OrdersImported) -> None:
    mine = select(CreditAccount.customer_id).where(CreditAccount.branch_id == event.branch_id)
    rebuild(session, event.branch_id, session.scalars(mine).all())
