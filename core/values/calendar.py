"""Days of the year and working time: when a birthday is kept, when a branch works."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dougong.core.values.span import Span, aware

_LEAP_YEAR: Final = 2000
_WEEK: Final = 7
_DAY: Final = timedelta(days=1)
_IDLE: Final = timedelta(days=366)
"""A calendar in which nobody works for so long will never get anything done."""


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

    @property
    def over_night(self) -> bool:
        """Whether it ends on the next day."""
        return self.end <= self.start


class NoWorkingTime(ValueError):
    """The calendar has no working time for a year on end: nothing in it is ever due."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When a branch works: spans per weekday (0 is Monday), and other spans on single days.

    ``exceptions`` holds holidays (no spans) and made-up workdays (spans of their own). A span
    begins at the first instant at which the clock on the wall shows its start or later, and ends
    likewise: on the day the clocks change, an hour that is skipped counts nothing, one that comes
    twice counts twice. Spans that overlap, also those of two days, count once.
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
        found = next(self._from(moment, self._day(moment)), None)
        return found is not None and found.start <= moment

    def add_working(self, start: datetime, span: timedelta) -> datetime:
        """The first instant by which ``span`` of working time has passed since ``start`` (XX-02).

        Exact to the microsecond. Raises ``NoWorkingTime`` where nobody works for a year.
        """
        if span < timedelta():
            raise ValueError("Working time is counted forward.")
        remaining = span
        if not remaining:
            return aware(start)
        for worked in self._from(start):
            if remaining <= worked.length:
                return worked.start + remaining
            remaining -= worked.length
        raise NoWorkingTime("This calendar has no working time within a year.")

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time passes from ``start`` to ``end``; none when it ends before."""
        return sum((worked.length for worked in self.worked(start, end)), timedelta())

    def worked(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The stretches of work from ``start`` to ``end``, in order; none overlaps another."""
        until = aware(end)
        for open_ in self._from(start, self._day(end)):
            if open_.start >= until:
                return
            yield Span(open_.start, min(open_.end, until))

    def _from(self, moment: datetime, last: date | None = None) -> Iterator[Span]:
        """The stretches after ``moment``; until ``last``, or until nobody has worked for long."""
        counted = aware(moment)
        day = self._day(moment) - _DAY  # last night's span may still run
        idle_after = day + _IDLE
        while day <= (last or idle_after):
            for span in sorted(self.spans_on(day), key=lambda span: span.start):
                begins, ends = max(self.at(day, span.start), counted), self._end(day, span)
                if begins < ends:
                    yield Span(begins, ends)
                    counted, idle_after = ends, day + _IDLE
            day += _DAY

    def _end(self, day: date, span: WorkSpan) -> datetime:
        return self.at(day + _DAY if span.over_night else day, span.end)

    def at(self, day: date, clock: time) -> datetime:
        """The first instant at which the wall shows that day and time or later, in UTC."""
        wall = datetime.combine(day, clock)
        moment = wall.replace(tzinfo=self.zone).astimezone(UTC)
        if self._wall(moment) == wall:
            return moment
        return self._jump(wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC), moment)

    def _jump(self, before: datetime, after: datetime) -> datetime:
        """The instant between the two at which the clocks go forward."""
        offset = after.astimezone(self.zone).utcoffset()
        while after - before > timedelta(seconds=1):
            middle = before + timedelta(seconds=(after - before) // timedelta(seconds=1) // 2)
            if middle.astimezone(self.zone).utcoffset() == offset:
                after = middle
            else:
                before = middle
        return after

    def _wall(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def _day(self, moment: datetime) -> date:
        return aware(moment).astimezone(self.zone).date()
