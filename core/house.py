"""The house: settings, database, plugins and clock of one process, put together once."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Final

from sqlalchemy import make_url

from dougong.core import hookspecs
from dougong.core.clock import Clock, SystemClock
from dougong.core.database import Database, open_engine
from dougong.core.plugins import Problem, Registry, Unit, load_plugins
from dougong.core.queue import Queue
from dougong.core.settings import Settings
from dougong.core.switchboard import REGISTRY
from dougong.core.wakeups import ALARM

HOOKSPECS_GROUP: Final = "dougong.hookspecs"
SERVICES_GROUP: Final = "dougong.services"


@dataclass(frozen=True, slots=True)
class House:
    """What every process of an installation holds: web, worker and command line."""

    settings: Settings
    database: Database
    registry: Registry
    clock: Clock
    queue: Queue


def open_house(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    found: Sequence[EntryPoint] | None = None,
) -> House:
    """Load what is installed and name the database; nothing is migrated, no query is sent."""
    settings = settings or Settings()
    _make_folder(settings)
    known = load_registry(found=found, blocked=settings.blocked)
    engine = open_engine(
        settings.url, answer_within=settings.answer_within, pool_size=settings.pool_size
    )
    clock = clock or SystemClock()
    queue = Queue(settings)
    database = Database(engine, clock, {REGISTRY: known, ALARM: queue})
    return House(settings, database, known, clock, queue)


def load_registry(
    *, found: Sequence[EntryPoint] | None = None, blocked: frozenset[str] = frozenset()
) -> Registry:
    """Load hookspecs, core's services and every plugin, each plugin with its tables.

    Hookspecs beside core's (admin's, a plugin's own) and services are entry points too, so the
    kernel need not know who offers them. ``found`` replaces the installed plugins.
    """
    import_module("dougong.core.entities")
    units = tuple(Unit(module, frozenset()) for module in _offered(SERVICES_GROUP))
    result = Registry(specs=(hookspecs, *_offered(HOOKSPECS_GROUP)), always=units)
    load_plugins(result, found, blocked)
    for plugin in result.ordered():
        _import_models(result, plugin.manifest.name, f"{plugin.package}.models")
    return result


def _offered(group: str) -> list[ModuleType]:
    points = sorted(entry_points(group=group), key=lambda point: point.name)
    return [import_module(point.value) for point in points]


def _make_folder(settings: Settings) -> None:
    url = make_url(settings.url)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)


def _import_models(found: Registry, name: str, module: str) -> None:
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:  # the plugin has models, and they are broken
            found.discard(Problem(name, "models", str(error)))
    except Exception as error:  # noqa: BLE001 - a stranger's models may raise anything; it is named
        found.discard(Problem(name, "models", str(error)))
