"""Jobs: asked for once, held by one, resumed from the checkpoint, given up at last."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update

from dougong.core.clock import FixedClock
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.job import JobRun, RunState
from dougong.core.errors import StateRefused
from dougong.core.house import House
from dougong.core.jobs import PLUGIN_OFF, JobContext, LeaseLost, enqueue, find_kind, run_again
from dougong.core.runs import _carry_out, _claim, run_job
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.sweep import due_runs, plan
from dougong.core.switches import disable, enable
from dougong.core.worker import work_until_empty
from tests.core.sample.house import KERNEL, at, look, steps
from tests.core.sample.plugin import Steps


def ask(house: House, branch: int, asked: Steps, key: str | None = None) -> int:
    """Ask for a run of the sample's long job; its id."""
    return at(house, branch, lambda s: enqueue(s, "sample.count", branch, asked, key=key).id)


def claim(house: House, run_id: int) -> JobContext:
    """Hold the run as a worker does."""
    found = house.database.write(KERNEL, lambda s: _claim(s, house, run_id, lambda: False))
    assert found is not None
    return found


def test_a_run_takes_every_step_once_and_shows_how_far_it_is(house: House, branch: int) -> None:
    run_id = ask(house, branch, Steps(4))
    assert run_job(house, run_id)
    run = look(house, run_id)
    assert steps(house) == [1, 2, 3, 4]
    assert (run.state, run.done_count, run.total_count) == (RunState.DONE, 4, 4)
    assert (run.attempts, run.lease, run.actor) == (1, None, "somebody")
    assert not run_job(house, run_id)  # done is done


def test_a_key_asked_for_twice_is_one_run(house: House, branch: int) -> None:
    first = ask(house, branch, Steps(1), key="x")
    run_job(house, first)
    assert ask(house, branch, Steps(1), key="x") == first
    assert ask(house, branch, Steps(1)) != ask(house, branch, Steps(1))


def test_a_key_lost_to_another_transaction_keeps_what_the_caller_wrote(
    house: House, branch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(house, branch, Steps(1), key="x")
    blind = iter([None])  # the other one commits between our look and our insert
    from dougong.core import jobs

    real = jobs._known
    monkeypatch.setattr(jobs, "_known", lambda s, k: next(blind, real(s, k)))

    def act(session: Session) -> int:
        session.add(Customer(branch_id=branch, code="C", kind=CustomerKind.GROUP, name="C"))
        return enqueue(session, "sample.count", branch, Steps(1), key="x").id

    assert at(house, branch, act) == first
    with house.database.reading(KERNEL) as session:
        assert session.scalars(select(Customer.code)).all() == ["C"]


def test_an_unknown_kind_is_not_queued(house: House, branch: int) -> None:
    with pytest.raises(LookupError, match="sample"):
        at(house, branch, lambda s: enqueue(s, "sample.nothing", branch))


def test_what_is_rolled_back_wakes_nobody(house: House, branch: int) -> None:
    def act(session: Session) -> None:
        enqueue(session, "sample.count", branch, Steps(1))
        raise RuntimeError("no")

    def act_in_part(session: Session) -> None:
        enqueue(session, "sample.count", branch, Steps(1))
        with session.begin_nested():
            session.add(Customer(branch_id=branch, code="C", kind=CustomerKind.GROUP, name="C"))
        raise RuntimeError("no")

    for failing in (act, act_in_part):
        with pytest.raises(RuntimeError):
            at(house, branch, failing)
    with house.database.writing(Scope.at(branch, "somebody")) as session:
        enqueue(session, "sample.count", branch, Steps(1))
        session.rollback()
        session.commit()
    assert house.queue.huey.pending_count() == 0
    ask(house, branch, Steps(1))
    assert house.queue.huey.pending_count() == 1


def test_a_failed_step_is_undone_and_tried_again_later(
    house: House, branch: int, clock: FixedClock
) -> None:
    run_id = ask(house, branch, Steps(3, fails_at=2))
    assert run_job(house, run_id)
    run = look(house, run_id)
    assert (run.state, run.cursor, steps(house)) == (RunState.FAILED, 1, [1])
    assert run.last_error == "The step is refused; postgresql://***@host/x"
    assert not run_job(house, run_id)  # not before its time
    clock.advance(run.due_at - clock.now())
    assert due_runs(house) == [run_id]


def test_a_run_is_given_up_after_its_attempts_and_run_again_by_hand(
    house: House, branch: int, clock: FixedClock
) -> None:
    run_id = ask(house, branch, Steps(3, fails_at=2))
    for _ in range(3):
        run_job(house, run_id)
        clock.advance(timedelta(hours=1))
    assert look(house, run_id).state is RunState.DEAD
    assert due_runs(house) == []
    assert at(house, branch, lambda s: run_again(s, run_id).state) is RunState.QUEUED
    assert due_runs(house) == [run_id]
    with pytest.raises(StateRefused):
        at(house, branch, lambda s: run_again(s, run_id))


def test_a_run_that_ends_its_worker_each_time_is_given_up(
    house: House, branch: int, clock: FixedClock
) -> None:
    run_id = ask(house, branch, Steps(1))
    for _ in range(3):
        claim(house, run_id)  # and never heard of again
        clock.advance(timedelta(seconds=2))
    assert not run_job(house, run_id)
    assert look(house, run_id).state is RunState.DEAD
    assert "middle of each attempt" in look(house, run_id).last_error


def test_who_lost_the_lease_writes_nothing(house: House, branch: int, clock: FixedClock) -> None:
    run_id = ask(house, branch, Steps(3))
    slow = claim(house, run_id)
    clock.advance(timedelta(seconds=2))
    assert run_job(house, run_id)
    assert steps(house) == [1, 2, 3]
    with pytest.raises(LeaseLost):
        slow.kind.run(slow)
    assert steps(house) == [1, 2, 3]
    assert look(house, run_id).state is RunState.DONE


def test_who_lost_the_lease_does_not_say_how_it_ended(
    house: House, branch: int, clock: FixedClock
) -> None:
    run_id = ask(house, branch, Steps(0))
    slow = claim(house, run_id)
    clock.advance(timedelta(seconds=2))
    holder = claim(house, run_id)
    _carry_out(slow)
    run = look(house, run_id)
    assert (run.state, run.lease) == (RunState.RUNNING, holder.lease)


def test_a_lease_taken_in_the_middle_of_a_step_undoes_the_step(house: House, branch: int) -> None:
    context = claim(house, ask(house, branch, Steps(1)))

    def robbed(session: Session) -> None:
        session.add(Customer(branch_id=branch, code="C", kind=CustomerKind.GROUP, name="C"))
        session.execute(update(JobRun).values(lease="another"))

    with pytest.raises(LeaseLost):
        context.step(robbed, cursor=9)
    with house.database.reading(KERNEL) as session:
        assert session.scalar(select(func.count(Customer.id))) == 0
        assert context.cursor is None


def test_a_held_run_is_not_given_to_a_second_worker(house: House, branch: int) -> None:
    run_id = ask(house, branch, Steps(1))
    claim(house, run_id)
    assert not run_job(house, run_id)
    assert due_runs(house) == []


def test_a_stopping_worker_puts_the_run_back_for_the_next_one(house: House, branch: int) -> None:
    answers = iter([False, False, True])
    run_id = ask(house, branch, Steps(5))
    run_job(house, run_id, lambda: next(answers))
    run = look(house, run_id)
    assert (run.state, run.cursor, run.attempts) == (RunState.QUEUED, 2, 0)
    run_job(house, run_id)
    assert steps(house) == [1, 2, 3, 4, 5]


def test_a_job_of_a_plugin_that_is_off_waits_and_says_why(house: House, branch: int) -> None:
    run_id = ask(house, branch, Steps(1))
    house.database.write(KERNEL, lambda s: disable(s, branch, "sample"))
    assert not run_job(house, run_id)
    assert (look(house, run_id).state, look(house, run_id).message) == (
        RunState.QUEUED,
        PLUGIN_OFF.source,
    )
    assert due_runs(house) == []
    assert work_until_empty(house) == 0
    house.database.write(KERNEL, lambda s: enable(s, branch, "sample"))
    assert run_job(house, run_id)
    assert (look(house, run_id).state, look(house, run_id).message) == (RunState.DONE, "")


def test_a_plugin_switched_off_in_the_middle_stops_its_job(house: House, branch: int) -> None:
    context = claim(house, ask(house, branch, Steps(1)))
    house.database.write(KERNEL, lambda s: disable(s, branch, "sample"))
    with pytest.raises(Exception, match=PLUGIN_OFF.source):
        context.kind.run(context)
    assert steps(house) == []


def test_a_job_sees_its_own_branch_alone(house: House, branch: int) -> None:
    context = claim(house, ask(house, branch, Steps(1)))

    def stray(session: Session) -> None:
        session.add(Customer(branch_id=branch + 1, code="C", kind=CustomerKind.GROUP, name="C"))

    with pytest.raises(Exception, match="outside the scope"):
        context.step(stray)


def test_a_walk_hands_over_every_row_of_the_branch_once(house: House, branch: int) -> None:
    def fill(session: Session) -> None:
        for number in range(7):
            for place in (branch, branch + 1):
                session.add(
                    Customer(branch_id=place, code=str(number), kind=CustomerKind.GROUP, name="C")
                )

    house.database.write(KERNEL, fill)
    run_id = ask(house, branch, Steps(1))
    seen: list[int] = []

    def take(session: Session, ids: list[int]) -> None:
        if len(seen) == 4:
            raise RuntimeError("killed")
        seen.extend(ids)

    with pytest.raises(RuntimeError):
        claim(house, run_id).walk(select(Customer.id), take, size=2)  # type: ignore[arg-type]
    assert (look(house, run_id).done_count, look(house, run_id).total_count) == (4, 7)
    seen.append(0)  # the obstacle is gone
    house.database.write(KERNEL, lambda s: s.execute(update(JobRun).values(leased_until=s.now)))
    house.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    claim(house, run_id).walk(select(Customer.id), take, size=2)  # type: ignore[arg-type]
    with house.database.reading(Scope.at(branch, "test")) as session:
        ids = session.scalars(select(Customer.id).order_by(Customer.id)).all()
    assert [i for i in seen if i] == ids
    assert look(house, run_id).done_count == 7


def test_three_missed_nights_are_made_up_for_once(
    house: House, branch: int, clock: FixedClock
) -> None:
    assert plan(house) == 1
    work_until_empty(house)
    clock.advance(timedelta(days=3))
    assert plan(house) == 1
    assert plan(house) == 0
    work_until_empty(house)
    assert steps(house) == [0, 0]


def test_an_open_scheduled_run_is_not_joined_by_another(
    house: House, branch: int, clock: FixedClock
) -> None:
    plan(house)
    clock.advance(timedelta(days=1))
    assert plan(house) == 0
    work_until_empty(house)
    assert plan(house) == 1


def test_a_schedule_is_silent_where_its_plugin_is_off(house: House, branch: int) -> None:
    house.database.write(KERNEL, lambda s: disable(s, branch, "sample"))
    assert plan(house) == 0


def test_two_sweepers_at_once_queue_once(house: House, branch: int) -> None:
    start = Barrier(2)

    def sweep() -> None:
        start.wait()
        plan(house)

    threads = [Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with house.database.reading(KERNEL) as session:
        assert session.scalar(select(func.count(JobRun.id))) == 1


def test_every_kind_has_one_offer(house: House) -> None:
    offer = find_kind(house.registry, "sample.count")
    assert offer is not None
    assert offer.source == "sample"
    assert find_kind(house.registry, "sample.nothing") is None
