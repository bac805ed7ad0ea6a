"""Grading as a job: killed half way, it goes on and does nothing twice (TI-04)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dougong.core.clock import FixedClock
from dougong.core.entities.job import JobRun, RunState
from dougong.core.house import House, open_house
from dougong.core.jobs import enqueue
from dougong.core.runs import run_job
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.switches import enable
from dougong.core.testing import NOON, make_branches
from dougong.plugins.tiering import jobs
from dougong.plugins.tiering.jobs import EvaluateArguments
from dougong.plugins.tiering.models import CustomerLevel, Evaluation, EvaluationState, LevelHistory
from dougong.plugins.tiering.service import Taken, take_over
from tests.plugins.tiering.sample import AS_OF, make_up_branch

KERNEL = Scope.kernel("test")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def house(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """A house that really commits, on a database of its own."""
    house = open_house(Settings(database_url=database_url, data_dir=tmp_path), clock=clock)
    yield house
    house.database.engine.dispose()


@pytest.fixture
def branch(house: House) -> int:
    """A branch with 60 customers and tiering on."""

    def work(session: Session) -> int:
        _, east, _ = make_branches(session)
        enable(session, east, "tiering")
        make_up_branch(session, east, 60)
        return east

    return house.database.write(KERNEL, work)


def ask(house: House, branch: int) -> int:
    asked = EvaluateArguments(AS_OF)
    return house.database.write(
        Scope.at(branch, "test"),
        lambda session: enqueue(session, "tiering.evaluate", branch, asked).id,
    )


def test_killed_in_a_chunk_it_goes_on_and_takes_each_customer_once(
    house: House, branch: int, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def small_and_mortal(session: Session, evaluation_id: int, after: int) -> Taken:
        taken = take_over(session, evaluation_id, after, size=20)
        calls.append(after)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return taken

    monkeypatch.setattr(jobs, "take_over", small_and_mortal)
    run_id = ask(house, branch)
    assert run_job(house, run_id)
    with house.database.reading(KERNEL) as session:
        assert session.get_one(JobRun, run_id).state is RunState.FAILED
        assert session.scalar(select(func.count(CustomerLevel.customer_id))) == 20
    clock.advance(timedelta(hours=1))
    assert run_job(house, run_id)
    assert calls[1] == calls[2]  # the chunk it was killed in, anew
    with house.database.reading(KERNEL) as session:
        run = session.get_one(JobRun, run_id)
        (evaluation,) = session.scalars(select(Evaluation)).all()
        assert (run.state, run.done_count, run.total_count) == (
            RunState.DONE,
            evaluation.customers,
            evaluation.customers,
        )
        assert evaluation.state is EvaluationState.DONE
        assert evaluation.changed == evaluation.customers
        assert session.scalar(select(func.count(LevelHistory.id))) == evaluation.customers


def test_asked_for_twice_the_second_moves_nobody(house: House, branch: int) -> None:
    first, second = ask(house, branch), ask(house, branch)
    assert run_job(house, first)
    assert run_job(house, second)
    with house.database.reading(KERNEL) as session:
        changed = session.scalars(select(Evaluation.changed).order_by(Evaluation.id)).all()
        assert changed[0] > 0
        assert changed[1] == 0
