"""What ownership decides: the roles of a team, and what may be handed over. Pure."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

MOST_CHOSEN: Final = 5000
"""So many customers are chosen one by one at most; more go as all of one person's."""


class TeamRole(StrEnum):
    """What somebody does for a key customer beside its account manager (CA-10)."""

    SALES = "sales"
    MARKET = "market"
    TECHNICAL = "technical"
    FINANCE = "finance"
    TRAINING = "training"
    SERVICE = "service"


class Objection(StrEnum):
    """Why a hand-over is refused."""

    NO_REASON = "no_reason"
    TO_HIMSELF = "to_himself"
    NOTHING_CHOSEN = "nothing_chosen"
    TOO_MANY = "too_many"


def objection(
    from_id: int | None, to_id: int, reason: str, chosen: Collection[int] | None
) -> Objection | None:
    """What speaks against it; ``chosen`` is None where everything of a person goes (AR-07)."""
    if not reason.strip():
        return Objection.NO_REASON
    if from_id == to_id:
        return Objection.TO_HIMSELF
    if not chosen and (chosen is not None or from_id is None):
        return Objection.NOTHING_CHOSEN
    if chosen is not None and len(chosen) > MOST_CHOSEN:
        return Objection.TOO_MANY
    return None
