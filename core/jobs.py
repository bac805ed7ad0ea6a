"""Jobs: work outside the request, in steps that commit with their own checkpoint.

A run is a row. A worker holds it by a lease with a random token; every step checks and renews the
lease in the transaction that does the work and stores how far the run came. So a worker that is
killed loses at most the step it was in, and one that was thought dead can write nothing more.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, is_dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import CursorResult, Select, func, select, update
from sqlalchemy.exc import IntegrityError

from dougong.core.entities.job import JobRun, RunState
from dougong.core.errors import NotFound, StateRefused
from dougong.core.i18n import LazyText, lazy
from dougong.core.plugins import Contribution, Registry
from dougong.core.schedule import Daily, Every, Schedule
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard
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
    "Stopping",
    "enqueue",
    "find_kind",
    "job_kinds",
    "routine_kinds",
    "run_again",
    "title_of",
    "unique_key",
]

T = TypeVar("T")
A = TypeVar("A")
LEASE: Final = timedelta(minutes=1)
PLUGIN_OFF: Final = lazy("Waiting: the plugin of this job is off at this branch.")
KIND_UNKNOWN: Final = lazy("Waiting: no loaded plugin knows this kind of job.")


class LeaseLost(RuntimeError):
    """Another worker holds this run now; nothing more may be written for it."""


class Stopping(Exception):
    """The run is put back and goes on from its checkpoint: the worker stops, the plugin is off."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job, as ``register_jobs`` returns it.

    ``name`` carries the plugin (``tiering.evaluate``). ``every`` makes one run per branch and
    occurrence where the plugin is on. ``lease`` is how long a step may take before another
    worker believes this one dead. ``title`` is what staff read; the name where there is none.
    """

    name: str
    run: Callable[["JobContext"], None]
    every: Schedule | None = None
    max_attempts: int = 5
    lease: timedelta = LEASE
    title: LazyText | None = None


@dataclass(slots=True)
class JobContext:
    """What a running job is given. It writes through ``step`` and reads through ``reading``."""

    house: "House"
    offer: Contribution
    run_id: int
    branch_id: int
    args: Mapping[str, JsonValue]
    cursor: JsonValue
    """The last committed checkpoint; None at the very start."""
    done: int
    scope: Scope
    lease: str
    stopping: Callable[[], bool]

    @property
    def kind(self) -> JobKind:
        """The kind that runs."""
        return cast(JobKind, self.offer.item)

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

        ``cursor`` and ``done`` may be functions of what ``work`` returned; None leaves them.
        ``message`` is a source sentence of the catalogue: it is translated when it is shown.
        ``work`` may run again with a new session. Raises ``LeaseLost`` or ``Stopping``, which a
        job lets pass.
        """
        if self.stopping():
            raise Stopping

        def unit(session: Session) -> tuple[T, JsonValue, int | None]:
            self._hold(session)
            result = work(session)
            session.flush()
            reached = cursor(result) if callable(cursor) else cursor
            count = done(result) if callable(done) else done
            self._mark(session, reached, done_count=count, total_count=total, message=message)
            return result, reached, count

        result, reached, count = self.house.database.write(self.scope, unit)
        self.cursor = self.cursor if reached is None else reached
        self.done = self.done if count is None else count
        return result

    def walk(
        self,
        keys: Select[int],
        work: Callable[[Session, Sequence[int]], object],
        *,
        size: int = 200,
    ) -> None:
        """Give ``work`` every id that ``keys`` selects, in order, ``size`` of them a step.

        Goes on after the last committed batch when the run is resumed, so a job walks once:
        ``ctx.walk(select(Customer.id), evaluate_batch)``.
        """
        total: int | None = None
        while batch := self._next(keys, size):
            if total is None:
                total = self.done + self._count(keys)
            step = partial(_hand_over, work, batch)
            self.step(step, cursor=batch[-1], done=self.done + len(batch), total=total)

    def _next(self, keys: Select[int], size: int) -> Sequence[int]:
        column = keys.selected_columns[0]
        with self.reading() as session:
            return session.scalars(self._remaining(keys).order_by(column).limit(size)).all()

    def _count(self, keys: Select[int]) -> int:
        remaining = self._remaining(keys).order_by(None).subquery()
        with self.reading() as session:
            return session.scalars(select(func.count()).select_from(remaining)).one()

    def _remaining(self, keys: Select[int]) -> Select[int]:
        return keys if self.cursor is None else keys.where(keys.selected_columns[0] > self.cursor)

    def _hold(self, session: Session) -> None:
        """Renew the lease, which locks the row: whoever lost it or the plugin stops here."""
        self._set(session, {})
        if not switchboard(session).speaks(self.offer, self.branch_id):
            raise Stopping(PLUGIN_OFF.source)

    def _mark(self, session: Session, cursor: JsonValue, **progress: int | str | None) -> None:
        values: dict[str, Any] = {k: v for k, v in progress.items() if v is not None}
        if cursor is not None:
            values["cursor"] = cursor
        self._set(session, values)

    def _set(self, session: Session, values: Mapping[str, object]) -> None:
        now = self.house.database.clock.now()  # not session.now: the work took its time
        changed = session.execute(
            update(JobRun)
            .where(JobRun.id == self.run_id, JobRun.lease == self.lease)
            .values(leased_until=now + self.kind.lease, updated_at=now, **values)
            .execution_options(synchronize_session=False)
        )
        if cast("CursorResult[Any]", changed).rowcount != 1:
            raise LeaseLost(f"Run {self.run_id} is held by another worker.")


def _hand_over(
    work: Callable[[Session, Sequence[int]], object], batch: Sequence[int], session: Session
) -> None:
    work(session, batch)


def job_kinds(registry: Registry) -> dict[str, Contribution]:
    """Every kind of job by its name; raises ``ValueError`` when two share one."""
    kinds: dict[str, Contribution] = {}
    for offer in registry.contributions("register_jobs"):
        if offer.item.name in kinds:
            raise ValueError(f"Two kinds of job are named {offer.item.name!r}.")
        kinds[offer.item.name] = offer
    return kinds


def title_of(registry: Registry, name: str) -> str:
    """What staff read for a kind of job; the name of one that no loaded plugin has."""
    offer = find_kind(registry, name)
    title = offer.item.title if offer is not None else None
    return name if title is None else str(title)


def routine_kinds(registry: Registry) -> list[str]:
    """Kinds that run again and again through the day: a done run of theirs is no news."""
    kinds = job_kinds(registry).items()
    return [name for name, offer in kinds if isinstance(offer.item.every, Every)]


def find_kind(registry: Registry, name: str) -> Contribution | None:
    """The kind and who offers it; None when no loaded plugin does."""
    return job_kinds(registry).get(name)


def unique_key(kind: str, branch_id: int, key: str) -> str:
    """The key as stored: kinds and branches cannot take each other's."""
    return f"{kind}:{branch_id}:{key}"


def enqueue(  # noqa: PLR0913 - the last two by name, seldom both
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
    if find_kind(session.info[REGISTRY], kind) is None:
        raise LookupError(f"No loaded plugin has a job {kind!r}.")
    run = JobRun(
        branch_id=branch_id,
        kind=kind,
        args=_as_json(args),
        state=RunState.QUEUED,
        unique_key=None if key is None else unique_key(kind, branch_id, key),
        due_at=due_at or session.now,
        actor=session.scope.actor,
        user_id=session.scope.user_id,
    )
    run = _add_once(session, run)
    if run.state is RunState.QUEUED and run.due_at <= session.now:
        wake_run(session, run.id)
    return run


def _add_once(session: Session, run: JobRun) -> JobRun:
    session.flush()  # what the caller left open must not be undone with our SAVEPOINT
    known = _known(session, run.unique_key)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:
        known = _known(session, run.unique_key)
        if known is None:
            raise
        return known
    return run


def _known(session: Session, key: str | None) -> JobRun | None:
    if key is None:
        return None
    return session.scalars(select(JobRun).where(JobRun.unique_key == key)).one_or_none()


def _as_json(args: "Mapping[str, JsonValue] | DataclassInstance | None") -> dict[str, Any]:
    if args is None:
        return {}
    if is_dataclass(args):
        dumped: dict[str, Any] = TypeAdapter(type(args)).dump_python(args, mode="json")
        return dumped
    return dict(args)


def run_again(session: Session, run_id: int) -> JobRun:
    """Queue a failed or dead run anew; it goes on from its checkpoint."""
    run = session.scalars(select(JobRun).where(JobRun.id == run_id).with_for_update()).one_or_none()
    if run is None:
        raise NotFound
    if run.state not in (RunState.FAILED, RunState.DEAD):
        raise StateRefused(lazy("Only a job that failed can be run again."))
    run.state = RunState.QUEUED
    run.attempts = 0
    run.due_at = session.now
    run.finished_at = None
    wake_run(session, run.id)
    return run
