"""The words staff know for the kinds and means of care."""

from collections.abc import Mapping
from typing import Final

from dougong.core.i18n import LazyText, lazy
from dougong.plugins.care.rules import CareKind, Means

KINDS: Final[Mapping[CareKind, LazyText]] = {
    CareKind.BIRTHDAY: lazy("Birthday"),
    CareKind.ANNIVERSARY: lazy("Anniversary"),
    CareKind.FESTIVAL: lazy("Festival"),
    CareKind.OTHER: lazy("Other"),
}
MEANS: Final[Mapping[Means, LazyText]] = {
    Means.VISIT: lazy("Visit with flowers, cake and card"),
    Means.GIFT: lazy("Call and small gift"),
    Means.CALL: lazy("Phone call"),
    Means.SMS: lazy("SMS"),
}
FESTIVAL_NAMES: Final[Mapping[str, LazyText]] = {
    "new_year": lazy("New Year's Day"),
    "spring_festival": lazy("Spring Festival"),
    "dragon_boat": lazy("Dragon Boat Festival"),
    "mid_autumn": lazy("Mid-Autumn Festival"),
    "national_day": lazy("National Day"),
}
