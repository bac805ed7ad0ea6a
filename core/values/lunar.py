"""Lunar days of the year, and the solar day on which they fall (CA-01).

The calendar itself is lunar-python's (MIT). Two things are ours, as families keep them: in a year
without that leap month the day is kept in the ordinary month of the same number; in a month of 29
days the thirtieth is kept on the last day.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Final

_FIRST, _LAST = 1901, 2099
_MONTHS: Final = 12
_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class LunarDate:
    """A day of the lunar year: month 1-12, day 1-30, ``leap`` when in a leap month (闰月)."""

    month: int
    day: int
    leap: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.month <= _MONTHS or not 1 <= self.day <= _DAYS:
            raise ValueError(f"There is no lunar day {self.month}/{self.day}.")

    @classmethod
    def on(cls, day: date) -> "LunarDate":
        """The lunar day that a solar day is."""
        lunar = _almanac().Solar.fromYmd(day.year, day.month, day.day).getLunar()
        month: int = lunar.getMonth()  # negative in a leap month
        return cls(abs(month), lunar.getDay(), leap=month < 0)

    def solar_in(self, year: int) -> date:
        """The solar day on which it falls in the lunar year that begins in solar ``year``."""
        first, length = _months(year).get(self._number, _months(year)[self.month])
        return date.fromordinal(first + min(self.day, length) - 1)

    def next_on_or_after(self, day: date) -> date:
        """Its next solar day, ``day`` itself included."""
        # the twelfth lunar month lies in the next solar year
        return min(
            found for year in range(day.year - 1, day.year + 2)
            if (found := self.solar_in(year)) >= day
        )  # fmt: skip

    @property
    def _number(self) -> int:
        return -self.month if self.leap else self.month


def _almanac() -> ModuleType:
    """lunar-python, at first use: its import would be a third of a process's start."""
    return import_module("lunar_python")


@cache
def _months(year: int) -> dict[int, tuple[int, int]]:
    """First solar day (ordinal) and length of each month of a lunar year; leap ones negative."""
    if not _FIRST <= year <= _LAST:
        raise ValueError(f"The lunar calendar is known from {_FIRST} to {_LAST}, not in {year}.")
    return {
        month.getMonth(): (_ordinal(month.getFirstJulianDay()), month.getDayCount())
        for month in _almanac().LunarYear.fromYear(year).getMonthsInYear()
    }


def _ordinal(julian: float) -> int:
    solar = _almanac().Solar.fromJulianDay(julian)
    return date(solar.getYear(), solar.getMonth(), solar.getDay()).toordinal()
