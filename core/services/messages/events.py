"""What messages tell: one went out, or will never go."""

from dataclasses import dataclass
from typing import ClassVar

from dougong.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Event):
    """A message was handed over to the other side's server; whether it is read nobody knows."""

    name: ClassVar[str] = "core.message_sent"
    message_id: int
    kind: str
    customer_id: int | None
    about_kind: str
    about_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageGivenUp(Event):
    """A message will not go by itself any more: it was dropped, refused or tried too often."""

    name: ClassVar[str] = "core.message_given_up"
    message_id: int
    kind: str
    customer_id: int | None
    about_kind: str
    about_id: int | None
    reason: str
