"""The figures of care that a branch may set (XX-04)."""

from dataclasses import dataclass

from dougong.plugins.care.rules import Means


@dataclass(frozen=True, slots=True)
class CareSettings:
    """How far ahead activities are planned, and by which means (CA-01)."""

    days_ahead: int = 7
    late_days: int = 3
    """A day that passed while no job ran is still planned so many days later."""
    festivals: bool = True
    """Greet customers who have an account manager at festivals."""
    default_means: Means = Means.CALL
    level_a: Means = Means.VISIT
    level_b: Means = Means.GIFT
    level_c: Means = Means.SMS
    """Means by level hold where customer levels are switched on."""
