"""Values: small frozen things that know their own rules. Wrong use raises."""

from dougong.core.values.calendar import NoWorkingTime, WorkCalendar, WorkSpan, YearDay
from dougong.core.values.lunar import LunarDate
from dougong.core.values.money import Money, money_text
from dougong.core.values.percentage import Percentage
from dougong.core.values.span import Span, aware

__all__ = [
    "LunarDate",
    "Money",
    "NoWorkingTime",
    "Percentage",
    "Span",
    "WorkCalendar",
    "WorkSpan",
    "YearDay",
    "aware",
    "money_text",
]
