"""The worker process itself: killed, stopped and woken for real."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from dougong.core.clock import SystemClock
from dougong.core.entities.event_log import OutboxDelivery
from dougong.core.entities.job import RunState
from dougong.core.house import House
from dougong.core.jobs import enqueue
from dougong.core.session import Session
from dougong.core.switches import enable
from dougong.core.testing import make_branches
from tests.core.sample.house import KERNEL, at, look, open_sample, steps
from tests.core.sample.plugin import Steps

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


def until(met: Callable[[], bool]) -> float:
    """Wait for another process; how long it took. Fails after ``PATIENCE`` seconds."""
    start = time.monotonic()
    while not met():
        assert time.monotonic() - start < PATIENCE, "the worker did not get there"
        time.sleep(0.05)
    return time.monotonic() - start


class Workers:
    """Worker processes on one house, ended with the test."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """Another worker process."""
        settings = self.house.settings
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.core.sample.house", settings.url, settings.data_dir],
            cwd=ROOT,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
            stdout=subprocess.DEVNULL,
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """Kill what still runs."""
        for process in self.started:
            process.kill()
            process.wait()


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house on real time: its lease and its queue are shared with other processes."""
    house = open_sample(database_url, tmp_path / "data", SystemClock())
    yield house
    house.database.engine.dispose()


@pytest.fixture
def branch(house: House) -> int:
    """A branch where the sample is on."""
    _, east, _ = house.database.write(KERNEL, make_branches)
    house.database.write(KERNEL, lambda session: enable(session, east, "sample"))
    return east


@pytest.fixture
def workers(house: House) -> Iterator[Workers]:
    """Worker processes."""
    found = Workers(house)
    yield found
    found.end()


def ask(house: House, branch: int, asked: Steps) -> int:
    """Ask for the long job."""
    return at(house, branch, lambda s: enqueue(s, "sample.count", branch, asked).id)


def taken(house: House) -> list[int]:
    """The long job's steps; the nightly one takes step 0."""
    return [step for step in steps(house) if step]


def lease_is_over(house: House, run_id: int) -> bool:
    until = look(house, run_id).leased_until
    return until is not None and until < house.clock.now()


def outlast_leases(session: Session) -> None:
    """Let the minute pass that a dead worker's deliveries are held for."""
    session.execute(
        update(OutboxDelivery)
        .where(OutboxDelivery.leased_until.is_not(None))
        .values(leased_until=session.now - timedelta(seconds=1))
    )


def test_sigkill_in_the_middle_of_a_job_loses_and_doubles_nothing(
    house: House, branch: int, workers: Workers
) -> None:
    run_id = ask(house, branch, Steps(40, pause=0.02))
    for reached in (5, 15):  # killed twice
        worker = workers.start()
        until(lambda n=reached: len(taken(house)) >= n)  # type: ignore[misc]
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
        assert len(taken(house)) < 40
        until(lambda: lease_is_over(house, run_id))
        house.database.write(KERNEL, outlast_leases)
    workers.start()
    until(lambda: look(house, run_id).state is RunState.DONE)
    until(lambda: len(steps(house, "sample.heard")) == len(steps(house)))
    assert taken(house) == list(range(1, 41))
    assert sorted(steps(house, "sample.heard")) == sorted(steps(house))
    assert look(house, run_id).attempts == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_worker_after_its_step_and_the_next_goes_on(
    house: House, branch: int, workers: Workers, number: signal.Signals
) -> None:
    run_id = ask(house, branch, Steps(100, pause=0.02))
    worker = workers.start()
    until(lambda: len(taken(house)) >= 3)
    worker.send_signal(number)
    assert worker.wait(PATIENCE) == 0
    run = look(house, run_id)
    assert (run.state, run.attempts, run.lease) == (RunState.QUEUED, 0, None)
    assert taken(house) == list(range(1, run.done_count + 1))
    assert run.done_count < 100


def test_two_workers_do_everything_once_and_wake_within_a_second(
    house: House, branch: int, workers: Workers
) -> None:
    workers.start()
    workers.start()
    until(lambda: steps(house, "sample.heard") == [0])  # both are up: the nightly run is done
    run_id = ask(house, branch, Steps(1))
    assert until(lambda: look(house, run_id).state is RunState.DONE) < 2
    runs = [ask(house, branch, Steps(3)) for _ in range(10)]
    until(lambda: all(look(house, r).state is RunState.DONE for r in runs))
    assert len(taken(house)) == 31
    until(lambda: len(steps(house, "sample.heard")) == 32)
    assert all(look(house, r).attempts == 1 for r in runs)
