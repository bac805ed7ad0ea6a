"""What is installed is what is in the folders."""

import subprocess
import sys

import pytest

from tests.repository.tree import ROOMS, ROOT, dotted, modules, pyproject


def test_packages_list_equals_folders() -> None:
    folders = {dotted(path.parent / "__init__.py") for path in modules(*ROOMS)}
    listed = set(pyproject()["tool"]["setuptools"]["packages"])
    missing = "".join(f'\n    "{name}",' for name in sorted(folders - listed))
    stale = "".join(f'\n    "{name}",' for name in sorted(listed - folders))
    assert not missing, f"add to [tool.setuptools] packages in pyproject.toml:{missing}"
    assert not stale, f"remove from [tool.setuptools] packages in pyproject.toml:{stale}"


def test_packages_list_is_sorted() -> None:
    listed = pyproject()["tool"]["setuptools"]["packages"]
    assert listed == sorted(listed)


def test_every_folder_of_modules_is_a_package() -> None:
    bare = {path.parent for path in modules(*ROOMS) if not (path.parent / "__init__.py").exists()}
    assert not bare, f"these folders lack an __init__.py: {sorted(map(str, bare))}"


def test_every_file_that_is_no_module_is_package_data() -> None:
    patterns = pyproject()["tool"]["setuptools"]["package-data"]["*"]
    kinds = {pattern.partition("/")[0] for pattern in patterns}
    strays = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".md")
        if not kinds & set(path.relative_to(ROOT).parts)
    }
    assert not strays, f"not shipped, extend [tool.setuptools.package-data]: {sorted(strays)}"


@pytest.mark.parametrize("room", ROOMS)
def test_room_refuses_its_bare_name(room: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import {room}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"import dougong.{room}, not {room}" in done.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_type_checkers_see_the_room(room: str) -> None:
    link = ROOT / ".typing" / "dougong" / room
    assert link.is_symlink()
    assert link.resolve() == ROOT / room
