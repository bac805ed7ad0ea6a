"""Ceilings, exposure and what passes them: truth tables (CR-03, CR-04)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.values import Money
from dougong.plugins.credit.rules import (
    Exposure,
    Fallback,
    Limit,
    LimitKind,
    WithoutLimit,
    ceiling,
    exceeds,
    free,
    percent_used,
)

TODAY = date(2026, 3, 2)
USUAL = Fallback(WithoutLimit.DEFAULT, Money(500, "CNY"))
PREPAID = Fallback(WithoutLimit.PREPAID, Money(500, "CNY"))
OPEN_END = Fallback(WithoutLimit.UNLIMITED, Money(0, "CNY"))


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def owing(minor: int) -> Exposure:
    return Exposure(cny(minor), cny(0), cny(0), cny(0))


@pytest.mark.parametrize(
    ("kind", "fallback", "most"),
    [
        (LimitKind.UNLIMITED, PREPAID, None),
        (LimitKind.AMOUNT, OPEN_END, 1000),
        (LimitKind.ZERO, OPEN_END, 0),
        (LimitKind.NONE, PREPAID, 0),
        (LimitKind.NONE, USUAL, 500),
        (LimitKind.NONE, OPEN_END, None),
    ],
)
def test_each_kind_of_limit_has_its_own_ceiling(
    kind: LimitKind, fallback: Fallback, most: int | None
) -> None:
    amount = cny(1000 if kind is LimitKind.AMOUNT else 0)
    found = ceiling(Limit(kind, amount), fallback, TODAY)
    assert found == (None if most is None else cny(most))


@pytest.mark.parametrize(("last_day", "most"), [(2, 1000), (1, 500)])
def test_limit_holds_through_its_last_day(last_day: int, most: int) -> None:
    limit = Limit(LimitKind.AMOUNT, cny(1000), valid_until=date(2026, 3, last_day))
    assert ceiling(limit, USUAL, TODAY) == cny(most)


def test_usual_limit_counts_in_its_own_currency_only() -> None:
    limit = Limit(LimitKind.NONE, Money(0, "USD"))
    assert ceiling(limit, USUAL, TODAY) == Money(0, "USD")


def test_exposure_is_orders_and_invoices_less_money_and_guarantees() -> None:
    assert Exposure(cny(700), cny(500), cny(150), cny(50)).used == cny(1000)


@pytest.mark.parametrize(
    ("used", "more", "refused"),
    [
        (900, 100, False),
        (900, 101, True),
        (1200, 0, False),
        (1200, -50, False),
        (-100, 1100, False),
    ],
)
def test_reaching_the_ceiling_exactly_passes(used: int, more: int, refused: bool) -> None:
    assert exceeds(owing(used), cny(1000), cny(more)) is refused
    assert exceeds(owing(used), None, cny(more)) is False


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6), st.integers(0, 10**6))
def test_what_is_free_is_just_what_passes(used: int, more: int, most: int) -> None:
    left = free(owing(used), cny(most))
    assert left is not None
    assert exceeds(owing(used), cny(most), cny(more)) is (left < cny(more))


@pytest.mark.parametrize(
    ("used", "most", "percent"), [(0, 1000, 0), (799, 1000, 79), (1500, 1000, 150), (1, 0, 100)]
)
def test_use_is_told_in_whole_per_cent(used: int, most: int, percent: int) -> None:
    """CR-07: what the warning threshold is compared with."""
    assert percent_used(owing(used), cny(most)) == percent
    assert percent_used(owing(used), None) == 0
