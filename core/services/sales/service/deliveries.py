"""Deliveries: prepared from an order, released past the plugins' gate, handed over, called back."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlalchemy import func, select

from dougong.core.acts import Act, refuse_if_blocked
from dougong.core.entities.numbering import take_number
from dougong.core.entities.sales import (
    Delivery,
    DeliveryLine,
    OrderState,
    SalesOrder,
    ShipmentState,
)
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.services.sales import rules
from dougong.core.services.sales.events import DeliveryMade, DeliveryReleased
from dougong.core.services.sales.rules import OrderStep, ShipmentStep
from dougong.core.services.sales.service.documents import locked
from dougong.core.services.sales.service.orders import step
from dougong.core.services.sales.words import SHIPMENT_STATES, SHIPMENT_STEPS
from dougong.core.session import Session

SERIES = "DN"
_LEFT = (ShipmentState.RELEASED, ShipmentState.DELIVERED)
_TAKEN = (ShipmentState.DRAFT, *_LEFT)


def create_delivery(
    session: Session, order_id: int, quantities: Mapping[int, Decimal] | None = None
) -> Delivery:
    """A draft delivery of a confirmed order: ``quantities`` by order line, else all that is left.

    Refused where a line would be delivered beyond what was ordered.
    """
    order = locked(session, SalesOrder, order_id)
    step(order, OrderStep.DELIVER)
    left = _left(session, order, _TAKEN)
    wanted = {key: left[key] for key in left if left[key] > 0} if quantities is None else quantities
    _refuse_beyond(order, wanted, left)
    delivery = Delivery(
        branch_id=order.branch_id,
        order_id=order.id,
        customer_id=order.customer_id,
        state=ShipmentState.DRAFT,
        lines=[
            DeliveryLine(branch_id=order.branch_id, order_line_id=key, quantity=quantity)
            for key, quantity in wanted.items()
        ],
    )
    session.add(delivery)
    session.flush()
    return delivery


def release_delivery(session: Session, delivery_id: int) -> Delivery:
    """Let the goods leave, unless a plugin's ``delivery_blockers`` speak against it (CR-05, CR-08).

    Once everything ordered has left, the order is shipped.
    """
    order, delivery, after = _locked_pair(session, delivery_id, ShipmentStep.RELEASE)
    step(order, OrderStep.DELIVER)
    refuse_if_blocked(
        session, delivery.branch_id, Act.RELEASE_DELIVERY, "delivery_blockers",
        delivery=delivery, reader=Reader(session),
    )  # fmt: skip
    delivery.state = after
    delivery.released_at = session.now
    session.flush()
    if all(left <= 0 for left in _left(session, order, _LEFT).values()):
        order.state = step(order, OrderStep.SHIP)
    record(
        session,
        DeliveryReleased(
            branch_id=delivery.branch_id, delivery_id=delivery.id, order_id=order.id,
            customer_id=delivery.customer_id,
        ),
    )  # fmt: skip
    if delivery.number is None:
        delivery.number = take_number(session, delivery.branch_id, SERIES)
    session.flush()
    return delivery


def deliver(session: Session, delivery_id: int) -> Delivery:
    """Note that the customer has the goods."""
    order, delivery, after = _locked_pair(session, delivery_id, ShipmentStep.DELIVER)
    delivery.state = after
    delivery.delivered_at = session.now
    record(
        session,
        DeliveryMade(
            branch_id=delivery.branch_id, delivery_id=delivery.id, order_id=order.id,
            customer_id=delivery.customer_id,
        ),
    )  # fmt: skip
    return delivery


def cancel_delivery(session: Session, delivery_id: int) -> Delivery:
    """Call a delivery back before it is handed over; a shipped order is confirmed again."""
    order, delivery, after = _locked_pair(session, delivery_id, ShipmentStep.CANCEL)
    if delivery.state is ShipmentState.RELEASED and order.state is not OrderState.CONFIRMED:
        order.state = step(order, OrderStep.UNSHIP)
    delivery.state = after
    delivery.released_at = None
    session.flush()
    return delivery


def _locked_pair(
    session: Session, delivery_id: int, taken: ShipmentStep
) -> tuple[SalesOrder, Delivery, ShipmentState]:
    """The order and the delivery, locked in that order, and the state after the step."""
    order_id = session.scalars(
        select(Delivery.order_id).where(Delivery.id == delivery_id)
    ).one_or_none()
    if order_id is None:
        raise NotFound
    order = locked(session, SalesOrder, order_id)
    delivery = locked(session, Delivery, delivery_id)
    after = rules.shipment_after(delivery.state, taken)
    if after is None:
        raise StateRefused(
            lazy("Delivery %(delivery)s is %(state)s; this step is not open: %(step)s.",
                 delivery=str(delivery), state=SHIPMENT_STATES[delivery.state],
                 step=SHIPMENT_STEPS[taken])
        )  # fmt: skip
    return order, delivery, after


def _left(
    session: Session, order: SalesOrder, states: Iterable[ShipmentState]
) -> dict[int, Decimal]:
    """Per order line, what was ordered less what deliveries in those states carry."""
    rows = session.execute(
        select(DeliveryLine.order_line_id, func.sum(DeliveryLine.quantity))
        .join(Delivery, Delivery.id == DeliveryLine.delivery_id)
        .where(Delivery.order_id == order.id, Delivery.state.in_(tuple(states)))
        .group_by(DeliveryLine.order_line_id)
    ).all()
    carried = {key: quantity for key, quantity in rows}  # noqa: C416 - dict() knows no Row
    return {line.id: line.quantity - carried.get(line.id, Decimal(0)) for line in order.lines}


def _refuse_beyond(
    order: SalesOrder, wanted: Mapping[int, Decimal], left: Mapping[int, Decimal]
) -> None:
    if not wanted:
        raise Refusal(
            lazy("Nothing of order %(order)s is left to deliver.", order=str(order)),
            code="core.nothing_to_deliver",
        )
    for key, quantity in wanted.items():
        if key not in left:
            raise NotFound
        if not rules.fits(quantity) or quantity > left[key]:
            raise Refusal(
                lazy("Of this line, %(left)s can still be delivered, not %(wanted)s.",
                     left=left[key], wanted=quantity),
                code="core.delivery_beyond_order",
                field="quantity",
            )  # fmt: skip
