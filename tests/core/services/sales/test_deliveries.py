"""Deliveries: the gate before goods leave (CR-05, CR-08)."""

from decimal import Decimal

import pytest

from dougong.core.entities.sales import OrderState, SalesOrder, ShipmentState
from dougong.core.errors import Blocked, Blocker, NotFound, Refusal, StateRefused
from dougong.core.services.sales.api import (
    DeliveryReleased,
    cancel_delivery,
    confirm_order,
    create_delivery,
    deliver,
    release_delivery,
)
from dougong.core.session import Session
from tests.core.services.sales.conftest import Gate, told


@pytest.fixture
def confirmed(session: Session, order: SalesOrder) -> SalesOrder:
    """The order, confirmed."""
    return confirm_order(session, order.id)


def test_a_draft_order_is_not_delivered(session: Session, order: SalesOrder) -> None:
    with pytest.raises(StateRefused):
        create_delivery(session, order.id)


def test_a_released_delivery_ships_the_order(session: Session, confirmed: SalesOrder) -> None:
    delivery = release_delivery(session, create_delivery(session, confirmed.id).id)
    assert delivery.state is ShipmentState.RELEASED
    assert delivery.number == "DN-2026-000001"
    assert confirmed.state is OrderState.SHIPPED
    assert told(session, DeliveryReleased.name)[0]["order_id"] == confirmed.id


def test_half_a_delivery_leaves_the_order_confirmed(
    session: Session, confirmed: SalesOrder
) -> None:
    (row,) = confirmed.lines
    first = create_delivery(session, confirmed.id, {row.id: Decimal("0.5")})
    after_half = release_delivery(session, first.id).order.state
    assert after_half is OrderState.CONFIRMED
    rest = create_delivery(session, confirmed.id)
    assert [part.quantity for part in rest.lines] == [Decimal("1.5")]
    release_delivery(session, rest.id)
    assert confirmed.state is OrderState.SHIPPED


def test_more_than_ordered_is_refused(session: Session, confirmed: SalesOrder) -> None:
    (row,) = confirmed.lines
    create_delivery(session, confirmed.id, {row.id: Decimal(1)})
    with pytest.raises(Refusal) as refused:
        create_delivery(session, confirmed.id, {row.id: Decimal("1.001")})
    assert refused.value.code == "core.delivery_beyond_order"


def test_a_line_of_another_order_is_not_found(session: Session, confirmed: SalesOrder) -> None:
    with pytest.raises(NotFound):
        create_delivery(session, confirmed.id, {0: Decimal(1)})


def test_nothing_left_is_said(session: Session, confirmed: SalesOrder) -> None:
    create_delivery(session, confirmed.id)
    with pytest.raises(Refusal) as refused:
        create_delivery(session, confirmed.id)
    assert refused.value.code == "core.nothing_to_deliver"


def test_a_blocker_keeps_the_goods(session: Session, confirmed: SalesOrder, gate: Gate) -> None:
    """CR-08"""
    delivery = create_delivery(session, confirmed.id)
    gate.against = [Blocker("gate", "gate.overdue", "The customer is overdue.")]
    with pytest.raises(Blocked):
        release_delivery(session, delivery.id)
    assert delivery.state is ShipmentState.DRAFT
    assert confirmed.state is OrderState.CONFIRMED


def test_a_delivery_called_back_makes_the_order_confirmed(
    session: Session, confirmed: SalesOrder
) -> None:
    delivery = release_delivery(session, create_delivery(session, confirmed.id).id)
    cancel_delivery(session, delivery.id)
    assert confirmed.state is OrderState.CONFIRMED
    assert create_delivery(session, confirmed.id).lines[0].quantity == 2


def test_a_delivered_delivery_is_not_called_back(session: Session, confirmed: SalesOrder) -> None:
    delivery = release_delivery(session, create_delivery(session, confirmed.id).id)
    assert deliver(session, delivery.id).delivered_at == session.now
    with pytest.raises(StateRefused):
        cancel_delivery(session, delivery.id)


def test_one_of_two_deliveries_is_called_back_alone(
    session: Session, confirmed: SalesOrder
) -> None:
    (row,) = confirmed.lines
    first = create_delivery(session, confirmed.id, {row.id: Decimal(1)})
    second = create_delivery(session, confirmed.id)
    release_delivery(session, first.id)
    cancel_delivery(session, first.id)
    assert confirmed.state is OrderState.CONFIRMED
    assert second.lines[0].quantity == 1
