"""Two years of the demo's trade: who buys what and when, and how it is paid."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dougong.core.demo import DemoContext
from dougong.core.entities.customer import CustomerKind, CustomerStatus
from dougong.core.entities.sales import OrderState
from dougong.core.services.demo.customers import Buyer
from dougong.core.services.demo.products import Sold
from dougong.core.values import Money, Percentage

TWO_YEARS: Final = 730
FRESH: Final = 0.12
"""The share of lively customers who ordered in the last days, so that orders wait for action."""
FORGOTTEN: Final = 200
"""Days after which even the demo's late payers have paid."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a deal; amounts in fen."""

    sold: Sold
    quantity: int
    net: int
    tax: int


@dataclass(frozen=True, slots=True)
class Deal:
    """An order with everything that followed from it; None for what has not happened."""

    buyer: Buyer
    on: date
    state: OrderState
    lines: tuple[Line, ...]
    issued_on: date | None = None
    due_on: date | None = None
    paid_on: date | None = None
    paid: int = 0

    @property
    def net(self) -> int:
        """Sum of the lines without tax, in fen."""
        return sum(line.net for line in self.lines)

    @property
    def tax(self) -> int:
        """Sum of the lines' taxes, in fen."""
        return sum(line.tax for line in self.lines)

    @property
    def total(self) -> int:
        """What is to be paid, in fen."""
        return self.net + self.tax


def deals(context: DemoContext, buyers: list[Buyer], products: list[Sold]) -> list[Deal]:
    """Everything the customers bought, oldest first."""
    found = [deal for buyer in buyers for deal in _of_one(context, buyer, products)]
    return sorted(found, key=lambda deal: deal.on)


def _of_one(context: DemoContext, buyer: Buyer, products: list[Sold]) -> Iterator[Deal]:
    rng = context.rng
    first = max(buyer.since, context.today - timedelta(days=TWO_YEARS))
    quiet = 0 if buyer.status is CustomerStatus.ACTIVE else 200
    if rng.random() < 0.2:
        quiet += rng.randrange(30, 500)
    days = (context.today - timedelta(days=quiet) - first).days
    if days <= 0 or buyer.kind is CustomerKind.GROUP:
        return
    often = rng.lognormvariate(0.9 if _is_home(buyer) else 1.8, 0.9)
    for _ in range(min(int(often * days / TWO_YEARS + rng.random()), 80)):
        on = first + timedelta(days=rng.randrange(days + 1))
        yield _deal(context, buyer, on, _lines(context, buyer, products))
    if not quiet and rng.random() < FRESH:
        on = context.today - timedelta(days=min(rng.randrange(10), days))
        yield _deal(context, buyer, on, _lines(context, buyer, products))


def _is_home(buyer: Buyer) -> bool:
    return buyer.kind is CustomerKind.INDIVIDUAL


def _lines(context: DemoContext, buyer: Buyer, products: list[Sold]) -> tuple[Line, ...]:
    rng, home = context.rng, _is_home(buyer)
    weights = [sold.goods.homes if home else sold.goods.firms for sold in products]
    chosen = rng.choices(products, weights, k=1 if home else rng.choice((1, 1, 2, 3)))
    scale = 2 if buyer.kind is CustomerKind.ENTERPRISE else 1
    return tuple(
        _line(context, sold, rng.randrange(1, sold.goods.most * scale + 1))
        for sold in dict.fromkeys(chosen)
    )


def _line(context: DemoContext, sold: Sold, quantity: int) -> Line:
    net = Money(sold.goods.price * quantity, context.branch.currency)
    return Line(sold, quantity, net.minor, net.share(Percentage.of(sold.goods.tax)).minor)


def _deal(context: DemoContext, buyer: Buyer, on: date, lines: tuple[Line, ...]) -> Deal:
    state = _state(context, buyer, (context.today - on).days)
    if state is not OrderState.CLOSED:
        return Deal(buyer, on, state, lines)
    if _is_home(buyer):
        total = sum(line.net + line.tax for line in lines)
        return Deal(buyer, on, state, lines, on, on, on, total)
    issued = min(on + timedelta(days=context.rng.randrange(2, 8)), context.today)
    due = issued + timedelta(days=context.rng.choice((15, 30, 30, 30, 60)))
    paid_on, share = _payment(context, issued, due)
    paid = sum(line.net + line.tax for line in lines) * share // 100
    return Deal(buyer, on, state, lines, issued, due, paid_on if paid else None, paid)


def _state(context: DemoContext, buyer: Buyer, age: int) -> OrderState:
    rng = context.rng
    if rng.random() < 0.015:
        return OrderState.CANCELLED
    if age <= 2:
        return OrderState.DRAFT if rng.random() < 0.3 else OrderState.CONFIRMED
    if _is_home(buyer):
        return OrderState.CLOSED
    if age <= 7:
        return rng.choice((OrderState.CONFIRMED, OrderState.SHIPPED))
    if age <= 12:
        return rng.choice((OrderState.SHIPPED, OrderState.CLOSED))
    return OrderState.CLOSED


def _payment(context: DemoContext, issued: date, due: date) -> tuple[date | None, int]:
    """When a firm pays, and what per cent: most in time, some late, some in part, some not yet."""
    rng, today = context.rng, context.today
    if due >= today:
        if rng.random() < 0.55:
            return None, 0
        return issued + timedelta(days=rng.randrange((today - issued).days + 1)), 100
    late = (today - due).days
    if late < FORGOTTEN and rng.random() < 0.12:
        return (None, 0) if rng.random() < 0.7 else (due, rng.choice((20, 30, 50, 80)))
    return min(issued + timedelta(days=rng.randrange(3, 40)), today), 100
