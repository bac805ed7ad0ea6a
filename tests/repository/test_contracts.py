"""The import contracts bite: each is broken on purpose in a copy, and each must be reported."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository.tree import ROOMS, ROOT, pyproject

VIOLATIONS = {
    "plugins stand on admin, admin on core, never the other way": (
        "core/clock.py",
        "import dougong.admin",
    ),
    "services stand on the kernel, the kernel knows no service": (
        "core/errors.py",
        "import dougong.core.services",
    ),
    "core knows no web framework": ("core/errors.py", "import flask"),
    "admin knows no plugin: it asks hooks": ("admin/__init__.py", "import dougong.plugins.care"),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy of the house with one wrong import for each contract."""
    copy = tmp_path_factory.mktemp("copy")
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / "dougong" / room, ignore=only_modules)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, line in VIOLATIONS.values():
        with (copy / "dougong" / name).open("a") as module:
            module.write(f"\n{line}\n")
    (copy / "dougong/core/unnamed.py").write_text("")
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def only_modules(folder: str, names: list[str]) -> list[str]:
    return [n for n in names if (Path(folder) / n).is_file() and not n.endswith(".py")]


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_wrong_import_is_reported(report: str, contract: str) -> None:
    assert f"{contract} BROKEN" in report


def test_unnamed_kernel_module_is_reported(report: str) -> None:
    assert "- dougong.core.unnamed" in report


def test_every_contract_is_broken_here_once() -> None:
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == set(VIOLATIONS)
