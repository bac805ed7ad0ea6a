"""The checkout as the repository tests see it."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "plugins", "admin")
ELSEWHERE = {"migrations", "__pycache__", ".venvs", "list_peers"}
"""Folders whose modules are not ours to import: peers of benchmarks have their own libraries."""


def pyproject() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def modules(*folders: str) -> Iterator[Path]:
    """Every module under the folders, migrations and peers left out."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not ELSEWHERE & set(path.relative_to(ROOT).parts):
                yield path


def dotted(path: Path) -> str:
    """The import name of a module of ours."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("dougong", *parts)).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    """Every module that *path* imports; ``from a import b`` counts as ``a`` and as ``a.b``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
