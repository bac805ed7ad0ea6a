"""The loader: a broken plugin is named and the rest of the house runs (architecture: plugins)."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from dougong.core import hookspecs
from dougong.core.house import load_registry
from dougong.core.plugins import GROUP, Registry, load_plugins

Maker = Callable[..., EntryPoint]
MANIFEST = """
from dougong.core.i18n import lazy
from dougong.core.manifest import Manifest
MANIFEST = Manifest(name="{name}", title=lazy("T"), summary=lazy("S"), version="1.0",
                    core="{core}", requires={requires}, cooperates={cooperates}, guards={guards})
"""
HOOKS = """
from dougong.core.hookspecs import hookimpl
@hookimpl
def register_permissions():
    return [{answer}]
"""


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Maker]:
    """Writes a plugin package and returns its entry point."""
    monkeypatch.syspath_prepend(tmp_path)
    made: list[str] = []

    def write(
        name: str,
        *,
        plugin: str | None = None,
        core: str = ">=0.1",
        manifest: str | None = None,
        requires: tuple[str, ...] = (),
        cooperates: tuple[str, ...] = (),
        guards: tuple[str, ...] = (),
        **modules: str,
    ) -> EntryPoint:
        folder = tmp_path / f"stranger_{name}"
        folder.mkdir()
        files = {
            "__init__": "",
            "manifest": manifest
            if manifest is not None
            else MANIFEST.format(
                name=name, core=core, requires=requires, cooperates=cooperates, guards=guards
            ),
            "plugin": HOOKS.format(answer=repr(name)) if plugin is None else plugin,
            **modules,
        }
        for module, text in files.items():
            (folder / f"{module}.py").write_text(textwrap.dedent(text))
        made.append(folder.name)
        return EntryPoint(name, folder.name, GROUP)

    yield write
    for name in [n for n in sys.modules if n.split(".")[0] in made]:
        del sys.modules[name]


def load(*points: EntryPoint, blocked: tuple[str, ...] = ()) -> Registry:
    return load_plugins(Registry(specs=(hookspecs,)), points, blocked)


def reasons(registry: Registry) -> dict[str, str]:
    return {problem.plugin: f"{problem.stage}: {problem.text}" for problem in registry.problems}


def test_good_plugins_load_in_the_order_of_their_requirements(make: Maker) -> None:
    registry = load(make("zeta"), make("alpha", requires=("zeta",)))
    assert [plugin.manifest.name for plugin in registry.ordered()] == ["zeta", "alpha"]
    assert registry.problems == []


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"plugin": "raise RuntimeError('boom')"}, "import: RuntimeError: boom"),
        ({"plugin": "import nowhere_to_be_found"}, "nowhere_to_be_found"),
        ({"plugin": "def broken(:"}, "SyntaxError"),
        ({"plugin": "raise SystemExit(3)"}, "SystemExit: 3"),
        ({"core": ">=9"}, "needs core >=9"),
        ({"manifest": "X = 1"}, "MANIFEST"),
        ({"manifest": MANIFEST.format(name="other", core=">=0.1", requires=(), cooperates=(),
                                      guards=())}, "the manifest says 'other'"),
        ({"plugin": "from dougong.core.hookspecs import hookimpl\n"
                    "@hookimpl\ndef register_permisions(): return []"}, "register_permisions"),
        ({"plugin": "from dougong.core.hookspecs import hookimpl\n"
                    "@hookimpl\ndef order_blockers(ordr): return []"}, "ordr"),
        ({"cooperates": ("credit",)}, "with_credit"),
        ({"requires": ("missing",)}, "requires missing, not loaded"),
    ],
)  # fmt: skip
def test_a_broken_plugin_is_named_and_the_rest_loads(
    make: Maker, parts: dict[str, object], said: str
) -> None:
    registry = load(make("bad", **parts), make("good"))
    assert list(registry.plugins) == ["good"]
    assert list(reasons(registry)) == ["bad"]
    assert said in reasons(registry)["bad"]
    assert [c.item for c in registry.contributions("register_permissions")] == ["good"]


def test_what_requires_a_broken_plugin_is_not_loaded_either(make: Maker) -> None:
    registry = load(
        make("ant", plugin="raise OSError"),
        make("bee", requires=("ant",)),
        make("cow", requires=("bee",)),
    )
    assert registry.plugins == {}
    assert set(reasons(registry)) == {"ant", "bee", "cow"}


def test_broken_models_are_named_too(make: Maker) -> None:
    registry = load_registry(
        found=[make("bad", models="raise ValueError('no table')"), make("good")]
    )
    assert list(registry.plugins) == ["good"]
    assert reasons(registry)["bad"] == "models: no table"


def test_blocked_plugins_are_not_even_imported(make: Maker) -> None:
    registry = load(make("bad", plugin="raise SystemExit"), make("good"), blocked=("bad",))
    assert list(registry.plugins) == ["good"]
    assert registry.blocked == {"bad"}


def test_a_relay_reaches_exactly_the_set_asked_for(make: Maker) -> None:
    registry = load(make("ant"), make("bee"), make("cow"))
    some = registry.relay(frozenset({"ant", "cow"}))
    assert some.register_permissions() == [["ant"], ["cow"]]
    assert registry.relay(frozenset({"ant", "cow"})) is some
    assert registry.relay(frozenset()).register_permissions() == []


def test_cooperation_speaks_only_where_both_are_on(make: Maker) -> None:
    pair = make("ant", cooperates=("bee",), with_bee=HOOKS.format(answer="'ant with bee'"))
    registry = load(pair, make("bee"))
    both = registry.relay(frozenset({"ant", "bee"})).register_permissions()
    assert sorted(both) == [["ant"], ["ant with bee"], ["bee"]]
    assert registry.relay(frozenset({"ant"})).register_permissions() == [["ant"]]
    needs = {c.item: c.needs for c in registry.contributions("register_permissions")}
    assert needs["ant with bee"] == {"ant", "bee"}


def test_cooperation_with_antn_absent_plugin_is_silent(make: Maker) -> None:
    registry = load(
        make("ant", cooperates=("bee",), with_bee=HOOKS.format(answer="'ant with bee'"))
    )
    assert [c.item for c in registry.contributions("register_permissions")] == ["ant"]


def test_core_knows_where_a_plugin_lives(make: Maker, tmp_path: Path) -> None:
    assert load(make("ant")).plugins["ant"].folder == tmp_path / "stranger_ant"
