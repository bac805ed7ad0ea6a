"""The words staff know for the kinds, means and states of care."""

from collections.abc import Mapping
from typing import Final

from dougong.core.i18n import LazyText, lazy
from dougong.plugins.care.rules import ActivityKind, ActivityState, Means

KINDS: Final[Mapping[ActivityKind, LazyText]] = {
    ActivityKind.BIRTHDAY: lazy("Birthday"),
    ActivityKind.ANNIVERSARY: lazy("Anniversary"),
    ActivityKind.FESTIVAL: lazy("Festival"),
    ActivityKind.OTHER: lazy("Other"),
}
MEANS: Final[Mapping[Means, LazyText]] = {
    Means.VISIT: lazy("Visit with flowers, cake and card"),
    Means.GIFT: lazy("Call and small gift"),
    Means.CALL: lazy("Phone call"),
    Means.SMS: lazy("SMS"),
}
STATES: Final[Mapping[ActivityState, LazyText]] = {
    ActivityState.PLANNED: lazy("Planned"),
    ActivityState.DONE: lazy("Done"),
    ActivityState.SKIPPED: lazy("Left out"),
}
FESTIVAL_NAMES: Final[Mapping[str, LazyText]] = {
    "new_year": lazy("New Year's Day"),
    "spring_festival": lazy("Spring Festival"),
    "dragon_boat": lazy("Dragon Boat Festival"),
    "mid_autumn": lazy("Mid-Autumn Festival"),
    "national_day": lazy("National Day"),
}
