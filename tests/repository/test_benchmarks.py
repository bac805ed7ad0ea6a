"""The benchmark runner says truly whether a figure is within reach."""

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import run
from benchmarks.figures import Figure
from benchmarks.peers import environment


@pytest.fixture
def one_benchmark(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """A runner that knows one benchmark, whose answer the test sets."""
    answer = {"ours": 2.0}
    fake = SimpleNamespace(
        SIZES={"small": 1, "full": 2},
        measure=lambda size: [Figure("made up", answer["ours"] * size, 1.0, "s", reach=2.0)],
    )
    monkeypatch.setattr(run, "benchmarks", lambda: {"fake": fake})
    return answer


def test_runner_finds_the_benchmarks() -> None:
    assert {"hooks", "start"} <= set(run.benchmarks())


def test_figure_within_reach_ends_well(one_benchmark: dict[str, float], tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    assert run.main(["--out", str(out)]) == 0
    (figure,) = json.loads(out.read_text())["figures"]
    assert (figure["benchmark"], figure["ratio"], figure["reached"]) == ("fake", 2.0, True)


def test_figure_out_of_reach_ends_with_a_failure(
    one_benchmark: dict[str, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one_benchmark["ours"] = 2.1
    assert run.main(["--out", str(tmp_path / "figures.json")]) == 1
    assert "MISSED" in capsys.readouterr().out


def test_size_is_chosen_by_option(one_benchmark: dict[str, float], tmp_path: Path) -> None:
    assert run.main(["--size", "full", "--out", str(tmp_path / "figures.json")]) == 1


def test_peer_environment_is_its_own(tmp_path: Path) -> None:
    python = environment("bare", (), tmp_path)
    found = subprocess.run([python, "-c", "import dougong.core"], capture_output=True, check=False)
    assert found.returncode == 1
