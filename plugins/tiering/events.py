"""What tiering tells the others."""

from dataclasses import dataclass
from typing import ClassVar

from dougong.core.events import Event
from dougong.plugins.tiering.rules import Level


@dataclass(frozen=True, slots=True)
class LevelChange:
    """One customer's new level; ``previous`` is None at the first grading."""

    customer_id: int
    level: Level
    previous: Level | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLevelsChanged(Event):
    """Levels changed (TI-04): always a batch, a single change being a batch of one.

    An evaluation of a whole branch may move ten thousand customers; one event each would cost more
    than the grading, and two kinds of event would make every listener write the same twice.
    """

    name: ClassVar[str] = "tiering.customer_levels_changed"
    changes: tuple[LevelChange, ...]
    evaluation_id: int | None = None
