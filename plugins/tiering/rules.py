"""How a level comes about: scores by rank, their total, thresholds (TI-01, TI-02). Pure.

A score is the fifth of the ranking that a customer stands in, 1 (lowest) to 5. Rank is the place
of the *first* of all equal values, so equal customers get equal scores and levels never flap; all
of it is whole-number arithmetic, so SQLite, PostgreSQL and Python agree to the last customer.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

FIFTHS: Final = 5
LOWEST_TOTAL: Final = 3
HIGHEST_TOTAL: Final = 15


class Level(StrEnum):
    """The three levels: core 核心, important 重要, ordinary 普通 (TI-01)."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The lowest totals of A and of B; whoever reaches neither is C. Equality reaches."""

    a_from: int
    b_from: int

    def __post_init__(self) -> None:
        if not LOWEST_TOTAL <= self.b_from < self.a_from <= HIGHEST_TOTAL:
            raise ValueError(f"B from {self.b_from}, A from {self.a_from}: not in order.")


def fifths(values: Sequence[int]) -> list[int]:
    """The score 1 to 5 of each value among all of them: 1 + ⌊5 · (rank − 1) / count⌋."""
    ranks: dict[int, int] = {}
    for place, value in enumerate(sorted(values)):
        ranks.setdefault(value, place)
    return [1 + ranks[value] * FIFTHS // len(values) for value in values]


def level_for(total: int | None, thresholds: Thresholds) -> Level:
    """The level of a total; None, no purchase in the window, is the lowest level (TI-01)."""
    if total is None:
        return Level.C
    if total >= thresholds.a_from:
        return Level.A
    return Level.B if total >= thresholds.b_from else Level.C


def missing_to_next(total: int | None, thresholds: Thresholds) -> int:
    """How many points are lacking to the next level; 0 at the top (TI-03)."""
    reached = total or 0
    above = [bound for bound in (thresholds.b_from, thresholds.a_from) if bound > reached]
    return above[0] - reached if above else 0


class Advice(StrEnum):
    """What to do about the relationship (TI-03)."""

    MAINTAIN = "maintain"
    IMPROVE = "improve"
    END = "end"


def advice_for(total: int | None, level: Level) -> Advice:
    """Keep what is at the top, let go whoever buys no more, work on all between (TI-03)."""
    if total is None:
        return Advice.END
    return Advice.MAINTAIN if level is Level.A else Advice.IMPROVE


def window_start(as_of: date, months: int) -> date:
    """The day before the window's first: purchases count when start < day ≤ ``as_of``.

    The same day of the month, ``months`` earlier, or that month's last day if it is shorter.
    """
    year, month = divmod(as_of.year * 12 + as_of.month - 1 - months, 12)
    return date(year, month + 1, min(as_of.day, monthrange(year, month + 1)[1]))
