"""What credit promises to other plugins; nothing else of it is theirs to import."""

from dougong.plugins.credit.events import LimitChanged
from dougong.plugins.credit.lifts import ask_lift
from dougong.plugins.credit.positions import Position, kept_positions, position_of
from dougong.plugins.credit.refusals import LimitExceeded
from dougong.plugins.credit.rules import Exposure, Limit, LimitKind
from dougong.plugins.credit.service import set_limit

__all__ = [
    "Exposure",
    "Limit",
    "LimitChanged",
    "LimitExceeded",
    "LimitKind",
    "Position",
    "ask_lift",
    "kept_positions",
    "position_of",
    "set_limit",
]
