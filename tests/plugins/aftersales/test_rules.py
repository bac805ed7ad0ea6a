"""What after-sales decides, as truth tables and properties (AF-04, AF-06, AF-11)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.core.entities.address import Area
from dougong.plugins.aftersales.rules import (
    CALL_MOVES,
    ON_THE_CLOCK,
    RENEWAL_MOVES,
    ArrivalClock,
    CallState,
    NoticePeriod,
    RenewalState,
    Urgency,
    is_notice_due,
    may_move,
    may_renew,
    next_term,
    notice_window,
    urgency,
)
from dougong.plugins.aftersales.settings import AftersalesSettings

CALLED = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CLOCK = ArrivalClock(CALLED + timedelta(hours=3), CALLED + timedelta(hours=4))
MONTH = NoticePeriod(days_ahead=30, late_days=30)


@given(urban=st.integers(1, 240), suburban=st.integers(1, 240), share=st.integers(1, 100))
def test_promise_is_the_branch_s_figure_at_any_hour(urban: int, suburban: int, share: int) -> None:
    """AF-04: the warning never comes after the deadline, and goes up to the dispatchers."""
    settings = AftersalesSettings(urban, suburban, share)
    for area, hours in ((Area.URBAN, urban), (Area.SUBURBAN, suburban)):
        rule = settings.arrival(area)
        assert rule.allowed == timedelta(hours=hours)
        assert rule.warn_after == timedelta(hours=hours) * share / 100
        assert (rule.target, rule.working, rule.escalates_to) == ("arrive", False, "dispatcher")


def test_every_figure_has_a_version_of_its_own() -> None:
    """XX-02: what was promised by other figures can be told apart."""
    rules = [
        AftersalesSettings(hours, 6, share).arrival(Area.URBAN)
        for hours in (1, 4, 240) for share in (1, 75, 100)
    ]  # fmt: skip
    assert len({rule.version for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    ("state", "now", "arrived", "expected"),
    [
        (CallState.OPEN, CALLED, None, Urgency.CALM),
        (CallState.OPEN, CLOCK.warn_at - timedelta(seconds=1), None, Urgency.CALM),
        (CallState.OPEN, CLOCK.warn_at, None, Urgency.NEAR),
        (CallState.DISPATCHED, CLOCK.due_at, None, Urgency.NEAR),
        (CallState.ACCEPTED, CLOCK.due_at + timedelta(seconds=1), None, Urgency.LATE),
        (CallState.ARRIVED, CLOCK.due_at + timedelta(days=1), CLOCK.due_at, Urgency.MET),
        (CallState.CLOSED, CLOCK.due_at, CLOCK.due_at + timedelta(seconds=1), Urgency.MISSED),
        (CallState.CANCELLED, CLOCK.due_at + timedelta(days=1), None, Urgency.CALM),
    ],
)
def test_urgency(
    state: CallState, now: datetime, arrived: datetime | None, expected: Urgency
) -> None:
    assert urgency(state, CLOCK, now, arrived) is expected


def test_every_call_state_has_its_moves_and_an_end() -> None:
    """AF-06: from every state a call can come to its end."""
    assert set(CALL_MOVES) == set(CallState)
    for state in CallState:
        assert {CallState.CLOSED, CallState.CANCELLED} & _reachable(state)


def _reachable(state: CallState) -> set[CallState]:
    seen, waiting = {state}, [state]
    while waiting:
        for following in CALL_MOVES[waiting.pop()] - seen:
            seen.add(following)
            waiting.append(following)
    return seen


@pytest.mark.parametrize(
    ("state", "to", "allowed"),
    [
        (CallState.OPEN, CallState.ARRIVED, False),
        (CallState.OPEN, CallState.CLOSED, False),
        (CallState.DISPATCHED, CallState.DISPATCHED, True),
        (CallState.ARRIVED, CallState.CANCELLED, False),
        (CallState.ARRIVED, CallState.CLOSED, True),
        (CallState.CLOSED, CallState.OPEN, False),
        (CallState.CANCELLED, CallState.DISPATCHED, False),
    ],
)
def test_call_moves(state: CallState, to: CallState, allowed: bool) -> None:
    assert may_move(state, to) is allowed


def test_clock_stops_only_on_arrival_or_cancelling() -> None:
    """AF-04: the clock runs in every state before somebody is on site."""
    before = {s for s in CallState if CallState.ARRIVED in _reachable(s) - {s}}
    assert before == ON_THE_CLOCK


@pytest.mark.parametrize(
    ("state", "to", "allowed"),
    [
        (RenewalState.NOTICED, RenewalState.RENEWED, True),
        (RenewalState.NOTICED, RenewalState.LOST, True),
        (RenewalState.RENEWED, RenewalState.LOST, False),
        (RenewalState.LOST, RenewalState.RENEWED, True),
        (RenewalState.WITHDRAWN, RenewalState.RENEWED, False),
    ],
)
def test_renewal_moves(state: RenewalState, to: RenewalState, allowed: bool) -> None:
    assert set(RENEWAL_MOVES) == set(RenewalState)
    assert may_renew(state, to) is allowed


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 4, 30), False),
        (date(2026, 5, 1), True),
        (date(2026, 5, 2), True),
        (date(2026, 5, 31), True),
        (date(2026, 6, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_notice_is_due_from_thirty_days_ahead_and_stays_so(today: date, due: bool) -> None:
    """AF-11: not on one day only; a job that was down finds it later."""
    assert is_notice_due(date(2026, 5, 31), today, MONTH) is due


@given(
    today=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    ahead=st.integers(0, 400),
    late=st.integers(0, 400),
    off=st.integers(-900, 900),
)
def test_window_and_question_agree(today: date, ahead: int, late: int, off: int) -> None:
    """AF-11: the query's window and the rule asked under the lock are one."""
    period, end = NoticePeriod(ahead, late), today + timedelta(days=off)
    first, last = notice_window(today, period)
    assert is_notice_due(end, today, period) is (first <= end <= last)
    assert (last - first).days == ahead + late


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        (date(2025, 6, 1), date(2026, 5, 31), (date(2026, 6, 1), date(2027, 5, 31))),
        (date(2024, 3, 1), date(2025, 2, 28), (date(2025, 3, 1), date(2026, 2, 28))),
        (date(2023, 3, 1), date(2024, 2, 29), (date(2024, 3, 1), date(2025, 2, 28))),
        (date(2026, 1, 1), date(2026, 3, 31), (date(2026, 4, 1), date(2026, 6, 30))),
        (date(2026, 1, 31), date(2026, 2, 27), (date(2026, 2, 28), date(2026, 3, 30))),
        (date(2026, 1, 1), date(2026, 1, 7), (date(2026, 1, 8), date(2026, 1, 14))),
        (date(2026, 5, 9), date(2026, 5, 9), (date(2026, 5, 10), date(2026, 5, 10))),
    ],
)
def test_next_term_lasts_as_long(starts: date, ends: date, expected: tuple[date, date]) -> None:
    assert next_term(starts, ends) == expected


@given(
    starts=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    days=st.integers(0, 4000),
)
def test_next_term_follows_without_a_gap(starts: date, days: int) -> None:
    ends = starts + timedelta(days=days)
    begins, finish = next_term(starts, ends)
    assert begins == ends + timedelta(days=1)
    assert finish >= begins
    assert abs((finish - begins).days - days) <= 3
