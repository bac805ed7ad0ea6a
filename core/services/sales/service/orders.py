"""Orders: drafted, confirmed, changed, cancelled, opened again, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from dougong.core.acts import Act, refuse_if_blocked
from dougong.core.branches import today_at
from dougong.core.entities.numbering import take_number
from dougong.core.entities.sales import (
    Delivery,
    OrderState,
    SalesOrder,
    SalesOrderLine,
    ShipmentState,
)
from dougong.core.errors import Refusal, StateRefused
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.services.sales.events import (
    OrderCancelled,
    OrderChanged,
    OrderClosed,
    OrderConfirmed,
    OrderRedrafted,
)
from dougong.core.services.sales.rules import (
    BINDING,
    Amounts,
    OrderStep,
    fits,
    line_amounts,
    order_after,
    sum_of,
)
from dougong.core.services.sales.service.documents import locked, open_customer
from dougong.core.services.sales.words import STATES, STEPS
from dougong.core.session import Session
from dougong.core.values import Money, Percentage

SERIES = "SO"


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line as it is asked for; ``unit_price`` is net of tax."""

    text: str
    quantity: Decimal
    unit_price: Money
    tax: Percentage
    product_id: int | None = None


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as it is asked for; without ``ordered_on`` it is of today."""

    customer_id: int
    currency: str
    lines: tuple[LineDraft, ...] = ()
    ordered_on: date | None = None
    salesperson_id: int | None = None
    remark: str = ""


def create_order(session: Session, draft: OrderDraft) -> SalesOrder:
    """A new draft order with its lines and totals; it binds nothing and has no number yet."""
    customer = open_customer(session, draft.customer_id)
    order = SalesOrder(
        branch_id=customer.branch_id,
        customer_id=customer.id,
        state=OrderState.DRAFT,
        ordered_on=draft.ordered_on or today_at(session, customer.branch_id),
        currency=draft.currency,
        salesperson_id=draft.salesperson_id,
        remark=draft.remark,
    )
    session.add(order)
    _write_lines(order, draft.lines)
    session.flush()
    return order


def change_order(session: Session, order_id: int, lines: Sequence[LineDraft]) -> SalesOrder:
    """Replace the order's lines; a confirmed one is checked again as if newly confirmed (CR-04).

    Refused once a delivery of it exists, or where the new total is below what is invoiced.
    """
    order = locked(session, SalesOrder, order_id)
    step(order, OrderStep.CHANGE)
    _refuse_delivered(session, order)
    before = order.total
    _write_lines(order, lines)
    _refuse_below_invoiced(order)
    if order.state in BINDING:
        _refuse_empty(order)
        _ask_blockers(session, order)
        record(
            session,
            OrderChanged(
                branch_id=order.branch_id, order_id=order.id, customer_id=order.customer_id,
                before=before, after=order.total,
            ),
        )  # fmt: skip
    else:
        _tell_redrafted(session, order)
    session.flush()
    return order


def retotal(session: Session, order_id: int) -> SalesOrder:
    """Compute a draft's lines and totals again, after a form has edited the lines as rows."""
    order = locked(session, SalesOrder, order_id)
    if order.state is not OrderState.DRAFT:
        raise _closed_to(order, OrderStep.CHANGE)
    session.expire(order, ["lines"])
    _write_totals(order)
    _tell_redrafted(session, order)
    return order


def confirm_order(session: Session, order_id: int) -> SalesOrder:
    """Confirm a draft: it binds credit from now on (CR-04).

    Plugins' ``order_blockers`` are asked first; those who must write with it (credit reserves)
    hear ``OrderConfirmed`` within this transaction and may still refuse.
    """
    order = locked(session, SalesOrder, order_id)
    after = step(order, OrderStep.CONFIRM)
    open_customer(session, order.customer_id)
    _refuse_empty(order)
    _ask_blockers(session, order)
    order.state = after
    order.confirmed_at = session.now
    record(
        session,
        OrderConfirmed(
            branch_id=order.branch_id, order_id=order.id, customer_id=order.customer_id,
            total=order.total,
        ),
    )  # fmt: skip
    if order.number is None:
        order.number = take_number(session, order.branch_id, SERIES)
    session.flush()
    return order


def cancel_order(session: Session, order_id: int) -> SalesOrder:
    """Cancel an order of which nothing has left and nothing is invoiced."""
    order = locked(session, SalesOrder, order_id)
    after = step(order, OrderStep.CANCEL)
    _refuse_delivered(session, order)
    if order.invoiced:
        raise Refusal(
            lazy("Order %(order)s is invoiced with %(amount)s and cannot be cancelled.",
                 order=str(order), amount=order.invoiced),
            code="core.order_invoiced",
            next_step=lazy("Void its invoices first, or issue a credit note."),
        )  # fmt: skip
    bound = order.state in BINDING
    order.state = after
    order.confirmed_at = None
    if bound:
        record(
            session,
            OrderCancelled(
                branch_id=order.branch_id, order_id=order.id, customer_id=order.customer_id,
                total=order.total,
            ),
        )  # fmt: skip
    session.flush()
    return order


def reopen_order(session: Session, order_id: int) -> SalesOrder:
    """Make a cancelled order a draft again; confirming it asks everything anew."""
    order = locked(session, SalesOrder, order_id)
    order.state = step(order, OrderStep.REOPEN)
    session.flush()
    return order


def close_order(session: Session, order_id: int) -> SalesOrder:
    """Close an order that is shipped and invoiced in full."""
    order = locked(session, SalesOrder, order_id)
    after = step(order, OrderStep.CLOSE)
    if order.invoiced != order.total:
        raise Refusal(
            lazy("Of order %(order)s, %(amount)s is not invoiced yet.",
                 order=str(order), amount=order.total - order.invoiced),
            code="core.order_not_invoiced",
            next_step=lazy("Issue an invoice for the rest, or change the order."),
        )  # fmt: skip
    order.state = after
    record(
        session,
        OrderClosed(
            branch_id=order.branch_id, order_id=order.id, customer_id=order.customer_id,
            total=order.total,
        ),
    )  # fmt: skip
    return order


def step(order: SalesOrder, taken: OrderStep) -> OrderState:
    """The state after the step; ``StateRefused`` where the step is not open."""
    after = order_after(order.state, taken)
    if after is None:
        raise _closed_to(order, taken)
    return after


def _tell_redrafted(session: Session, order: SalesOrder) -> None:
    redrafted = OrderRedrafted(
        branch_id=order.branch_id, order_id=order.id, customer_id=order.customer_id
    )
    record(session, redrafted)


def _closed_to(order: SalesOrder, taken: OrderStep) -> StateRefused:
    return StateRefused(
        lazy("Order %(order)s is %(state)s; this step is not open: %(step)s.",
             order=str(order), state=STATES[order.state], step=STEPS[taken])
    )  # fmt: skip


def _ask_blockers(session: Session, order: SalesOrder) -> None:
    refuse_if_blocked(
        session, order.branch_id, Act.CONFIRM_ORDER, "order_blockers",
        order=order, reader=Reader(session),
    )  # fmt: skip


def _refuse_empty(order: SalesOrder) -> None:
    if not order.lines:
        raise Refusal(
            lazy("An order without lines cannot be confirmed."),
            code="core.order_empty",
            next_step=lazy("Add at least one line."),
        )


def _refuse_delivered(session: Session, order: SalesOrder) -> None:
    going = session.scalars(
        select(Delivery.id)
        .where(Delivery.order_id == order.id, Delivery.state != ShipmentState.CANCELLED)
        .limit(1)
    ).first()
    if going is not None:
        raise Refusal(
            lazy(
                "Order %(order)s has a delivery and cannot be changed or cancelled.",
                order=str(order),
            ),
            code="core.order_delivered",
            next_step=lazy("Cancel the delivery first."),
        )


def _refuse_below_invoiced(order: SalesOrder) -> None:
    if order.total < order.invoiced:
        raise Refusal(
            lazy("Order %(order)s is invoiced with %(amount)s; its total cannot be less.",
                 order=str(order), amount=order.invoiced),
            code="core.order_invoiced",
            next_step=lazy("Void its invoices first, or issue a credit note."),
        )  # fmt: skip


def _write_lines(order: SalesOrder, drafts: Sequence[LineDraft]) -> None:
    for draft in drafts:
        _refuse_bad_line(order, draft)
    order.lines = [
        SalesOrderLine(
            branch_id=order.branch_id,
            position=position,
            product_id=draft.product_id,
            text=draft.text,
            quantity=draft.quantity,
            unit_price_minor=draft.unit_price.minor,
            tax_percent=draft.tax.percent,
        )
        for position, draft in enumerate(drafts, start=1)
    ]
    _write_totals(order)


def _refuse_bad_line(order: SalesOrder, draft: LineDraft) -> None:
    if not fits(draft.quantity):
        raise Refusal(
            lazy("The quantity must be more than zero, with at most three decimals."),
            code="core.quantity",
            field="quantity",
        )
    if draft.unit_price.currency != order.currency or draft.unit_price.minor < 0:
        raise Refusal(
            lazy("The price must be zero or more, in %(currency)s.", currency=order.currency),
            code="core.price",
            field="unit_price",
        )
    if not 0 <= draft.tax.percent <= 100:
        raise Refusal(
            lazy("The tax rate must lie between 0 and 100 per cent."),
            code="core.tax",
            field="tax_percent",
        )


def _write_totals(order: SalesOrder) -> None:
    amounts = [_write_amounts(line, order.currency) for line in order.lines]
    total = sum_of(amounts, order.currency)
    order.net, order.tax, order.total = total.net, total.tax, total.total


def _write_amounts(line: SalesOrderLine, currency: str) -> Amounts:
    price = Money(line.unit_price_minor, currency)
    amounts = line_amounts(line.quantity, price, Percentage(Decimal(line.tax_percent)))
    line.net_minor, line.tax_minor = amounts.net.minor, amounts.tax.minor
    line.total_minor = amounts.total.minor
    return amounts
