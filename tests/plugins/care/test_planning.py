"""Planning by the calendar on both databases (CA-01, CA-08)."""

from datetime import date, timedelta

import pytest

from dougong.core.entities.contact import ContactDay, DayKind
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.services.activities.api import ActivityState, Outcome, complete
from dougong.core.session import Session
from dougong.core.switches import change_settings, enable
from dougong.core.testing import NOON, World
from dougong.plugins.care.events import CareActivityPlanned
from dougong.plugins.care.planning import contacts_in_question, plan_for
from dougong.plugins.care.rules import CareKind, Means
from dougong.plugins.tiering.models import CustomerLevel
from dougong.plugins.tiering.rules import Level
from tests.plugins.care.people import People, activities, met, run, told

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("month", "day", "lunar", "occasion"),
    [
        (3, 2, False, TODAY),
        (3, 9, False, date(2026, 3, 9)),
        (3, 10, False, None),
        (2, 27, False, date(2026, 2, 27)),
        (2, 26, False, None),
        (1, 20, True, date(2026, 3, 8)),
        (1, 20, False, None),
        (3, 8, True, None),
    ],
)
def test_birthday_gives_an_activity_ahead_of_the_day(
    session: Session, people: People, month: int, day: int, lunar: bool, occasion: date | None
) -> None:
    """CA-01: solar and lunar."""
    contact = met(session, people, birth_month=month, birth_day=day, birth_lunar=lunar)
    assert run(session, people.branch_id) == (1 if occasion else 0)
    for activity in activities(session):
        assert activity.contact_id == contact.id
        assert activity.kind is CareKind.BIRTHDAY
        assert (activity.occasion_on, activity.activity.due_on) == (occasion, occasion)
        assert activity.activity.owner_id == people.manager.id
        assert activity.activity.state is ActivityState.PLANNED


def test_activity_is_planned_once_however_often_the_job_runs(
    session: Session, people: People
) -> None:
    """CA-01: the same day, the next days, and when it is done already."""
    met(session, people, birth_month=3, birth_day=5)
    assert run(session, people.branch_id) == 1
    assert run(session, people.branch_id) == 0
    session.now = NOON + timedelta(days=2)
    assert run(session, people.branch_id) == 0
    complete(session, activities(session)[0].activity_id, Outcome(note="已致电"))
    assert run(session, people.branch_id) == 0
    assert len(told(session, CareActivityPlanned)) == 1
    session.now = NOON + timedelta(days=362)
    assert run(session, people.branch_id) == 1


def test_day_that_passed_while_no_job_ran_is_planned_late(session: Session, people: People) -> None:
    """CA-01: due and not done, never "today is the day"."""
    met(session, people, birth_month=3, birth_day=20)
    assert run(session, people.branch_id) == 0
    session.now = NOON + timedelta(days=20)
    assert run(session, people.branch_id) == 1
    assert activities(session)[0].activity.due_on == date(2026, 3, 20)


def test_corrected_birthday_moves_what_is_still_planned(session: Session, people: People) -> None:
    """CA-08: no second greeting in one year."""
    contact = met(session, people, birth_month=3, birth_day=5)
    run(session, people.branch_id)
    contact.birth_day = 8
    assert run(session, people.branch_id) == 0
    [activity] = activities(session)
    assert activity.activity.due_on == date(2026, 3, 8)


def test_days_of_a_contact_are_planned_by_their_kind(session: Session, people: People) -> None:
    contact = met(session, people)
    for kind, title, day, lunar in (
        (DayKind.ANNIVERSARY, "公司成立", 3, False),
        (DayKind.RELATIVE_BIRTHDAY, "女儿生日", 17, True),
        (DayKind.OTHER, "乔迁", 7, False),
    ):
        session.add(
            ContactDay(
                contact_id=contact.id, kind=kind, title=title, month=1 if lunar else 3, day=day,
                lunar=lunar,
            )
        )  # fmt: skip
    session.flush()
    assert run(session, people.branch_id) == 3
    assert [(a.kind, a.activity.title, a.activity.due_on.day) for a in activities(session)] == [
        (CareKind.ANNIVERSARY, "公司成立", 3),
        (CareKind.BIRTHDAY, "女儿生日", 5),
        (CareKind.OTHER, "乔迁", 7),
    ]


def test_closed_customer_is_left_in_peace(session: Session, people: People) -> None:
    contact = met(session, people, birth_month=3, birth_day=5)
    session.get_one(Customer, people.customer.id).status = CustomerStatus.CLOSED
    session.flush()
    assert run(session, people.branch_id) == 0
    # also when it was closed between the look and the work
    assert plan_for(session, people.branch_id, [contact.id]) == 0


def test_festival_greets_main_contacts_of_key_customers(session: Session, people: People) -> None:
    """CA-01: once a customer, where the branch wants it."""
    met(session, people, is_primary=True)
    met(session, people)
    session.now = NOON.replace(month=9, day=20)
    assert run(session, people.branch_id) == 1
    [activity] = activities(session)
    assert (activity.kind, activity.activity.title) == (CareKind.FESTIVAL, "mid_autumn")
    assert activity.activity.due_on == date(2026, 9, 25)


def test_branch_without_festivals_greets_nobody(
    world: World, session: Session, people: People
) -> None:
    met(session, people, is_primary=True)
    change_settings(session, world.east, "care", {"festivals": ""})
    session.now = NOON.replace(month=9, day=20)
    assert run(session, people.branch_id) == 0


def test_branch_sets_how_far_ahead_it_plans(world: World, session: Session, people: People) -> None:
    """XX-04."""
    met(session, people, birth_month=4, birth_day=1)
    change_settings(session, world.east, "care", {"days_ahead": "30"})
    assert run(session, people.branch_id) == 1


def test_branchs_day_decides(session: Session, people: People) -> None:
    """XX-02: at 17:00 UTC it is tomorrow in Shanghai."""
    met(session, people, birth_month=3, birth_day=10)
    session.now = NOON.replace(hour=15)
    assert run(session, people.branch_id) == 0
    session.now = NOON.replace(hour=17)
    assert run(session, people.branch_id) == 1


def test_other_branches_are_left_alone(world: World, session: Session, people: People) -> None:
    """XX-05."""
    met(session, people, birth_month=3, birth_day=5)
    assert session.scalars(contacts_in_question(session, world.west)).all() == []


@pytest.mark.parametrize(
    ("default", "consent", "expected"),
    [("sms", True, Means.SMS), ("sms", False, Means.CALL), ("visit", False, Means.VISIT)],
)
def test_message_is_planned_only_with_consent(
    world: World, session: Session, people: People, default: str, consent: bool, expected: Means
) -> None:
    """CA-08."""
    change_settings(session, world.east, "care", {"default_means": default})
    met(session, people, birth_month=3, birth_day=5, consent=consent)
    run(session, people.branch_id)
    assert activities(session)[0].means is expected


@pytest.mark.parametrize(
    ("level", "consent", "expected"),
    [
        (Level.A, True, Means.VISIT),
        (Level.B, True, Means.GIFT),
        (Level.C, True, Means.SMS),
        (Level.C, False, Means.CALL),
        (None, True, Means.CALL),
    ],
)
def test_level_decides_the_means_where_tiering_is_on(
    world: World, session: Session, people: People, level: Level | None, consent: bool,
    expected: Means,
) -> None:  # fmt: skip
    """CA-01: A a visit, B call and gift, C an SMS."""
    enable(session, world.east, "tiering")
    if level is not None:
        _grade(session, people, level)
    met(session, people, birth_month=3, birth_day=5, consent=consent)
    run(session, people.branch_id)
    assert activities(session)[0].means is expected


def test_level_says_nothing_where_tiering_is_off(session: Session, people: People) -> None:
    """XX-04: its data stay, it does nothing."""
    _grade(session, people, Level.A)
    met(session, people, birth_month=3, birth_day=5)
    run(session, people.branch_id)
    assert activities(session)[0].means is Means.CALL


def _grade(session: Session, people: People, level: Level) -> None:
    session.add(
        CustomerLevel(customer_id=people.customer.id, level=level, since=NOON, evaluated_at=NOON)
    )
    session.flush()
