"""Amounts in capital figures, as banks and receipts ask for them."""

from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.values import Money
from dougong.core.values.capitals import capitals

DIGITS: Final = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
UNITS: Final = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "零元整"), ("0.01", "壹分"), ("0.05", "伍分"), ("0.50", "伍角"), ("1", "壹元整"),
        ("1.05", "壹元零伍分"), ("10", "壹拾元整"), ("100.30", "壹佰元叁角"),
        ("1010", "壹仟零壹拾元整"), ("1409.50", "壹仟肆佰零玖元伍角"),
        ("10004.01", "壹万零肆元零壹分"), ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("100000000", "壹亿元整"), ("100100000", "壹亿零壹拾万元整"),
        ("123456789.12", "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元壹角贰分"),
        ("-12.50", "负壹拾贰元伍角"),
    ],
)  # fmt: skip
def test_amounts_are_written_as_on_a_cheque(amount: str, text: str) -> None:
    assert capitals(Money.of(amount, "CNY")) == text


@pytest.mark.parametrize(
    "money", [Money(100, "USD"), Money(10**17, "CNY"), Money(-(10**17), "CNY")]
)
def test_other_currencies_and_amounts_beyond_names_have_none(money: Money) -> None:
    assert capitals(money) == ""


def read(text: str) -> Decimal:
    """The amount that a text in capital figures says, read sign by sign."""
    whole, _, rest = text.partition("元") if "元" in text else ("", "", text)
    cents = 0
    for sign, worth in (("角", 10), ("分", 1)):
        before, found, _ = rest.partition(sign)
        cents += DIGITS[before[-1]] * worth if found else 0
    total, block, last = 0, 0, 0
    for sign in whole:
        if sign in DIGITS:
            last = DIGITS[sign]
        elif sign in UNITS:
            block, last = block + last * UNITS[sign], 0
        elif sign == "万":
            total, block, last = total + (block + last) * 10**4, 0, 0
        else:
            total, block, last = (total + block + last) * 10**8, 0, 0
    return Decimal((total + block + last) * 100 + cents) / 100


@given(st.integers(0, 10**15))
def test_what_is_written_reads_as_the_amount(fen: int) -> None:
    assert read(capitals(Money(fen, "CNY"))) == Money(fen, "CNY").amount
