"""Days of the year and working time (CA-01, AF-04)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from dougong.core.errors import NaiveTime
from dougong.core.values import WorkCalendar, WorkSpan, YearDay

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = (WorkSpan(time(9), time(12)), WorkSpan(time(13), time(18)))
OFFICE = WorkCalendar(
    SHANGHAI,
    dict.fromkeys(range(5), DAY),
    {
        date(2026, 2, 16): (),  # New Year's Eve, a Monday
        date(2026, 2, 28): DAY,  # a made-up workday, a Saturday
    },
)
NIGHT = WorkCalendar(SHANGHAI, {4: (WorkSpan(time(22), time(6)),)})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of February 2026 in Shanghai."""
    return datetime(2026, 2, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("month", "day", "after", "kept"),
    [
        (2, 29, date(2026, 1, 1), date(2026, 2, 28)),
        (2, 29, date(2028, 1, 1), date(2028, 2, 29)),
        (2, 29, date(2027, 3, 1), date(2028, 2, 29)),
        (5, 1, date(2026, 5, 1), date(2026, 5, 1)),
        (5, 1, date(2026, 5, 2), date(2027, 5, 1)),
    ],
)
def test_a_day_of_the_year_comes_again(month: int, day: int, after: date, kept: date) -> None:
    assert YearDay(month, day).next_on_or_after(after) == kept


def test_there_is_no_thirtieth_of_february() -> None:
    with pytest.raises(ValueError, match="day"):
        YearDay(2, 30)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        (at(2, 9), True),
        (at(2, 12), False),  # lunch
        (at(2, 17, 59), True),
        (at(2, 18), False),
        (at(7, 10), False),  # Saturday
        (at(16, 10), False),  # holiday
        (at(28, 10), True),  # made-up workday
    ],
)
def test_office_hours(moment: datetime, open_: bool) -> None:
    assert OFFICE.is_open(moment) is open_


def test_a_night_shift_reaches_into_the_next_day() -> None:
    assert NIGHT.is_open(at(7, 5))
    assert not NIGHT.is_open(at(7, 6))
    assert not NIGHT.is_open(at(6, 5))


@pytest.mark.parametrize(
    ("moment", "worked", "done"),
    [
        (at(2, 9), timedelta(hours=3), at(2, 12)),
        (at(2, 11), timedelta(hours=2), at(2, 14)),  # over lunch
        (at(2, 17), timedelta(hours=2), at(3, 10)),  # over night
        (at(6, 17), timedelta(hours=2), at(9, 10)),  # over a weekend
        (at(13, 17), timedelta(hours=2), at(17, 10)),  # over weekend and holiday
        (at(27, 17), timedelta(hours=2), at(28, 10)),  # into a made-up workday
        (at(1, 3), timedelta(hours=1), at(2, 10)),  # begun on a Sunday
    ],
)
def test_working_time_passes_only_at_work(
    moment: datetime, worked: timedelta, done: datetime
) -> None:
    assert OFFICE.add_working(moment, worked) == done


def test_round_the_clock_is_plain_time() -> None:
    """AF-04"""
    always = WorkCalendar.round_the_clock(SHANGHAI)
    assert always.is_open(at(16, 3))
    assert always.add_working(at(6, 22, 30), timedelta(hours=4)) == at(7, 2, 30)


def test_a_change_of_clocks_costs_its_hour() -> None:
    """On 29 March 2026 Berlin goes from 2 to 3 at once: four hours after 1 it is 6."""
    berlin = WorkCalendar.round_the_clock(ZoneInfo("Europe/Berlin"))
    start = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)  # 1 o'clock
    assert berlin.add_working(start, timedelta(hours=4)) == start + timedelta(hours=4)


def test_a_calendar_without_work_says_so() -> None:
    with pytest.raises(ValueError, match="no working time"):
        WorkCalendar(SHANGHAI, {}).add_working(at(2, 9), timedelta(hours=1))


def test_a_calendar_wants_aware_instants() -> None:
    with pytest.raises(NaiveTime):
        OFFICE.is_open(datetime(2026, 2, 2, 9))  # noqa: DTZ001


def test_a_week_has_seven_days() -> None:
    with pytest.raises(ValueError, match="Weekdays"):
        WorkCalendar(SHANGHAI, {7: DAY})


def test_workdays_follow_the_exceptions() -> None:
    assert OFFICE.is_workday(date(2026, 2, 28))
    assert not OFFICE.is_workday(date(2026, 2, 16))
