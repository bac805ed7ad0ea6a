"""The public holidays of a land, year by year, as the library ``holidays`` knows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from dougong.core.services.calendars.rules import PublicDayKind

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_LANGUAGE: Final = {"CN": "zh_CN"}


@dataclass(frozen=True, slots=True)
class NamedDay:
    """What a day is by law, and what it is called in the land's own language."""

    kind: PublicDayKind
    name: str


@cache
def days_of(region: str, year: int) -> Mapping[date, NamedDay]:
    """The holidays and made-up workdays of a year; weekend days that join a holiday belong to it.

    So the days are those of the notice: of 2 October 2026 to 7 October also Sunday the 4th.
    """
    made_up, listed = _listed(region, year)
    found = {day: NamedDay(PublicDayKind.HOLIDAY, name) for day, name in listed.items()}
    for day in sorted(listed):
        _join_weekend(found, day)
    found |= {day: NamedDay(PublicDayKind.WORKDAY, "") for day in made_up}
    return {day: named for day, named in found.items() if day.year == year}


def _join_weekend(found: dict[date, NamedDay], day: date) -> None:
    for step in (-_DAY, _DAY):
        beside = day + step
        while beside.weekday() >= _SATURDAY:
            found.setdefault(beside, found[day])
            beside += step


def _listed(region: str, year: int) -> tuple[frozenset[date], dict[date, str]]:
    """Made-up workdays and holidays, of the neighbouring years too: a holiday joins weekends."""
    years = range(year - 1, year + 2)
    listed = _library().country_holidays(region, years=years, language=_LANGUAGE.get(region))
    made_up = frozenset(listed.weekend_workdays)
    return made_up, {day: name for day, name in listed.items() if day not in made_up}


@cache
def known_until(region: str) -> int:
    """The last year whose made-up workdays the library knows; later years are expectations."""
    years = range(2024, 2051)
    listed = _library().country_holidays(region, years=years, language=_LANGUAGE.get(region))
    return int(max(day.year for day in listed.weekend_workdays))


def _library() -> Any:
    """Imported when first asked: it takes half a second, which not every process needs."""
    import holidays

    return holidays
