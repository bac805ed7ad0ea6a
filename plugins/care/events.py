"""What happened in customer care; that an activity was done or left out, core tells."""

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
