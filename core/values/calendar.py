"""Days of the year and working time: when a birthday is kept, when a branch works."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dougong.core.errors import NaiveTime

_LEAP_YEAR: Final = 2000
_WEEK: Final = 7
_SEARCHED: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class YearDay:
    """A solar day of the year; 29 February is kept on 28 February in ordinary years (CA-01)."""

    month: int
    day: int

    def __post_init__(self) -> None:
        date(_LEAP_YEAR, self.month, self.day)  # raises ValueError where there is no such day

    def in_year(self, year: int) -> date:
        """The day on which it is kept that year."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return date(year, self.month, self.day - 1)

    def next_on_or_after(self, day: date) -> date:
        """The next day on which it is kept, ``day`` itself included."""
        this_year = self.in_year(day.year)
        return this_year if this_year >= day else self.in_year(day.year + 1)


@dataclass(frozen=True, slots=True)
class WorkSpan:
    """Working hours of one day; one that ends at or before its start ends on the next day."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When a branch works: spans per weekday (0 is Monday), and other spans on single days.

    ``exceptions`` holds holidays (no spans) and made-up workdays (spans of their own).
    """

    zone: ZoneInfo
    week: Mapping[int, tuple[WorkSpan, ...]]
    exceptions: Mapping[date, tuple[WorkSpan, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any(not 0 <= weekday < _WEEK for weekday in self.week):
            raise ValueError("Weekdays are 0 (Monday) to 6 (Sunday).")

    @classmethod
    def round_the_clock(cls, zone: ZoneInfo) -> "WorkCalendar":
        """Every hour of every day (AF-04)."""
        always = (WorkSpan(time(0), time(0)),)
        return cls(zone, dict.fromkeys(range(_WEEK), always))

    def spans_on(self, day: date) -> tuple[WorkSpan, ...]:
        """The spans that begin on that day."""
        return self.exceptions.get(day, self.week.get(day.weekday(), ()))

    def is_workday(self, day: date) -> bool:
        """Whether anyone begins work that day."""
        return bool(self.spans_on(day))

    def is_open(self, moment: datetime) -> bool:
        """Whether the branch works at that instant."""
        day = self._local(moment).date()
        around = self._intervals(day - timedelta(days=1), day)
        return any(start <= moment < end for start, end in around)

    def add(self, moment: datetime, worked: timedelta) -> datetime:
        """The instant at which ``worked`` working time has passed since ``moment``."""
        day = self._local(moment).date() - timedelta(days=1)
        last = day + _SEARCHED
        while day <= last:
            for start, end in self._intervals(day, day):
                start = max(start, moment)
                if start < end and worked <= end - start:
                    return start + worked
                worked -= max(end - start, timedelta())
            day += timedelta(days=1)
        raise ValueError("This calendar has too little working time within a year.")

    def _intervals(self, first: date, last: date) -> Iterable[tuple[datetime, datetime]]:
        """The spans as instants in UTC, in order; so a change of clocks costs or gives its hour."""
        day = first
        while day <= last:
            for span in sorted(self.spans_on(day), key=lambda span: span.start):
                ends_on = day if span.end > span.start else day + timedelta(days=1)
                yield self._instant(day, span.start), self._instant(ends_on, span.end)
            day += timedelta(days=1)

    def _instant(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(ZoneInfo("UTC"))

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise NaiveTime("A calendar is asked about aware instants.")
        return moment.astimezone(self.zone)
