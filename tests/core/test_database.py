"""Units of work: all or nothing, run again when the database asks for it, never silent."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url, select, text, update
from sqlalchemy.exc import OperationalError

from dougong.core.database import WRITING, Database, open_engine
from dougong.core.entities.branch import Branch
from dougong.core.scope import Scope
from dougong.core.session import Session

KERNEL = Scope.kernel("test")


def add_branch(session: Session) -> int:
    branch = Branch(code="HQ", name="0", active=True)
    session.add(branch)
    session.flush()
    return branch.id


def test_an_exception_undoes_everything(database: Database) -> None:
    def work(session: Session) -> None:
        add_branch(session)
        raise KeyError("no")

    with pytest.raises(KeyError):
        database.write(KERNEL, work)
    with database.reading(KERNEL) as session:
        assert session.scalars(select(Branch)).all() == []


def test_counting_in_parallel_loses_nothing(database: Database) -> None:
    """Read, then write: four threads, a hundred times; retries and locks keep every step."""
    key = database.write(KERNEL, add_branch)

    def work(session: Session) -> None:
        row = session.scalars(select(Branch).where(Branch.id == key).with_for_update()).one()
        row.name = str(int(row.name) + 1)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(database.write, KERNEL, work) for _ in range(100)]:
            done.result()
    with database.reading(KERNEL) as session:
        assert session.get_one(Branch, key).name == "100"


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_deadlock_is_run_again(database: Database) -> None:
    """SQLite has one writer and no deadlocks."""
    one = database.write(KERNEL, add_branch)
    two = database.write(KERNEL, lambda s: _second(s, one))
    meeting = threading.Barrier(2, timeout=5)
    tries: list[int] = []

    def cross(first: int, second: int) -> None:
        met: list[int] = []

        def work(session: Session) -> None:
            tries.append(first)
            for key in (first, second):
                session.execute(update(Branch).where(Branch.id == key).values(zone="UTC"))
                if not met:
                    met.append(meeting.wait())

        database.write(KERNEL, work)

    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(cross, one, two), pool.submit(cross, two, one)):
            done.result(timeout=20)
    assert len(tries) == 3


def _second(session: Session, parent: int) -> int:
    branch = Branch(code="B2", name="2", parent_id=parent, active=True)
    session.add(branch)
    session.flush()
    return branch.id


def test_other_errors_are_not_run_again(database: Database) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        session.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(Exception, match="nowhere"):
        database.write(KERNEL, work)
    assert len(tries) == 1


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.writing(KERNEL) as writer:
        add_branch(writer)
        with database.reading(KERNEL) as reader:
            assert reader.scalars(select(Branch)).all() == []


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """Web and worker start together: the switch to write-ahead logging waits for nobody."""
    start = threading.Barrier(8, timeout=20)

    def come(number: int) -> str:
        engine = open_engine(f"sqlite:///{tmp_path / f'new{number // 8}.sqlite'}")
        start.wait()
        with engine.execution_options(**{WRITING: True}).begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS t (x)"))
            mode: str = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        engine.dispose()
        return mode

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(come, range(160))) == {"wal"}


@pytest.mark.postgres
def test_a_silent_server_is_given_up(postgres_server_url: URL) -> None:
    """The server's socket still acknowledges; only our own deadline ends the wait."""
    with _Mute(postgres_server_url) as mute:
        url = postgres_server_url.set(host="127.0.0.1", port=mute.port, query={})
        engine = open_engine(url.render_as_string(hide_password=False), answer_within=1)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
            mute.silent.set()
            began = time.monotonic()
            with pytest.raises(OperationalError, match="no answer from the database"):
                connection.execute(text("SELECT 2"))
            assert time.monotonic() - began < 8
            connection.invalidate()
        engine.dispose()


class _Mute:
    """A proxy before the server that can stop passing answers on."""

    def __init__(self, target: URL) -> None:
        parsed = make_url(target)
        self.target = (parsed.host or "127.0.0.1", parsed.port or 5432)
        self.silent = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]

    def __enter__(self) -> "_Mute":
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        self.thread.join(5)
        self.listener.close()

    def _accept(self) -> None:
        client, _ = self.listener.accept()
        with client, self._reach() as server:
            asking = threading.Thread(target=self._pass, args=(client, server), daemon=True)
            asking.start()
            self._pass(server, client, answers=True)
            asking.join(5)

    def _reach(self) -> socket.socket:
        host, port = self.target
        if host.startswith("/"):
            found = socket.socket(socket.AF_UNIX)
            found.connect(f"{host}/.s.PGSQL.{port}")
            return found
        return socket.create_connection((host, port))

    def _pass(self, source: socket.socket, target: socket.socket, answers: bool = False) -> None:
        while data := source.recv(65536):
            if not (answers and self.silent.is_set()):
                target.sendall(data)
        if not answers:
            target.shutdown(socket.SHUT_WR)
