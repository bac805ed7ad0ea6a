"""The queue: Huey as a wake-up. It carries ids only; what to do is in the database's rows."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol, cast

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer
from sqlalchemy import make_url

from dougong.core.housekeeping import tidy
from dougong.core.outbox import deliver_due, has_due
from dougong.core.runs import never, run_job
from dougong.core.settings import Settings
from dougong.core.sweep import due_runs, plan

if TYPE_CHECKING:
    from dougong.core.house import House

NAME: Final = "dougong"
_ENOUGH_WAITING: Final = 100
"""With so many wake-ups waiting the workers are busy; the next sweep wakes the rest."""


class _Task(Protocol):
    def __call__(self, *args: int) -> object: ...


def make_huey(settings: Settings) -> Huey:
    """Huey as the settings say: a SQLite file, PostgreSQL, or Redis.

    Tasks are signed with the installation's key: Huey unpickles what it reads, and whoever can
    write to a shared queue must not thereby run code. PostgreSQL needs a direct connection, not
    one of a transaction pooler.
    """
    signed = SignedSerializer(secret=settings.signing_key())
    options = {"name": NAME, "results": False, "serializer": signed}
    if not settings.queue_url:
        settings.queue_file.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(filename=str(settings.queue_file), **options)
    scheme = settings.queue_url.partition(":")[0]
    if scheme.startswith("postgresql"):
        url = make_url(settings.queue_url).set(drivername="postgresql")
        return PostgresHuey(dsn=url.render_as_string(hide_password=False), **options)
    if scheme in ("redis", "rediss"):
        return RedisHuey(url=settings.queue_url, **options)
    raise ValueError(f"queue_url begins with {scheme}:, not with postgresql: or redis:.")


class Queue:
    """Wakes workers; in a worker, ``bind`` gives it the house whose rows they carry out."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stopping: Callable[[], bool] = never
        self._house: House | None = None
        self._huey: Huey | None = None

    @property
    def huey(self) -> Huey:
        """Opened at first use: a process that queues nothing makes no file."""
        if self._huey is None:
            huey = make_huey(self.settings)
            self._run = cast(_Task, huey.task(name="run_job")(self._run_job))
            self._deliver = cast(_Task, huey.task(name="deliver", priority=10)(self._deliver_due))
            huey.periodic_task(_each_minute, name="sweep", priority=20)(self._sweep)
            self._huey = huey
        return self._huey

    def bind(self, house: "House", stopping: Callable[[], bool]) -> None:
        """Let the tasks of this process work on the house until ``stopping`` says so."""
        self._house = house
        self.stopping = stopping

    def wake_run(self, run_id: int) -> None:
        """Let a worker look at the run."""
        assert self.huey
        self._run(run_id)

    def wake_deliveries(self) -> None:
        """Let a worker look into the outbox."""
        assert self.huey
        self._deliver()

    def _run_job(self, run_id: int) -> None:
        if self._house is not None:
            run_job(self._house, run_id, self.stopping)

    def _deliver_due(self) -> None:
        while self._house is not None and not self.stopping() and has_due(self._house):
            deliver_due(self._house, stopping=self.stopping)

    def _sweep(self) -> None:
        if self._house is None:
            return
        plan(self._house)  # wakes what it queues
        if self.huey.pending_count() < _ENOUGH_WAITING:
            for run_id in due_runs(self._house):
                self.wake_run(run_id)
        self._deliver_due()
        tidy(self._house)


def _each_minute(moment: datetime) -> bool:
    return True
