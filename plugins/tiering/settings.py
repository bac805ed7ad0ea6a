"""What a branch decides about its levels: the dataclass that code reads."""

from dataclasses import dataclass
from datetime import date

from dougong.plugins.tiering.rules import Level, Thresholds


@dataclass(frozen=True, slots=True)
class LevelPolicy:
    """What a level is worth to other plugins (TI-06, TI-07)."""

    level: Level
    response_hours: int
    visit_days: int
    dispatch_priority: int
    """1 goes first."""


@dataclass(frozen=True, slots=True)
class TieringSettings:
    """Thresholds, window and policy per level, as a branch keeps them."""

    a_from: int = 12
    b_from: int = 8
    window_months: int = 24
    currency: str = ""
    """Count only orders in it; empty: whatever one currency the orders are in."""
    as_of: date | None = None
    """Evaluate as if it were this day, for data of the past; None: today at the branch."""
    response_hours_a: int = 24
    response_hours_b: int = 48
    response_hours_c: int = 72
    visit_days_a: int = 30
    visit_days_b: int = 90
    visit_days_c: int = 180

    @property
    def thresholds(self) -> Thresholds:
        """The bounds of the levels."""
        return Thresholds(self.a_from, self.b_from)

    def policy(self, level: Level) -> LevelPolicy:
        """What the level is worth here."""
        hours, days, priority = {
            Level.A: (self.response_hours_a, self.visit_days_a, 1),
            Level.B: (self.response_hours_b, self.visit_days_b, 2),
            Level.C: (self.response_hours_c, self.visit_days_c, 3),
        }[level]
        return LevelPolicy(level, hours, days, priority)
