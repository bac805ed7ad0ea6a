"""Housekeeping: what nobody will ask for again goes, what somebody has still to hear stays."""

from datetime import timedelta

from sqlalchemy import select, update

from dougong.core.clock import FixedClock
from dougong.core.entities.event_log import DeliveryState, EventRecord, OutboxDelivery
from dougong.core.entities.job import RunState
from dougong.core.entities.request_key import RequestKey
from dougong.core.events import record
from dougong.core.house import House
from dougong.core.housekeeping import tidy
from dougong.core.jobs import enqueue
from dougong.core.outbox import deliver_due
from dougong.core.request_keys import KEPT_FOR
from dougong.core.request_keys import claim as claim_key
from dougong.core.scope import Scope
from dougong.core.sweep import plan
from dougong.core.worker import work_until_empty
from tests.core.sample.events import StepTaken
from tests.core.sample.house import KERNEL, at, look, steps
from tests.core.sample.plugin import Steps


def ask(house: House, branch: int, asked: Steps) -> int:
    """Ask for a run of the sample's long job; its id."""
    return at(house, branch, lambda s: enqueue(s, "sample.count", branch, asked).id)


def tell(house: House, branch: int, step: int) -> None:
    """Record an event with one subscriber after the commit."""
    at(house, branch, lambda session: record(session, StepTaken(branch_id=branch, step=step)))


def test_old_scheduled_runs_are_dropped_but_not_the_latest(
    house: House, branch: int, clock: FixedClock
) -> None:
    kept = [ask(house, branch, Steps(1)) for _ in range(2)]
    for _ in range(4):
        work_until_empty(house)
        clock.advance(timedelta(days=1))
    assert tidy(house) == 2
    clock.advance(timedelta(days=30))
    assert tidy(house) == 1
    assert tidy(house) == 0
    assert {look(house, run_id).state for run_id in kept} == {RunState.DONE}
    assert plan(house) == 1


def test_one_time_keys_are_forgotten_when_nobody_sends_them_again(
    house: House, clock: FixedClock
) -> None:
    kernel = Scope.kernel("test")
    house.database.write(kernel, lambda session: claim_key(session, "old", "digest"))
    clock.advance(KEPT_FOR)
    tidy(house)
    with house.database.reading(kernel) as session:
        assert session.get(RequestKey, "old") is not None
    clock.advance(timedelta(seconds=1))
    tidy(house)
    with house.database.reading(kernel) as session:
        assert session.get(RequestKey, "old") is None


def test_events_that_everybody_heard_are_dropped_with_their_deliveries(
    house: House, branch: int, clock: FixedClock
) -> None:
    tell(house, branch, 1)
    deliver_due(house)
    clock.advance(timedelta(days=house.settings.keep_events_days))
    tell(house, branch, 2)
    deliver_due(house)
    tidy(house)
    assert steps(house, StepTaken.name) == [1, 2]
    clock.advance(timedelta(seconds=1))
    tidy(house)
    assert steps(house, StepTaken.name) == [2]
    with house.database.reading(KERNEL) as session:
        left = select(OutboxDelivery.id).where(OutboxDelivery.state == DeliveryState.DONE)
        assert len(session.scalars(left).all()) == 1


def test_an_event_that_somebody_has_still_to_hear_stays_however_old(
    house: House, branch: int, clock: FixedClock
) -> None:
    for step in (1, 2):
        tell(house, branch, step)
    given_up = update(OutboxDelivery).where(OutboxDelivery.event_id == _first(house))
    house.database.write(KERNEL, lambda s: s.execute(given_up.values(state=DeliveryState.DEAD)))
    clock.advance(timedelta(days=1000))
    tidy(house)
    assert steps(house, StepTaken.name) == [1, 2]


def _first(house: House) -> int:
    with house.database.reading(KERNEL) as session:
        return session.scalars(select(EventRecord.id).order_by(EventRecord.id)).all()[0]
