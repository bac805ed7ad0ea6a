"""The plugin loader: finds plugins, loads them one by one, and keeps those that failed by name."""

import importlib
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pluggy
import structlog
from packaging.specifiers import SpecifierSet

from dougong.core import hookspecs
from dougong.core.i18n import add_catalogue
from dougong.core.manifest import CORE_VERSION, Manifest

GROUP: Final = "dougong.plugins"
PROJECT: Final = "dougong"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Unit:
    """A module of hookimpls and the plugins that must all be on for it to speak."""

    module: ModuleType
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plugin:
    """A loaded plugin: its manifest, its package's import name and its units."""

    manifest: Manifest
    package: str
    units: tuple[Unit, ...]

    @property
    def folder(self) -> Path:
        """Where the plugin's files lie."""
        module = importlib.import_module(self.package)
        return Path(module.__file__ or "").parent


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a plugin was not loaded; ``manifest`` where at least that could be read."""

    plugin: str
    stage: str
    text: str
    manifest: Manifest | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """A thing a plugin registered at boot and the plugins that must be on for it to count."""

    source: str
    needs: frozenset[str]
    item: Any


@dataclass(slots=True)
class Registry:
    """Every plugin of this process: loaded or not, and the relays that reach their hooks."""

    specs: tuple[ModuleType, ...] = (hookspecs,)
    plugins: dict[str, Plugin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    blocked: frozenset[str] = frozenset()
    always: tuple[Unit, ...] = ()
    """Units of core's own services, on at every branch."""
    _relays: dict[frozenset[str], pluggy.HookRelay] = field(default_factory=dict)
    _registered: dict[str, list[Contribution]] = field(default_factory=dict)

    def relay(self, names: frozenset[str]) -> pluggy.HookRelay:
        """The hooks of exactly these plugins: one PluginManager per set, cached."""
        if names not in self._relays:
            self._relays[names] = self._manager(self._units(names)).hook
        return self._relays[names]

    @property
    def boot(self) -> pluggy.HookRelay:
        """The hooks of every loaded plugin, for what happens once per process."""
        return self.relay(frozenset(self.plugins))

    def contributions(self, hook: str) -> list[Contribution]:
        """What every loaded plugin answers to a ``register_…`` hook, each with its source."""
        if hook not in self._registered:
            self._registered[hook] = [
                Contribution(source, unit.needs, item)
                for source, unit in self._named_units()
                for answer in self._answers(unit, hook)
                for item in answer
            ]
        return self._registered[hook]

    def _answers(self, unit: Unit, hook: str) -> list[Any]:
        """What the unit's plugins answer; nothing to a hook whose service is not loaded here."""
        caller = getattr(self._manager((unit,)).hook, hook, None)
        return caller() if caller is not None else []

    def problem_of(self, name: str) -> Problem | None:
        """Why the plugin is not loaded, None if it is or was never found."""
        return next((p for p in self.problems if p.plugin == name), None)

    def ordered(self) -> list[Plugin]:
        """Loaded plugins, each after those it requires."""
        done: dict[str, Plugin] = {}

        def visit(plugin: Plugin) -> None:
            for name in plugin.manifest.requires:
                visit(self.plugins[name])
            done.setdefault(plugin.manifest.name, plugin)

        for name in sorted(self.plugins):
            visit(self.plugins[name])
        return list(done.values())

    def discard(self, problem: Problem) -> None:
        """Take a loaded plugin out again, and those that require it."""
        gone = self.plugins.pop(problem.plugin, None)
        self.problems.append(problem)
        _log.error("plugin_not_loaded", plugin=problem.plugin, stage=problem.stage,
                   reason=problem.text.strip().splitlines()[-1])  # fmt: skip
        if gone is not None:
            self.forget()
            self._drop_dependants()

    def forget(self) -> None:
        """Drop what was cached about the set of plugins."""
        self._relays.clear()
        self._registered.clear()

    def _drop_dependants(self) -> None:
        for name, plugin in list(self.plugins.items()):
            lacking = [r for r in plugin.manifest.requires if r not in self.plugins]
            if lacking and name in self.plugins:
                text = f"requires {', '.join(lacking)}, not loaded"
                self.discard(Problem(name, "requires", text, plugin.manifest))

    def _named_units(self) -> list[tuple[str, Unit]]:
        units = [("core", unit) for unit in self.always]
        for plugin in self.ordered():
            units += [(plugin.manifest.name, u) for u in plugin.units if u.needs <= self._names()]
        return units

    def _names(self) -> frozenset[str]:
        return frozenset(self.plugins)

    def _units(self, names: frozenset[str]) -> list[Unit]:
        chosen = [unit for _, unit in self._named_units() if unit.needs <= names]
        return list(reversed(chosen))  # pluggy calls the last registered first

    def _manager(self, units: Iterable[Unit]) -> pluggy.PluginManager:
        manager = pluggy.PluginManager(PROJECT)
        for spec in self.specs:
            manager.add_hookspecs(spec)
        for unit in units:
            manager.register(unit.module, name=unit.module.__name__)
        return manager

    def check(self, module: ModuleType) -> None:
        """Raise ``pluggy.PluginValidationError`` for an unknown hook or a wrong argument."""
        self._manager((Unit(module, frozenset()),)).check_pending()


def load_plugins(
    registry: Registry, found: Sequence[EntryPoint] | None = None, blocked: Iterable[str] = ()
) -> Registry:
    """Load every installed plugin into ``registry``; a bad one becomes a ``Problem``."""
    registry.blocked = frozenset(blocked)
    points = list(entry_points(group=GROUP)) if found is None else list(found)
    for point in sorted(points, key=lambda p: p.name):
        if point.name in registry.blocked:
            registry.problems.append(Problem(point.name, "blocked", "blocked at boot by settings"))
            _log.warning("plugin_blocked", plugin=point.name)
            continue
        _load_one(registry, point)
    registry._drop_dependants()
    return registry


def _load_one(registry: Registry, point: EntryPoint) -> None:
    manifest: Manifest | None = None
    stage = "manifest"
    try:
        manifest = importlib.import_module(f"{point.value}.manifest").MANIFEST
        _accept(manifest, point.name)
        stage = "import"
        units = _units_of(point.value, manifest)
        stage = "hooks"
        for unit in units:
            registry.check(unit.module)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code is named, not hidden
        text = "".join(traceback.format_exception_only(error)).strip()
        registry.discard(Problem(point.name, stage, text, manifest))
        return
    registry.plugins[point.name] = Plugin(manifest, point.value, units)
    registry.forget()
    locale = registry.plugins[point.name].folder / "locale"
    if locale.is_dir():
        add_catalogue(locale)


def _accept(manifest: Manifest, name: str) -> None:
    if manifest.name != name:
        raise ValueError(f"the manifest says {manifest.name!r}, the entry point {name!r}")
    if not SpecifierSet(manifest.core).contains(CORE_VERSION, prereleases=True):
        raise ValueError(f"needs core {manifest.core}, this is {CORE_VERSION}")


def _units_of(package: str, manifest: Manifest) -> tuple[Unit, ...]:
    own = frozenset({manifest.name})
    units = [Unit(importlib.import_module(f"{package}.plugin"), own)]
    for other in manifest.cooperates:
        module = importlib.import_module(f"{package}.with_{other}")
        units.append(Unit(module, own | {other}))
    return tuple(units)
