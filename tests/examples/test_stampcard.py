"""A stranger's plugin loads, migrates, is on at one branch only, and proves itself."""

import shutil
from pathlib import Path

import pytest

from tests.examples.conftest import Installed

COMMAND = ("-m", "dougong.admin.cli")


def dougong(example: Installed, folder: Path, *arguments: str) -> str:
    """What the command prints; it must succeed."""
    settings = {"DOUGONG_DATA_DIR": str(folder / "data"), "COLUMNS": "200"}
    done = example.run(*COMMAND, *arguments, cwd=folder, settings=settings)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def row_of(table: str, name: str) -> list[str]:
    """The cells of a printed table's row that begins with that name."""
    (line,) = (line for line in table.splitlines() if name in line.split())
    return line.replace("│", " ").split()


def test_its_own_tests_pass(stampcard: Installed, tmp_path: Path) -> None:
    shutil.copytree(stampcard.source / "tests", tmp_path / "tests")
    shutil.copy(stampcard.source / "pyproject.toml", tmp_path)
    done = stampcard.run("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_it_is_switched_on_at_one_branch_by_commands(stampcard: Installed, tmp_path: Path) -> None:
    upgraded = dougong(stampcard, tmp_path, "db", "upgrade")
    assert row_of(upgraded, "stampcard").count("stampcard_0001") == 2
    for code, under in (("HQ", ()), ("B01", ("--under", "HQ")), ("B02", ("--under", "HQ"))):
        dougong(stampcard, tmp_path, "branch", "add", code, f"分公司 {code}", *under)
    dougong(stampcard, tmp_path, "plugin", "enable", "stampcard", "--branch", "B01")
    listed = row_of(dougong(stampcard, tmp_path, "plugin", "list"), "stampcard")
    assert listed == ["stampcard", "0.1.0", "loaded", "B01"]
    changed = dougong(
        stampcard, tmp_path, "plugin", "settings", "stampcard", "card_size=5", "--branch", "B01"
    )
    assert row_of(changed, "card_size")[1] == "5"
    elsewhere = dougong(stampcard, tmp_path, "plugin", "settings", "stampcard", "--branch", "B02")
    assert row_of(elsewhere, "card_size")[1] == "10"


def test_wrong_setting_is_refused_at_its_field(stampcard: Installed, tmp_path: Path) -> None:
    dougong(stampcard, tmp_path, "db", "upgrade")
    dougong(stampcard, tmp_path, "branch", "add", "HQ", "总部")
    settings = {"DOUGONG_DATA_DIR": str(tmp_path / "data")}
    done = stampcard.run(
        *COMMAND, "plugin", "settings", "stampcard", "card_size=1", "--branch", "HQ",
        cwd=tmp_path, settings=settings,
    )  # fmt: skip
    assert done.returncode == 1
    assert "card_size" in done.stderr + done.stdout


def test_it_leaves_nothing_behind_when_purged(stampcard: Installed, tmp_path: Path) -> None:
    dougong(stampcard, tmp_path, "db", "upgrade")
    dougong(stampcard, tmp_path, "plugin", "purge", "stampcard", "--yes", "--export-to", "kept")
    assert (tmp_path / "kept" / "stampcard_stamp.csv").is_file()
    state = row_of(dougong(stampcard, tmp_path, "db", "status"), "stampcard")
    assert "stampcard_0001" in state
    assert "-" in state


@pytest.mark.parametrize("folder", ["migrations/versions", "templates/stampcard", "locale"])
def test_what_is_no_module_is_installed_too(stampcard: Installed, folder: str) -> None:
    assert any((stampcard.target / "dougong_stampcard" / folder).iterdir())
