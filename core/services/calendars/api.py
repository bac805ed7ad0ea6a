"""What calendars promise to other services, to admin and to plugins.

``calendar_at(session, branch_id, team)`` is a ``WorkCalendar`` of ``dougong.core.values``:
``add_working(start, span)`` and ``working_between(a, b)`` are exact to the second (XX-02).
"""

from dougong.core.services.calendars.models import (
    REGIONS,
    Calendar,
    CalendarException,
    PublicDay,
)
from dougong.core.services.calendars.rules import (
    HoursWrong,
    PublicDayKind,
    hours_text,
    read_hours,
)
from dougong.core.services.calendars.service import (
    DayPlan,
    calendar_at,
    day_plans,
    enter_notice,
    is_certain,
    round_the_clock,
)

__all__ = [
    "REGIONS",
    "Calendar",
    "CalendarException",
    "DayPlan",
    "HoursWrong",
    "PublicDay",
    "PublicDayKind",
    "calendar_at",
    "day_plans",
    "enter_notice",
    "hours_text",
    "is_certain",
    "read_hours",
    "round_the_clock",
]
