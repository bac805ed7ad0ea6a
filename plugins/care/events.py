"""What happened in customer care; promised to every listener."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from dougong.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CareActivityPlanned(Event):
    """An activity was planned, by the daily job or by a person (CA-01)."""

    name: ClassVar[str] = "care.activity_planned"
    activity_id: int
    customer_id: int
    kind: str
    occasion_on: date
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CareActivityDone(Event):
    """An activity was carried out, with its result."""

    name: ClassVar[str] = "care.activity_done"
    activity_id: int
    customer_id: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CareActivitySkipped(Event):
    """An activity was left out, for this reason."""

    name: ClassVar[str] = "care.activity_skipped"
    activity_id: int
    customer_id: int
    kind: str
    reason: str
