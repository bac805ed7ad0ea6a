"""Schedules name the latest occurrence (no clock, no database)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.errors import NaiveTime
from dougong.core.schedule import Daily, Every

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("now", "at", "key"),
    [
        ("2026-03-02T01:59+08:00", "2026-02-28T18:00Z", "2026-03-01"),
        ("2026-03-02T02:00+08:00", "2026-03-01T18:00Z", "2026-03-02"),
        ("2026-03-02T23:59+08:00", "2026-03-01T18:00Z", "2026-03-02"),
    ],
)
def test_daily_counts_in_the_branch_s_zone(now: str, at: str, key: str) -> None:
    found = Daily(2).latest(datetime.fromisoformat(now), SHANGHAI)
    assert (found.at, found.key) == (datetime.fromisoformat(at), key)


def test_moving_the_hour_keeps_the_day_s_key() -> None:
    evening = datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert Daily(2).latest(evening, SHANGHAI).key == Daily(20).latest(evening, SHANGHAI).key


def test_a_skipped_hour_of_summer_time_still_has_its_day() -> None:
    noon = datetime(2026, 3, 29, 10, tzinfo=UTC)  # Berlin: 02:30 does not exist that day
    assert Daily(2, 30).latest(noon, ZoneInfo("Europe/Berlin")).key == "2026-03-29"


@given(MOMENTS, st.integers(1, 100_000))
def test_every_is_never_later_than_now_nor_older_than_its_period(
    now: datetime, minutes: int
) -> None:
    period = timedelta(minutes=minutes)
    found = Every(period).latest(now, SHANGHAI)
    assert timedelta() <= now - found.at < period
    assert Every(period).latest(found.at, SHANGHAI) == found


@given(MOMENTS, st.integers(0, 23), st.integers(0, 59))
def test_daily_is_never_later_than_now_nor_older_than_a_day(
    now: datetime, hour: int, minute: int
) -> None:
    found = Daily(hour, minute).latest(now, SHANGHAI)
    assert (
        timedelta() <= now - found.at < timedelta(days=1, minutes=6)
    )  # zones once had odd minutes


@pytest.mark.parametrize("hour", [-1, 24])
def test_an_impossible_hour_raises(hour: int) -> None:
    with pytest.raises(ValueError, match="hour"):
        Daily(hour)


def test_too_short_a_period_raises() -> None:
    with pytest.raises(ValueError, match="once a minute"):
        Every(timedelta(seconds=30))


def test_naive_time_raises() -> None:
    with pytest.raises(NaiveTime):
        Daily(2).latest(datetime(2026, 3, 2), SHANGHAI)  # noqa: DTZ001
