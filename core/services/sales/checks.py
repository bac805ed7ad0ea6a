"""What ``dougong doctor`` proves about sales: kept sums equal their documents (CR-04)."""

from collections.abc import Callable
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from dougong.core.doctor import Check, Finding
from dougong.core.entities.billing import (
    Allocation,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Receipt,
    ReceiptKind,
    ReceiptState,
)
from dougong.core.entities.sales import SalesOrder
from dougong.core.i18n import lazy
from dougong.core.session import Session

_SHOWN = 20
Wrong: TypeAlias = Select[int, str | None, int, int]
"""Key, number, the sum that is kept, the sum it should be."""


def sales_checks() -> list[Check]:
    """One proof per kept sum."""
    return [
        Check("core", lazy("Orders know what is invoiced"), _proof(_invoiced())),
        Check("core", lazy("Invoices know what is settled"), _proof(_settled())),
        Check("core", lazy("Receipts know what is applied"), _proof(_applied())),
    ]


def _proof(wrong: Wrong) -> Callable[[Session], list[Finding]]:
    def run(session: Session) -> list[Finding]:
        rows = session.execute(wrong.limit(_SHOWN)).all()
        return [
            Finding(
                lazy("%(document)s (%(id)s) keeps %(kept)s, its documents sum to %(sum)s.",
                     document=number or "#", id=key, kept=kept, sum=total)
            )
            for key, number, kept, total in rows
        ]  # fmt: skip

    return run


def _invoiced() -> Wrong:
    total = _sum(
        select(func.sum(Invoice.total_minor)).where(
            Invoice.order_id == SalesOrder.id,
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.state != InvoiceState.VOID,
        )
    )
    return select(SalesOrder.id, SalesOrder.number, SalesOrder.invoiced_minor, total).where(
        SalesOrder.invoiced_minor != total
    )


def _settled() -> Wrong:
    total = _sum(
        select(func.sum(Allocation.amount_minor)).where(
            or_(Allocation.invoice_id == Invoice.id, Allocation.credit_note_id == Invoice.id)
        )
    )
    return select(Invoice.id, Invoice.number, Invoice.settled_minor, total).where(
        Invoice.settled_minor != total
    )


def _applied() -> Wrong:
    back = aliased(Receipt)
    allocated = _sum(
        select(func.sum(Allocation.amount_minor)).where(Allocation.receipt_id == Receipt.id)
    )
    refunded = _sum(
        select(func.sum(back.amount_minor)).where(
            back.refunded_id == Receipt.id, back.state != ReceiptState.VOID
        )
    )
    total = allocated + refunded
    return select(Receipt.id, Receipt.number, Receipt.applied_minor, total).where(
        Receipt.kind == ReceiptKind.RECEIPT, Receipt.applied_minor != total
    )


def _sum(rows: Select[Any]) -> ColumnElement[int]:
    return func.coalesce(rows.scalar_subquery(), 0)
