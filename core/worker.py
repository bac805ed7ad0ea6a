"""The worker: Huey's consumer in the main thread, ended gracefully by SIGTERM or Ctrl-C."""

import signal
from types import FrameType
from typing import TYPE_CHECKING, Final

import structlog
from huey.consumer import Consumer, ConsumerStopped

from dougong.core.outbox import deliver_due, has_due
from dougong.core.runs import run_job
from dougong.core.sweep import due_runs, plan

if TYPE_CHECKING:
    from dougong.core.house import House

POLL: Final = 0.1
LONGEST_POLL: Final = 0.5
"""Seconds between two looks at a queue that cannot call (SQLite)."""
_log = structlog.get_logger(__name__)


class _Worker(Consumer):  # type: ignore[misc] # Huey ships no types
    """A consumer that lets both signals end it gracefully; a second one ends it at once."""

    asked_to_stop = False

    def _set_signal_handlers(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        # Only a flag: setting an Event here may dead-lock with the thread that waits on it.
        self.asked_to_stop = True
        signal.signal(number, signal.SIG_DFL)

    def stopping(self) -> bool:
        """What long jobs ask between two steps."""
        return self.asked_to_stop or self.stop_flag.is_set()

    def loop(self, health_check_ts: float | None = None) -> float | None:
        """Huey's own main loop, with the flag looked at ten times a second."""
        if self.asked_to_stop:
            self.stop(graceful=True)
            raise ConsumerStopped
        since: float | None = super().loop(health_check_ts)
        return since


def work(house: "House") -> None:
    """Carry out jobs and deliveries until asked to stop; runs in the main thread.

    A job in hand stops after its current step and goes on from there in the next worker.
    """
    consumer = _Worker(
        house.queue.huey,
        workers=house.settings.workers,
        initial_delay=POLL,
        max_delay=LONGEST_POLL,
    )
    house.queue.bind(house, consumer.stopping)
    _log.info("worker_started", threads=house.settings.workers)
    consumer.run()
    _log.info("worker_stopped")


def work_until_empty(house: "House") -> int:
    """Do what is due now, and what that makes due, in this thread; how much was done."""
    done = 0
    plan(house)
    while True:
        round_done = sum(run_job(house, run_id) for run_id in due_runs(house))
        while has_due(house):
            round_done += deliver_due(house)
        if not round_done:
            return done
        done += round_done
