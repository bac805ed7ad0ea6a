"""What activities decide: which step is possible when, and the periods of duties. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ActivityState(StrEnum):
    """Where an activity stands."""

    PLANNED = "planned"
    DONE = "done"
    SKIPPED = "skipped"
    """Left out this time, with the reason: it was owed and not done."""
    CANCELLED = "cancelled"
    """Not owed any more, with the reason."""


class ActivityStepKind(StrEnum):
    """What happened to an activity."""

    PLANNED = "planned"
    MOVED = "moved"
    """What it is for changed its day before anybody did it."""
    POSTPONED = "postponed"
    DELEGATED = "delegated"
    HANDED_OVER = "handed_over"
    MERGED = "merged"
    """Its customer is now kept as another one."""
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    REOPENED = "reopened"


_OPEN: Final = frozenset({ActivityState.PLANNED})
_ENDED: Final = frozenset(ActivityState) - _OPEN

MOVES: Final[Mapping[ActivityStepKind, tuple[frozenset[ActivityState], ActivityState]]] = (
    MappingProxyType(
        {
            ActivityStepKind.MOVED: (_OPEN, ActivityState.PLANNED),
            ActivityStepKind.POSTPONED: (_OPEN, ActivityState.PLANNED),
            ActivityStepKind.DELEGATED: (_OPEN, ActivityState.PLANNED),
            ActivityStepKind.DONE: (_OPEN, ActivityState.DONE),
            ActivityStepKind.SKIPPED: (_OPEN, ActivityState.SKIPPED),
            ActivityStepKind.CANCELLED: (_OPEN, ActivityState.CANCELLED),
            ActivityStepKind.REOPENED: (_ENDED, ActivityState.PLANNED),
        }
    )
)
"""From which states a step is possible, and to which it leads."""


def may_step(step: ActivityStepKind, state: ActivityState) -> bool:
    """Whether the step is possible in that state."""
    return state in MOVES[step][0]


def state_after(step: ActivityStepKind) -> ActivityState:
    """Where the step leads."""
    return MOVES[step][1]


class Rhythm(StrEnum):
    """How often a duty comes round."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


_MONTHS: Final[Mapping[Rhythm, int]] = MappingProxyType(
    {Rhythm.MONTH: 1, Rhythm.QUARTER: 3, Rhythm.HALF_YEAR: 6, Rhythm.YEAR: 12}
)


@dataclass(frozen=True, slots=True)
class Period:
    """One coming round of a duty: its key in occurrences, its first and its last day."""

    key: str
    first: date
    last: date


def period_of(rhythm: Rhythm, day: date) -> Period:
    """The period the day lies in; weeks begin on Monday and are numbered as in ISO 8601."""
    if rhythm is Rhythm.WEEK:
        year, week, weekday = day.isocalendar()
        monday = day - timedelta(days=weekday - 1)
        return Period(f"{year}-W{week:02}", monday, monday + timedelta(days=6))
    months = _MONTHS[rhythm]
    number = (day.month - 1) // months
    first = date(day.year, number * months + 1, 1)
    return Period(f"{day.year}-{rhythm[0].upper()}{number + 1}", first, _end(first, months))


def _end(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1) - timedelta(days=1)


def due_in(period: Period, within_days: int | None) -> date:
    """The last day on which the duty is done in time: the period's, or so many days into it."""
    if within_days is None:
        return period.last
    return min(period.first + timedelta(days=within_days - 1), period.last)


def share(done: int, owed: int) -> float | None:
    """How much of what was owed was done in time; None where nothing was owed."""
    return done / owed if owed else None
