"""What care decides: when a day comes round, by what means, and under which key. Pure."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dougong.core.values import LunarDate, YearDay


class CareKind(StrEnum):
    """What the activity is for (CA-01); visits and call-backs join with their plans."""

    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    FESTIVAL = "festival"
    OTHER = "other"


class Means(StrEnum):
    """How the customer is reached (CA-01)."""

    VISIT = "visit"
    GIFT = "gift"
    CALL = "call"
    SMS = "sms"


_LEAP_YEAR: Final = 2000


@dataclass(frozen=True, slots=True)
class KeptDay:
    """A day that comes round each year, in the solar or the lunar calendar.

    ``leap`` means the leap month 闰月 of that number.
    """

    month: int
    day: int
    lunar: bool = False
    leap: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """One coming round of a day: when, and the key that no second activity may have."""

    key: str
    on: date


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are planned today: those soon to come, and those just missed (CA-01)."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether ``day`` is planned today."""
        return self.first <= day <= self.last

    def solar_months(self) -> frozenset[int]:
        """Every solar month of the window."""
        return frozenset(day.month for day in self._days())

    def lunar_months(self) -> frozenset[int]:
        """The numbers a lunar month of the window may have: it runs one or two behind the sun.

        New year falls between 21 January and 21 February, so month by month the number is that of
        the solar one, one less or two less; leap months repeat the number before.
        """
        return frozenset(
            (day.month - 1 - behind) % 12 + 1 for day in self._days() for behind in (0, 1, 2)
        )

    def _days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


FESTIVALS: Final[Mapping[str, KeptDay]] = MappingProxyType(
    {
        "new_year": KeptDay(1, 1),
        "spring_festival": KeptDay(1, 1, lunar=True),
        "dragon_boat": KeptDay(5, 5, lunar=True),
        "mid_autumn": KeptDay(8, 15, lunar=True),
        "national_day": KeptDay(10, 1),
    }
)
"""The festivals that key customers are greeted at (CA-01)."""


def window(today: date, days_ahead: int, late_days: int) -> Window:
    """What is planned today: due and not done, so a job that was down loses nothing (CA-01)."""
    return Window(today - timedelta(days=late_days), today + timedelta(days=days_ahead))


def occasion(source: str, day: KeptDay, planned: Window) -> Occasion | None:
    """The coming round of ``day`` that falls into the window, None when none does.

    ``source`` names the day (``birthday:17``); its key carries the year the day belongs to, in its
    own calendar, so that a year has one of each even where two fall into one solar year.
    """
    on = next_on_or_after(day, planned.first)
    if not planned.holds(on):
        return None
    return Occasion(f"{source}:{year_of(day, on)}", on)


def next_on_or_after(day: KeptDay, since: date) -> date:
    """When ``day`` comes round next.

    A day its month never has (31 April, a lunar 31st) was mistyped: it is kept on the last one, so
    that one slip does not stop the planning of all others.
    """
    if day.lunar:
        return LunarDate(day.month, min(day.day, 30), day.leap).next_on_or_after(since)
    last = monthrange(_LEAP_YEAR, day.month)[1]
    return YearDay(day.month, min(day.day, last)).next_on_or_after(since)


def year_of(day: KeptDay, on: date) -> int:
    """The year, in the day's own calendar, of its coming round on ``on``.

    The lunar months before the tenth lie within the solar year of the same number; the last two
    may end in January or February of the next.
    """
    belongs_before = day.lunar and day.month > 10 and on.month < 3
    return on.year - 1 if belongs_before else on.year


def means_for(wanted: Means, *, consent: bool) -> Means:
    """By what means to reach a contact: who gave no consent is called, not written to (CA-08)."""
    return Means.CALL if wanted is Means.SMS and not consent else wanted
