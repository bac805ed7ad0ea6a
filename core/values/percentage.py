"""Percentages: a decimal number of hundredths, never a float."""

from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering
from typing import Self


@total_ordering
@dataclass(frozen=True, slots=True)
class Percentage:
    """A share in per cent (13 means 13 %, a fraction of 0.13)."""

    percent: Decimal

    def __post_init__(self) -> None:
        if not isinstance(self.percent, Decimal):
            raise TypeError(f"A percentage is a Decimal, not {type(self.percent).__name__}.")
        if not self.percent.is_finite():
            raise ValueError("A percentage is a finite number.")

    @classmethod
    def of(cls, percent: Decimal | int | str) -> Self:
        """From per cent: ``Percentage.of("13")``."""
        if isinstance(percent, float):
            raise TypeError("A percentage is never made from a float.")
        return cls(Decimal(percent))

    @property
    def fraction(self) -> Decimal:
        """The share of one: 13 % is 0.13."""
        return self.percent / 100

    def __lt__(self, other: "Percentage") -> bool:
        return self.percent < other.percent

    def __str__(self) -> str:
        return f"{self.percent.normalize():f}%"
