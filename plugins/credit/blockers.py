"""Reasons against confirming an order or letting goods leave (CR-04, CR-05). Reads only."""

from dougong.core.entities.customer import Customer
from dougong.core.entities.sales import Delivery, OrderState, SalesOrder
from dougong.core.errors import Blocker
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.values import Money
from dougong.plugins.credit.lifts import has_passed, may_pass
from dougong.plugins.credit.positions import Position, position_of
from dougong.plugins.credit.refusals import WHAT_TO_DO, over_text


def against_order(order: SalesOrder, reader: Reader) -> list[Blocker]:
    """Whoever may owe nothing must have paid before, or have an approval of exactly this order;
    the figures are left to the reservation.

    A change of a confirmed order is judged by the reservation alone: the order is in the account
    already.
    """
    if order.state is not OrderState.DRAFT:
        return []
    position = position_of(reader, order.branch_id, order.customer_id)
    nothing = position.most is not None and not position.most
    same = position.currency == order.currency
    if not (nothing and same and position.refuses(order.total)) or may_pass(reader, order):
        return []
    return [_prepaid_only(order, position)]


def against_delivery(delivery: Delivery, reader: Reader) -> list[Blocker]:
    """Goods stay while more is owed than may be: after a limit was lowered, for one.

    An order that was confirmed by an approval leaves: it is the approved exception (CR-08).
    """
    position = position_of(reader, delivery.branch_id, delivery.customer_id)
    if not position.over or position.most is None or has_passed(reader, delivery.order):
        return []
    customer = reader.get(Customer, delivery.customer_id)
    nothing_more = Money.zero(position.currency)
    return [
        Blocker(
            source="credit",
            code="credit.over_limit",
            text=over_text(str(customer), position.exposure, position.most, nothing_more),
            next_step=lazy("Register a payment, or ask a credit controller for a higher limit."),
        )
    ]


def _prepaid_only(order: SalesOrder, position: Position) -> Blocker:
    agreed = lazy(
        "%(customer)s buys nothing on account: %(needed)s would have to be paid first.",
        customer=order.customer.name,
        needed=position.exposure.used + order.total,
    )
    none = lazy(
        "No credit limit is agreed with %(customer)s: %(needed)s would have to be paid first.",
        customer=order.customer.name,
        needed=position.exposure.used + order.total,
    )
    return Blocker(
        source="credit",
        code="credit.nothing_on_account" if position.agreed else "credit.none_agreed",
        text=agreed if position.agreed else none,
        next_step=WHAT_TO_DO,
    )
