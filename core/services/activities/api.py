"""What activities promise to other services, to admin and to plugins."""

from dougong.core.services.activities.absences import (
    NewAbsence,
    end_absence,
    note_absence,
    stand_in_of,
    stand_ins,
    stands_in_for,
)
from dougong.core.services.activities.lines import is_above, people_under

__all__ = [
    "NewAbsence",
    "end_absence",
    "is_above",
    "note_absence",
    "people_under",
    "stand_in_of",
    "stand_ins",
    "stands_in_for",
]
