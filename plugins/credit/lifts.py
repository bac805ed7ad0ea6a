"""One order above the limit, approved by others: asked, frozen line by line, used once (CR-04)."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from dougong.core.entities.sales import OrderState, SalesOrder, SalesOrderLine
from dougong.core.errors import NotFound, StateRefused
from dougong.core.i18n import gettext, lazy
from dougong.core.reader import Reader
from dougong.core.services.approvals.api import (
    Approval,
    ApprovalKind,
    ApprovalState,
    Approver,
    ApproverKind,
    Json,
    Matter,
    Request,
    Step,
    ask,
    fingerprint,
    is_usable,
    latest,
    try_use,
    void,
)
from dougong.core.services.sales.api import OrderRedrafted
from dougong.core.session import Session
from dougong.core.values import Money
from dougong.plugins.credit.positions import position_of

KIND: Final = "credit.lift"
ORDER: Final = "core.order"
LARGE: Final = Money.of(100_000, "CNY")
"""From here on a manager says yes as well, until a branch writes a policy of its own."""


def matter_of(order_id: int) -> Matter:
    """The lift of that order."""
    return Matter(kind=KIND, subject_kind=ORDER, subject_id=order_id)


def content_of(order: SalesOrder) -> dict[str, Json]:
    """What is approved: this customer, these lines at these prices, this total."""
    return {
        "customer": f"{order.customer.code} {order.customer.name}",
        "customer_id": order.customer_id,
        "total": _money(order.total),
        "lines": [_line(line) for line in order.lines],
    }


def content_now(reader: Reader, order_id: int) -> Mapping[str, Json]:
    """The same of the order as it stands; nothing where it is gone."""
    order = reader.get(SalesOrder, order_id)
    return {} if order is None else content_of(order)


def ask_lift(
    session: Session, order_id: int, reason: str, expires: datetime | None = None
) -> Approval:
    """Ask that this order may be confirmed above the limit; refused where nothing is in its way."""
    order = session.get(SalesOrder, order_id)
    if order is None:
        raise NotFound
    if not needs_lift(Reader(session), order):
        raise StateRefused(
            lazy("Order %(order)s needs no approval of credit now.", order=str(order))
        )
    return ask(
        session,
        order.branch_id,
        Request(
            matter=matter_of(order.id), subject=_called(order), content=content_of(order),
            amount=order.total, reason=reason, expires=expires, customer_id=order.customer_id,
        ),
    )  # fmt: skip


def needs_lift(reader: Reader, order: SalesOrder) -> bool:
    """Whether it is a draft that the customer's limit would refuse."""
    if order.state is not OrderState.DRAFT or not order.lines:
        return False
    position = position_of(reader, order.branch_id, order.customer_id)
    return position.currency == order.currency and position.refuses(order.total)


def may_pass(reader: Reader, order: SalesOrder) -> bool:
    """Whether an approval of exactly this order waits to be used."""
    return is_usable(reader, order.branch_id, matter_of(order.id), content_of(order))


def has_passed(reader: Reader, order: SalesOrder) -> bool:
    """Whether it was confirmed by such an approval and has not changed since (CR-08)."""
    last = latest(reader, order.branch_id, matter_of(order.id))
    if last is None or last.state is not ApprovalState.USED:
        return False
    return last.content_hash == fingerprint(content_of(order))


def use_lift(session: Session, branch_id: int, order_id: int) -> str | None:
    """Use the order's approval, in the confirming transaction; what the ledger says of it.

    None where there is none of exactly this order.
    """
    order = session.get_one(SalesOrder, order_id)
    used = try_use(session, branch_id, matter_of(order_id), content_of(order))
    if used is None:
        return None
    return gettext("Above the limit by approval %(number)s", number=used.id)


def void_lift(session: Session, event: OrderRedrafted) -> None:
    """A draft that was written anew is not the order that was asked about."""
    order = session.get_one(SalesOrder, event.order_id)
    why = gettext("The order was changed.")
    void(session, event.branch_id, matter_of(order.id), why, unless=content_of(order))


def _called(order: SalesOrder) -> str:
    """How the request calls it: a draft's own name says little."""
    return f"{order} {order.customer.name}"[:200]


def _line(line: SalesOrderLine) -> dict[str, Json]:
    return {
        "text": line.text,
        "product_id": line.product_id,
        "quantity": _plain(line.quantity),
        "price": _money(line.unit_price),
        "tax": _plain(line.tax_percent),
        "amount": _money(line.total),
    }


def _money(money: Money) -> dict[str, Json]:
    return {"minor": money.minor, "currency": money.currency}


def _plain(number: Decimal) -> str:
    """``2.000`` and ``2`` are the same number and are written the same."""
    return format(Decimal(number).normalize(), "f")


_EITHER: Final = tuple(Approver(ApproverKind.ROLE, role=role) for role in ("credit", "manager"))
LIFT: Final = ApprovalKind(
    code=KIND,
    title=lazy("Order above the credit limit"),
    entity=ORDER,
    operation="confirm",
    steps=(Step(_EITHER, needed=1), Step(_EITHER[1:], from_amount=LARGE)),
    fields={
        "customer": lazy("Customer"), "lines": lazy("Lines"),
        "text": lazy("Description"), "quantity": lazy("Quantity"), "price": lazy("Price"),
        "tax": lazy("Tax rate (%)"), "amount": lazy("Amount"),
    },
    current=content_now,
)  # fmt: skip
