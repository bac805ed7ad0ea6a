"""Wake-ups: what a transaction asks of the queue is told once it is committed, never before.

The rows are the truth; a wake-up that is lost costs a minute, until the next sweep.
"""

from typing import Final, Protocol

import structlog
from sqlalchemy import event

from dougong.core.session import Session

ALARM: Final = "alarm"
_RUNS: Final = "wake_runs"
_DELIVERIES: Final = "wake_deliveries"
_log = structlog.get_logger(__name__)


class Alarm(Protocol):
    """Whom to wake; ``Database.info["alarm"]`` holds it, absent where the sweep is enough."""

    def wake_run(self, run_id: int) -> None:
        """A run is due."""
        ...

    def wake_deliveries(self) -> None:
        """Deliveries of the outbox are due."""
        ...


def wake_run(session: Session, run_id: int) -> None:
    """Wake a worker for the run once this session's transaction is committed."""
    session.info.setdefault(_RUNS, []).append(run_id)


def wake_deliveries(session: Session) -> None:
    """Wake a worker for the outbox once this session's transaction is committed."""
    session.info[_DELIVERIES] = True


@event.listens_for(Session, "after_commit")
def _tell(session: Session) -> None:
    if session.in_nested_transaction():  # a SAVEPOINT was released; nothing is sure yet
        return
    runs = session.info.pop(_RUNS, [])
    deliveries = session.info.pop(_DELIVERIES, False)
    alarm: Alarm | None = session.info.get(ALARM)
    if alarm is None:
        return
    try:
        for run_id in runs:
            alarm.wake_run(run_id)
        if deliveries:
            alarm.wake_deliveries()
    except Exception as error:  # noqa: BLE001 - committed already; the sweep will find the rows
        _log.warning("wake_up_lost", reason=type(error).__name__)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_RUNS, None)
    session.info.pop(_DELIVERIES, None)
