"""What is installed works: run against the checkout and, in CI, against the built wheel."""

from importlib.metadata import distribution, entry_points
from importlib.resources import files

import pytest
from sqlalchemy import select

from dougong.core.database import Database
from dougong.core.entities.branch import Branch
from dougong.core.house import load_registry
from dougong.core.scope import Scope
from dougong.core.session import Session

pytestmark = pytest.mark.smoke

SHIPPED = [
    ("dougong.core", "py.typed"),
    ("dougong.core", "locale/zh_Hans_CN/LC_MESSAGES/dougong_core.po"),
    ("dougong.core", "migrations/versions"),
    ("dougong.admin", "py.typed"),
    ("dougong.admin", "locale/zh_Hans_CN/LC_MESSAGES/dougong_admin.po"),
    ("dougong.admin", "templates/dougong/shell.html"),
    ("dougong.admin", "static/dougong/css/tokens.css"),
    ("dougong.plugins", "py.typed"),
]


@pytest.mark.parametrize(("package", "path"), SHIPPED)
def test_what_is_no_module_is_installed_too(package: str, path: str) -> None:
    where = files(package).joinpath(*path.split("/"))
    assert where.is_file() or any(where.iterdir())


def test_command_is_installed() -> None:
    (command,) = (p for p in entry_points(group="console_scripts") if p.name == "dougong")
    assert callable(command.load())


def test_licence_is_named_and_shipped() -> None:
    metadata = distribution("dougong").metadata
    assert (metadata["License-Expression"], metadata["License-File"]) == ("Apache-2.0", "LICENSE")


def test_bundled_plugins_come_through_the_strangers_door() -> None:
    bundled = {"tiering", "credit", "aftersales", "care"}
    assert bundled <= {point.name for point in entry_points(group="dougong.plugins")}
    registry = load_registry()
    assert registry.problems == []
    assert bundled <= set(registry.plugins)


def test_database_takes_a_branch_and_gives_it_back(database: Database) -> None:
    def found(session: Session) -> None:
        session.add(Branch(code="S1", name="朝阳分公司"))

    database.write(Scope.kernel("test"), found)
    with database.reading(Scope.kernel("test")) as session:
        names = session.scalars(select(Branch.name).where(Branch.code == "S1")).all()
    assert names == ["朝阳分公司"]
