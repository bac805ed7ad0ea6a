"""What credit tells the others."""

from dataclasses import dataclass
from typing import ClassVar

from dougong.core.events import Event
from dougong.plugins.credit.rules import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitChanged(Event):
    """A customer's limit was agreed anew: from what to what, and why (CR-03)."""

    name: ClassVar[str] = "credit.limit_changed"
    customer_id: int
    before: Limit
    after: Limit
    reason: str
