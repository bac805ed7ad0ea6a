"""What tests of jobs, outbox and worker stand on: a house that really commits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dougong.core.clock import FixedClock
from dougong.core.house import House
from dougong.core.switches import enable
from dougong.core.testing import NOON, make_branches
from tests.core.sample.house import KERNEL, open_sample


@pytest.fixture
def clock() -> FixedClock:
    """Noon in Shanghai, until it is moved."""
    return FixedClock(NOON)


@pytest.fixture
def house(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """A house with the sample plugin loaded, at its own database."""
    house = open_sample(database_url, tmp_path / "data", clock)
    yield house
    house.database.engine.dispose()


@pytest.fixture
def branch(house: House) -> int:
    """A branch where the sample is on; at the others it is off."""
    _, east, _ = house.database.write(KERNEL, make_branches)
    house.database.write(KERNEL, lambda session: enable(session, east, "sample"))
    return east
