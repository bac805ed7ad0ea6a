"""From nothing to the first page: a web process beside the same libraries imported alone.

The peer imports exactly the modules that our process had loaded when its first page was served,
ours left out, so the ratio says what building the house and its views costs.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, side_by_side

REACH = 2.0
MIGRATE = """
from dougong.core import migrate
from dougong.core.house import open_house
house = open_house()
migrate.upgrade(house.database.engine, house.registry)
"""
FIRST_PAGE = """
from dougong.admin.app import create_app
from dougong.core.house import open_house
answer = create_app(open_house()).test_client().get("/admin/", follow_redirects=True)
assert answer.status_code == 200, answer.status
"""
TELL_MODULES = """
import json, sys
print(json.dumps([name for name, module in sys.modules.items()
                  if name.partition(".")[0] not in ("dougong", "__main__")
                  and getattr(module, "__spec__", None)]))
"""
IMPORT_ALONE = """
import json, sys
from importlib import import_module
for name in json.load(open(sys.argv[1])):
    try:
        import_module(name)
    except ImportError:
        pass  # made by another module at run time, not importable by itself
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How many starts to measure."""

    rounds: int


SIZES = {"small": Size(5), "full": Size(15)}


def measure(size: Size) -> list[Figure]:
    """Seconds from starting Python to the first page, and to the last import."""
    with ready_house() as environment:
        told = run(FIRST_PAGE + TELL_MODULES, environment)
        modules = Path(environment["DOUGONG_DATA_DIR"]) / "modules.json"
        modules.write_text(json.dumps(json.loads(told.splitlines()[-1])))
        ours, peer = side_by_side(
            lambda: run(FIRST_PAGE, environment),
            lambda: run(IMPORT_ALONE, environment, str(modules)),
            size.rounds,
        )
    return [Figure("web to its first page", ours, peer, "s", REACH)]


@contextmanager
def ready_house() -> Iterator[dict[str, str]]:
    """The environment of an installation with a migrated SQLite database."""
    with TemporaryDirectory() as folder:
        outside = {n: v for n, v in os.environ.items() if not n.startswith("DOUGONG_")}
        environment = {**outside, "DOUGONG_DATA_DIR": folder}
        run(MIGRATE, environment)
        yield environment


def run(code: str, environment: dict[str, str], *arguments: str) -> str:
    """What a new Python process prints that runs the code."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        cwd=environment["DOUGONG_DATA_DIR"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout
