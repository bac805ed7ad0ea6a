"""The outbox: told after the commit, once, and never lost (architecture: events)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from dougong.core.clock import FixedClock
from dougong.core.entities.event_log import DeliveryState, OutboxDelivery
from dougong.core.errors import StateRefused
from dougong.core.events import record
from dougong.core.house import House
from dougong.core.outbox import MAX_ATTEMPTS, _claim, _deliver, deliver_due, has_due, send_again
from dougong.core.switches import disable
from tests.core.sample.events import StepTaken
from tests.core.sample.house import KERNEL, at, steps
from tests.core.sample.plugin import POISON


def tell(house: House, branch: int, step: int) -> None:
    """Record a step that the sample's subscriber hears of."""
    at(house, branch, lambda session: record(session, StepTaken(branch_id=branch, step=step)))


def heard(house: House) -> list[int]:
    """What the subscriber wrote."""
    return steps(house, "sample.heard")


def rows(house: House) -> list[OutboxDelivery]:
    """Every delivery, oldest first."""
    with house.database.reading(KERNEL) as session:
        return list(session.scalars(select(OutboxDelivery).order_by(OutboxDelivery.id)).all())


def test_each_delivery_is_made_once_and_in_order(house: House, branch: int) -> None:
    for step in (1, 2, 3):
        tell(house, branch, step)
    assert heard(house) == []
    assert deliver_due(house) == 3
    assert heard(house) == [1, 2, 3]
    assert {row.state for row in rows(house)} == {DeliveryState.DONE}
    assert deliver_due(house) == 0
    assert not has_due(house)


def test_a_commit_wakes_the_worker_and_a_rollback_does_not(house: House, branch: int) -> None:
    def fail(session: object) -> None:
        record(session, StepTaken(branch_id=branch, step=1))  # type: ignore[arg-type]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        at(house, branch, fail)
    assert house.queue.huey.pending_count() == 0
    tell(house, branch, 1)
    assert house.queue.huey.pending_count() == 1


def test_a_worker_that_died_holding_deliveries_loses_none(
    house: House, branch: int, clock: FixedClock
) -> None:
    tell(house, branch, 1)
    tell(house, branch, 2)
    held = house.database.write(KERNEL, lambda s: _claim("dead worker", 10, s))
    _deliver(house, held[0], "dead worker")  # the first was made, then came SIGKILL
    assert deliver_due(house) == 0  # the lease still runs
    clock.advance(timedelta(minutes=6))
    assert deliver_due(house) == 1
    assert heard(house) == [1, 2]
    assert [row.attempts for row in rows(house)] == [1, 2]


def test_who_lost_the_lease_delivers_nothing(house: House, branch: int, clock: FixedClock) -> None:
    tell(house, branch, 1)
    held = house.database.write(KERNEL, lambda s: _claim("slow worker", 10, s))
    clock.advance(timedelta(minutes=6))
    deliver_due(house)
    _deliver(house, held[0], "slow worker")
    assert heard(house) == [1]


def test_a_failing_subscriber_leaves_nothing_and_is_given_up_at_last(
    house: House, branch: int, clock: FixedClock
) -> None:
    tell(house, branch, POISON)
    tell(house, branch, 1)
    for attempt in range(1, MAX_ATTEMPTS):
        deliver_due(house)
        row = rows(house)[0]
        assert (row.state, row.attempts) == (DeliveryState.WAITING, attempt)
        assert row.due_at > clock.now()
        clock.advance(timedelta(hours=1))
    deliver_due(house)
    row = rows(house)[0]
    assert (row.state, row.last_error) == (DeliveryState.DEAD, "ValueError: password=***")
    assert heard(house) == [1]  # the others did not wait, and the failed one wrote nothing


def test_a_dead_delivery_is_sent_again_by_hand(house: House, branch: int) -> None:
    tell(house, branch, 1)
    dead = {"state": DeliveryState.DEAD, "attempts": MAX_ATTEMPTS}
    at(house, branch, lambda s: s.execute(update(OutboxDelivery).values(**dead)))
    assert deliver_due(house) == 0
    key = rows(house)[0].id
    house.queue.huey.flush()
    at(house, branch, lambda s: send_again(s, key))
    assert house.queue.huey.pending_count() == 1
    assert deliver_due(house) == 1
    assert heard(house) == [1]
    with pytest.raises(StateRefused):
        at(house, branch, lambda s: send_again(s, key))


def test_a_plugin_switched_off_meanwhile_is_skipped(house: House, branch: int) -> None:
    tell(house, branch, 1)
    house.database.write(KERNEL, lambda s: disable(s, branch, "sample"))
    deliver_due(house)
    assert rows(house)[0].state is DeliveryState.SKIPPED
    assert heard(house) == []


def test_a_subscriber_nobody_knows_is_kept_and_named(house: House, branch: int) -> None:
    tell(house, branch, 1)
    at(house, branch, lambda s: s.execute(update(OutboxDelivery).values(subscriber="gone.hear")))
    deliver_due(house)
    row = rows(house)[0]
    assert row.state is DeliveryState.WAITING
    assert "gone.hear" in row.last_error


def test_a_stopping_worker_lets_go_of_what_it_has_not_made(house: House, branch: int) -> None:
    for step in (1, 2, 3):
        tell(house, branch, step)
    answers = iter([False, True])
    assert deliver_due(house, stopping=lambda: next(answers)) == 1
    assert [row.attempts for row in rows(house)] == [1, 0, 0]
    assert deliver_due(house) == 2
    assert heard(house) == [1, 2, 3]
