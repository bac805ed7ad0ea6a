"""What happened to stamp cards; other plugins may listen."""

from dataclasses import dataclass
from typing import ClassVar

from dougong.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRedeemed(Event):
    """A full card was handed in for a gift."""

    name: ClassVar[str] = "stampcard.card_redeemed"
    customer_id: int
    stamps: int
