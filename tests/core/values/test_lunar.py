"""Lunar days: leap months and the thirtieth, as families keep them (CA-01)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.values import LunarDate

NOVEMBER = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("lunar", "after", "solar"),
    [
        (LunarDate(1, 1), date(2026, 1, 1), date(2026, 2, 17)),  # 春节
        (LunarDate(5, 5), date(2026, 1, 1), date(2026, 6, 19)),  # 端午
        (LunarDate(8, 15), date(2026, 1, 1), date(2026, 9, 25)),  # 中秋
        (LunarDate(8, 15), date(2026, 9, 25), date(2026, 9, 25)),  # the day itself counts
        (LunarDate(8, 15), date(2026, 9, 26), date(2027, 9, 15)),
        (LunarDate(12, 8), NOVEMBER, date(2027, 1, 15)),  # 腊八 lies in the next solar year
        (LunarDate(12, 8), date(2027, 1, 1), date(2027, 1, 15)),
        (LunarDate(6, 1, leap=True), date(2025, 1, 1), date(2025, 7, 25)),  # 2025 has 闰六月
        (LunarDate(6, 1, leap=True), NOVEMBER, date(2027, 7, 4)),  # 2027 has none: 六月初一
        (LunarDate(12, 30), NOVEMBER, date(2027, 2, 5)),  # a month of 29 days: its last day
        (LunarDate(12, 30), date(2024, 1, 1), date(2024, 2, 9)),  # a month of 30 days
    ],
)
def test_a_lunar_day_falls_on_a_solar_day(lunar: LunarDate, after: date, solar: date) -> None:
    assert lunar.next_on_or_after(after) == solar


@pytest.mark.parametrize(("month", "day"), [(0, 1), (13, 1), (1, 0), (1, 31)])
def test_there_is_no_such_lunar_day(month: int, day: int) -> None:
    with pytest.raises(ValueError, match="no lunar day"):
        LunarDate(month, day)


def test_years_beyond_the_almanac_are_refused() -> None:
    with pytest.raises(ValueError, match="1901 to 2099"):
        LunarDate(1, 1).solar_in(2100)


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_a_day_is_the_next_of_its_own_lunar_day(day: date) -> None:
    assert LunarDate.on(day).next_on_or_after(day) == day


@given(
    st.builds(LunarDate, st.integers(1, 12), st.integers(1, 30), leap=st.booleans()),
    st.dates(date(1950, 1, 1), date(2090, 12, 31)),
)
def test_every_lunar_day_comes_within_thirteen_months(lunar: LunarDate, day: date) -> None:
    found = lunar.next_on_or_after(day)
    assert day <= found <= day + timedelta(days=13 * 30)
