"""The one clock: everything asks it, tests own it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from dougong.core.values import aware


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands until it is moved: for tests and for reproducible demo data."""

    moment: datetime

    def __post_init__(self) -> None:
        self.moment = aware(self.moment)

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Move on by ``by``."""
        self.moment += by
