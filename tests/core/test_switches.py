"""Plugins are switched on, off and set per branch, without code or restart (XX-04)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, IntegerField
from wtforms.validators import NumberRange

from dougong.core import hookspecs
from dougong.core.acts import Act, GuardMissing, refuse_if_blocked, refuse_if_unguarded
from dougong.core.entities.branch import BranchPlugin
from dougong.core.entities.event_log import EventRecord
from dougong.core.errors import Blocked, Blocker, NotFound, Refusal
from dougong.core.hookspecs import hookimpl
from dougong.core.i18n import lazy, speaking
from dougong.core.manifest import Manifest
from dougong.core.plugins import Plugin, Problem, Registry, Unit
from dougong.core.reader import Reader
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.switchboard import (
    SettingsSpec,
    forget_switches,
    hooks_at,
    refuse_if_off,
    settings_at,
    switchboard,
)
from dougong.core.switches import (
    SettingsInvalid,
    change_settings,
    disable,
    enable,
    store_settings,
)
from dougong.core.testing import World


@dataclass(frozen=True, slots=True)
class DoorSettings:
    width: int = 90
    open: bool = True


class DoorForm(Form):
    width = IntegerField(validators=[NumberRange(min=1)])
    open = BooleanField()


def manifest(name: str, **parts: tuple[str, ...]) -> Manifest:
    return Manifest(
        name=name, title=lazy(name), summary=lazy(name), version="1", core=">=0.1", **parts
    )


@hookimpl
def register_settings() -> list[SettingsSpec]:
    return [SettingsSpec(DoorForm, DoorSettings)]


@hookimpl
def order_blockers(order: str, reader: Reader) -> list[Blocker]:
    return [Blocker("door", "door.shut", lazy("The door is shut for %(what)s.", what=order))]


def door_hooks() -> ModuleType:
    """The hookimpls of the plugin ``door``."""
    module = ModuleType("door_hooks")
    module.__dict__.update(register_settings=register_settings, order_blockers=order_blockers)
    return module


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The sentences of this file's refusals are asked for in English."""
    with speaking("en"):
        yield


@pytest.fixture
def world(world: World) -> World:
    """The world with plugins of this test's own: ``door``, and ``lock`` that requires it."""
    registry = Registry(specs=(hookspecs,))
    for name, unit, parts in (
        ("door", door_hooks(), {"guards": ("confirm_order",)}),
        ("lock", ModuleType("lock_hooks"), {"requires": ("door",)}),
    ):
        registry.plugins[name] = Plugin(
            manifest(name, **parts), name, (Unit(unit, frozenset({name})),)
        )
    return World(
        world.connection, registry, world.clock, world.headquarters, world.east, world.west
    )


@pytest.fixture
def kernel(world: World) -> Session:
    return world.session(Scope.kernel("test"))


def test_on_at_one_branch_speaks_there_only(world: World, kernel: Session) -> None:
    enable(kernel, world.east, "door")
    reader = Reader(kernel)
    asked = {b: hooks_at(kernel, b).order_blockers(order="x", reader=reader)
             for b in (world.east, world.west)}  # fmt: skip
    assert [len(answer) for answer in asked.values()] == [1, 0]
    with pytest.raises(Blocked, match="shut for x"):
        refuse_if_blocked(
            kernel, world.east, Act.CONFIRM_ORDER, "order_blockers", order="x", reader=reader
        )
    refuse_if_blocked(
        kernel, world.west, Act.CONFIRM_ORDER, "order_blockers", order="x", reader=reader
    )


def test_another_session_sees_the_switch_without_restart(world: World, kernel: Session) -> None:
    with world.at(world.east) as before:
        assert not switchboard(before).is_on("door", world.east)
    enable(kernel, world.east, "door")
    kernel.commit()
    with world.at(world.east) as after:
        assert switchboard(after).is_on("door", world.east)


def test_switching_is_recorded_once(world: World, kernel: Session) -> None:
    enable(kernel, world.east, "door")
    enable(kernel, world.east, "door")
    disable(kernel, world.east, "door")
    disable(kernel, world.east, "door")
    names = kernel.scalars(select(EventRecord.name).order_by(EventRecord.id)).all()
    assert names == ["core.plugin_enabled", "core.plugin_disabled"]


def test_what_another_requires_is_kept_on(world: World, kernel: Session) -> None:
    with pytest.raises(Refusal, match="requires door"):
        enable(kernel, world.east, "lock")
    enable(kernel, world.east, "door")
    enable(kernel, world.east, "lock")
    with pytest.raises(Refusal, match="lock need it"):
        disable(kernel, world.east, "door")
    disable(kernel, world.east, "lock")
    disable(kernel, world.east, "door")
    assert switchboard(kernel).on(world.east) == frozenset()


@pytest.mark.parametrize("name", ["nothing", "Door", ""])
def test_unknown_plugins_and_branches_are_refused(world: World, kernel: Session, name: str) -> None:
    with pytest.raises(NotFound):
        enable(kernel, world.east, name)
    with pytest.raises(NotFound):
        enable(kernel, 999_999, "door")


def test_settings_differ_by_branch_and_are_typed(world: World, kernel: Session) -> None:
    assert settings_at(kernel, world.east, DoorSettings) == DoorSettings(90, open=True)
    change_settings(kernel, world.east, "door", {"width": "120"})
    store_settings(kernel, world.west, "door", MultiDict({"width": "70"}))
    assert settings_at(kernel, world.east, DoorSettings) == DoorSettings(120, open=True)
    assert settings_at(kernel, world.west, DoorSettings) == DoorSettings(70, open=False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"width": "0"}, "width"), ({"width": "wide"}, "width"), ({"height": "3"}, "height")],
)
def test_wrong_settings_are_refused_by_field_and_change_nothing(
    world: World, kernel: Session, changes: dict[str, str], field: str
) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        change_settings(kernel, world.east, "door", changes)
    assert list(refused.value.errors) == [field]
    assert settings_at(kernel, world.east, DoorSettings) == DoorSettings()


def test_a_change_of_settings_is_recorded_with_both_values(world: World, kernel: Session) -> None:
    change_settings(kernel, world.east, "door", {"width": "120"})
    change_settings(kernel, world.east, "door", {"width": "120"})
    rows = kernel.scalars(select(EventRecord.payload)).all()
    assert [(row["before"]["width"], row["now"]["width"]) for row in rows] == [(90, 120)]


def test_settings_stored_by_an_older_version_are_read(world: World, kernel: Session) -> None:
    enable(kernel, world.east, "door")
    row = kernel.scalars(select(BranchPlugin)).one()
    row.settings = {"width": 5, "gone": True}
    kernel.flush()
    forget_switches(kernel)
    assert settings_at(kernel, world.east, DoorSettings) == DoorSettings(5, open=True)


@pytest.mark.parametrize("readable", [True, False])
def test_guarded_acts_are_refused_where_the_guard_is_lost(
    world: World, kernel: Session, readable: bool
) -> None:
    """Never fail open: also when the plugin's code is gone altogether."""
    enable(kernel, world.east, "door")
    if readable:
        world.registry.discard(Problem("door", "import", "boom"))
    else:
        world.registry.plugins.clear()
        world.registry.forget()
    with pytest.raises(GuardMissing, match="door"):
        refuse_if_unguarded(kernel, world.east, Act.CONFIRM_ORDER)
    refuse_if_unguarded(kernel, world.east, Act.RELEASE_DELIVERY)
    refuse_if_unguarded(kernel, world.west, Act.CONFIRM_ORDER)


def test_only_blocking_at_boot_lifts_a_lost_guard(world: World, kernel: Session) -> None:
    enable(kernel, world.east, "door")
    world.registry.discard(Problem("door", "blocked", "blocked at boot"))
    world.registry.blocked = frozenset({"door"})
    refuse_if_unguarded(kernel, world.east, Act.CONFIRM_ORDER)
    with pytest.raises(Refusal, match="not switched on"):
        refuse_if_off(kernel, world.east, "door")


def test_a_lost_plugin_can_still_be_switched_off(
    world: World, kernel: Session, tmp_path: Path
) -> None:
    enable(kernel, world.east, "door")
    world.registry.plugins.clear()
    world.registry.forget()
    forget_switches(kernel)
    disable(kernel, world.east, "door")
    refuse_if_unguarded(kernel, world.east, Act.CONFIRM_ORDER)
