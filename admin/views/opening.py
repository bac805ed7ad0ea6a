"""Where a list opens when somebody types "start at": 张 or zh, 2026-03, A00."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Date, String

from dougong.admin.formats import zone_here
from dougong.admin.views.keyset import Order, Place
from dougong.admin.views.paging import Turn
from dougong.core.orm import StateType, UtcDateTime
from dougong.core.services.search.api import search_key

LONGEST: Final = 40
_BEYOND: Final = "\U0010ffff"
_DAY: Final = re.compile(r"(\d{4})(?:[-/.年](\d{1,2}))?(?:[-/.月](\d{1,2}))?[-/.月日年]?")


def opens(order: Order) -> bool:
    """Whether the order begins with a text or a day, so that one can be typed."""
    return isinstance(order[0].expression.type, String | Date | UtcDateTime) and not isinstance(
        order[0].expression.type, StateType
    )


def opened(order: Order, typed: str) -> Turn | None:
    """The page that begins where the typed text stands; None when nothing can be made of it."""
    if not opens(order):
        return None
    first = order[0]
    value = _value(first.expression, typed[:LONGEST], first.descending)
    return None if value is None else Turn(Place((value,), at=True))


def _value(column: Any, typed: str, descending: bool) -> object | None:
    if isinstance(column.type, String):
        heard = search_key(typed).partition(" ")[0] if column.key == "search_key" else typed
        return heard + _BEYOND * descending
    span = _days(typed)
    if span is None:
        return None
    first, last = span
    if isinstance(column.type, Date):
        return last if descending else first
    day = last + timedelta(days=1) if descending else first
    return datetime.combine(day, time(), zone_here())


def _days(typed: str) -> tuple[date, date] | None:
    """The first and the last day of a year, a month or a day."""
    found = _DAY.fullmatch(typed)
    if found is None:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        first = date(year, month or 1, day or 1)
        last = day or monthrange(year, month or 12)[1]
        return first, date(year, month or 12, last)
    except ValueError:
        return None
