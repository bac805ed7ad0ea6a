"""Jobs: work outside the request, in steps that commit with their own checkpoint.

A run is a row. A worker holds it by a lease with a random token; every step checks and renews the
lease in the transaction that does the work and stores how far the run came. So a worker that is
killed loses at most the step it was in, and one that was thought dead can write nothing more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, is_dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar, cast

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError

from dougong.core.entities.job import JobRun, RunState
from dougong.core.errors import StateRefused
from dougong.core.i18n import lazy
from dougong.core.plugins import Contribution, Registry
from dougong.core.schedule import Daily, Every, Occurrence, Schedule
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY
from dougong.core.wakeups import wake_run

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from dougong.core.house import House

__all__ = [
    "Daily",
    "Every",
    "JobContext",
    "JobKind",
    "LeaseLost",
    "Occurrence",
    "Schedule",
    "Stopping",
    "enqueue",
    "find_kind",
    "job_kinds",
    "run_again",
]

T = TypeVar("T")
A = TypeVar("A")
LEASE: Final = timedelta(minutes=1)


class LeaseLost(RuntimeError):
    """Another worker holds this run now; nothing more may be written for it."""


class Stopping(Exception):  # noqa: N818 - not an error: the worker is asked to stop
    """The worker is shutting down: the run is put back and goes on from its checkpoint."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job, as ``register_jobs`` returns it.

    ``name`` carries the plugin (``tiering.evaluate``). ``every`` makes one run per branch and
    occurrence where the plugin is on. ``lease`` is how long a step may take before another
    worker believes this one dead.
    """

    name: str
    run: Callable[["JobContext"], None]
    every: Schedule | None = None
    max_attempts: int = 5
    lease: timedelta = LEASE


@dataclass(slots=True)
class JobContext:
    """What a running job is given. It writes through ``step`` and reads through ``reading``."""

    house: "House"
    run_id: int
    kind: JobKind
    branch_id: int
    args: Mapping[str, JsonValue]
    cursor: JsonValue
    """The last committed checkpoint; None at the very start."""
    scope: Scope
    lease: str
    done: int = 0
    stopping: Callable[[], bool] = field(default=lambda: False)

    def arguments(self, shape: type[A]) -> A:
        """The arguments as the frozen dataclass they were given as."""
        return TypeAdapter(shape).validate_python(self.args)

    def reading(self) -> AbstractContextManager[Session]:
        """A session at the job's branch that only reads."""
        return self.house.database.reading(self.scope)

    def step(
        self,
        work: Callable[[Session], T],
        *,
        cursor: JsonValue | Callable[[T], JsonValue] = None,
        done: int | Callable[[T], int] | None = None,
        total: int | None = None,
        message: str | None = None,
    ) -> T:
        """Run ``work`` in one transaction together with its checkpoint and progress.

        ``cursor`` and ``done`` may be functions of what ``work`` returned. ``work`` may run again
        with a new session. Raises ``LeaseLost`` or ``Stopping``, which a job lets pass.
        """
        raise NotImplementedError

    def walk(
        self,
        keys: Select[tuple[int]],
        work: Callable[[Session, Sequence[int]], object],
        *,
        size: int = 200,
    ) -> None:
        """Give ``work`` every id that ``keys`` selects, in order, ``size`` of them a step.

        Goes on after the last committed batch when the run is resumed:
        ``ctx.walk(select(Customer.id), evaluate_batch)``.
        """
        raise NotImplementedError


def enqueue(
    session: Session,
    kind: str,
    branch_id: int,
    args: "Mapping[str, JsonValue] | DataclassInstance | None" = None,
    *,
    key: str | None = None,
    due_at: datetime | None = None,
) -> JobRun:
    """Ask for a run of ``kind`` at the branch, in the caller's transaction.

    With a ``key`` the same run is returned however often it is asked for, also when it is done.
    Raises ``LookupError`` for a kind that no loaded plugin has.
    """
    raise NotImplementedError


def run_again(session: Session, run_id: int) -> JobRun:
    """Queue a dead or failed run anew; it goes on from its checkpoint."""
    raise NotImplementedError
