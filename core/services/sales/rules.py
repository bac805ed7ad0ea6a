"""Which step leads where, and what a line, an order and a part of it come to. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dougong.core.values import Money, Percentage
from dougong.core.values.documents import OrderState, ShipmentState


class OrderStep(StrEnum):
    """What can be done to an order."""

    CHANGE = "change"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    REOPEN = "reopen"
    DELIVER = "deliver"
    """Draft or release a delivery of it."""
    SHIP = "ship"
    """The last of its goods have left."""
    UNSHIP = "unship"
    """A released delivery of it was called back."""
    INVOICE = "invoice"
    CLOSE = "close"
    UNCLOSE = "unclose"
    """An invoice of it was voided."""


class ShipmentStep(StrEnum):
    """What can be done to a delivery."""

    RELEASE = "release"
    DELIVER = "deliver"
    CANCEL = "cancel"


ORDER_STEPS: Final[Mapping[tuple[OrderState, OrderStep], OrderState]] = MappingProxyType(
    {
        (OrderState.DRAFT, OrderStep.CHANGE): OrderState.DRAFT,
        (OrderState.DRAFT, OrderStep.CONFIRM): OrderState.CONFIRMED,
        (OrderState.DRAFT, OrderStep.CANCEL): OrderState.CANCELLED,
        (OrderState.CONFIRMED, OrderStep.CHANGE): OrderState.CONFIRMED,
        (OrderState.CONFIRMED, OrderStep.CANCEL): OrderState.CANCELLED,
        (OrderState.CONFIRMED, OrderStep.DELIVER): OrderState.CONFIRMED,
        (OrderState.CONFIRMED, OrderStep.SHIP): OrderState.SHIPPED,
        (OrderState.CONFIRMED, OrderStep.INVOICE): OrderState.CONFIRMED,
        (OrderState.SHIPPED, OrderStep.UNSHIP): OrderState.CONFIRMED,
        (OrderState.SHIPPED, OrderStep.INVOICE): OrderState.SHIPPED,
        (OrderState.SHIPPED, OrderStep.CLOSE): OrderState.CLOSED,
        (OrderState.CLOSED, OrderStep.UNCLOSE): OrderState.SHIPPED,
        (OrderState.CANCELLED, OrderStep.REOPEN): OrderState.DRAFT,
    }
)
SHIPMENT_STEPS: Final[Mapping[tuple[ShipmentState, ShipmentStep], ShipmentState]] = (
    MappingProxyType(
        {
            (ShipmentState.DRAFT, ShipmentStep.RELEASE): ShipmentState.RELEASED,
            (ShipmentState.DRAFT, ShipmentStep.CANCEL): ShipmentState.CANCELLED,
            (ShipmentState.RELEASED, ShipmentStep.DELIVER): ShipmentState.DELIVERED,
            (ShipmentState.RELEASED, ShipmentStep.CANCEL): ShipmentState.CANCELLED,
        }
    )
)
_QUANTITY_STEP: Final = Decimal("0.001")
_QUANTITY_END: Final = Decimal(10) ** 11
BINDING: Final = frozenset({OrderState.CONFIRMED, OrderState.SHIPPED})
"""States in which what is not yet invoiced counts into exposure (CR-04)."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Net, tax, and both together."""

    net: Money
    tax: Money

    @property
    def total(self) -> Money:
        """What is to be paid."""
        return self.net + self.tax

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.net + other.net, self.tax + other.tax)


def order_after(state: OrderState, step: OrderStep) -> OrderState | None:
    """The state after the step, None where the step is not open."""
    return ORDER_STEPS.get((state, step))


def shipment_after(state: ShipmentState, step: ShipmentStep) -> ShipmentState | None:
    """The state after the step, None where the step is not open."""
    return SHIPMENT_STEPS.get((state, step))


def fits(quantity: Decimal) -> bool:
    """Whether a quantity can be kept: above zero, at most three decimals and eleven digits."""
    return 0 < quantity < _QUANTITY_END and quantity == quantity.quantize(_QUANTITY_STEP)


def line_amounts(quantity: Decimal, unit_price: Money, tax_percent: Percentage) -> Amounts:
    """A line's net and tax, each rounded half to even to a whole minor unit."""
    net = unit_price.times(quantity)
    return Amounts(net, net.share(tax_percent))


def sum_of(lines: Iterable[Amounts], currency: str) -> Amounts:
    """The sum over the lines: tax is rounded per line, never again on the sum."""
    zero = Money(0, currency)
    return sum(lines, Amounts(zero, zero))


def part_of(whole: Amounts, before: Money, part: Money) -> Amounts:
    """Net and tax of a gross ``part`` that follows ``before``.

    Tax is cut along the running sum, so that the parts of a whole always add up to it exactly.
    """
    tax = _tax_up_to(whole, before + part) - _tax_up_to(whole, before)
    return Amounts(part - tax, tax)


def _tax_up_to(whole: Amounts, gross: Money) -> Money:
    if not whole.total:
        return Money(0, gross.currency)
    share = Decimal(whole.tax.minor * gross.minor) / Decimal(whole.total.minor)
    return Money(int(share.to_integral_value(ROUND_HALF_EVEN)), gross.currency)
