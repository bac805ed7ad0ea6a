"""What after-sales decides: clocks, states, and when a renewal notice is due. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class CallState(StrEnum):
    """Where a service call stands (AF-06); the workshop will stand between arrived and closed."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    FIXED = "fixed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CallChannel(StrEnum):
    """How the customer reached us (AF-01)."""

    PHONE = "phone"
    WECHAT = "wechat"
    WEB = "web"
    COUNTER = "counter"
    VISIT = "visit"


class CallAlarm(StrEnum):
    """Which alarm of the arrival clock has gone off (AF-04); each goes off once."""

    NONE = "none"
    WARNED = "warned"
    BREACHED = "breached"


class Urgency(StrEnum):
    """How near the promise is, for the badge in the register."""

    CALM = "calm"
    NEAR = "near"
    LATE = "late"
    MET = "met"
    MISSED = "missed"


class ContractKind(StrEnum):
    """A maintenance contract 保养合同 (AF-10) or a subscription; their notice periods differ."""

    MAINTENANCE = "maintenance"
    SUBSCRIPTION = "subscription"


class ContractState(StrEnum):
    """Whether the contract is in force within its dates."""

    ACTIVE = "active"
    CANCELLED = "cancelled"


class RenewalState(StrEnum):
    """The pipeline of one term's renewal (AF-11); withdrawn when the term's end was corrected."""

    NOTICED = "noticed"
    RENEWED = "renewed"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


CALL_MOVES: Final[Mapping[CallState, frozenset[CallState]]] = MappingProxyType(
    {
        CallState.OPEN: frozenset({CallState.DISPATCHED, CallState.CANCELLED}),
        CallState.DISPATCHED: frozenset(
            {CallState.DISPATCHED, CallState.ACCEPTED, CallState.ARRIVED, CallState.CANCELLED}
        ),
        CallState.ACCEPTED: frozenset(
            {CallState.DISPATCHED, CallState.ARRIVED, CallState.CANCELLED}
        ),
        CallState.ARRIVED: frozenset({CallState.FIXED, CallState.CLOSED}),
        CallState.FIXED: frozenset({CallState.CLOSED}),
        CallState.CLOSED: frozenset(),
        CallState.CANCELLED: frozenset(),
    }
)
"""AF-06; dispatched to dispatched hands the call to another technician."""

RENEWAL_MOVES: Final[Mapping[RenewalState, frozenset[RenewalState]]] = MappingProxyType(
    {
        RenewalState.NOTICED: frozenset(
            {RenewalState.RENEWED, RenewalState.LOST, RenewalState.WITHDRAWN}
        ),
        RenewalState.RENEWED: frozenset(),
        RenewalState.LOST: frozenset({RenewalState.RENEWED}),
        RenewalState.WITHDRAWN: frozenset({RenewalState.NOTICED}),
    }
)
"""AF-11; a lost customer may still be won back, a withdrawn notice returns with its date."""

ON_THE_CLOCK: Final = frozenset({CallState.OPEN, CallState.DISPATCHED, CallState.ACCEPTED})
"""The states in which the arrival clock runs: nobody is on site yet."""
UNDER_WAY: Final = ON_THE_CLOCK | {CallState.ARRIVED, CallState.FIXED}
"""The states of a call that is not finished."""


@dataclass(frozen=True, slots=True)
class ArrivalClock:
    """When to warn and when the technician must be on site (AF-04)."""

    warn_at: datetime
    due_at: datetime


def urgency(
    state: CallState, clock: ArrivalClock, now: datetime, arrived: datetime | None
) -> Urgency:
    """How the call stands against its promise at ``now``; on the second itself it is still kept."""
    if arrived is not None:
        return Urgency.MET if arrived <= clock.due_at else Urgency.MISSED
    if state not in ON_THE_CLOCK:
        return Urgency.CALM
    if now > clock.due_at:
        return Urgency.LATE
    return Urgency.NEAR if now >= clock.warn_at else Urgency.CALM


def may_move(state: CallState, to: CallState) -> bool:
    """Whether a call may go from ``state`` to ``to`` (AF-06)."""
    return to in CALL_MOVES[state]


def may_renew(state: RenewalState, to: RenewalState) -> bool:
    """Whether a renewal may go from ``state`` to ``to`` (AF-11)."""
    return to in RENEWAL_MOVES[state]


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """How many days before the end of a term the notice goes out, and how late it still may."""

    days_ahead: int
    late_days: int


def is_notice_due(term_end: date, today: date, period: NoticePeriod) -> bool:
    """Whether the term wants its notice today: due and not over for good, never "today is the day".

    A term that ended up to ``late_days`` ago still gets it, so that a job that was down, or a
    contract that was entered late, loses none (AF-11).
    """
    first, last = notice_window(today, period)
    return first <= term_end <= last


def notice_window(today: date, period: NoticePeriod) -> tuple[date, date]:
    """The earliest and the latest end of a term whose notice is due today (AF-11)."""
    return (
        today - timedelta(days=period.late_days),
        today + timedelta(days=period.days_ahead),
    )


def next_term(starts_on: date, ends_on: date) -> tuple[date, date]:
    """The term that follows: it begins the next day and lasts as many whole months or days."""
    begins = ends_on + timedelta(days=1)
    months = (begins.year - starts_on.year) * 12 + begins.month - starts_on.month
    if months > 0 and _months_on(starts_on, months) == begins:
        return begins, _months_on(starts_on, 2 * months) - timedelta(days=1)
    return begins, begins + (ends_on - starts_on)


def _months_on(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    first = date(start.year + years, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(start.day, (following - first).days))
