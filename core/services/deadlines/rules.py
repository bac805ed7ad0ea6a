"""What deadlines decide: when to warn, when it is due, what pauses it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dougong.core.values import WorkCalendar


class DeadlineState(StrEnum):
    """Where a deadline stands."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    """What was promised is done, in time or late."""
    CANCELLED = "cancelled"


class DeadlineAlarm(StrEnum):
    """Which alarm has gone off; each goes off once for a due time."""

    NONE = "none"
    WARNED = "warned"
    BREACHED = "breached"


class StepKind(StrEnum):
    """What happened to a deadline."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    REBASED = "rebased"
    ASSIGNED = "assigned"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    WARNED = "warned"
    BREACHED = "breached"


OPEN: Final = frozenset({DeadlineState.RUNNING, DeadlineState.PAUSED})
"""The states of a promise that is still to be kept."""

MOVES: Final[Mapping[StepKind, tuple[frozenset[DeadlineState], DeadlineState | None]]] = (
    MappingProxyType(
        {
            StepKind.PAUSED: (frozenset({DeadlineState.RUNNING}), DeadlineState.PAUSED),
            StepKind.RESUMED: (frozenset({DeadlineState.PAUSED}), DeadlineState.RUNNING),
            StepKind.REBASED: (OPEN, None),
            StepKind.ASSIGNED: (OPEN, None),
            StepKind.STOPPED: (OPEN, DeadlineState.STOPPED),
            StepKind.CANCELLED: (OPEN, DeadlineState.CANCELLED),
        }
    )
)
"""From which states a step is possible, and to which it leads (None: it stays)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRule:
    """What is promised; ``version`` grows with every change and is frozen with each deadline.

    ``warn_after`` is counted on the same clock as ``allowed``; ``grace`` passes between the due
    time and the breach. ``team`` names the calendar; without ``working`` the clock never rests
    (AF-04). Only the reasons in ``pauses`` stop it (XX-02). A breach goes up the owner's line of
    supervisors, to the holders of the role ``escalates_to`` where there is none.
    """

    code: str
    version: int
    target: str
    allowed: timedelta
    warn_after: timedelta
    grace: timedelta = timedelta()
    working: bool = True
    team: str = ""
    pauses: tuple[str, ...] = ()
    escalates_to: str = ""

    def __post_init__(self) -> None:
        if not timedelta() <= self.warn_after <= self.allowed or self.grace < timedelta():
            raise ValueError("A deadline warns before it is due and is missed after it.")
        if any(span % timedelta(seconds=1) for span in (self.allowed, self.warn_after, self.grace)):
            raise ValueError("Promises are made in whole seconds.")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in which the clock ran; without an end it still runs."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """When to warn, when it is due, when it is missed; ``used`` is what the clock has counted."""

    warn_at: datetime
    due_at: datetime
    breach_at: datetime
    used: timedelta = field(default=timedelta())


def times_of(rule: DeadlineRule, calendar: WorkCalendar, stretches: Sequence[Stretch]) -> Times:
    """The times of a clock that ran in these stretches; the last is taken to go on (XX-02)."""
    return Times(
        _reached(calendar, stretches, rule.warn_after),
        _reached(calendar, stretches, rule.allowed),
        _reached(calendar, stretches, rule.allowed + rule.grace),
        used(calendar, stretches),
    )


def used(calendar: WorkCalendar, stretches: Sequence[Stretch]) -> timedelta:
    """What the clock counted in the stretches that have ended."""
    ended = [(s.start, s.end) for s in stretches if s.end is not None]
    return sum((calendar.working_between(start, end) for start, end in ended), timedelta())


def _reached(calendar: WorkCalendar, stretches: Sequence[Stretch], span: timedelta) -> datetime:
    """The instant at which the clock shows ``span``."""
    for stretch in stretches[:-1]:
        assert stretch.end is not None
        counted = calendar.working_between(stretch.start, stretch.end)
        if span <= counted:
            break
        span -= counted
    else:
        stretch = stretches[-1]
    return calendar.add_working(stretch.start, span)


def resumed(times: Times, rule: DeadlineRule, calendar: WorkCalendar, now: datetime) -> Times:
    """The times after a pause: what was left is counted from ``now``; what had passed stays."""

    def moved(was: datetime, span: timedelta) -> datetime:
        left = span - times.used
        return calendar.add_working(now, left) if left > timedelta() else was

    return Times(
        moved(times.warn_at, rule.warn_after),
        moved(times.due_at, rule.allowed),
        moved(times.breach_at, rule.allowed + rule.grace),
        times.used,
    )


def alarm_after(alarm: DeadlineAlarm, times: Times, now: datetime) -> DeadlineAlarm:
    """Which alarm still holds once the times moved: what lies ahead again will be told again."""
    if alarm is DeadlineAlarm.BREACHED and times.breach_at < now:
        return DeadlineAlarm.BREACHED
    if alarm is not DeadlineAlarm.NONE and times.warn_at <= now:
        return DeadlineAlarm.WARNED
    return DeadlineAlarm.NONE


def may(step: StepKind, state: DeadlineState) -> bool:
    """Whether the step is possible in that state."""
    return state in MOVES[step][0]


def state_after(step: StepKind, state: DeadlineState) -> DeadlineState:
    """Where the step leads."""
    return MOVES[step][1] or state
