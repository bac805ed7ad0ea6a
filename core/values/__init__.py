"""Values: small frozen things that know their own rules. Wrong use raises."""

from dougong.core.values.money import Money
from dougong.core.values.percentage import Percentage
from dougong.core.values.span import Span, aware

__all__ = ["Money", "Percentage", "Span", "aware"]
