"""Recurring duties: each period once, figures that equal their lists, checks and what goes up."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dougong.core.entities.customer import CustomerStatus
from dougong.core.errors import Forbidden, Refusal
from dougong.core.services.activities import api
from dougong.core.services.activities.api import (
    Activity,
    Asked,
    Duty,
    Matter,
    Outcome,
    Rhythm,
)
from dougong.core.services.activities.duties import duties_due, generate
from dougong.core.session import Session
from dougong.core.testing import World
from tests.core.services.activities.people import TODAY, as_person, buyer, hire

KEY = "core.key_customers"


def duty(session: Session, audience: str = "", **more: object) -> Duty:
    """A duty of every week."""
    given = {"title": "每周梳理客户", "rhythm": Rhythm.WEEK, "starts_on": TODAY, **more}
    row = Duty(audience=audience, **given)
    session.add(row)
    session.flush()
    return row


def planned(session: Session) -> list[Activity]:
    """What the duties gave, in order."""
    return list(session.scalars(select(Activity).order_by(Activity.customer_id, Activity.id)))


def test_each_account_manager_goes_through_his_customers_once_a_week(
    session: Session, world: World
) -> None:
    """AR-08"""
    one, two = hire(session, world.east, "one"), hire(session, world.east, "two")
    hire(session, world.east, "without customers")
    for n, manager in enumerate((one, one, two)):
        buyer(session, f"C{n}", manager)
    row = duty(session)
    assert generate(session, row.id) == (2, None)
    session.now += timedelta(days=6)
    assert generate(session, row.id) == (0, None)
    session.now += timedelta(days=1)
    assert generate(session, row.id) == (2, None)
    first = planned(session)[0]
    assert (first.kind, first.owner_id, first.due_on) == (api.CHECK, one.id, date(2026, 3, 8))
    assert len(session.scalars(api.customers_to_check(first)).all()) == 2


def test_each_customer_of_an_audience_is_his_account_managers_duty(
    session: Session, world: World
) -> None:
    """AR-08"""
    one = hire(session, world.east, "one")
    mine = buyer(session, "C1", one)
    buyer(session, "C2")
    buyer(session, "C3", one).status = CustomerStatus.CLOSED
    row = duty(session, KEY, within_days=3)
    assert generate(session, row.id) == (1, None)
    (activity,) = planned(session)
    assert (activity.customer_id, activity.owner_id) == (mine.id, one.id)
    assert activity.due_on == TODAY + timedelta(days=2)
    late = buyer(session, "C4", one)
    assert generate(session, row.id) == (1, None)
    assert planned(session)[1].customer_id == late.id


@pytest.mark.parametrize(
    "more", [{"active": False}, {"starts_on": TODAY + timedelta(days=1)}, {"audience": "gone.a"}]
)
def test_what_is_not_in_force_does_not_come_round(
    session: Session, more: dict[str, object]
) -> None:
    """XX-04: nor a duty whose plugin is off."""
    duty(session, **more)  # type: ignore[arg-type]
    assert duties_due(session, session.scope.home or 0) == []


def test_audiences_are_declared(session: Session) -> None:
    """By ``register_audiences``."""
    assert KEY in api.audiences_at(session, session.scope.home or 0)


def asked(**more: object) -> Asked:
    """What was due this week, looked at on its last day."""
    given = {"first": TODAY, "last": TODAY + timedelta(days=6), "today": TODAY, **more}
    return Asked(**given)  # type: ignore[arg-type]


def test_the_figure_equals_the_list_behind_it(session: Session, world: World) -> None:
    """AR-08: done in time counts; late, left out and forgotten are owed; called off is not."""
    one, two = hire(session, world.east, "one"), hire(session, world.east, "two")
    for n in range(6):
        buyer(session, f"C{n}", one if n < 5 else two)
    row = duty(session, KEY, within_days=1)
    generate(session, row.id)
    done, left_out, called_off, late, forgotten, his = planned(session)
    done_now = Outcome(note="已走访")
    api.complete(session, done.id, done_now)
    api.skip(session, left_out.id, "客户出国")
    api.cancel(session, called_off.id, "客户已销户")
    today = TODAY + timedelta(days=1)
    session.now += timedelta(days=1)
    api.postpone(session, late.id, today, "客户改期")
    api.complete(session, late.id, done_now)
    figures = {t.owner_id: (t.owed, t.in_time) for t in api.tallies(session, asked(today=today))}
    assert figures == {one.id: (4, 1), two.id: (1, 0)}
    behind = asked(today=today, owner_id=one.id, duty_id=row.id, branch_id=world.east)
    listed = session.scalars(api.owed_activities(behind)).all()
    assert len(listed) == figures[one.id][0]
    assert sum(activity.in_time for activity in listed) == figures[one.id][1]
    assert listed[-1].id == done.id, "what was done in time stands last"
    assert forgotten in listed
    assert his not in listed


def test_what_is_not_due_yet_is_not_owed_yet(session: Session, world: World) -> None:
    buyer(session, "C1", hire(session, world.east, "one"))
    generate(session, duty(session, KEY).id)
    assert api.tallies(session, asked()) == []
    assert len(api.tallies(session, asked(today=TODAY + timedelta(days=7)))) == 1


def test_a_check_is_done_when_every_customer_was_gone_through(
    session: Session, world: World
) -> None:
    """AR-08"""
    one = hire(session, world.east, "one")
    customers = [buyer(session, f"C{n}", one).id for n in range(3)]
    strangers = buyer(session, "X").id
    generate(session, duty(session).id)
    (check,) = planned(session)
    assert api.tick(session, check.id, [customers[0], strangers]) == 1
    assert api.tick(session, check.id, customers[:2]) == 1
    with pytest.raises(Refusal) as refused:
        api.complete(session, check.id, Outcome())
    assert refused.value.code == "core.activity_unchecked"
    api.tick(session, check.id, customers)
    assert api.left_to_check(session, check) == 0
    assert api.complete(session, check.id, Outcome()).in_time


def test_a_check_that_is_passed_on_stays_about_the_same_customers(
    session: Session, world: World
) -> None:
    one, two = hire(session, world.east, "one"), hire(session, world.east, "two")
    customer = buyer(session, "C1", one)
    generate(session, duty(session).id)
    (check,) = planned(session)
    api.delegate(session, check.id, two.id, "休假")
    assert session.scalars(api.customers_to_check(check)).all() == [customer.id]


def test_what_exceeds_his_authority_goes_up_to_his_supervisor(
    session: Session, world: World
) -> None:
    """AR-08"""
    boss = hire(session, world.east, "boss")
    left = hire(session, world.east, "left", boss)
    left.active = False
    one = hire(session, world.east, "one", left)
    customer = buyer(session, "C1", one)
    generate(session, duty(session).id)
    (check,) = planned(session)
    matter = Matter(what="客户要求账期 90 天", customer_id=customer.id, urgent=True)
    passed = api.pass_up(session, check.id, matter)
    assert (passed.owner_id, passed.customer_id) == (boss.id, customer.id)
    assert (passed.urgent, passed.follows_id) == (True, check.id)
    assert api.left_to_check(session, check) == 0, "what went up was gone through"
    (ticked,) = session.scalars(select(api.CheckedCustomer)).all()
    assert ticked.passed_id == passed.id


def test_without_anybody_above_nothing_goes_up(session: Session, world: World) -> None:
    one = hire(session, world.east, "one")
    buyer(session, "C1", one)
    generate(session, duty(session).id)
    (check,) = planned(session)
    for what, code in ((" ", "core.refused"), ("账期", "core.refused")):
        with pytest.raises(Refusal) as refused:
            api.pass_up(session, check.id, Matter(what=what))
        assert refused.value.code == code


def test_nobody_ticks_another_mans_customers(session: Session, world: World) -> None:
    """AR-06"""
    one, other = hire(session, world.east, "one"), hire(session, world.east, "other")
    customer = buyer(session, "C1", one)
    generate(session, duty(session).id)
    (check,) = planned(session)
    session.commit()
    with as_person(world, other) as his, pytest.raises(Forbidden):
        api.tick(his, check.id, [customer.id])
