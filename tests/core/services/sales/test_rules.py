"""Rules of sales: steps and sums (CR-04)."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.services.sales.rules import (
    BINDING,
    Amounts,
    OrderStep,
    ShipmentStep,
    fits,
    line_amounts,
    order_after,
    part_of,
    shipment_after,
    sum_of,
)
from dougong.core.values import Money, Percentage
from dougong.core.values.documents import OrderState, ShipmentState

DRAFT, CONFIRMED, SHIPPED, CLOSED, CANCELLED = OrderState
OPEN_STEPS = {
    DRAFT: {OrderStep.CHANGE, OrderStep.CONFIRM, OrderStep.CANCEL},
    CONFIRMED: {
        OrderStep.CHANGE, OrderStep.CANCEL, OrderStep.DELIVER, OrderStep.SHIP, OrderStep.INVOICE,
    },
    SHIPPED: {OrderStep.UNSHIP, OrderStep.INVOICE, OrderStep.CLOSE},
    CLOSED: {OrderStep.UNCLOSE},
    CANCELLED: {OrderStep.REOPEN},
}  # fmt: skip


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("step", OrderStep)
def test_an_order_takes_exactly_the_steps_of_its_state(state: OrderState, step: OrderStep) -> None:
    assert (order_after(state, step) is not None) == (step in OPEN_STEPS[state])


@pytest.mark.parametrize(
    ("state", "step", "after"),
    [
        (DRAFT, OrderStep.CONFIRM, CONFIRMED),
        (CONFIRMED, OrderStep.SHIP, SHIPPED),
        (SHIPPED, OrderStep.UNSHIP, CONFIRMED),
        (SHIPPED, OrderStep.CLOSE, CLOSED),
        (CLOSED, OrderStep.UNCLOSE, SHIPPED),
        (CANCELLED, OrderStep.REOPEN, DRAFT),
    ],
)
def test_steps_lead_on(state: OrderState, step: OrderStep, after: OrderState) -> None:
    assert order_after(state, step) is after


def test_only_confirmed_and_shipped_orders_bind_credit() -> None:
    """CR-04"""
    assert {CONFIRMED, SHIPPED} == BINDING


@pytest.mark.parametrize("state", [ShipmentState.DELIVERED, ShipmentState.CANCELLED])
@pytest.mark.parametrize("step", ShipmentStep)
def test_a_finished_delivery_moves_no_more(state: ShipmentState, step: ShipmentStep) -> None:
    assert shipment_after(state, step) is None


@pytest.mark.parametrize(
    ("quantity", "price", "tax", "net", "vat"),
    [
        ("1", 10000, "13", 10000, 1300),
        ("0.5", 1, "0", 0, 0),  # half a fen rounds to even: none
        ("1.5", 1, "0", 2, 0),
        ("3", 333, "6", 999, 60),  # 59.94 fen
        ("1", 50, "1", 50, 0),  # half a fen of tax: none
        ("1", 150, "1", 150, 2),
    ],
)
def test_a_line_is_rounded_half_to_even(
    quantity: str, price: int, tax: str, net: int, vat: int
) -> None:
    amounts = line_amounts(Decimal(quantity), Money(price, "CNY"), Percentage.of(tax))
    assert (amounts.net.minor, amounts.tax.minor) == (net, vat)


@pytest.mark.parametrize("quantity", ["0", "-1", "0.0001", "100000000000"])
def test_a_quantity_that_cannot_be_kept_does_not_fit(quantity: str) -> None:
    assert not fits(Decimal(quantity))


def test_three_decimals_fit() -> None:
    assert fits(Decimal("0.001"))


def test_no_lines_sum_to_nothing() -> None:
    assert sum_of([], "CNY").total == Money(0, "CNY")


@given(
    net=st.integers(0, 10**9),
    rate=st.integers(0, 100),
    cuts=st.lists(st.integers(0, 10**9), max_size=6),
)
def test_parts_of_a_whole_add_up_to_it(net: int, rate: int, cuts: list[int]) -> None:
    whole = Amounts(Money(net, "CNY"), Money(net, "CNY").share(Percentage.of(rate)))
    points = sorted({0, whole.total.minor, *(cut % (whole.total.minor + 1) for cut in cuts)})
    parts = [
        part_of(whole, Money(start, "CNY"), Money(end - start, "CNY"))
        for start, end in pairwise(points)
    ]
    assert sum_of(parts, "CNY") == whole
    assert all(part.net.minor >= 0 and part.tax.minor >= 0 for part in parts)
