"""What is generated is planned once, by however many runs at once (XX-01)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import func, select

from dougong.core.database import Database
from dougong.core.errors import StateRefused
from dougong.core.reader import Reader
from dougong.core.scope import Scope
from dougong.core.services.activities import api
from dougong.core.services.activities.api import (
    Activity,
    ActivityState,
    ActivityStep,
    ActivityStepKind,
    CheckedCustomer,
    NewActivity,
    Outcome,
)
from dougong.core.services.activities.handed import hand_over, owned_works
from dougong.core.services.ownership.api import CustomersHandedOver, Moving
from dougong.core.session import Session
from dougong.core.testing import World, make_branches
from tests.core.services.activities.people import TODAY, buyer, hire, steps, told

HOSTS = 4
MANY = 1200


def generated(count: int) -> list[NewActivity]:
    """So many activities of a job."""
    return [
        NewActivity(kind=api.TASK, due=TODAY, title=f"回访{n}", occurrence_key=f"round:1:{n}")
        for n in range(count)
    ]


def test_many_are_planned_set_based_and_once(session: Session) -> None:
    home = session.scope.home or 0
    new = api.plan_many(session, home, generated(MANY))
    assert len(new) == MANY
    assert api.plan_many(session, home, generated(MANY + 1)).keys() == {f"round:1:{MANY}"}
    row = session.get_one(Activity, new["round:1:7"])
    assert (row.title, row.state, row.planned_on) == ("回访7", ActivityState.PLANNED, TODAY)
    assert steps(session, row) == [ActivityStepKind.PLANNED]
    batches = [event["activity_ids"] for event in told(session, "core.activities_planned")]
    assert [len(batch) for batch in batches] == [500, 500, 200, 1]  # type: ignore[arg-type]


def test_what_was_done_is_not_planned_again(session: Session) -> None:
    home = session.scope.home or 0
    (key,) = api.plan_many(session, home, generated(1)).values()
    api.complete(session, key, Outcome(result="settled"))
    assert api.plan_many(session, home, generated(1)) == {}


def test_each_branch_has_its_own_keys(world: World) -> None:
    """XX-05"""
    for branch_id in (world.east, world.west):
        with world.at(branch_id) as session:
            assert len(api.plan_many(session, branch_id, generated(2))) == 2
            session.commit()


def test_hosts_at_once_plan_each_occurrence_once(database: Database) -> None:
    """XX-01: all begin before any of them has written, each in another order."""
    _, branch_id, _ = database.write(Scope.kernel("test"), make_branches)
    start = Barrier(HOSTS)

    def job(host: int) -> int:
        asked = generated(MANY)
        asked = asked[host * 100 :] + asked[: host * 100]
        start.wait()
        scope = Scope.at(branch_id, f"host {host}")
        return len(database.write(scope, lambda session: api.plan_many(session, branch_id, asked)))

    with ThreadPoolExecutor(HOSTS) as hosts:
        assert sum(hosts.map(job, range(HOSTS))) == MANY
    with database.reading(Scope.at(branch_id, "test")) as session:
        assert session.scalars(select(func.count(Activity.id))).one() == MANY
        assert session.scalars(select(func.count(ActivityStep.id))).one() == MANY


def test_one_of_many_who_complete_it_at_once_does(database: Database) -> None:
    _, branch_id, _ = database.write(Scope.kernel("test"), make_branches)
    scope = Scope.at(branch_id, "test")
    (key,) = database.write(scope, lambda s: api.plan_many(s, branch_id, generated(1))).values()
    start = Barrier(HOSTS)

    def press(_: int) -> bool:
        start.wait()
        try:
            done = Outcome(result="settled")
            database.write(scope, lambda session: api.complete(session, key, done).id)
        except StateRefused:
            return False
        return True

    with ThreadPoolExecutor(HOSTS) as hosts:
        assert sum(hosts.map(press, range(HOSTS))) == 1


def test_open_work_goes_over_with_the_customers(session: Session, world: World) -> None:
    """AR-07"""
    one, two = hire(session, world.east, "one"), hire(session, world.east, "two")
    mine, stays = buyer(session, "C1", one), buyer(session, "C2", one)
    home = session.scope.home or 0

    def planned(customer_id: int, owner_id: int) -> Activity:
        asked = NewActivity(kind=api.TASK, due=TODAY, title="回访", customer_id=customer_id,
                            owner_id=owner_id)  # fmt: skip
        return api.plan(session, home, asked)

    taken, done = planned(mine.id, one.id), planned(mine.id, one.id)
    kept, others = planned(stays.id, one.id), planned(mine.id, two.id)
    api.complete(session, done.id, Outcome(result="settled"))
    session.now += timedelta(hours=1)
    moving = Moving(branch_id=home, from_id=one.id, to_id=two.id, customer_ids=(mine.id,))
    foretold = owned_works(moving, Reader(session))
    assert [(work.source, work.count) for work in foretold] == [("core.activity", 1)]
    hand_over(session, CustomersHandedOver(
        branch_id=home, hand_over_id=1, moving=moving, reason="离职交接"
    ))  # fmt: skip
    assert (taken.owner_id, kept.owner_id, done.owner_id) == (two.id, one.id, one.id)
    assert len(api.steps_of(session, others)) == 1
    (_, step) = api.steps_of(session, taken)
    assert (step.kind, step.owner_id, step.note, step.at) == (
        ActivityStepKind.HANDED_OVER, two.id, "离职交接", session.now
    )  # fmt: skip


def test_a_merged_customers_activities_are_the_survivors(session: Session, world: World) -> None:
    one = hire(session, world.east, "one")
    old, survivor = buyer(session, "C1", one), buyer(session, "C2", one)
    home = session.scope.home or 0
    row, both, single = (
        api.plan(session, home, NewActivity(
            kind=api.CHECK, due=TODAY, title="梳理", customer_id=old.id, owner_id=one.id,
            subject_id=one.id,
        ))
        for _ in range(3)
    )  # fmt: skip
    api.tick(session, both.id, [old.id, survivor.id])
    api.tick(session, single.id, [old.id])
    assert api.move_customer(session, old.id, survivor.id) == 3
    assert {activity.customer_id for activity in (row, both, single)} == {survivor.id}
    ticked = session.execute(select(CheckedCustomer.activity_id, CheckedCustomer.customer_id)).all()
    assert sorted(ticked) == [(both.id, survivor.id), (single.id, survivor.id)]
    step = api.steps_of(session, row)[-1]
    assert (step.kind, step.note) == (ActivityStepKind.MERGED, "C1 客户C1")
