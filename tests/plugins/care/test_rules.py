"""What care decides, as truth tables and properties (CA-01, CA-08)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lunar_python import Solar

from dougong.plugins.care.rules import (
    FESTIVALS,
    KeptDay,
    Means,
    Window,
    means_for,
    next_on_or_after,
    occasion,
    window,
    year_of,
)

DAYS = st.dates(date(1990, 1, 1), date(2080, 12, 31))


@pytest.mark.parametrize(
    ("day", "since", "expected"),
    [
        (KeptDay(3, 2), date(2026, 3, 2), date(2026, 3, 2)),
        (KeptDay(3, 1), date(2026, 3, 2), date(2027, 3, 1)),
        (KeptDay(1, 1), date(2026, 12, 31), date(2027, 1, 1)),
        (KeptDay(2, 29), date(2027, 2, 1), date(2027, 2, 28)),
        (KeptDay(4, 31), date(2026, 4, 1), date(2026, 4, 30)),
        (KeptDay(12, 31, lunar=True), date(2027, 1, 1), date(2027, 2, 5)),
        (KeptDay(2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (KeptDay(1, 1, lunar=True), date(2026, 1, 1), date(2026, 2, 17)),
        (KeptDay(8, 15, lunar=True), date(2026, 3, 2), date(2026, 9, 25)),
        (KeptDay(12, 30, lunar=True), date(2027, 1, 1), date(2027, 2, 5)),
        (KeptDay(6, 1, lunar=True, leap=True), date(2027, 1, 1), date(2027, 7, 4)),
        (KeptDay(6, 1, lunar=True, leap=True), date(2025, 7, 1), date(2025, 7, 25)),
    ],
    ids=str,
)
def test_day_comes_round(day: KeptDay, since: date, expected: date) -> None:
    """CA-01: solar and lunar, with leap days, leap months and short months."""
    assert next_on_or_after(day, since) == expected


@given(since=DAYS, month=st.integers(1, 12), day=st.integers(1, 31))
def test_solar_day_comes_round_once_a_year(since: date, month: int, day: int) -> None:
    on = next_on_or_after(KeptDay(month, day), since)
    assert since <= on < since + timedelta(days=367)
    assert on.month == month
    assert on.day <= day


@settings(max_examples=30, deadline=None)  # the calendar is slow at the first look at a year
@given(since=DAYS, month=st.integers(1, 12), day=st.integers(1, 30), leap=st.booleans())
def test_lunar_day_comes_round_within_a_lunar_year(
    since: date, month: int, day: int, leap: bool
) -> None:
    on = next_on_or_after(KeptDay(month, day, lunar=True, leap=leap), since)
    assert since <= on < since + timedelta(days=420)


@settings(max_examples=50, deadline=None)
@given(day=DAYS)
def test_months_asked_for_hold_every_lunar_month(day: date) -> None:
    """CA-01: the query by months loses no birthday; checked against the calendar itself."""
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    assert abs(lunar.getMonth()) in Window(day, day).lunar_months()
    assert Window(day, day).solar_months() == {day.month}


@settings(max_examples=50, deadline=None)
@given(day=DAYS)
def test_year_is_the_calendars_own(day: date) -> None:
    """CA-01: the key's year equals the lunar calendar's, so no year has two and none has none."""
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    kept = KeptDay(abs(lunar.getMonth()), lunar.getDay(), lunar=True, leap=lunar.getMonth() < 0)
    assert year_of(kept, day) == lunar.getYear()
    assert year_of(KeptDay(day.month, day.day), day) == day.year


@pytest.mark.parametrize(
    ("today", "planned"),
    [
        (date(2026, 3, 1), False),
        (date(2026, 3, 2), True),
        (date(2026, 3, 9), True),
        (date(2026, 3, 12), True),
        (date(2026, 3, 13), False),
    ],
)
def test_day_is_planned_ahead_and_for_a_while_after(today: date, planned: bool) -> None:
    """CA-01: seven days ahead; missed while no job ran, up to three days late."""
    found = occasion("birthday:1", KeptDay(3, 9), window(today, 7, 3))
    assert (found is not None) is planned
    if found is not None:
        assert (found.key, found.on) == ("birthday:1:2026", date(2026, 3, 9))


def test_window_over_new_year_plans_the_next_year() -> None:
    found = occasion("birthday:1", KeptDay(1, 2), window(date(2026, 12, 28), 7, 3))
    assert found is not None
    assert found.key == "birthday:1:2027"


@settings(max_examples=30, deadline=None)
@given(today=DAYS, month=st.integers(1, 12), day=st.integers(1, 30), lunar=st.booleans())
def test_daily_runs_give_one_key_a_round(today: date, month: int, day: int, lunar: bool) -> None:
    """CA-01: whatever day the job runs, one round has one key and one date."""
    kept = KeptDay(month, day, lunar=lunar)
    found = [
        occasion("birthday:1", kept, window(today + timedelta(days=n), 7, 3))
        for n in range(0, 30, 3)
    ]
    rounds = {o.key: o.on for o in found if o is not None}
    assert len({(o.key, o.on) for o in found if o is not None}) == len(rounds) <= 1


@pytest.mark.parametrize(
    ("wanted", "consent", "expected"),
    [
        (Means.SMS, True, Means.SMS),
        (Means.SMS, False, Means.CALL),
        (Means.VISIT, False, Means.VISIT),
        (Means.GIFT, False, Means.GIFT),
        (Means.CALL, False, Means.CALL),
    ],
)
def test_message_needs_consent(wanted: Means, consent: bool, expected: Means) -> None:
    """CA-08."""
    assert means_for(wanted, consent=consent) is expected


def test_every_festival_comes_round_each_year() -> None:
    for name, day in FESTIVALS.items():
        found = occasion(name, day, Window(date(2026, 1, 1), date(2026, 12, 31)))
        assert found is not None
        assert found.key == f"{name}:2026"
