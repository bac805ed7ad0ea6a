"""The pages of working hours and public holidays, used as staff use them (XX-02)."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.core.services.calendars.api import (
    Calendar,
    CalendarException,
    PublicDay,
    calendar_at,
)
from tests.admin.conftest import Furnished

WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "8:30-17:30")
NOTICE = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。1月9日（周六）上班。"


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The administrator of 东区."""
    return furnished.client("east_admin")


def form(team: str, **changes: str) -> dict[str, str]:
    """A calendar's form, filled in well."""
    return {"name": f"班组{team}", "team": team, **WEEK, "region": "CN", **changes}


def stored(furnished: Furnished, team: str) -> Calendar | None:
    """The calendar of that team at 东区."""
    found = select(Calendar).where(Calendar.team == team, Calendar.branch_id == furnished.east)
    return furnished.read(lambda session: session.scalars(found).one_or_none())


def test_weekly_plan_is_entered_and_shown(furnished: Furnished, client: FlaskClient) -> None:
    assert client.post("/admin/calendars/new/", data=form("t1")).status_code == 302
    row = stored(furnished, "t1")
    assert row is not None
    assert (row.monday, row.saturday) == ("08:30-17:30", "")
    page = client.get(f"/admin/calendars/details/?id={row.id}").get_data(as_text=True)
    assert "08:30-17:30" in page
    assert "清明节" in page  # the coming days that differ


def test_a_day_may_be_closed(furnished: Furnished, client: FlaskClient) -> None:
    assert client.post("/admin/calendars/new/", data=form("t2", monday="")).status_code == 302
    row = stored(furnished, "t2")
    assert row is not None
    assert row.monday == ""


def test_wrong_hours_are_told_at_their_field(furnished: Furnished, client: FlaskClient) -> None:
    """XX-07"""
    answer = client.post("/admin/calendars/new/", data=form("t3", friday="9:00-12:00, 11-15"))
    assert answer.status_code == 200
    assert "Write hours like 09:00-12:00, 13:00-18:00." in answer.get_data(as_text=True)
    assert stored(furnished, "t3") is None


def test_two_calendars_of_one_team_are_refused(furnished: Furnished, client: FlaskClient) -> None:
    client.post("/admin/calendars/new/", data=form("t4"))
    assert client.post("/admin/calendars/new/", data=form("t4")).status_code == 200


def test_a_single_day_is_closed(furnished: Furnished, client: FlaskClient) -> None:
    client.post("/admin/calendars/new/", data=form("t5"))
    row = stored(furnished, "t5")
    assert row is not None
    sent = {"calendar": str(row.id), "day": "2026-03-03", "hours": "", "note": "盘点"}
    assert client.post("/admin/calendar-days/new/", data=sent).status_code == 302
    found = furnished.read(
        lambda s: s.scalars(select(CalendarException).filter_by(calendar_id=row.id)).all()
    )
    assert [(one.day, one.hours) for one in found] == [(date(2026, 3, 3), "")]
    page = client.get(f"/admin/calendars/details/?id={row.id}").get_data(as_text=True)
    assert "盘点" in page


def test_the_notice_is_entered_once_for_all_branches(furnished: Furnished) -> None:
    client = furnished.client("admin")
    sent = {"year": "2060", "text": NOTICE}
    answer = client.post("/admin/public-days/act/notice/", data=sent)
    assert answer.status_code == 303
    for branch in (furnished.east, furnished.west):
        assert not furnished.read(
            lambda s, b=branch: calendar_at(s, b).is_workday(date(2060, 1, 1))  # type: ignore[misc]
        )
    listed = client.get("/admin/public-days/").get_data(as_text=True)
    assert "2060-01-09" in listed
    assert "Made-up workday" in listed


def test_a_notice_that_cannot_be_read_is_told_at_its_field(furnished: Furnished) -> None:
    client = furnished.client("admin")
    answer = client.post("/admin/public-days/act/notice/", data={"year": "2061", "text": "照旧"})
    assert answer.status_code == 200
    assert "not readable as the yearly notice" in answer.get_data(as_text=True)


def test_a_branch_does_not_change_the_law_of_the_land(
    furnished: Furnished, client: FlaskClient
) -> None:
    before = furnished.read(lambda s: len(s.scalars(select(PublicDay)).all()))
    sent = {"year": "2062", "text": NOTICE}
    assert client.post("/admin/public-days/act/notice/", data=sent).status_code in (302, 303, 403)
    assert furnished.read(lambda s: len(s.scalars(select(PublicDay)).all())) == before
