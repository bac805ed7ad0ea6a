"""Every hook keeps the rules of its family and is used, tested and explained."""

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from dougong.core import hookspecs
from dougong.core.house import HOOKSPECS_GROUP, SERVICES_GROUP
from dougong.core.plugins import GROUP, PROJECT
from tests.repository.tree import ROOT

FAMILIES = re.compile(r"register_\w+s|[a-z]+_\w+s|\w+s|[a-z]+_blockers|pick_\w+")
NOT_HOOKS = re.compile(r"(before|after|on|pre|post)_")
WORDS = ("Called ", "Returns ", "Example: ", "Since ")
MOST_ARGUMENTS = 4
BUNDLED = ("tiering", "credit", "aftersales", "care")


def rooms() -> list[ModuleType]:
    """The modules that specify hooks: core's and those that are offered."""
    offered = sorted(entry_points(group=HOOKSPECS_GROUP), key=lambda point: point.name)
    return [hookspecs, *(import_module(point.value) for point in offered)]


def marked(module: ModuleType, mark: str) -> dict[str, FunctionType]:
    """The functions of a module that pluggy's marker marked."""
    return {
        name: function
        for name, function in vars(module).items()
        if inspect.isfunction(function) and hasattr(function, f"{PROJECT}_{mark}")
    }


def implementations() -> set[str]:
    """The hooks that bundled plugins and services answer, cooperation modules too."""
    bundled = [point for point in entry_points(group=GROUP) if point.name in BUNDLED]
    names = [f"{point.value}.plugin" for point in bundled]
    for point in bundled:
        manifest = import_module(f"{point.value}.manifest").MANIFEST
        names += [f"{point.value}.with_{other}" for other in manifest.cooperates]
    names += [point.value for point in entry_points(group=SERVICES_GROUP)]
    return {hook for name in names for hook in marked(import_module(name), "impl")}


def text_of_tests() -> str:
    """Everything the tests say, but for this page's own kind of test."""
    files = (path for path in (ROOT / "tests").rglob("*.py") if path.parent.name != "repository")
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


HOOKS: dict[str, Callable[..., Any]] = {
    name: hook for room in rooms() for name, hook in marked(room, "spec").items()
}
USED = implementations()
TESTED = text_of_tests()
HEADINGS = re.findall(
    r"^### (\w+)$", (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8"), re.MULTILINE
)
each_hook = pytest.mark.parametrize("name", HOOKS)


def test_hooks_of_both_rooms_are_found() -> None:
    assert {"order_blockers", "customer_panels"} <= set(HOOKS)


@each_hook
def test_hook_belongs_to_a_family(name: str) -> None:
    assert FAMILIES.fullmatch(name), "register_…s, <entity>_…s, <measure>s, …_blockers or pick_…"
    assert not NOT_HOOKS.match(name), "what happened is an event, not a hook"


@each_hook
def test_only_pick_hooks_stop_at_the_first_answer(name: str) -> None:
    options = getattr(HOOKS[name], f"{PROJECT}_spec")
    assert bool(options["firstresult"]) is name.startswith("pick_")


@each_hook
def test_hook_has_few_typed_arguments(name: str) -> None:
    signature = inspect.signature(HOOKS[name])
    assert len(signature.parameters) <= MOST_ARGUMENTS
    for parameter in (*signature.parameters.values(),):
        assert parameter.annotation is not parameter.empty, f"{name}({parameter.name}) has no type"
        assert parameter.default is parameter.empty, f"{name}({parameter.name}) has a default"
    if not name.startswith("pick_"):
        assert str(signature.return_annotation).startswith("list["), f"{name} returns a list"


@each_hook
def test_hook_that_is_asked_reads_only(name: str) -> None:
    arguments = set(inspect.signature(HOOKS[name]).parameters)
    assert not arguments & {"session", "request"}, f"{name} is given a Reader, nothing that writes"
    assert name.startswith("register_") or "reader" in arguments


@each_hook
def test_hook_explains_itself(name: str) -> None:
    lines = [line.strip() for line in (inspect.getdoc(HOOKS[name]) or "").splitlines()]
    lacking = [word for word in WORDS if not any(line.startswith(word) for line in lines)]
    assert not lacking, f"{name}'s docstring lacks {lacking}"
    assert lines[0].endswith("."), f"{name}'s docstring begins with one sentence"


@each_hook
def test_hook_is_used(name: str) -> None:
    assert name in USED, f"no bundled plugin and no service answers {name}"


@each_hook
def test_hook_is_tested(name: str) -> None:
    assert re.search(rf"\b{name}\b", TESTED), f"no test names {name}"


@each_hook
def test_hook_is_documented(name: str) -> None:
    assert HEADINGS.count(name) == 1, f"docs/plugins.md has no heading ### {name}"


def test_no_heading_outlives_its_hook() -> None:
    assert {h for h in HEADINGS if re.fullmatch(r"[a-z]+(_[a-z]+)+", h)} == set(HOOKS)


def test_hooks_stand_under_rulers() -> None:
    for room in rooms():
        text = Path(room.__file__ or "").read_text(encoding="utf-8")
        first_hook = text.index("@hookspec\n")
        assert "\n# --- " in text[:first_hook], f"{room.__name__} has no section ruler"
