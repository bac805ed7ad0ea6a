"""The database: engines for SQLite and PostgreSQL, reading sessions and the unit of work."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from random import uniform
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from dougong.core.clock import Clock, SystemClock
from dougong.core.scope import Scope
from dougong.core.session import Session

T = TypeVar("T")
POSTGRESQL: Final = "dougong.core.postgresql"
WRITING: Final = "dougong_writing"
RETRIED: Final = {"40001", "40P01"}
"""SQLSTATEs that a new attempt can cure: serialization failure and deadlock."""

_log = structlog.get_logger(__name__)


def open_engine(url: str, *, answer_within: float = 10.0, pool_size: int = 10) -> Engine:
    """An engine that begins its own transactions and never waits silently.

    ``answer_within``: seconds after which a silent database is given up with an error.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, answer_within)
    # the driver is an extra: its room is opened only when it is needed
    engine: Engine = import_module(POSTGRESQL).open_postgresql(url, answer_within, pool_size)
    return engine


def _sqlite(url: str, answer_within: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": answer_within})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute(f"PRAGMA busy_timeout={int(answer_within * 1000)}")
        _use_wal(connection, answer_within)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once when another wrote
        # meanwhile, whatever the busy timeout; readers must not wait for writers.
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _use_wal(connection: Any, answer_within: float) -> None:
    """Turn a new file to write-ahead logging; the busy timeout does not hold for that switch."""
    given_up = time.monotonic() + answer_within
    while connection.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > given_up:
                raise
            time.sleep(0.01)


@dataclass(slots=True)
class Database:
    """One engine and the two ways to use it: ``reading`` and ``write``."""

    engine: Engine
    clock: Clock = field(default_factory=SystemClock)
    info: dict[str, Any] = field(default_factory=dict)
    """Put into every session's ``info``: the kernel hangs the plugin registry here."""

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[Session]:
        """A session that only reads; nothing it holds can be written."""
        bind = self.engine
        if bind.dialect.name == "postgresql":
            bind = bind.execution_options(postgresql_readonly=True)
        session = Session(bind, scope, self.clock.now(), info=dict(self.info))
        try:
            yield session
        finally:
            session.close()

    def write(self, scope: Scope, work: Callable[[Session], T], *, attempts: int = 5) -> T:
        """Run ``work`` in one transaction and commit it: the unit of work.

        ``work`` may run again with a new session after a serialization failure, a deadlock or a
        busy SQLite file, so it must take what it needs as arguments and keep nothing outside.
        An exception undoes everything.
        """
        for attempt in range(1, attempts + 1):
            try:
                with self.writing(scope) as session:
                    result = work(session)
                    session.commit()
                    return result
            except DBAPIError as error:
                if attempt == attempts or not is_transient(error):
                    raise
                _log.info("unit_of_work_retried", attempt=attempt, reason=str(error.orig))
                time.sleep(uniform(0, 0.02 * 2**attempt))  # noqa: S311
        raise AssertionError("unreachable")

    @contextmanager
    def writing(self, scope: Scope) -> Iterator[Session]:
        """A writable session that the caller commits; what is not committed is undone."""
        bind = self.engine.execution_options(**{WRITING: True})
        session = Session(bind, scope, self.clock.now(), writable=True, info=dict(self.info))
        try:
            yield session
        finally:
            session.close()


def is_transient(error: DBAPIError) -> bool:
    """Whether running the whole unit of work again may succeed."""
    if getattr(error.orig, "sqlstate", None) in RETRIED:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)
