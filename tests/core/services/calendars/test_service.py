"""Calendars of branches and teams on a real database (XX-02)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from dougong.core.entities.branch import Branch
from dougong.core.errors import NotFound, Refusal
from dougong.core.scope import Scope
from dougong.core.services.calendars.api import (
    Calendar,
    CalendarException,
    PublicDay,
    PublicDayKind,
    calendar_at,
    day_plans,
    enter_notice,
    is_certain,
    round_the_clock,
)
from dougong.core.services.calendars.checks import calendar_checks
from dougong.core.session import Session
from dougong.core.testing import World
from tests.core.services.calendars.test_rules import NOTICES

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time of 2026 in Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def calendar(session: Session, **values: str) -> Calendar:
    """A calendar with office hours unless said otherwise."""
    row = Calendar(**{"name": "本部", **values})
    session.add(row)
    session.flush()
    return row


def test_without_a_calendar_office_hours_hold(session: Session, world: World) -> None:
    office = calendar_at(session, world.east)
    assert office.add_working(at(3, 2, 17), 2 * HOUR) == at(3, 3, 10)
    assert office.working_between(at(3, 2), at(3, 9)) == 40 * HOUR


def test_public_holidays_and_made_up_workdays_count_as_the_notice_says(
    session: Session, world: World
) -> None:
    """Spring Festival 2026: the 14th is worked, the 15th to the 23rd is not."""
    office = calendar_at(session, world.east)
    assert office.is_open(at(2, 14, 10))
    assert office.add_working(at(2, 14, 17), 2 * HOUR) == at(2, 24, 10)
    assert office.working_between(at(2, 15), at(2, 24)) == timedelta()


def test_a_week_of_seven_days_rests_on_the_weekend_within_a_holiday(
    session: Session, world: World
) -> None:
    calendar(session, saturday="10:00-16:00", sunday="10:00-16:00")
    open_ = calendar_at(session, world.east)
    assert open_.is_open(at(2, 8, 12))
    assert not open_.is_open(at(2, 21, 12))
    assert open_.working_between(at(2, 14), at(2, 15)) == 6 * HOUR  # its own Saturday hours


def test_made_up_workdays_have_hours_of_their_own_where_set(session: Session, world: World) -> None:
    calendar(session, makeup_hours="09:00-15:00")
    assert calendar_at(session, world.east).working_between(at(2, 14), at(2, 15)) == 6 * HOUR


def test_a_calendar_may_keep_no_public_holidays(session: Session, world: World) -> None:
    calendar(session, region="")
    assert calendar_at(session, world.east).is_open(at(2, 17, 10))
    assert not calendar_at(session, world.east).is_open(at(2, 14, 10))


def test_a_team_has_a_calendar_of_its_own_or_works_as_its_branch(
    session: Session, world: World
) -> None:
    calendar(session, monday="08:00-10:00")
    calendar(session, team="night", name="夜班", monday="22:00-06:00", region="")
    assert calendar_at(session, world.east, "night").is_open(at(3, 3, 5))
    assert not calendar_at(session, world.east).is_open(at(3, 2, 11))
    assert not calendar_at(session, world.east, "sales").is_open(at(3, 2, 11))


def test_a_single_day_goes_before_plan_and_law(session: Session, world: World) -> None:
    row = calendar(session)
    session.add_all(
        [
            CalendarException(calendar_id=row.id, day=date(2026, 3, 2), hours="", note="盘点"),
            CalendarException(calendar_id=row.id, day=date(2026, 2, 17), hours="10:00-12:00"),
        ]
    )
    session.flush()
    office = calendar_at(session, world.east)
    assert not office.is_open(at(3, 2, 10))
    assert office.is_open(at(2, 17, 11))


def test_another_branch_has_its_own_calendar_and_zone(world: World) -> None:
    with world.session(Scope.kernel("test")) as session:
        west = session.get(Branch, world.west)
        assert west is not None
        west.zone = "Asia/Urumqi"
        session.add(Calendar(branch_id=world.east, name="东", monday=""))
        session.flush()
        assert calendar_at(session, world.west).is_open(datetime(2026, 3, 2, 3, tzinfo=UTC))
        assert not calendar_at(session, world.west).is_open(datetime(2026, 3, 2, 1, tzinfo=UTC))
        assert not calendar_at(session, world.east).is_open(datetime(2026, 3, 2, 3, tzinfo=UTC))


def test_calendar_of_another_branch_is_not_seen(world: World) -> None:
    """XX-05"""
    with world.at(world.west) as session:
        calendar(session, monday="")
    with world.at(world.east) as session:
        assert session.scalars(select(Calendar)).all() == []


def test_round_the_clock_needs_no_calendar(session: Session, world: World) -> None:
    """AF-04"""
    always = round_the_clock(session, world.east)
    assert always.add_working(at(2, 17, 22), 4 * HOUR) == at(2, 18, 2)


def test_an_unknown_branch_is_refused(session: Session) -> None:
    with pytest.raises(NotFound):
        calendar_at(session, 10**9)


@pytest.mark.parametrize("field", ["monday", "makeup_hours"])
def test_wrong_hours_are_refused_at_their_field(session: Session, field: str) -> None:
    """XX-07"""
    with pytest.raises(Refusal) as refused:
        Calendar(name="x", **{field: "9:00-12:00, 11:00-13:00"})
    assert refused.value.field == field


def test_wrong_hours_of_a_single_day_are_refused(session: Session) -> None:
    """XX-07"""
    with pytest.raises(Refusal) as refused:
        CalendarException(day=date(2026, 3, 2), hours="9-12")
    assert refused.value.field == "hours"


def test_hours_are_stored_in_one_way(session: Session) -> None:
    assert calendar(session, monday="9：00至17：00").monday == "09:00-17:00"


def test_entering_the_notice_makes_a_year_certain(session: Session, world: World) -> None:
    """A notice of 2027 before the library has heard of it."""
    year = 2099
    assert not is_certain(session, year)
    enter_notice(session, year, "一、元旦：1月1日（周四）至4日放假调休，共4天。1月10日上班。")
    assert is_certain(session, year)
    office = calendar_at(session, world.east)
    assert not office.is_workday(date(year, 1, 2))
    assert office.is_workday(date(year, 1, 10))


def test_entering_the_notice_again_corrects_it(session: Session) -> None:
    enter_notice(session, 2026, NOTICES[2026])
    rows = enter_notice(session, 2026, "一、元旦：1月1日放假1天，不调休。")
    found = session.scalars(select(PublicDay)).all()
    assert [row.day for row in rows] == [row.day for row in found] == [date(2026, 1, 1)]


def test_the_notice_goes_before_the_library(session: Session, world: World) -> None:
    day = date(2026, 5, 5)
    session.add(PublicDay(day=day, kind=PublicDayKind.ORDINARY, name=""))
    session.flush()
    assert calendar_at(session, world.east).is_workday(day)


def test_a_made_up_workday_may_be_called_off(session: Session, world: World) -> None:
    day = date(2026, 2, 28)
    assert calendar_at(session, world.east).is_workday(day)
    session.add(PublicDay(day=day, kind=PublicDayKind.ORDINARY, name=""))
    session.flush()
    assert not calendar_at(session, world.east).is_workday(day)


@pytest.mark.parametrize(("year", "field"), [(1990, "year"), (2026, "text")])
def test_an_unreadable_notice_changes_nothing(session: Session, year: int, field: str) -> None:
    """XX-07"""
    enter_notice(session, 2025, NOTICES[2025])
    before = len(session.scalars(select(PublicDay)).all())
    with pytest.raises(Refusal) as refused:
        enter_notice(session, year, "照旧")
    assert refused.value.field == field
    assert len(session.scalars(select(PublicDay)).all()) == before


def test_days_that_differ_are_told_with_their_reason(session: Session) -> None:
    row = calendar(session)
    session.add(CalendarException(calendar_id=row.id, day=date(2026, 2, 25), note="盘点"))
    session.flush()
    plans = day_plans(session, row, date(2026, 2, 13), date(2026, 2, 28))
    told = {plan.day.day: (plan.kind, plan.name, bool(plan.spans)) for plan in plans}
    assert sorted(told) == [*range(14, 24), 25, 28]
    assert told[14] == (PublicDayKind.WORKDAY, "", True)
    assert told[17] == (PublicDayKind.HOLIDAY, "春节", False)
    assert told[25] == (None, "盘点", False)


def test_every_day_is_told_when_asked_for(session: Session) -> None:
    row = calendar(session)
    plans = day_plans(session, row, date(2026, 3, 2), date(2026, 3, 8), every=True)
    assert [bool(plan.spans) for plan in plans] == [True] * 5 + [False] * 2


@pytest.mark.parametrize(("month", "findings"), [(10, 0), (12, 1)])
def test_doctor_asks_for_the_notice_a_month_before_the_year(
    world: World, month: int, findings: int
) -> None:
    world.clock.advance(datetime(2098, month, 15, tzinfo=UTC) - world.clock.now())
    with world.at(world.east) as session:
        check = calendar_checks()[0]
        assert check.run(session) == []  # nobody keeps a calendar: nobody needs the notice
        enter_notice(session, 2098, "一、元旦：1月1日放假1天。")
        calendar(session)
        assert len(check.run(session)) == findings
