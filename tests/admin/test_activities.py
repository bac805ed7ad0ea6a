"""Desks, activities, checks, duties and absences, used as staff use them (XX-01, AR-08)."""

from datetime import date, timedelta
from itertools import count

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from dougong.core.entities.absence import Absence
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.people import User
from dougong.core.scope import Scope
from dougong.core.services.activities import api
from dougong.core.services.activities.api import Activity, ActivityState, Duty, NewActivity, Rhythm
from dougong.core.services.activities.duties import generate
from dougong.core.services.deadlines import api as deadlines
from dougong.core.session import Session
from tests.admin.conftest import Furnished

TODAY = date(2026, 3, 2)
NUMBERS = count(1)


@pytest.fixture
def client(furnished: Furnished) -> FlaskClient:
    """The manager of 东区."""
    return furnished.client("manager")


def user_id(furnished: Furnished, login: str) -> int:
    """The id of a person by his log-in."""
    return furnished.read(lambda s: s.scalars(select(User.id).where(User.login == login)).one())


def todo(furnished: Furnished, login: str = "manager", **more: object) -> Activity:
    """Something that lies on his desk."""
    owner = user_id(furnished, login)
    given = {"kind": api.TASK, "due": TODAY, "title": f"回访{next(NUMBERS)}", **more}

    def work(session: Session) -> Activity:
        asked = NewActivity(owner_id=owner, **given)  # type: ignore[arg-type]
        return api.plan(session, furnished.east, asked)

    return furnished.house.database.write(Scope.at(furnished.east, "test"), work)


def look(furnished: Furnished, key: int) -> Activity:
    """The activity as it is now."""
    return furnished.read(lambda session: session.get_one(Activity, key))


def page(client: FlaskClient, url: str) -> str:
    """What the address shows."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.get_data(as_text=True)[-600:]
    return answer.get_data(as_text=True)


def test_my_desk_shows_what_is_overdue_today_and_coming(
    furnished: Furnished, client: FlaskClient
) -> None:
    """XX-01"""
    customer = furnished.rows["east"].customers
    rows = [
        todo(furnished, due=TODAY + timedelta(days=days), customer_id=customer)
        for days in (-2, 0, 3)
    ]
    far = todo(furnished, due=TODAY + timedelta(days=60))
    others = todo(furnished, "east_admin")
    shown = page(client, "/admin/mydesk/")
    places = [shown.index(row.title) for row in rows]
    assert places == sorted(places)
    assert "2 d late" in shown
    assert far.title not in shown
    assert others.title not in shown


def test_what_is_done_on_the_desk_leaves_it_with_its_next_step(
    furnished: Furnished, client: FlaskClient
) -> None:
    """XX-01"""
    row = todo(furnished)
    url = f"/admin/activities/act/done/?id={row.id}&next=desk"
    assert url.replace("&", "&amp;") in page(client, "/admin/mydesk/")
    sent = {"result": "not_reached", "note": " "}
    assert client.post(url, data=sent).status_code == 200
    assert look(furnished, row.id).state is ActivityState.PLANNED
    following = {"next_title": f"送样品{row.id}", "next_on": "2026-03-09"}
    answer = client.post(url, data={**sent, "note": "无人接听", **following})
    assert (answer.status_code, answer.location) == (303, "/admin/mydesk/")
    assert look(furnished, row.id).state is ActivityState.DONE
    shown = page(client, "/admin/mydesk/")
    assert row.title not in shown
    assert following["next_title"] in shown


def test_it_is_put_off_passed_on_and_opened_again(
    furnished: Furnished, client: FlaskClient
) -> None:
    row, to = todo(furnished), user_id(furnished, "east_admin")
    base = f"/admin/activities/act/{{}}/?id={row.id}"
    assert "east_admin" in page(client, base.format("pass_on"))
    for act, sent in (
        ("put_off", {"due_on": "2026-03-05", "reason": "客户改期"}),
        ("pass_on", {"owner": str(to), "reason": "出差"}),
        ("skip", {"reason": "客户出国"}),
        ("reopen", {"reason": "客户提前回来"}),
    ):
        assert client.post(base.format(act), data=sent).status_code == 303
    now = look(furnished, row.id)
    assert (now.state, now.owner_id, now.due_on) == (ActivityState.PLANNED, to, date(2026, 3, 5))
    shown = page(client, f"/admin/activities/details/?id={row.id}")
    for word in ("Put off", "Passed on", "Left out", "Opened again", "客户改期"):
        assert word in shown


def test_an_activity_is_planned_by_hand(furnished: Furnished, client: FlaskClient) -> None:
    title, customer = f"年度回访{next(NUMBERS)}", furnished.rows["east"].customers
    sent = {"title": title, "customer": str(customer), "due_on": "2026-03-04",
            "owner": str(user_id(furnished, "manager"))}  # fmt: skip
    assert client.post("/admin/activities/new/", data=sent).status_code == 302
    assert title in page(client, "/admin/mydesk/")
    assert title in page(client, f"/admin/customers/details/?id={customer}")


def test_who_has_nothing_to_do_with_it_does_not_find_it(furnished: Furnished) -> None:
    """AR-06"""
    row, client = todo(furnished), furnished.client("technician")
    assert row.title not in page(client, "/admin/activities/")
    assert client.get(f"/admin/activities/details/?id={row.id}").status_code == 404
    client.post(f"/admin/activities/act/skip/?id={row.id}", data={"reason": "x"})
    assert look(furnished, row.id).state is ActivityState.PLANNED
    assert furnished.client("nothing").get("/admin/mydesk/").status_code == 403


def test_a_supervisor_looks_at_his_peoples_desks_and_no_others(furnished: Furnished) -> None:
    """XX-01"""
    boss, person = user_id(furnished, "manager"), user_id(furnished, "technician")

    def under(session: Session) -> None:
        session.get_one(User, person).supervisor_id = boss

    furnished.write(under)
    row, client = todo(furnished, "technician", due=TODAY - timedelta(days=1)), furnished.client
    assert f"who={person}" in page(client("manager"), "/admin/mydesk/")
    assert row.title in page(client("manager"), f"/admin/mydesk/?who={person}")
    assert client("technician").get(f"/admin/mydesk/?who={boss}").status_code == 404


def test_a_running_clock_of_mine_stands_on_the_desk(
    furnished: Furnished, client: FlaskClient
) -> None:
    """XX-02"""
    rule = deadlines.DeadlineRule(
        code="demo.repair", version=1, target="resolve", allowed=timedelta(hours=8),
        warn_after=timedelta(hours=6),
    )  # fmt: skip
    promise = deadlines.Promise(
        subject_kind="demo.desk", subject_id=next(NUMBERS), subject="CALL-DESK",
        owner_id=user_id(furnished, "manager"),
    )  # fmt: skip
    furnished.house.database.write(
        Scope.at(furnished.east, "test"),
        lambda session: deadlines.start(session, furnished.east, promise, rule).id,
    )
    shown = page(client, "/admin/mydesk/")
    assert "CALL-DESK" in shown
    assert "Resolve" in shown


@pytest.fixture
def check(furnished: Furnished) -> Activity:
    """The technician's check of two customers; above him stands the manager."""
    person, boss = user_id(furnished, "technician"), user_id(furnished, "manager")

    def work(session: Session) -> int:
        session.get_one(User, person).supervisor_id = boss
        for _ in range(2):
            number = next(NUMBERS)
            session.add(Customer(code=f"K{number}", kind=CustomerKind.INDIVIDUAL,
                                 name=f"重点客户{number}", manager_id=person))  # fmt: skip
        duty = Duty(title=f"每周梳理{next(NUMBERS)}", rhythm=Rhythm.WEEK, audience="",
                    starts_on=TODAY)  # fmt: skip
        session.add(duty)
        session.flush()
        generate(session, duty.id)
        return session.scalars(
            select(Activity.id).where(Activity.duty_id == duty.id, Activity.owner_id == person)
        ).one()

    return look(furnished, furnished.house.database.write(Scope.at(furnished.east, "test"), work))


def test_customers_are_gone_through_and_one_is_passed_up(
    furnished: Furnished, check: Activity
) -> None:
    """AR-08"""
    client, url = furnished.client("technician"), f"/admin/mydesk/check/?id={check.id}"
    ids = furnished.read(lambda s: s.scalars(api.customers_to_check(check)).all())
    assert "Nothing is open" in page(client, url)
    passed = {"pass_up": str(ids[0]), f"what-{ids[0]}": f"账期{check.id}"}
    assert client.post(url, data=passed).status_code == 303
    assert f"账期{check.id}" in page(furnished.client("manager"), "/admin/mydesk/")
    done = f"/admin/activities/act/done/?id={check.id}"
    client.post(done, data={})
    assert look(furnished, check.id).state is ActivityState.PLANNED
    assert client.post(url, data={"customer": [str(key) for key in ids]}).status_code == 303
    assert "Passed up" in page(client, url)
    assert client.post(done, data={}).status_code == 303
    assert look(furnished, check.id).state is ActivityState.DONE


def test_a_figure_leads_to_the_list_it_was_counted_from(
    furnished: Furnished, check: Activity, client: FlaskClient
) -> None:
    """AR-08"""
    url = f"/admin/activities/act/skip/?id={check.id}"
    assert client.post(url, data={"reason": "培训"}).status_code == 303
    asked = f"first=2026-03-01&last=2026-03-31&duty={check.duty_id}"
    shown = page(client, f"/admin/dutyfigures/?{asked}")
    assert "每周客户" not in shown
    assert f"duty={check.duty_id}" in shown
    behind = page(client, f"/admin/dutyfigures/list/?{asked}")
    assert behind.count(f"/admin/activities/details/?id={check.id}") == 1


def test_duties_are_set_up_by_managers(furnished: Furnished, client: FlaskClient) -> None:
    """AR-06"""
    sent = {"title": f"月度回访{next(NUMBERS)}", "rhythm": "month", "audience": "tiering.a",
            "starts_on": "2026-03-01", "active": "y", "instructions": ""}  # fmt: skip
    answer = client.post("/admin/duties/new/", data=sent)
    assert answer.status_code == 302, answer.get_data(as_text=True)[-2000:]
    assert "Customers of level A" in page(client, "/admin/duties/")
    technician = furnished.client("technician")
    assert technician.get("/admin/duties/").status_code == 403


def test_absences_are_entered_ended_and_refused_at_their_field(
    furnished: Furnished, client: FlaskClient
) -> None:
    """XX-07"""
    who, stand_in = user_id(furnished, "technician"), user_id(furnished, "manager")
    sent = {"user": str(who), "first_day": "2026-03-05", "last_day": "2026-03-04",
            "stand_in": str(stand_in)}  # fmt: skip
    assert "lies before the first" in client.post("/admin/absences/", data=sent).get_data(
        as_text=True
    )
    sent["last_day"] = "2026-03-06"
    assert client.post("/admin/absences/", data=sent).status_code == 303
    assert "2026-03-05 – 2026-03-06" in page(client, "/admin/absences/")
    key = furnished.read(lambda s: s.scalars(select(Absence.id).filter_by(user_id=who)).one())
    assert client.post("/admin/absences/end/", data={"id": str(key)}).status_code == 303
    assert "2026-03-05 – 2026-03-06" not in page(client, "/admin/absences/")


def test_a_stand_in_has_the_other_mans_work_on_his_desk(
    furnished: Furnished, client: FlaskClient
) -> None:
    """XX-01"""
    who, stand_in = user_id(furnished, "east_admin"), user_id(furnished, "manager")
    row = todo(furnished, "east_admin")
    assert row.title not in page(client, "/admin/mydesk/")

    def away(session: Session) -> int:
        absence = Absence(user_id=who, first_day=TODAY, last_day=TODAY, stand_in_id=stand_in)
        session.add(absence)
        session.flush()
        return absence.id

    key = furnished.write(away)
    shown = page(client, "/admin/mydesk/")
    assert row.title in shown
    assert "for 员工east_admin" in shown
    furnished.write(lambda session: session.delete(session.get_one(Absence, key)))
