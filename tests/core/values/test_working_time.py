"""Working time against an oracle that walks every minute, in zones that play tricks (XX-02).

The oracle knows nothing of spans as instants: it reads a clock on the wall once a minute. A shift
is on while the latest time that the wall has shown so far lies within it.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong.core.values import NoWorkingTime, WorkCalendar, WorkSpan

MINUTE = timedelta(minutes=1)
DAYS = 12
WINDOWS = {
    "Asia/Shanghai": date(2026, 2, 12),  # no change of clocks
    "Europe/Berlin": date(2026, 3, 24),  # 2:00 becomes 3:00
    "America/New_York": date(2026, 10, 27),  # 2:00 becomes 1:00
    "Australia/Lord_Howe": date(2026, 3, 31),  # half an hour back
    "Asia/Beirut": date(2026, 3, 24),  # midnight becomes 1:00
    "America/Havana": date(2026, 10, 27),  # 1:00 becomes midnight
    "Pacific/Apia": date(2011, 12, 25),  # 30 December is skipped
}


@cache
def wall(zone: str) -> tuple[datetime, list[datetime]]:
    """The first minute of the window, and the latest time shown until each minute."""
    start = datetime.combine(WINDOWS[zone], time(), UTC)
    shown = [
        (start + n * MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for n in range(DAYS * 24 * 60)
    ]
    return start, list(accumulate(shown, max))


def open_minutes(calendar: WorkCalendar) -> list[bool]:
    """Whether anybody works, minute by minute."""
    _, reached = wall(str(calendar.zone))
    first = reached[0].date() - timedelta(days=1)
    shifts = [
        (datetime.combine(day, span.start), _end(day, span))
        for day in (first + timedelta(days=n) for n in range(DAYS + 3))
        for span in calendar.spans_on(day)
    ]
    flags = [False] * len(reached)
    for begins, ends in shifts:
        low = next((n for n, shown in enumerate(reached) if shown >= begins), len(reached))
        high = next((n for n, shown in enumerate(reached) if shown >= ends), len(reached))
        flags[low:high] = [True] * (high - low)
    return flags


def _end(day: date, span: WorkSpan) -> datetime:
    following = span.end <= span.start
    return datetime.combine(day + timedelta(days=following), span.end)


def seconds_worked(flags: list[bool]) -> list[int]:
    """Seconds worked until the beginning of each minute."""
    return [0, *accumulate(60 * flag for flag in flags)]


def worked_until(sums: list[int], second: int) -> int:
    minute, rest = divmod(second, 60)
    return sums[minute] + (rest if sums[minute + 1] > sums[minute] else 0)


clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 45, 59]))
spans = st.lists(st.builds(WorkSpan, clocks, clocks), max_size=3).map(tuple)


@st.composite
def cases(draw: st.DrawFn) -> tuple[WorkCalendar, int, int]:
    """A calendar and two seconds of its window."""
    zone = draw(st.sampled_from(sorted(WINDOWS)))
    week = draw(st.dictionaries(st.integers(0, 6), spans, max_size=7))
    days = [WINDOWS[zone] + timedelta(days=n) for n in range(DAYS)]
    exceptions = draw(st.dictionaries(st.sampled_from(days), spans, max_size=4))
    seconds = st.integers(2 * 86400, (DAYS - 1) * 86400 - 1)
    first, second = sorted((draw(seconds), draw(seconds)))
    return WorkCalendar(ZoneInfo(zone), week, exceptions), first, second


@settings(max_examples=120, deadline=None)
@given(cases())
def test_working_time_between_equals_the_oracle_to_the_second(
    case: tuple[WorkCalendar, int, int],
) -> None:
    calendar, first, second = case
    start, _ = wall(str(calendar.zone))
    sums = seconds_worked(open_minutes(calendar))
    expected = worked_until(sums, second) - worked_until(sums, first)
    moments = [start + timedelta(seconds=n) for n in (first, second)]
    assert calendar.working_between(*moments) == timedelta(seconds=expected)
    assert calendar.is_open(moments[0]) == (sums[first // 60 + 1] > sums[first // 60])


@settings(max_examples=120, deadline=None)
@given(cases(), st.integers(1, 3 * 86400))
def test_added_working_time_ends_where_the_oracle_says(
    case: tuple[WorkCalendar, int, int], wanted: int
) -> None:
    """The first second by which so much was worked, and not one sooner."""
    calendar, first, _ = case
    start, _ = wall(str(calendar.zone))
    sums = seconds_worked(open_minutes(calendar))
    target = worked_until(sums, first) + wanted
    minute = bisect_right(sums, target - 1) - 1
    if target > sums[(DAYS - 1) * 24 * 60]:
        return  # beyond what the oracle has looked at
    due = minute * 60 + target - sums[minute]
    begun = start + timedelta(seconds=first)
    assert calendar.add_working(begun, timedelta(seconds=wanted)) == start + timedelta(seconds=due)


@settings(max_examples=120, deadline=None)
@given(cases(), st.integers(0, 10**7), st.integers(0, 10**7))
def test_working_time_adds_up(case: tuple[WorkCalendar, int, int], one: int, two: int) -> None:
    calendar, first, _ = case
    begun = wall(str(calendar.zone))[0] + timedelta(seconds=first)
    spans = timedelta(seconds=one), timedelta(seconds=two)
    try:
        due = calendar.add_working(begun, sum(spans, timedelta()))
    except NoWorkingTime:
        assert not any(calendar.week.values())
        return
    assert calendar.add_working(calendar.add_working(begun, spans[0]), spans[1]) == due
    assert calendar.working_between(begun, due) == sum(spans, timedelta())


def test_nothing_is_worked_backwards() -> None:
    always = WorkCalendar.round_the_clock(ZoneInfo("Asia/Shanghai"))
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert always.working_between(now, now - timedelta(hours=1)) == timedelta()
    with pytest.raises(ValueError, match="forward"):
        always.add_working(now, timedelta(seconds=-1))


def test_nights_that_overlap_the_next_day_count_once() -> None:
    """22:00 to 8:00 every night, 6:00 to 22:00 every day: the house never closes."""
    week = dict.fromkeys(range(7), (WorkSpan(time(22), time(8)), WorkSpan(time(6), time(22))))
    calendar = WorkCalendar(ZoneInfo("Asia/Shanghai"), week)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert calendar.add_working(now, timedelta(days=3)) == now + timedelta(days=3)
