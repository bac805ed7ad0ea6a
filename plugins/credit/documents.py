"""What the open documents say: the other side of the proof that an account is right (CR-04)."""

from collections.abc import Collection
from dataclasses import astuple, dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, func, select

from dougong.core.entities.billing import (
    Invoice,
    InvoiceKind,
    InvoiceState,
    Receipt,
    ReceiptKind,
    ReceiptState,
)
from dougong.core.entities.sales import SalesOrder
from dougong.core.reader import Reader
from dougong.core.services.sales.api import BINDING
from dougong.core.session import Session

Key = tuple[int, str]
"""Customer and currency."""


@dataclass(frozen=True, slots=True)
class OpenDocuments:
    """What is open of a customer's documents in one currency, in minor units."""

    reserved: int = 0
    invoiced: int = 0
    unapplied: int = 0
    """Money and credit notes that settle nothing yet: both stand against what is owed."""

    def __add__(self, other: "OpenDocuments") -> "OpenDocuments":
        return OpenDocuments(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a bucket comes from: which documents, and what of each is open."""

    bucket: str
    entity: type[SalesOrder] | type[Invoice] | type[Receipt]
    open_minor: ColumnElement[int]
    counts: ColumnElement[bool]


def _open_invoices(kind: InvoiceKind) -> ColumnElement[bool]:
    return and_(Invoice.state == InvoiceState.OPEN, Invoice.kind == kind)


_SOURCES: Final = (
    _Source(
        "reserved",
        SalesOrder,
        SalesOrder.total_minor - SalesOrder.invoiced_minor,
        SalesOrder.state.in_(BINDING),
    ),
    _Source(
        "invoiced",
        Invoice,
        Invoice.total_minor - Invoice.settled_minor,
        _open_invoices(InvoiceKind.INVOICE),
    ),
    _Source(
        "unapplied",
        Invoice,
        Invoice.total_minor - Invoice.settled_minor,
        _open_invoices(InvoiceKind.CREDIT_NOTE),
    ),
    _Source(
        "unapplied",
        Receipt,
        Receipt.amount_minor - Receipt.applied_minor,
        and_(Receipt.state == ReceiptState.OPEN, Receipt.kind == ReceiptKind.RECEIPT),
    ),
)


def open_documents(
    session: Session | Reader, branch_id: int, customer_ids: Collection[int] | None = None
) -> dict[Key, OpenDocuments]:
    """What is open at the branch by customer and currency; of all customers when None."""
    found: dict[Key, OpenDocuments] = {}
    for source in _SOURCES:
        statement = _summed(source, branch_id, customer_ids)
        rows = (
            session.rows(statement)
            if isinstance(session, Reader)
            else session.execute(statement).all()
        )
        for customer_id, currency, minor in rows:
            key = (customer_id, currency)
            found[key] = found.get(key, OpenDocuments()) + OpenDocuments(**{source.bucket: minor})
    return found


def _summed(
    source: _Source, branch_id: int, customer_ids: Collection[int] | None
) -> Select[*tuple[Any, ...]]:
    entity = source.entity
    statement = (
        select(
            entity.customer_id,
            entity.currency,
            cast(func.sum(source.open_minor), BigInteger),
        )
        .where(entity.branch_id == branch_id, source.counts)
        .group_by(entity.customer_id, entity.currency)
    )
    if customer_ids is None:
        return statement
    return statement.where(entity.customer_id.in_(customer_ids))
