"""A stranger's plugin loads, migrates, is on at one branch only, and proves itself."""

import shutil
from pathlib import Path

import pytest

from tests.examples.conftest import Installed

COMMANDS = """
import shlex, sys
from dougong.admin.cli import main
for line in sys.argv[1:]:
    main(shlex.split(line), standalone_mode=False)
"""
"""Several commands in one process: starting one takes longer than all they do."""
INSTALL = (
    "db upgrade",
    "branch add HQ 总部",
    "branch add B01 城东 --under HQ",
    "branch add B02 江北 --under HQ",
)


def dougong(example: Installed, folder: Path, *lines: str, code: int = 0) -> str:
    """What the commands print."""
    settings = {"DOUGONG_DATA_DIR": str(folder / "data")}
    done = example.run("-c", COMMANDS, *lines, cwd=folder, settings=settings)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def rows_of(printed: str, name: str) -> list[list[str]]:
    """The cells of the printed rows that begin with that name."""
    lines = (line.split() for line in printed.splitlines())
    return [cells for cells in lines if cells[:1] == [name]]


def test_its_own_tests_pass(stampcard: Installed, tmp_path: Path) -> None:
    shutil.copytree(stampcard.source / "tests", tmp_path / "tests")
    shutil.copy(stampcard.source / "pyproject.toml", tmp_path)
    done = stampcard.run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_it_is_switched_on_and_set_at_one_branch_only(stampcard: Installed, tmp_path: Path) -> None:
    printed = dougong(
        stampcard,
        tmp_path,
        *INSTALL,
        "plugin enable stampcard --branch B01",
        "plugin list",
        "plugin settings stampcard card_size=5 --branch B01",
        "plugin settings stampcard --branch B02",
    )
    assert rows_of(printed, "stampcard") == [
        ["stampcard", "stampcard_0001", "stampcard_0001", "newest"],
        ["stampcard", "is", "on", "at", "B01."],
        ["stampcard", "0.1.0", "loaded", "B01"],
    ]
    assert [cells[1] for cells in rows_of(printed, "card_size")] == ["5", "10"]


def test_wrong_setting_is_refused_at_its_field(stampcard: Installed, tmp_path: Path) -> None:
    wrong = "plugin settings stampcard card_size=1 --branch HQ"
    said = dougong(stampcard, tmp_path, *INSTALL[:2], wrong, code=1)
    assert "card_size: " in said


def test_it_leaves_nothing_behind_when_purged(stampcard: Installed, tmp_path: Path) -> None:
    purge = "plugin purge stampcard --yes --export-to kept"
    printed = dougong(stampcard, tmp_path, "db upgrade", purge, "db status")
    assert (tmp_path / "kept" / "stampcard_stamp.csv").is_file()
    assert rows_of(printed, "stampcard")[-1] == ["stampcard", "-", "stampcard_0001", "behind"]


@pytest.mark.parametrize("folder", ["migrations/versions", "templates/stampcard", "locale"])
def test_what_is_no_module_is_installed_too(stampcard: Installed, folder: str) -> None:
    assert any((stampcard.target / "dougong_stampcard" / folder).iterdir())
