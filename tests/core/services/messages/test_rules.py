"""Whether a message may go now, how long to wait, how long a text is (CA-08)."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dougong.core.services.messages.rules import (
    Cap,
    Circumstances,
    Hours,
    MessageState,
    Purpose,
    Reason,
    judge,
    sms_size,
    wait_after,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = Hours(time(21), time(8))
DAY = timedelta(days=1)


def noon(hour: int = 12, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def asked(**changes: object) -> Circumstances:
    fine: dict[str, object] = {
        "local": noon(), "purpose": Purpose.SERVICE, "address": "a@b.cn", "quiet": NIGHT,
    }  # fmt: skip
    return Circumstances(**(fine | changes))  # type: ignore[arg-type]


def marketing(**changes: object) -> Circumstances:
    return asked(**({"purpose": Purpose.MARKETING, "consents": True} | changes))


@pytest.mark.parametrize(
    ("circumstances", "state", "reason"),
    [
        (asked(), MessageState.SENDING, Reason.NONE),
        (marketing(), MessageState.SENDING, Reason.NONE),
        (marketing(consents=False), MessageState.DROPPED, Reason.NO_CONSENT),
        (asked(consents=False), MessageState.SENDING, Reason.NONE),
        (asked(address=""), MessageState.DROPPED, Reason.NO_ADDRESS),
        (asked(closed=True), MessageState.DROPPED, Reason.CLOSED),
        (asked(left=True), MessageState.DROPPED, Reason.LEFT),
        (asked(plugin_on=False), MessageState.DROPPED, Reason.PLUGIN_OFF),
        (asked(has_channel=False), MessageState.HELD, Reason.NO_CHANNEL),
        (asked(local=noon(22)), MessageState.HELD, Reason.QUIET),
        (asked(local=noon(22), urgent=True), MessageState.SENDING, Reason.NONE),
        (marketing(local=noon(22), urgent=True), MessageState.HELD, Reason.QUIET),
        (asked(expires_at=noon()), MessageState.DROPPED, Reason.TOO_LATE),
        (asked(local=noon(22), expires_at=noon(7, day=3)), MessageState.DROPPED, Reason.QUIET),
        (asked(local=noon(22), expires_at=noon(9, day=3)), MessageState.HELD, Reason.QUIET),
    ],
)  # fmt: skip
def test_what_may_go(circumstances: Circumstances, state: MessageState, reason: Reason) -> None:
    verdict = judge(circumstances)
    assert (verdict.state, verdict.reason) == (state, reason)


@pytest.mark.parametrize(
    ("local", "until"),
    [
        (noon(21), noon(8, day=3)),
        (noon(23, 59), noon(8, day=3)),
        (noon(0), noon(8)),
        (noon(7, 59), noon(8)),
    ],
)
def test_quiet_hours_over_midnight_end_in_the_branchs_zone(
    local: datetime, until: datetime
) -> None:
    """XX-02"""
    assert judge(asked(local=local)).until == until


@pytest.mark.parametrize("hour", [8, 20])
def test_it_is_not_quiet_at_the_edges(hour: int) -> None:
    assert judge(asked(local=noon(hour))).state is MessageState.SENDING


def test_quiet_hours_within_a_day() -> None:
    siesta = Hours(time(12), time(14))
    assert judge(asked(quiet=siesta)).until == noon(14)
    assert judge(asked(quiet=siesta, local=noon(14))).state is MessageState.SENDING


def test_the_same_hour_twice_is_never_quiet() -> None:
    assert not any(Hours(time(8), time(8)).holds(time(hour)) for hour in range(24))


def test_one_too_many_is_dropped_or_waits_for_room() -> None:
    recent = (noon() - 5 * DAY, noon() - DAY)
    assert judge(marketing(cap=Cap(3, 7, hold=False), recent=recent)).state is MessageState.SENDING
    dropped = judge(marketing(cap=Cap(2, 7, hold=False), recent=recent))
    assert (dropped.state, dropped.reason) == (MessageState.DROPPED, Reason.CAP)
    held = judge(marketing(cap=Cap(2, 7, hold=True), recent=recent))
    assert (held.state, held.until) == (MessageState.HELD, noon() + 2 * DAY)
    smaller = judge(marketing(cap=Cap(1, 7, hold=True), recent=recent))
    assert smaller.until == noon() + 6 * DAY


def test_service_messages_and_no_limit_know_no_cap() -> None:
    recent = (noon() - DAY,) * 9
    assert judge(asked(cap=Cap(1, 7, hold=False), recent=recent)).state is MessageState.SENDING
    assert judge(marketing(cap=Cap(0, 7, hold=False), recent=recent)).state is MessageState.SENDING


@given(some.integers(1, 1000), some.floats(0, 1))
def test_waits_grow_and_end(attempts: int, chance: float) -> None:
    wait = wait_after(attempts, chance)
    assert timedelta(seconds=30) <= wait <= timedelta(hours=6)
    assert wait_after(attempts + 1, chance) >= wait


@given(some.times(), some.times(), some.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))  # noqa: DTZ001 - made aware below
def test_quiet_hours_always_end_and_then_it_is_not_quiet(
    start: time, end: time, moment: datetime
) -> None:
    hours, local = Hours(start, end), moment.replace(tzinfo=UTC)
    until = hours.end_after(local)
    assert local < until <= local + DAY
    assert not hours.holds(until.time())


@pytest.mark.parametrize(
    ("text", "used", "parts", "left", "unicode"),
    [
        ("", 0, 0, 160, False),
        ("a" * 160, 160, 1, 0, False),
        ("a" * 161, 161, 2, 145, False),
        ("€" * 80, 160, 1, 0, False),
        ("好" * 70, 70, 1, 0, True),
        ("好" * 71, 71, 2, 63, True),
        ("a" * 70 + "好", 71, 2, 63, True),
        ("😀" * 35, 70, 1, 0, True),
    ],
)
def test_length_of_a_text_message(
    text: str, used: int, parts: int, left: int, unicode: bool
) -> None:
    size = sms_size(text)
    assert (size.used, size.parts, size.left, size.unicode) == (used, parts, left, unicode)
