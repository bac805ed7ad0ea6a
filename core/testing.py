"""Fixtures and the contract for tests of the core and of plugins; no Flask here.

Installed as a pytest plugin, so third-party plugins have them too: ``world`` on a database that is
rolled back, ``session`` at one branch of it, ``database`` that really commits, and
``PluginContract`` to inherit.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest
from sqlalchemy import Connection, Engine, inspect

from dougong.core.clock import FixedClock
from dougong.core.database import WRITING, Database, open_engine
from dougong.core.entities.branch import Branch
from dougong.core.house import load_registry
from dougong.core.migrate import remove, upgrade
from dougong.core.orm import Base
from dougong.core.plugins import Registry
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard
from dougong.core.switches import disable, enable

NOON: Final = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Monday 2 March 2026, noon in Shanghai: the instant tests happen at unless they say another."""


@dataclass(frozen=True, slots=True)
class World:
    """A database that is rolled back, with headquarters and two branches under it."""

    connection: Connection
    registry: Registry
    clock: FixedClock
    headquarters: int
    east: int
    west: int

    def session(self, scope: Scope, *, writable: bool = True) -> Session:
        """A session of that scope inside the test's own transaction."""
        return Session(
            self.connection,
            scope,
            self.clock.now(),
            writable=writable,
            info={REGISTRY: self.registry},
            join_transaction_mode="create_savepoint",
        )

    def at(self, branch_id: int) -> Session:
        """A writable session with every permission at one branch."""
        return self.session(Scope.at(branch_id, "test"))


def make_branches(session: Session) -> tuple[int, int, int]:
    """Headquarters and two branches; their ids."""
    top = Branch(code="HQ", name="总部", zone="Asia/Shanghai", currency="CNY", active=True)
    session.add(top)
    session.flush()
    below = [
        Branch(code=code, name=name, zone="Asia/Shanghai", currency="CNY", parent_id=top.id,
               active=True)
        for code, name in (("EAST", "东区"), ("WEST", "西区"))
    ]  # fmt: skip
    session.add_all(below)
    session.flush()
    return top.id, below[0].id, below[1].id


@pytest.fixture(scope="session")
def plugin_registry() -> Registry:
    """What is installed, loaded once per process."""
    return load_registry()


@pytest.fixture(scope="session")
def shared_database_url(plugin_registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated SQLite file for this process; a suite that has another database overrides it."""
    return _migrated(tmp_path_factory.mktemp("shared"), plugin_registry)


@pytest.fixture
def database_url(plugin_registry: Registry, tmp_path: Path) -> str:
    """A migrated SQLite file for this test alone, to be overridden in the same way."""
    return _migrated(tmp_path, plugin_registry)


def _migrated(folder: Path, registry: Registry) -> str:
    url = f"sqlite:///{folder / 'test.sqlite3'}"
    engine = open_engine(url)
    upgrade(engine, registry)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def shared_engine(shared_database_url: str) -> Iterator[Engine]:
    """One engine on the database that all rolled-back tests of this process share."""
    engine = open_engine(shared_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def world(shared_engine: Engine, plugin_registry: Registry) -> Iterator[World]:
    """Headquarters, 东区 and 西区 in a transaction that is rolled back."""
    clock = FixedClock(NOON)
    with shared_engine.execution_options(**{WRITING: True}).connect() as connection:
        outer = connection.begin()
        kernel = Session(
            connection, Scope.kernel("test"), NOON, writable=True,
            info={REGISTRY: plugin_registry}, join_transaction_mode="create_savepoint",
        )  # fmt: skip
        ids = make_branches(kernel)
        kernel.commit()
        yield World(connection, plugin_registry, clock, *ids)
        kernel.close()
        outer.rollback()


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    """A writable session at 东区, every permission, rolled back."""
    session = world.at(world.east)
    yield session
    session.close()


@pytest.fixture
def database(database_url: str, plugin_registry: Registry) -> Iterator[Database]:
    """A database of the test's own that really commits, for concurrency and units of work."""
    engine = open_engine(database_url)
    yield Database(engine, FixedClock(NOON), {REGISTRY: plugin_registry})
    engine.dispose()


class PluginContract:
    """What every plugin promises; inherit it and set ``plugin``::

    class TestCredit(PluginContract):
        plugin = "credit"
    """

    plugin: ClassVar[str] = ""

    def test_loads_without_a_problem(self, plugin_registry: Registry) -> None:
        """The manifest is accepted, every hookimpl matches a hookspec."""
        assert plugin_registry.problem_of(self.plugin) is None
        assert self.plugin in plugin_registry.plugins

    def test_manifest_imports_without_its_models(self, plugin_registry: Registry) -> None:
        """A manifest is data only: reading it loads neither SQLAlchemy nor Flask."""
        package = plugin_registry.plugins[self.plugin].package
        code = (
            f"import sys, {package}.manifest as read\n"
            "assert str(read.MANIFEST.title) and str(read.MANIFEST.summary)\n"
            "sys.exit(', '.join({'sqlalchemy', 'flask'} & set(sys.modules)) or None)"
        )
        paths = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        done = subprocess.run(  # noqa: S603 - our own interpreter and our own line
            [sys.executable, "-c", code], env=paths, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def test_migrations_make_its_tables_and_take_them_away(
        self, plugin_registry: Registry, tmp_path: Path
    ) -> None:
        """From nothing to the tables of its models, down to none, and up again."""
        engine = open_engine(_migrated(tmp_path, plugin_registry))
        modelled = {
            name: {column.name for column in table.columns}
            for name, table in Base.metadata.tables.items()
            if name.startswith(f"{self.plugin}_")
        }
        try:
            assert self._tables(engine) == modelled
            remove(engine, plugin_registry, self.plugin)
            assert self._tables(engine) == {}
            upgrade(engine, plugin_registry)
            assert self._tables(engine) == modelled
        finally:
            engine.dispose()

    def _tables(self, engine: Engine) -> dict[str, set[str]]:
        there = inspect(engine)
        return {
            name: {column["name"] for column in there.get_columns(name)}
            for name in there.get_table_names()
            if name.startswith(f"{self.plugin}_")
        }

    def test_tables_carry_the_prefix_and_the_branch(self, plugin_registry: Registry) -> None:
        """Tables are named ``<plugin>_*``, belong to a branch, and keep within own and core."""
        tables = [t for t in Base.metadata.tables.values() if t.name.startswith(f"{self.plugin}_")]
        models = plugin_registry.plugins[self.plugin].package + ".models"
        own = {
            mapper.local_table.name  # type: ignore[attr-defined]
            for mapper in Base.registry.mappers
            if mapper.class_.__module__.startswith(models)
        }
        assert own <= {table.name for table in tables}
        for table in tables:
            assert "branch_id" in table.c, table.name
            for key in table.foreign_keys:
                assert key.column.table.name.startswith((f"{self.plugin}_", "core_")), key

    def test_what_it_registers_carries_its_name(self, plugin_registry: Registry) -> None:
        """Permissions, jobs and subscribers are named ``<plugin>.…``; checks and demos by it."""

        def registered(hook: str) -> list[Any]:
            brought = plugin_registry.contributions(hook)
            return [c.item for c in brought if c.source == self.plugin]

        names = [permit.entity for permit in registered("register_permissions")]
        names += [kind.name for kind in registered("register_jobs")]
        names += [subscriber.key for subscriber in registered("register_subscribers")]
        assert [name for name in names if not name.startswith(f"{self.plugin}.")] == []
        sources = {check.source for check in registered("register_checks")}
        sources |= {part.name.partition(".")[0] for part in registered("register_demos")}
        assert sources <= {self.plugin}

    def test_off_means_silent(self, world: World) -> None:
        """Where the plugin is off, none of its hooks speak (XX-04)."""
        with world.at(world.east) as session:
            assert not switchboard(session).is_on(self.plugin, world.east)

    def test_switches_on_and_off_at_one_branch_only(self, world: World) -> None:
        """Switched on at one branch it speaks there and stays silent at the other."""
        with world.session(Scope.kernel("test")) as session:
            for required in world.registry.plugins[self.plugin].manifest.requires:
                enable(session, world.east, required)
            enable(session, world.east, self.plugin)
            assert switchboard(session).is_on(self.plugin, world.east)
            assert not switchboard(session).is_on(self.plugin, world.west)
            disable(session, world.east, self.plugin)
            assert not switchboard(session).is_on(self.plugin, world.east)
