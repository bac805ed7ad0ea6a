"""The dependency rule where import-linter cannot say it: docs/architecture.md tells why."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.repository.tree import ROOT, dotted, imports, modules, pyproject

PLUGINS = sorted(path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py"))
SERVICES = sorted(path.parent.name for path in (ROOT / "core/services").glob("*/__init__.py"))
PURE = ("dougong.core.values", *sys.stdlib_module_names)
OF_A_NEIGHBOUR = ("api",)  # what a room that requires another may import of it
WITH_A_NEIGHBOUR = ("api", "events")  # what its with_<other>.py may import


def rules_modules() -> list[Path]:
    return [path for path in modules("plugins", "core") if is_rules(path)]


def is_rules(path: Path) -> bool:
    return path.name == "rules.py" or path.parent.name == "rules"


def starts_with(name: str, roots: tuple[str, ...]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


@pytest.mark.parametrize("path", rules_modules(), ids=dotted)
def test_rules_import_only_the_standard_library_and_values(path: Path) -> None:
    own = dotted(path.parent) if path.parent.name == "rules" else dotted(path)
    impure = {name for name in imports(path) if not starts_with(name, (*PURE, own))}
    impure -= {"dougong.core"} if "dougong.core.values" in set(imports(path)) else set()
    assert not impure, f"{dotted(path)} decides and must stay pure, but imports {sorted(impure)}"


@pytest.mark.parametrize("plugin", PLUGINS)
def test_plugin_imports_other_plugins_only_through_their_api(plugin: str) -> None:
    manifest = import_module(f"dougong.plugins.{plugin}.manifest").MANIFEST
    required = {str(name) for name in manifest.requires}
    wrong = forbidden_neighbours("plugins", plugin, PLUGINS, required)
    assert not wrong, (
        f"a plugin imports the api of a plugin it requires, nothing else; move the rest to"
        f" with_<other>.py: {wrong}"
    )


@pytest.mark.parametrize("service", SERVICES)
def test_services_know_each_other_only_through_api(service: str) -> None:
    wrong = forbidden_neighbours("core/services", service, SERVICES, set(SERVICES))
    assert not wrong, f"a service imports another service's api, nothing else: {wrong}"


def forbidden_neighbours(
    room: str, name: str, neighbours: list[str], required: set[str]
) -> list[str]:
    """The imports of one room that reach into a neighbour where they may not."""
    package = f"dougong.{room.replace('/', '.')}"
    found = []
    for path in modules(f"{room}/{name}"):
        for other in neighbours:
            if other == name:
                continue
            allowed = allowed_parts(path, other, required)
            promised = tuple(f"{package}.{other}.{part}" for part in allowed)
            reached = {what for what in imports(path) if starts_with(what, (f"{package}.{other}",))}
            if any(starts_with(what, promised) for what in reached):
                reached.discard(f"{package}.{other}")  # the first half of `from other import api`
            found += [
                f"{dotted(path)} imports {what}"
                for what in sorted(reached)
                if not starts_with(what, promised)
            ]
    return found


def allowed_parts(path: Path, other: str, required: set[str]) -> tuple[str, ...]:
    """The modules of *other* that the module at *path* may import."""
    if path.stem == f"with_{other}":
        return WITH_A_NEIGHBOUR
    return OF_A_NEIGHBOUR if other in required else ()


def test_every_kernel_module_is_named_in_the_layers_contract() -> None:
    contract = next(
        contract
        for contract in pyproject()["tool"]["importlinter"]["contracts"]
        if contract.get("exhaustive")
    )
    named = {name.strip(" ()\n") for layer in contract["layers"] for name in layer.split(":")}
    there = {dotted(path) for path in modules("core")} - {"dougong.core"}
    children = {name.split(".")[2] for name in there}
    assert named == children, (
        "the kernel stays small, so each of its modules is named: in pyproject.toml,"
        f" [tool.importlinter], services contract, add {sorted(children - named)}"
        f" and remove {sorted(named - children)}; or put the module into a service or a plugin"
    )
