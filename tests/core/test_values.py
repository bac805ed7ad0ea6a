"""Values raise when they are used wrongly, and count exactly."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.errors import CurrencyMismatch, NaiveTime
from dougong.core.i18n import lazy, speaking
from dougong.core.values import Money, Percentage, Span, aware

amounts = st.integers(-(10**15), 10**15)


@given(amounts, amounts)
def test_adding_and_taking_away_are_inverse(left: int, right: int) -> None:
    one, other = Money(left, "CNY"), Money(right, "CNY")
    assert one + other - other == one
    assert (one < other) == (left < right)
    assert Money.zero("CNY") - one == -one


@given(amounts, st.sampled_from(["CNY", "USD", "JPY"]))
def test_major_units_round_trip(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.amount, currency) == money


@given(st.lists(amounts, max_size=8))
def test_a_total_is_the_sum(minors: list[int]) -> None:
    assert Money.total((Money(m, "CNY") for m in minors), "CNY") == Money(sum(minors), "CNY")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Money(1.5, "CNY"),  # type: ignore[arg-type]
        lambda: Money(True, "CNY"),
        lambda: Money.of(1.5, "CNY"),  # type: ignore[arg-type]
        lambda: Money(1, "CNY").times(0.5),  # type: ignore[arg-type]
        lambda: Money(1, "CNY") + 1,  # type: ignore[operator]
        lambda: Percentage.of(1.5),  # type: ignore[arg-type]
        lambda: Percentage(13),  # type: ignore[arg-type]
    ],
)
def test_floats_and_bare_numbers_are_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        wrong()  # type: ignore[operator]


@pytest.mark.parametrize("currency", ["", "yuan", "CN", "cny", "￥"])
def test_only_iso_codes_are_currencies(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, currency)


def test_currencies_do_not_mix() -> None:
    yuan, dollar = Money(1, "CNY"), Money(1, "USD")
    for mixed in (
        lambda: yuan + dollar,
        lambda: yuan - dollar,
        lambda: yuan < dollar,
        lambda: Money.total([yuan, dollar], "CNY"),
    ):
        with pytest.raises(CurrencyMismatch):
            mixed()
    assert yuan != dollar


def test_more_decimals_than_the_currency_has_are_refused() -> None:
    assert Money.of("12.30", "CNY").minor == 1230
    assert Money.of("12", "JPY").minor == 12
    with pytest.raises(ValueError, match="more decimals"):
        Money.of("0.001", "CNY")
    with pytest.raises(ValueError, match="more decimals"):
        Money.of("0.5", "JPY")


@pytest.mark.parametrize(
    ("minor", "percent", "share"),
    [(1000, "13", 130), (50, "1", 0), (150, "1", 2), (250, "1", 2), (-150, "1", -2)],
)
def test_a_share_rounds_half_to_even(minor: int, percent: str, share: int) -> None:
    assert Money(minor, "CNY").share(Percentage.of(percent)).minor == share


def test_a_percentage_is_a_fraction_of_hundred() -> None:
    assert Percentage.of("13").fraction == Decimal("0.13")
    assert str(Percentage.of("13.50")) == "13.5%"
    with pytest.raises(ValueError, match="finite"):
        Percentage(Decimal("nan"))


def test_spans_are_half_open_and_aware() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    span = Span(start, start + timedelta(hours=4))
    assert span.length == timedelta(hours=4)
    assert span.holds(start)
    assert not span.holds(span.end)
    assert not span.overlaps(Span(span.end, span.end))
    with pytest.raises(ValueError, match="before it starts"):
        Span(span.end, start)
    with pytest.raises(NaiveTime):
        Span(start.replace(tzinfo=None), span.end)
    with pytest.raises(NaiveTime):
        aware(datetime(2026, 3, 2))  # noqa: DTZ001


def test_a_span_over_the_clock_change_counts_real_hours() -> None:
    zone = ZoneInfo("America/New_York")
    start = datetime(2026, 3, 7, 12, tzinfo=zone)
    span = Span(start, datetime(2026, 3, 8, 12, tzinfo=zone))
    assert span.length == timedelta(hours=23)
    assert aware(start).tzinfo is UTC


def test_sentences_write_money_as_the_reader_does() -> None:
    said = {}
    for locale in ("zh_Hans_CN", "en"):
        with speaking(locale):
            said[locale] = str(lazy("%(sum)s is owed.", sum=Money.of("1234.50", "CNY")))
    assert said["zh_Hans_CN"].startswith("¥1,234.50")
    assert said["en"].startswith("CN¥1,234.50")
