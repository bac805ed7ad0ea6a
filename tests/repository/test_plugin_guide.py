"""docs/plugins.md is right: its code is the example's or runs, its tables are the code's."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from types import ModuleType

import pytest

from dougong.core import services
from dougong.core.acts import Act
from dougong.core.events import Event
from dougong.core.house import load_registry
from dougong.core.plugins import Registry
from tests.repository.tree import ROOT, imports

PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"(?:<!-- (?P<file>\S+) -->\n)?^```(?P<kind>\S+)\n(?P<text>.*?)\n```$", re.MULTILINE | re.DOTALL
)
EVENT = re.compile(r"^\| `(?P<name>core\.\w+)` (?P<type>\w+) \| (?P<fields>.*?) \|", re.MULTILINE)
ACT = re.compile(r"^\| `(?P<act>\w+)` \| `(?P<hook>\w+_blockers)` \|", re.MULTILINE)
MODULE = re.compile(r"^\| `(?P<name>dougong\.[\w.]+)` \|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of code on the page, and the file it claims to be from."""

    file: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.file or 'own'}: {self.text.splitlines()[0]}"


BLOCKS = [Block(m["file"] or "", m["kind"], m["text"]) for m in BLOCK.finditer(PAGE)]
QUOTED = [block for block in BLOCKS if block.file]
OWN = [block for block in BLOCKS if block.kind == "python" and not block.file]
PROMISED = [m["name"] for m in MODULE.finditer(PAGE)]


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The hooks of core and admin."""
    return load_registry(found=[])


def test_page_quotes_and_shows() -> None:
    assert len(QUOTED) > 15
    assert len(OWN) > 10


@pytest.mark.parametrize("block", QUOTED, ids=str)
def test_quoted_code_is_the_examples(block: Block) -> None:
    text = (ROOT / block.file).read_text(encoding="utf-8")
    assert f"{block.text}\n" in text, f"{block.file} says it otherwise now"


@pytest.mark.parametrize("block", OWN, ids=str)
def test_example_of_a_hook_is_accepted_at_boot(block: Block, registry: Registry) -> None:
    module = ModuleType("example_of_a_hook")
    exec(compile(block.text, "docs/plugins.md", "exec"), vars(module))
    registry.check(module)
    for name in re.findall(r"^def (register_\w+)\(\)", block.text, re.MULTILINE):
        assert getattr(module, name)(), f"{name} answers nothing"


def test_every_event_of_core_is_told() -> None:
    told = {
        m["name"]: (m["type"], re.findall(r"`(\w+)`", m["fields"])) for m in EVENT.finditer(PAGE)
    }
    assert told == {
        event.name: (event.__name__, [f.name for f in fields(event) if f.name != "branch_id"])
        for event in core_events()
    }


def core_events() -> Iterator[type[Event]]:
    importlib.import_module("dougong.core.switches")
    for _, name, _ in pkgutil.walk_packages(services.__path__, "dougong.core.services."):
        if name.endswith(".events"):
            importlib.import_module(name)
    return (e for e in Event.__subclasses__() if e.__module__.startswith("dougong.core."))


def test_every_act_is_told_with_its_hook() -> None:
    told = {m["act"]: m["hook"] for m in ACT.finditer(PAGE)}
    assert set(told) == {act.value for act in Act}
    assert set(told.values()) <= set(re.findall(r"^### (\w+)$", PAGE, re.MULTILINE))


@pytest.mark.parametrize("name", PROMISED)
def test_promised_module_is_there(name: str) -> None:
    assert importlib.import_module(name).__doc__


def plugin_files() -> list[Path]:
    own = [path for path in (ROOT / "plugins").rglob("*.py") if "migrations" not in path.parts]
    return [*own, *(ROOT / "examples").rglob("*.py")]


@pytest.mark.parametrize("path", plugin_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_plugins_use_only_what_is_promised(path: Path) -> None:
    used = {name for name in imports(path) if name.startswith(("dougong.core.", "dougong.admin."))}
    beyond = {name for name in used if not any(_within(name, module) for module in PROMISED)}
    assert not beyond - {"dougong.core.services.sales"}, f"{path.name} uses {sorted(beyond)}"


def _within(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


@pytest.mark.parametrize("path", plugin_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_plugins_need_no_exception_from_the_type_checker(path: Path) -> None:
    assert "type: ignore" not in path.read_text(encoding="utf-8")


def test_view_kit_exposes_with_types() -> None:
    kit = {"Act", "PageView", "RecordView", "Related", "Section", "expose", "operation"}
    assert kit <= set(importlib.import_module("dougong.admin.views").__all__)
    taken = [path for path in plugin_files() if "flask_admin.expose" in imports(path)]
    assert not taken, "dougong.admin.views has a typed one"


@pytest.mark.parametrize("path", plugin_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_words_are_added_where_views_are_registered(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {id(node): path.name for node in ast.walk(tree) if _adds_words(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "register_views":
            calls = {key: name for key, name in calls.items() if key not in map(id, ast.walk(node))}
    assert not calls, "call add_words in register_views: importing a plugin does nothing"


def _adds_words(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "add_words"
