"""The example plugin as its own distribution, installed beside the house without a network."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@dataclass(frozen=True, slots=True)
class Installed:
    """A folder that holds the installed example; a process that has it on its path finds it."""

    source: Path
    target: Path

    def run(
        self, *arguments: str, cwd: Path, settings: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run Python with the example installed, from a folder that holds no source."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DOUGONG_")}
        environment |= {"PYTHONPATH": str(self.target), "LC_ALL": "C.UTF-8", **(settings or {})}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture(scope="session")
def stampcard(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The stamp cards, built and installed by pip from a copy of their folder."""
    folder = tmp_path_factory.mktemp("stampcard")
    shutil.copytree(
        EXAMPLES / "stampcard", folder / "source", ignore=shutil.ignore_patterns("__pycache__")
    )
    built = Installed(folder / "source", folder / "target")
    done = built.run(
        "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-index",
        "--no-build-isolation", "--target", str(built.target), str(built.source),
        cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return built
