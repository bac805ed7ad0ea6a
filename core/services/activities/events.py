"""What activities tell."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from dougong.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPlanned(Event):
    """Somebody planned one activity (XX-01)."""

    name: ClassVar[str] = "core.activity_planned"
    activity_id: int
    kind: str
    customer_id: int | None
    owner_id: int | None
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitiesPlanned(Event):
    """Many activities were planned at once; at most a few hundred ids an event."""

    name: ClassVar[str] = "core.activities_planned"
    activity_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityCompleted(Event):
    """An activity was done, with its result."""

    name: ClassVar[str] = "core.activity_completed"
    activity_id: int
    kind: str
    customer_id: int | None
    owner_id: int | None
    result_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySkipped(Event):
    """An activity was left out, for this reason."""

    name: ClassVar[str] = "core.activity_skipped"
    activity_id: int
    kind: str
    customer_id: int | None
    owner_id: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDelegated(Event):
    """An activity was given to another person, for this reason."""

    name: ClassVar[str] = "core.activity_delegated"
    activity_id: int
    kind: str
    from_user_id: int | None
    to_user_id: int
    reason: str
