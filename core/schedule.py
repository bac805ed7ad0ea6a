"""When a job repeats: values that name the latest occurrence, never the next tick.

A scheduler that asks "which occurrence is due and not done" may be late, doubled or away for
days: each occurrence has one key, and only the latest of those missed is made up for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from dougong.core.values import aware

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time a job is due; ``key`` is the same in every process that computes it."""

    at: datetime
    key: str


class Schedule(Protocol):
    """A rule of repetition."""

    def latest(self, now: datetime, zone: ZoneInfo) -> Occurrence:
        """The last occurrence at or before ``now``, counted in the branch's zone."""
        ...


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at a local time of the branch (XX-02)."""

    hour: int
    minute: int = 0

    def __post_init__(self) -> None:
        time(self.hour, self.minute)  # raises ValueError

    def latest(self, now: datetime, zone: ZoneInfo) -> Occurrence:
        """Today's occurrence once its time has come, yesterday's before that.

        The key is the local day alone: moving the hour does not run a day twice.
        """
        local = aware(now).astimezone(zone)
        day = local.date()
        if local.time() < time(self.hour, self.minute):
            day -= timedelta(days=1)
        at = datetime.combine(day, time(self.hour, self.minute), tzinfo=zone)
        return Occurrence(at.astimezone(UTC), day.isoformat())


@dataclass(frozen=True, slots=True)
class Every:
    """At a fixed period, counted from 1970 so that all processes agree."""

    period: timedelta

    def __post_init__(self) -> None:
        if self.period < timedelta(minutes=1):
            raise ValueError("The schedule is looked at once a minute, not more often.")

    def latest(self, now: datetime, zone: ZoneInfo) -> Occurrence:
        """The last whole period."""
        at = now.astimezone(UTC) - (aware(now) - _EPOCH) % self.period
        return Occurrence(at, at.strftime("%Y-%m-%dT%H:%M:%SZ"))
