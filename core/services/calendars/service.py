"""The verbs of calendars: who works when, the coming days, and entering the yearly notice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dougong.core.branches import zone_of
from dougong.core.errors import Refusal
from dougong.core.i18n import lazy
from dougong.core.services.calendars.models import (
    Calendar,
    CalendarException,
    PublicDay,
)
from dougong.core.services.calendars.rules import (
    NoticeDay,
    NoticeUnread,
    PublicDayKind,
    read_hours,
    read_notice,
)
from dougong.core.services.calendars.statutory import NamedDay, days_of, known_until
from dougong.core.session import Session
from dougong.core.values import WorkCalendar, WorkSpan

_FIRST_YEAR: Final = 2007
"""Since then the notice has been published every year in its present form."""
_LAST_YEAR: Final = 2100


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One day of a calendar that differs from its weekday, or any day when asked for all.

    ``kind`` is None for a day on which only the weekly plan or an exception speaks.
    """

    day: date
    spans: tuple[WorkSpan, ...]
    kind: PublicDayKind | None
    name: str


@dataclass(frozen=True, slots=True)
class _Days(Mapping[date, tuple[WorkSpan, ...]]):
    """The days of a calendar that differ from its week: single days before the law's.

    A year of holidays is looked up when a day of it is first asked for.
    """

    single: Mapping[date, tuple[WorkSpan, ...]]
    region: str
    notices: Mapping[date, NamedDay]
    week: Mapping[int, tuple[WorkSpan, ...]]
    makeup: tuple[WorkSpan, ...]
    names: Mapping[date, str] = field(default_factory=dict)

    def __getitem__(self, day: date) -> tuple[WorkSpan, ...]:
        if day in self.single:
            return self.single[day]
        lawful = self.lawful(day)
        if lawful is None:
            raise KeyError(day)
        if lawful.kind is PublicDayKind.HOLIDAY:
            return ()
        return self.week.get(day.weekday(), ()) or self.makeup

    def lawful(self, day: date) -> NamedDay | None:
        """What the law makes of the day, None when it is an ordinary one."""
        if not self.region:
            return None
        found = self.notices.get(day) or days_of(self.region, day.year).get(day)
        return None if found is None or found.kind is PublicDayKind.ORDINARY else found

    def __iter__(self) -> Iterator[date]:
        return iter(self.single)

    def __len__(self) -> int:
        return len(self.single)


def round_the_clock(session: Session, branch_id: int) -> WorkCalendar:
    """Every hour of every day at the branch (AF-04)."""
    return WorkCalendar.round_the_clock(zone_of(session, branch_id))


def calendar_at(session: Session, branch_id: int, team: str = "") -> WorkCalendar:
    """The calendar of a team of the branch, else the branch's own, else office hours (XX-02).

    Office hours are Monday to Friday 9 to 12 and 13 to 18 with China's public holidays. A team
    without a calendar of its own works as its branch does.
    """
    row = _row(session, branch_id, team)
    if row is None:
        row = Calendar(**_OFFICE)
    return _built(session, row, zone_of(session, branch_id))


_OFFICE: Final = {
    column.key: column.default.arg
    for column in Calendar.__table__.columns
    if column.default is not None and column.default.is_scalar
}


def day_plans(
    session: Session, calendar: Calendar, first: date, last: date, *, every: bool = False
) -> list[DayPlan]:
    """The days from ``first`` to ``last`` that differ from the weekly plan, with their reason."""
    built = _built(session, calendar, zone_of(session, calendar.branch_id))
    days = built.exceptions
    assert isinstance(days, _Days)
    wanted = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [_plan(built, days, day) for day in wanted if every or day in days]


def _plan(built: WorkCalendar, days: _Days, day: date) -> DayPlan:
    lawful = None if day in days.single else days.lawful(day)
    name = days.names.get(day, "") if lawful is None else lawful.name
    return DayPlan(day, built.spans_on(day), lawful.kind if lawful else None, name)


def _row(session: Session, branch_id: int, team: str) -> Calendar | None:
    rows = session.scalars(
        select(Calendar).where(Calendar.branch_id == branch_id, Calendar.team.in_(["", team]))
    ).all()
    return max(rows, key=lambda row: row.team, default=None)


def _built(session: Session, row: Calendar, zone: ZoneInfo) -> WorkCalendar:
    week = {weekday: row.spans_of(weekday) for weekday in range(7)}
    found = _exceptions(session, row)
    days = _Days(
        single={one.day: read_hours(one.hours) for one in found},
        region=row.region,
        notices=_notices(session, row.region),
        week=week,
        makeup=read_hours(row.makeup_hours or "") or week[0],
        names={one.day: one.note for one in found},
    )
    return WorkCalendar(zone, week, days)


def _exceptions(session: Session, row: Calendar) -> list[CalendarException]:
    if row.id is None:
        return []
    statement = select(CalendarException).where(CalendarException.calendar_id == row.id)
    return list(session.scalars(statement).all())


def _notices(session: Session, region: str) -> dict[date, NamedDay]:
    if not region:
        return {}
    rows = session.scalars(select(PublicDay).where(PublicDay.region == region)).all()
    return {row.day: NamedDay(row.kind, row.name) for row in rows}


def is_certain(session: Session, year: int, region: str = "CN") -> bool:
    """Whether the made-up workdays of that year are known, not only its holidays expected."""
    if year <= known_until(region):
        return True
    first, last = date(year, 1, 1), date(year, 12, 31)
    entered = select(PublicDay.id).where(
        PublicDay.region == region, PublicDay.day.between(first, last)
    )
    return session.scalars(entered.limit(1)).first() is not None


def enter_notice(session: Session, year: int, text: str, region: str = "CN") -> list[PublicDay]:
    """Enter the days of the yearly notice from its own text; entered again it is corrected.

    What was entered for the year before is replaced by what the text says. Calendars follow at
    once; deadlines that run keep their time until they are rebased.
    """
    days = {found.day: found for found in _read(year, text)}
    _forget(session, year, region, days)
    rows = [
        PublicDay(region=region, day=found.day, kind=found.kind, name=found.name)
        for found in days.values()
    ]
    session.add_all(rows)
    session.flush()
    return rows


def _forget(session: Session, year: int, region: str, days: Mapping[date, object]) -> None:
    first, last = date(year, 1, 1), date(year, 12, 31)
    for row in session.scalars(select(PublicDay).where(PublicDay.region == region)):
        if first <= row.day <= last or row.day in days:
            session.delete(row)
    session.flush()


def _read(year: int, text: str) -> list[NoticeDay]:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise Refusal(lazy("Enter the year of the notice."), code="core.notice", field="year")
    try:
        return read_notice(year, text)
    except NoticeUnread as unread:
        raise Refusal(
            lazy("This is not readable as the yearly notice: %(part)s.", part=unread),
            code="core.notice",
            field="text",
            next_step=lazy("Paste its numbered items, or enter the days one by one."),
        ) from unread
