"""Fixtures of the tests of messages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dougong.core.clock import FixedClock
from dougong.core.house import House, load_registry
from dougong.core.plugins import Registry
from dougong.core.scope import Scope
from dougong.core.services.messages.channels import Seal
from dougong.core.settings import Settings
from dougong.core.testing import NOON, make_branches
from tests.core.services.messages.premises import open_premises, with_samples


@pytest.fixture(scope="session")
def plugin_registry() -> Registry:
    """What is installed, and the kinds of the tests."""
    return with_samples(load_registry())


@pytest.fixture
def clock() -> FixedClock:
    """Noon in Shanghai, until it is moved."""
    return FixedClock(NOON)


@pytest.fixture
def seal() -> Seal:
    """What closes addresses in tests."""
    return Seal(Settings(secret_key="for tests only"))  # type: ignore[arg-type]


@pytest.fixture
def house(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """A house at its own database, that really commits."""
    house = open_premises(database_url, tmp_path / "data", clock)
    yield house
    house.database.engine.dispose()


@pytest.fixture
def branch(house: House) -> int:
    """A branch of the house."""
    _, east, _ = house.database.write(Scope.kernel("test"), make_branches)
    return east
