"""A hook call scoped to a branch beside a plain pluggy call with as many impls (XX-04).

Half of the installed plugins are on at any branch, each branch with another choice, so that the
scoped call has to choose while the plain one reaches the same number of impls with no choice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pluggy

from benchmarks.figures import Figure, side_by_side
from dougong.core import hookspecs
from dougong.core.entities.branch import BranchPlugin
from dougong.core.i18n import lazy
from dougong.core.manifest import Manifest
from dougong.core.plugins import Plugin, Registry, Unit
from dougong.core.switchboard import Switchboard

REACH = 1.2


@dataclass(frozen=True, slots=True)
class Size:
    """How many plugins are installed, at how many branches, and how long to measure."""

    plugins: int
    branches: int
    calls: int
    rounds: int


SIZES = {"small": Size(8, 20, 2_000, 15), "full": Size(40, 500, 20_000, 31)}


def measure(size: Size) -> list[Figure]:
    """Microseconds a call, scoped and plain."""
    board = switchboard(size)
    plain = plain_manager(size.plugins // 2).hook

    def scoped_calls() -> None:
        for call in range(size.calls):
            board.relay(call % size.branches + 1).order_blockers(order=None, reader=None)

    def plain_calls() -> None:
        for _ in range(size.calls):
            plain.order_blockers(order=None, reader=None)

    ours, peer = side_by_side(scoped_calls, plain_calls, size.rounds)
    a_call = 1e6 / size.calls
    name = f"{size.plugins // 2} of {size.plugins} plugins, {size.branches} branches"
    return [Figure(name, ours * a_call, peer * a_call, "us", REACH)]


def switchboard(size: Size) -> Switchboard:
    """Branches that each have half of the plugins on, in eight different choices."""
    names = [f"plugin{number:02}" for number in range(size.plugins)]
    registry = Registry(plugins={name: plugin(name) for name in names})
    rows = {
        (branch, name): BranchPlugin(branch_id=branch, plugin=name, enabled=True)
        for branch in range(1, size.branches + 1)
        for name in chosen(names, branch)
    }
    return Switchboard(registry, rows)


def chosen(names: list[str], branch: int) -> list[str]:
    """Half of the names, another half at each of eight branches."""
    turned = names[branch % 8 :] + names[: branch % 8]
    return turned[: len(names) // 2]


def plugin(name: str) -> Plugin:
    """A loaded plugin with one hookimpl that has nothing to object."""
    title = lazy("%(name)s", name=name)
    manifest = Manifest(name=name, title=title, summary=title, version="1", core=">=0.1")
    return Plugin(manifest, name, (Unit(module(name), frozenset({name})),))


def module(name: str) -> ModuleType:
    """A module with the hookimpl."""
    made: Any = ModuleType(name)
    made.order_blockers = hookspecs.hookimpl(no_objection())
    return made  # type: ignore[no-any-return]


def no_objection() -> Callable[[object, object], list[object]]:
    """A hookimpl of its own for each plugin."""

    def order_blockers(order: object, reader: object) -> list[object]:
        return []

    return order_blockers


def plain_manager(impls: int) -> pluggy.PluginManager:
    """The peer: one manager, as many impls, no branches."""
    manager = pluggy.PluginManager("dougong")
    manager.add_hookspecs(hookspecs)
    for number in range(impls):
        manager.register(module(f"plain{number:02}"))
    return manager
