"""What PostgreSQL needs of us: connections that give up a silent server.

Imported only where the database is PostgreSQL, because its driver is an extra.
"""

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Dialect

R = TypeVar("R")


class Silent(psycopg.OperationalError):
    """The server acknowledges packets but does not answer."""


class ImpatientConnection(psycopg.Connection[Any]):
    """A connection that gives up a silent server.

    No libpq option helps while TCP still acknowledges. ``answer_within``: seconds for one round
    trip; after that the connection is closed.
    """

    answer_within: float | None = None

    def wait(self, gen: PQGen[R], interval: float = 0.1, timeout: float | None = None) -> R:
        """Run one exchange with the server; ``Silent`` when it takes too long."""
        if timeout is not None or self.answer_within is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.answer_within)
        except psycopg.errors._WaitTimeout as error:
            self.pgconn.finish()
            raise Silent(f"no answer from the database within {self.answer_within} s") from error


def open_postgresql(url: str, answer_within: float, pool_size: int) -> Engine:
    """An engine whose connections give up after ``answer_within`` seconds of silence."""
    # prepare_threshold=None: prepared statements break behind a transaction pooler.
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"prepare_threshold": None, "connect_timeout": max(2, int(answer_within))},
    )

    @event.listens_for(engine, "do_connect")
    def connect(
        dialect: Dialect, record: object, args: list[Any], options: dict[str, Any]
    ) -> ImpatientConnection:
        connection = ImpatientConnection.connect(*args, **options)
        connection.answer_within = answer_within
        return connection

    return engine
