"""What ownership tells."""

from dataclasses import dataclass
from typing import ClassVar

from dougong.core.events import Event
from dougong.core.services.ownership.moving import Moving


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersHandedOver(Event):
    """Customers, or everything of a person, went to another (AR-07).

    Whose work belongs to customers moves it in the same transaction, by ``moving.covers``.
    """

    name: ClassVar[str] = "core.customers_handed_over"
    hand_over_id: int
    moving: Moving
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHandedOver(Event):
    """A contact that waits for an answer went to another person (AR-07)."""

    name: ClassVar[str] = "core.request_handed_over"
    hand_over_id: int
    interaction_id: int
    customer_id: int
    from_id: int | None
    to_id: int
