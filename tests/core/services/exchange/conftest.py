"""What tests of imports stand on: a house that commits, and people who send files there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dougong.core.clock import FixedClock
from dougong.core.house import House, open_house
from dougong.core.scope import Scope
from dougong.core.settings import Settings
from dougong.core.testing import NOON, make_branches
from tests.core.services.exchange.sending import Sender


@pytest.fixture
def clock() -> FixedClock:
    """Noon in Shanghai, until it is moved."""
    return FixedClock(NOON)


@pytest.fixture
def house(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """A house with everything that is bundled."""
    house = open_house(Settings(database_url=database_url, data_dir=tmp_path / "d"), clock=clock)
    yield house
    house.database.engine.dispose()


@pytest.fixture
def branches(house: House) -> tuple[int, int, int]:
    """Headquarters, 东区 and 西区."""
    return house.database.write(Scope.kernel("test"), make_branches)


@pytest.fixture
def east(house: House, branches: tuple[int, int, int]) -> Sender:
    """Somebody at 东区 who may do everything."""
    return Sender.at(house, branches[1])


@pytest.fixture
def west(house: House, branches: tuple[int, int, int]) -> Sender:
    """Somebody at 西区 who may do everything."""
    return Sender.at(house, branches[2])
