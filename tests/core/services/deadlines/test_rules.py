"""The times of a clock that is paused and rebased, against one that walks every second (XX-02)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dougong.core.services.deadlines.rules import (
    DeadlineAlarm,
    DeadlineRule,
    DeadlineState,
    StepKind,
    Stretch,
    Times,
    alarm_after,
    may,
    resumed,
    state_after,
    times_of,
)
from dougong.core.values import WorkCalendar, WorkSpan

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
OFFICE = WorkCalendar(
    SHANGHAI, dict.fromkeys(range(5), (WorkSpan(time(9), time(12)), WorkSpan(time(13), time(18))))
)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)


def rule(allowed: int = 8, warn: int = 6, grace: int = 0) -> DeadlineRule:
    """So many hours."""
    return DeadlineRule(
        code="x", version=1, target="resolve", allowed=allowed * HOUR, warn_after=warn * HOUR,
        grace=grace * HOUR,
    )  # fmt: skip


def test_times_are_counted_in_working_time() -> None:
    times = times_of(rule(8, 6, 1), OFFICE, [Stretch(MONDAY)])
    assert times.warn_at == MONDAY + 7 * HOUR  # lunch
    assert times.due_at == MONDAY + 9 * HOUR
    assert times.breach_at == MONDAY + 25 * HOUR  # the grace is working time too


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 40 * 3600), min_size=0, max_size=6), st.integers(1, 60 * 3600))
def test_pauses_lose_nothing_and_give_nothing(gaps: list[int], allowed: int) -> None:
    """The clock shows exactly what was allowed at the due time, however often it was paused."""
    promised = DeadlineRule(
        code="x", version=1, target="y", allowed=timedelta(seconds=allowed),
        warn_after=timedelta(seconds=allowed // 2),
    )  # fmt: skip
    now, ran, times = MONDAY, [Stretch(MONDAY)], times_of(promised, OFFICE, [Stretch(MONDAY)])
    for running, paused in zip(gaps[::2], gaps[1::2], strict=False):
        now += timedelta(seconds=running)
        if now >= times.due_at:
            break
        ran[-1] = Stretch(ran[-1].start, now)
        spent = times_of(promised, OFFICE, ran).used
        now += timedelta(seconds=paused)
        times = resumed(
            Times(times.warn_at, times.due_at, times.breach_at, spent), promised, OFFICE, now
        )
        ran.append(Stretch(now))
    on_clock = sum(
        (OFFICE.working_between(s.start, s.end or times.due_at) for s in ran), timedelta()
    )
    assert on_clock == promised.allowed
    assert times_of(promised, OFFICE, ran).due_at == times.due_at  # a rebase agrees
    assert times.warn_at <= times.due_at <= times.breach_at


def test_a_rebase_to_less_than_was_used_is_due_when_it_was_used_up() -> None:
    ran = [Stretch(MONDAY, MONDAY + 3 * HOUR), Stretch(MONDAY + 24 * HOUR)]
    assert times_of(rule(2, 1), OFFICE, ran).due_at == MONDAY + 2 * HOUR
    assert times_of(rule(4, 1), OFFICE, ran).due_at == MONDAY + 25 * HOUR


def test_what_had_passed_before_a_pause_stays() -> None:
    was = Times(MONDAY, MONDAY + HOUR, MONDAY + 2 * HOUR, 7 * HOUR)
    moved = resumed(was, rule(8, 6), OFFICE, MONDAY + 24 * HOUR)
    assert moved.warn_at == MONDAY
    assert moved.due_at == MONDAY + 25 * HOUR


@pytest.mark.parametrize(
    ("alarm", "warn", "breach", "holds"),
    [
        (DeadlineAlarm.NONE, -1, -1, DeadlineAlarm.NONE),
        (DeadlineAlarm.WARNED, -1, 1, DeadlineAlarm.WARNED),
        (DeadlineAlarm.WARNED, 1, 2, DeadlineAlarm.NONE),
        (DeadlineAlarm.BREACHED, -2, -1, DeadlineAlarm.BREACHED),
        (DeadlineAlarm.BREACHED, -1, 1, DeadlineAlarm.WARNED),
        (DeadlineAlarm.BREACHED, 1, 2, DeadlineAlarm.NONE),
    ],
)
def test_an_alarm_holds_while_its_time_has_passed(
    alarm: DeadlineAlarm, warn: int, breach: int, holds: DeadlineAlarm
) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    times = Times(now + warn * HOUR, now + breach * HOUR, now + breach * HOUR)
    assert alarm_after(alarm, times, now) is holds


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (DeadlineState.RUNNING, {"paused", "rebased", "assigned", "stopped", "cancelled"}),
        (DeadlineState.PAUSED, {"resumed", "rebased", "assigned", "stopped", "cancelled"}),
        (DeadlineState.STOPPED, set()),
        (DeadlineState.CANCELLED, set()),
    ],
)
def test_what_can_happen_in_each_state(state: DeadlineState, steps: set[str]) -> None:
    told = (StepKind.STARTED, StepKind.WARNED, StepKind.BREACHED)
    assert {k.value for k in StepKind if k not in told and may(k, state)} == steps
    assert state_after(StepKind.REBASED, state) is state


@pytest.mark.parametrize(
    ("allowed", "warn", "grace"), [(2, 3, 0), (2, -1, 0), (2, 1, -1), (2.0001, 1, 0)]
)
def test_a_rule_that_contradicts_itself_is_refused(
    allowed: float, warn: float, grace: float
) -> None:
    with pytest.raises(ValueError, match=r"deadline|seconds"):
        DeadlineRule(
            code="x", version=1, target="y", allowed=timedelta(hours=allowed),
            warn_after=timedelta(hours=warn), grace=timedelta(hours=grace),
        )  # fmt: skip
