"""What every test may ask for: a database of its own on SQLite and on PostgreSQL, migrated.

``database_url``         a migrated database for this test alone; the test runs once on each engine
``empty_database_url``   the same before any migration
``postgres_server_url``  the server's URL, for tests that make roles or many databases

A test that works in a rolled-back session uses the fixtures of ``dougong.core.testing``, which
stand on ``shared_database_url``: one migrated database a process and engine.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from dougong.core.database import open_engine
from dougong.core.house import load_registry
from dougong.core.migrate import upgrade
from tests.postgres import (
    SERVER_URL_VARIABLE,
    NoPostgres,
    TestRun,
    create_database,
    drop_database,
    new_run,
)
from tests.skipping import NoSkipsInCI, in_ci

RUN_FOLDER = "DOUGONG_TEST_RUN_FOLDER"
KEPT = {SERVER_URL_VARIABLE}
ENGINES = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)]


def pytest_configure(config: pytest.Config) -> None:
    """Called in every process of the run; the first one makes the folder that all share."""
    if hasattr(config, "workerinput"):
        return
    for name in [n for n in os.environ if n.startswith(("DOUGONG_", "PG")) and n not in KEPT]:
        del os.environ[name]  # a developer's own settings are not the tests'
    run = new_run()
    os.environ[RUN_FOLDER] = str(run.folder)
    config.add_cleanup(run.stop)
    if in_ci():
        config.pluginmanager.register(NoSkipsInCI())


@pytest.fixture(scope="session")
def test_run() -> TestRun:
    """What the processes of this run share."""
    return TestRun(Path(os.environ[RUN_FOLDER]))


@pytest.fixture(scope="session")
def postgres_server_url(test_run: TestRun) -> URL:
    """A PostgreSQL server where databases and roles may be made; skips with the reason."""
    try:
        return test_run.server_url()
    except NoPostgres as why:
        pytest.skip(f"no PostgreSQL: {why}")


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables for this test alone, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    yield from postgres_copy(request, template="template0")


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database for this test alone, once on each engine."""
    yield from migrated_copy(request, request.param, tmp_path)


@pytest.fixture(scope="session", params=ENGINES)
def shared_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A migrated database for this process: whoever writes to it rolls back."""
    yield from migrated_copy(request, request.param, tmp_path_factory.mktemp("shared"))


def migrated_copy(request: pytest.FixtureRequest, engine: str, folder: Path) -> Iterator[str]:
    """A copy of the template that our migrations made once in this run."""
    run: TestRun = request.getfixturevalue("test_run")
    if engine == "sqlite":
        target = folder / "test.sqlite3"
        shutil.copyfile(run.once("sqlite", lambda: sqlite_template(run)), target)
        yield f"sqlite:///{target}"
        return
    server: URL = request.getfixturevalue("postgres_server_url")
    template = run.once("postgres-template", lambda: postgres_template(server))
    yield from postgres_copy(request, template=template.rpartition("/")[2])


def postgres_copy(request: pytest.FixtureRequest, template: str) -> Iterator[str]:
    """A copy of a database on the server, dropped afterwards."""
    url = create_database(request.getfixturevalue("postgres_server_url"), template)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        drop_database(url)


def sqlite_template(run: TestRun) -> str:
    """The path of a migrated SQLite file, its log folded in, that tests copy."""
    path = run.folder / "template.sqlite3"
    migrate(f"sqlite:///{path}")
    return str(path)


def postgres_template(server: URL) -> str:
    """The URL of a migrated database, that tests copy."""
    url = create_database(server).render_as_string(hide_password=False)
    migrate(url)
    return url


def migrate(url: str) -> None:
    """Bring a database to the head of core and of every bundled plugin."""
    engine = open_engine(url)
    upgrade(engine, load_registry())
    engine.dispose()
    fold_in_the_log(url)


def fold_in_the_log(url: str) -> None:
    """Put what SQLite keeps in its write-ahead log into the file that tests copy."""
    path = make_url(url).database
    if url.startswith("sqlite") and path:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
