"""The verbs of care on both databases (CA-01, CA-08)."""

from datetime import date

import pytest

from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.errors import NotFound, Refusal
from dougong.core.scope import Grant, Scope
from dougong.core.services.activities.api import (
    Activity,
    ActivityState,
    Outcome,
    complete,
    skip,
)
from dougong.core.services.ownership.api import Moving, hand_over, preview
from dougong.core.session import Session
from dougong.core.testing import World
from dougong.plugins.care.events import CareActivityPlanned
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.rules import CareKind, Means
from dougong.plugins.care.service import NewCare, plan
from tests.core.services.ownership.staff import hire
from tests.plugins.care.people import People, met, told


def planned(session: Session, people: People, **more: object) -> CareOccasion:
    """An activity planned by hand."""
    asked = {
        "customer_id": people.customer.id,
        "title": "开业五周年",
        "means": Means.CALL,
        "occasion_on": date(2026, 3, 8),
        **more,
    }
    return plan(session, NewCare(**asked))  # type: ignore[arg-type]


def test_person_plans_for_the_account_manager(session: Session, people: People) -> None:
    activity = planned(session, people)
    assert (activity.kind, activity.activity.owner_id) == (CareKind.OTHER, people.manager.id)
    [event] = told(session, CareActivityPlanned)
    assert event.by_hand  # type: ignore[attr-defined]


def test_two_plans_by_hand_do_not_clash(session: Session, people: People) -> None:
    assert planned(session, people).activity_id != planned(session, people).activity_id


def test_plan_wants_a_title(session: Session, people: People) -> None:
    """XX-07."""
    with pytest.raises(Refusal) as refused:
        planned(session, people, title=" ")
    assert refused.value.field == "title"


def test_message_without_consent_is_refused(session: Session, people: People) -> None:
    """CA-08: a person is told, the job chooses a call."""
    contact = met(session, people, consent=False)
    with pytest.raises(Refusal) as refused:
        planned(session, people, contact_id=contact.id, means=Means.SMS)
    assert refused.value.field == "means"


def test_contact_of_another_customer_is_refused(session: Session, people: People) -> None:
    contact = met(session, people)
    other = Customer(code="C2", kind=CustomerKind.INDIVIDUAL, name="赵敏")
    session.add(other)
    session.flush()
    with pytest.raises(Refusal) as refused:
        planned(session, people, customer_id=other.id, contact_id=contact.id)
    assert refused.value.field == "contact_id"


def test_customer_of_another_branch_is_not_there(world: World, people: People) -> None:
    """XX-05."""
    with world.at(world.west) as elsewhere, pytest.raises(NotFound):
        planned(elsewhere, people)


def test_plan_is_refused_where_care_is_off(world: World, people: People) -> None:
    """XX-04."""
    with world.at(world.west) as west:
        customer = Customer(code="W1", kind=CustomerKind.INDIVIDUAL, name="钱进")
        west.add(customer)
        west.flush()
        with pytest.raises(Refusal) as refused:
            planned(west, people, customer_id=customer.id)
    assert refused.value.code == "core.plugin_off"


def test_done_asks_how_it_went(session: Session, people: People) -> None:
    """Core settles it; care's kinds ask for words."""
    row = planned(session, people)
    with pytest.raises(Refusal) as refused:
        complete(session, row.activity_id, Outcome())
    assert refused.value.field == "note"
    complete(session, row.activity_id, Outcome(note="已送花,客户满意"))
    assert (row.activity.state, row.activity.note) == (ActivityState.DONE, "已送花,客户满意")


def test_a_care_specialist_settles_whoevers_it_is(world: World, people: People) -> None:
    """AR-06"""
    with world.at(people.branch_id) as session:
        row = planned(session, people)
        session.commit()
    granted = frozenset({Grant(people.branch_id, "care.activity", "settle")})
    scope = Scope("care", frozenset({people.branch_id}), people.branch_id, grants=granted)
    with world.session(scope) as session:
        skip(session, row.activity_id, "客户出国")
        assert session.get_one(Activity, row.activity_id).state is ActivityState.SKIPPED


def test_planned_activities_go_along_with_a_hand_over(session: Session, people: People) -> None:
    """AR-07: counted by ``owned_works``, moved when CustomersHandedOver is told; done ones stay."""
    receiver = hire(session, people.customer.branch_id, "接手人", "account_manager")
    ahead, done = planned(session, people), planned(session, people)
    complete(session, done.activity_id, Outcome(note="已致电"))
    moving = Moving(
        branch_id=people.customer.branch_id, from_id=people.manager.id, to_id=receiver.id,
        customer_ids=(people.customer.id,),
    )  # fmt: skip
    foretold = {work.source: work.count for work in preview(session, moving)}
    assert foretold["core.activity"] == 1
    assert hand_over(session, moving, "离职").moved == foretold
    session.expire_all()
    assert [ahead.activity.owner_id, done.activity.owner_id] == [receiver.id, people.manager.id]
