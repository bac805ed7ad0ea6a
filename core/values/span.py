"""Spans of time between two instants."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dougong.core.errors import NaiveTime


def aware(moment: datetime) -> datetime:
    """``moment`` in UTC; a time without a zone raises ``NaiveTime``."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise NaiveTime(f"{moment} has no time zone.")
    return moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time: ``start`` is in it, ``end`` is not. Both aware."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if aware(self.end) < aware(self.start):
            raise ValueError(f"A span cannot end ({self.end}) before it starts ({self.start}).")

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return aware(self.end) - aware(self.start)

    def holds(self, moment: datetime) -> bool:
        """Whether ``moment`` lies in it."""
        return self.start <= aware(moment) < self.end

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share any instant."""
        return self.start < other.end and other.start < self.end
