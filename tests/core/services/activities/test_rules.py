"""Periods of duties and the table of steps, by truth tables and properties (AR-08, XX-01)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.services.activities.rules import (
    MOVES,
    ActivityState,
    ActivityStepKind,
    Period,
    Rhythm,
    due_in,
    may_step,
    period_of,
    share,
    state_after,
)

SOME = date(2026, 7, 1)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("rhythm", "day", "period"),
    [
        (Rhythm.WEEK, date(2026, 1, 1), Period("2026-W01", date(2025, 12, 29), date(2026, 1, 4))),
        (Rhythm.WEEK, date(2027, 1, 3), Period("2026-W53", date(2026, 12, 28), date(2027, 1, 3))),
        (Rhythm.MONTH, date(2028, 2, 29), Period("2028-M2", date(2028, 2, 1), date(2028, 2, 29))),
        (Rhythm.MONTH, date(2026, 3, 1), Period("2026-M3", date(2026, 3, 1), date(2026, 3, 31))),
        (Rhythm.QUARTER, date(2026, 5, 9), Period("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))),
        (Rhythm.HALF_YEAR, SOME, Period("2026-H2", date(2026, 7, 1), date(2026, 12, 31))),
        (Rhythm.YEAR, date(2026, 7, 1), Period("2026-Y1", date(2026, 1, 1), date(2026, 12, 31))),
    ],
)  # fmt: skip
def test_a_day_lies_in_its_period(rhythm: Rhythm, day: date, period: Period) -> None:
    assert period_of(rhythm, day) == period


@given(st.sampled_from(Rhythm), DAYS)
def test_periods_follow_each_other_without_gap_or_overlap(rhythm: Rhythm, day: date) -> None:
    period = period_of(rhythm, day)
    assert period.first <= day <= period.last
    assert period_of(rhythm, period.first) == period_of(rhythm, period.last) == period
    following = period_of(rhythm, period.last + timedelta(days=1))
    assert following.first == period.last + timedelta(days=1)
    assert following.key != period.key


@given(st.sampled_from(Rhythm), DAYS, st.none() | st.integers(1, 500))
def test_a_duty_is_due_within_its_period(rhythm: Rhythm, day: date, within: int | None) -> None:
    period = period_of(rhythm, day)
    assert period.first <= due_in(period, within) <= period.last


@pytest.mark.parametrize(("within", "due"), [(None, 8), (1, 2), (3, 4), (30, 8)])
def test_days_within_count_the_first(within: int | None, due: int) -> None:
    assert due_in(period_of(Rhythm.WEEK, date(2026, 3, 5)), within) == date(2026, 3, due)


def test_what_is_settled_is_only_opened_again() -> None:
    for step in MOVES:
        possible = {state for state in ActivityState if may_step(step, state)}
        ended = set(ActivityState) - {ActivityState.PLANNED}
        assert possible == (ended if step is ActivityStepKind.REOPENED else {ActivityState.PLANNED})
    assert state_after(ActivityStepKind.REOPENED) is ActivityState.PLANNED


@pytest.mark.parametrize(("done", "owed", "part"), [(0, 0, None), (0, 4, 0), (3, 4, 0.75)])
def test_nothing_owed_is_no_figure(done: int, owed: int, part: float | None) -> None:
    assert share(done, owed) == part
