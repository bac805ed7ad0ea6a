"""Migrations: one history and one version table for core, admin and each plugin.

One version table for all was tried: once a plugin's files are absent, every command fails. There is
no ``env.py`` to run by hand: every door is here, and nothing migrates at import.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final

import structlog
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text

from dougong.core.database import WRITING
from dougong.core.errors import Refusal
from dougong.core.i18n import lazy
from dougong.core.orm import Base
from dougong.core.plugins import Problem, Registry
from dougong.core.policies import raise_policies
from dougong.core.triggers import surviving_rebuilds

GROUP: Final = "dougong.histories"
"""Entry points of packages beside core and the plugins that bring tables (admin)."""
CORE: Final = "core"
BASE: Final = "base"
_LOCK: Final = 0x646F75676F6E67  # "dougong": the advisory lock round an upgrade on PostgreSQL
_log = structlog.get_logger(__name__)


class CoreBehind(RuntimeError):
    """Core's or admin's tables are not those this release was written for."""


class MigrationFailed(RuntimeError):
    """A migration was undone: the database is as it was before it."""


@dataclass(frozen=True, slots=True)
class History:
    """Whose tables, where its migrations lie, and which histories come before it."""

    name: str
    folder: Path
    after: tuple[str, ...] = ()

    @property
    def version_table(self) -> str:
        """The table that holds its current revision."""
        return f"alembic_version_{self.name}"

    def script(self) -> ScriptDirectory:
        """Its revisions, in order."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", str(self.folder))
        return ScriptDirectory.from_config(config)


@dataclass(frozen=True, slots=True)
class State:
    """Where one history stands in a database; ``head`` is what the installed files ask for."""

    name: str
    current: str | None
    head: str | None
    known: bool = True
    """False when the current revision is newer than the installed files."""

    @property
    def behind(self) -> bool:
        """Whether the tables are not those the installed files ask for."""
        return self.current != self.head


def histories(registry: Registry | None = None) -> list[History]:
    """Every installed history that has migrations, each after those it stands on.

    Without a registry: core and what stands beside it, no plugin.
    """
    found = [History(CORE, _versions(Path(__file__).parent))]
    found += [
        History(point.name, _versions(_folder(point.value)), (CORE,))
        for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)
    ]
    found += [
        History(plugin.manifest.name, _versions(plugin.folder), plugin.manifest.requires)
        for plugin in (registry.ordered() if registry is not None else [])
    ]
    return [history for history in found if any(history.folder.glob("*.py"))]


def upgrade(
    engine: Engine, registry: Registry | None = None, names: list[str] | None = None
) -> list[State]:
    """Bring core and every loaded plugin (or only ``names``) to their heads; returns the states.

    Each history in a transaction of its own, on PostgreSQL behind an advisory lock, so that several
    hosts may start it at once.
    """
    for history in histories(registry):
        if names is None or history.name in names:
            _move(engine, history, "heads", up=True)
    return status(engine, registry)


def downgrade(engine: Engine, name: str, revision: str, registry: Registry | None = None) -> State:
    """Take one history back to ``revision`` (``base``: none of its tables are left).

    Refused to base while a loaded plugin requires it. Its data is gone with its tables: export it
    first.
    """
    known = histories(registry)
    history = next((h for h in known if h.name == name), None)
    if history is None:
        raise Refusal(
            lazy("%(name)s has no migrations here.", name=name),
            code="core.no_history",
            next_step=lazy("Only what is installed and loaded can be taken back."),
        )
    if revision == BASE:
        _refuse_required(engine, history, known)
    _move(engine, history, revision, up=False)
    return _states(engine, [history])[0]


def remove(engine: Engine, registry: Registry, name: str) -> None:
    """Drop a plugin's tables by its own way down; nothing happens where it never had any."""
    if any(history.name == name for history in histories(registry)):
        downgrade(engine, name, BASE, registry)


def status(engine: Engine, registry: Registry | None = None) -> list[State]:
    """Where each history stands in this database."""
    return _states(engine, histories(registry))


def behind(engine: Engine, registry: Registry) -> list[State]:
    """The plugins whose tables are not at their head."""
    names = set(registry.plugins)
    return [s for s in status(engine, registry) if s.name in names and s.behind]


def without_migrations(registry: Registry) -> list[str]:
    """The loaded plugins that have models and no migration: nothing makes their tables."""
    modelled = {mapper.class_.__module__ for mapper in Base.registry.mappers}
    known = {history.name for history in histories(registry)}
    return [
        name
        for name, plugin in sorted(registry.plugins.items())
        if name not in known and any(module.startswith(f"{plugin.package}.") for module in modelled)
    ]


def settle(engine: Engine, registry: Registry) -> None:
    """Raise ``CoreBehind``, or take plugins without their tables out of the registry, by name."""
    refuse_core_behind(engine)
    for name in without_migrations(registry):
        if name in registry.plugins:  # not yet gone with one it requires
            text = f"models but no migrations: write the first with `dougong db revision {name}`"
            registry.discard(Problem(name, "migrate", text, registry.plugins[name].manifest))
    for state in behind(engine, registry):
        if state.name in registry.plugins:  # not yet gone with one it requires
            manifest = registry.plugins[state.name].manifest
            registry.discard(Problem(state.name, "migrate", _complaint(state), manifest))


def refuse_core_behind(engine: Engine) -> None:
    """Raise ``CoreBehind`` where web and worker must not start."""
    late = [_complaint(state) for state in status(engine) if state.behind]
    if late:
        raise CoreBehind("; ".join(late))


def _complaint(state: State) -> str:
    has = f"the tables of {state.name} are at {state.current or 'nothing'}"
    if not state.known:
        return f"{has}, which is newer than the installed {state.head}: install the newer release"
    return f"{has}, this release needs {state.head}: run `dougong db upgrade`"


def _states(engine: Engine, known: list[History]) -> list[State]:
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        return [_state(connection, history, tables) for history in known]


def _state(connection: Connection, history: History, tables: set[str]) -> State:
    script = history.script()
    current = None
    if history.version_table in tables:
        options = {"version_table": history.version_table}
        current = MigrationContext.configure(connection, opts=options).get_current_revision()
    known = current is None or current in {r.revision for r in script.walk_revisions()}
    return State(history.name, current, script.get_current_head(), known)


def _refuse_required(engine: Engine, history: History, known: list[History]) -> None:
    standing = {s.name for s in _states(engine, known) if s.current is not None}
    needing = sorted(h.name for h in known if history.name in h.after and h.name in standing)
    if history.name == CORE:
        needing = sorted(standing - {CORE})
    if needing:
        raise Refusal(
            lazy("%(name)s is required by %(others)s.",
                 name=history.name, others=", ".join(needing)),
            code="core.required",
            next_step=lazy("Remove those first."),
        )  # fmt: skip


def _move(engine: Engine, history: History, revision: str, *, up: bool) -> None:
    script = history.script()

    def steps(current: Any, context: object) -> Any:
        # alembic's own two walks over the revisions; their types are private
        return (script._upgrade_revs if up else script._downgrade_revs)(revision, current)

    with _alone(engine) as connection:
        environment = EnvironmentContext(Config(), script, fn=steps)
        with environment:
            environment.configure(connection=connection, **options(history, connection))
            try:
                environment.run_migrations()
            except CommandError as error:
                raise MigrationFailed(f"{history.name}: {error}") from error
        _drop_if_empty(connection, history)
        raise_policies(connection, history.name)
    _log.info("migrated", history=history.name, to=revision)


def options(history: History, connection: Connection) -> dict[str, Any]:
    """How alembic is told about one history: its version table and its own tables only."""
    return {
        "target_metadata": Base.metadata,
        "version_table": history.version_table,
        "render_as_batch": connection.dialect.name == "sqlite",
        "include_object": lambda item, name, kind, reflected, other: (
            kind != "table" or is_of(history, str(name))
        ),
    }


def is_of(history: History, table: str) -> bool:
    """Whether the table's name carries the history's prefix."""
    return table.startswith(f"{history.name}_")


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """One writing transaction that nobody else migrates beside; undone as a whole on error."""
    with engine.connect().execution_options(**{WRITING: True}) as connection:
        connection.detach()  # set up for migrating, never to be used for anything else
        if connection.dialect.name == "sqlite":
            with _without_keys(connection):
                yield connection
            return
        # a long migration is no silent server
        raw: Any = connection.connection.dbapi_connection
        if hasattr(raw, "answer_within"):
            raw.answer_within = None
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            yield connection


@contextmanager
def _without_keys(connection: Connection) -> Iterator[Connection]:
    """SQLite rebuilds tables; with foreign keys on, dropping the old one deletes its children.

    The switch works outside a transaction only, hence on the bare connection.
    """
    bare: Any = connection.connection.dbapi_connection
    bare.execute("PRAGMA foreign_keys=OFF")
    with connection.begin():
        with surviving_rebuilds(connection):
            yield connection
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            tables = ", ".join(sorted({str(row[0]) for row in broken}))
            raise MigrationFailed(f"rows without their parent in {tables}; nothing was changed")


def _drop_if_empty(connection: Connection, history: History) -> None:
    """After the way down to base nothing of the history is left, not even its version table."""
    if not inspect(connection).has_table(history.version_table):
        return
    table = history.version_table
    if connection.exec_driver_sql(f'SELECT 1 FROM "{table}"').first() is None:  # noqa: S608
        connection.exec_driver_sql(f'DROP TABLE "{table}"')


def _folder(package: str) -> Path:
    return Path(import_module(package).__file__ or "").parent


def _versions(package: Path) -> Path:
    return package / "migrations" / "versions"
