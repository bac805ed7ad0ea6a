"""Which plugins are on at which branch, and the hooks of exactly those (XX-04)."""

from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeVar

import pluggy
from pydantic import TypeAdapter
from sqlalchemy import select
from wtforms import Form

from dougong.core.entities.branch import BranchPlugin
from dougong.core.errors import Refusal
from dougong.core.i18n import lazy
from dougong.core.plugins import Contribution, Registry
from dougong.core.session import Session

S = TypeVar("S")
REGISTRY: Final = "registry"
_BOARD: Final = "switchboard"
_adapters: Final[dict[type[Any], TypeAdapter[Any]]] = {}


@dataclass(frozen=True, slots=True)
class SettingsSpec:
    """A plugin's settings: the form that edits them and the frozen dataclass code reads.

    The form's field names equal the dataclass's; the dataclass carries the defaults.
    """

    form: type[Form]
    values: type[Any]


@dataclass(slots=True)
class Switchboard:
    """A snapshot of all switches, read once per session."""

    registry: Registry
    rows: dict[tuple[int, str], BranchPlugin]
    _on: dict[int, frozenset[str]] = field(default_factory=dict)
    _relays: dict[int, pluggy.HookRelay] = field(default_factory=dict)

    def on(self, branch_id: int) -> frozenset[str]:
        """The plugins that are on at the branch and loaded."""
        if branch_id not in self._on:
            self._on[branch_id] = self._wanted(branch_id) & frozenset(self.registry.plugins)
        return self._on[branch_id]

    def off(self, branch_id: int) -> frozenset[str]:
        """The plugins that rest at the branch: switched off there, or not loaded at all."""
        known = frozenset(name for branch, name in self.rows if branch == branch_id)
        return (known | frozenset(self.registry.plugins)) - self.on(branch_id)

    def relay(self, branch_id: int) -> pluggy.HookRelay:
        """The hooks of the plugins that are on at the branch."""
        if branch_id not in self._relays:  # kept: a page asks the same branch many times
            self._relays[branch_id] = self.registry.relay(self.on(branch_id))
        return self._relays[branch_id]

    def is_on(self, plugin: str, branch_id: int) -> bool:
        """Whether the plugin is on at the branch and loaded."""
        return plugin in self.on(branch_id)

    def speaks(self, contribution: Contribution, branch_id: int) -> bool:
        """Whether what a plugin registered at boot counts at the branch."""
        return contribution.needs <= self.on(branch_id)

    def missing_guards(self, branch_id: int, act: str) -> frozenset[str]:
        """Plugins that guard ``act``, are on at the branch, and could not be loaded."""
        lost = self._wanted(branch_id) - frozenset(self.registry.plugins) - self.registry.blocked
        return frozenset(name for name in lost if act in self.rows[branch_id, name].guards)

    def settings(self, branch_id: int, values: type[S]) -> S:
        """The settings of the plugin that registered ``values``, as stored for the branch."""
        source = _settings_sources(self.registry)[values]
        row = self.rows.get((branch_id, source))
        stored = row.settings if row is not None else {}
        known = {f.name for f in fields(values)}  # type: ignore[arg-type]
        return _adapter(values).validate_python({k: v for k, v in stored.items() if k in known})

    def _wanted(self, branch_id: int) -> frozenset[str]:
        return frozenset(
            name for (branch, name), row in self.rows.items() if branch == branch_id and row.enabled
        )


def switchboard(session: Session) -> Switchboard:
    """The session's snapshot of the switches; one query the first time it is asked for."""
    board: Switchboard | None = session.info.get(_BOARD)
    if board is None:
        rows = session.scalars(select(BranchPlugin)).all()
        board = Switchboard(session.info[REGISTRY], {(r.branch_id, r.plugin): r for r in rows})
        session.info[_BOARD] = board
    return board


def forget_switches(session: Session) -> None:
    """Read the switches anew the next time: for the verbs that change them."""
    session.info.pop(_BOARD, None)


def hooks_at(session: Session, branch_id: int) -> pluggy.HookRelay:
    """The hooks of the plugins that are on at the branch."""
    return switchboard(session).relay(branch_id)


def settings_at(session: Session, branch_id: int, values: type[S]) -> S:
    """A plugin's settings at the branch, as its own typed object."""
    return switchboard(session).settings(branch_id, values)


def settings_spec(registry: Registry, plugin: str) -> SettingsSpec | None:
    """The settings a plugin declared, None if it has none."""
    found = [c.item for c in registry.contributions("register_settings") if c.source == plugin]
    return found[0] if found else None


def refuse_if_off(session: Session, branch_id: int, plugin: str) -> None:
    """Refuse what belongs to a plugin that is off at the branch (XX-04)."""
    if not switchboard(session).is_on(plugin, branch_id):
        raise Refusal(
            lazy("%(plugin)s is not switched on at this branch.", plugin=plugin),
            code="core.plugin_off",
            next_step=lazy("A deployer can switch it on under Plugins."),
        )


def _settings_sources(registry: Registry) -> dict[type[Any], str]:
    return {c.item.values: c.source for c in registry.contributions("register_settings")}


def _adapter(values: type[S]) -> TypeAdapter[S]:
    if values not in _adapters:
        _adapters[values] = TypeAdapter(values)
    return _adapters[values]
