"""What the doctor says of a plugin that is on but not there."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from dougong.core.doctor import Severity, examine
from dougong.core.house import House, open_house
from dougong.core.i18n import speaking
from dougong.core.migrate import settle
from dougong.core.orm import Base
from dougong.core.plugins import GROUP
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.switches import enable
from dougong.core.testing import make_branches
from tests.core.sample.house import KERNEL


def without_credit(url: str, folder: Path, *, blocked: bool) -> House:
    """A house where credit was switched on at 东区 and is not loaded any more."""
    before = open_house(Settings(database_url=url, data_dir=folder))
    before.database.write(KERNEL, _switch_on)
    before.database.engine.dispose()
    settings = Settings(
        database_url=url, data_dir=folder, block_plugins="credit" if blocked else ""
    )
    return open_house(settings, found=None if blocked else [])


def _switch_on(session: Session) -> None:
    _, east, _ = make_branches(session)
    enable(session, east, "credit")


GUARDED = "confirm_order, release_delivery, merge_customers"


@pytest.mark.parametrize(
    ("blocked", "severity", "said"),
    [
        (
            False,
            Severity.ERROR,
            "not loaded; refused there: confirm_order, release_delivery, merge_customers",
        ),
        (
            True,
            Severity.WARNING,
            "blocked; unguarded there: confirm_order, release_delivery, merge_customers",
        ),
    ],
)
def test_lost_guard_is_told_and_a_lifted_one_too(
    database_url: str, tmp_path: Path, blocked: bool, severity: Severity, said: str
) -> None:
    house = without_credit(database_url, tmp_path, blocked=blocked)
    with speaking("en"):
        findings = [f for result in examine(house, "core") for f in result.findings]
        told = [(f.severity, str(f.text)) for f in findings if "东区" in str(f.text)]
    assert told == [(severity, f"credit is on at 东区 but {said}")]
    house.database.engine.dispose()


MANIFEST = """
from dougong.core.i18n import lazy
from dougong.core.manifest import Manifest
MANIFEST = Manifest(name="bare", title=lazy("T"), summary=lazy("S"), version="1.0", core=">=0.1")
"""
MODELS = """
from dougong.core.orm import Base, BranchOwned, Keyed, owned
class Thing(Keyed, BranchOwned, Base):
    __tablename__ = "bare_thing"
    __table_args__ = owned()
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EntryPoint]:
    """A plugin that has a model and no migration; forgotten afterwards."""
    folder = tmp_path / "stranger_bare"
    folder.mkdir()
    for name, text in (
        ("__init__", ""),
        ("manifest", MANIFEST),
        ("plugin", ""),
        ("models", MODELS),
    ):
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    yield EntryPoint("bare", folder.name, GROUP)
    Base.registry._dispose_cls(sys.modules["stranger_bare.models"].Thing)
    Base.metadata.remove(Base.metadata.tables["bare_thing"])
    for name in [n for n in sys.modules if n.startswith(folder.name)]:
        del sys.modules[name]


def test_models_without_migrations_are_named(
    bare: EntryPoint, database_url: str, tmp_path: Path
) -> None:
    house = open_house(Settings(database_url=database_url, data_dir=tmp_path), found=[bare])
    with speaking("en"):
        told = [str(f.text) for result in examine(house) for f in result.findings]
    assert any("bare has models but no migrations" in text for text in told)
    settle(house.database.engine, house.registry)
    assert "bare" not in house.registry.plugins
    problem = house.registry.problem_of("bare")
    assert problem is not None
    assert "dougong db revision bare" in problem.text
    house.database.engine.dispose()
