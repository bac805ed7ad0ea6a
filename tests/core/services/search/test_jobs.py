"""The index is built anew on request, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from dougong.core.clock import FixedClock
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.house import House, open_house
from dougong.core.jobs import enqueue
from dougong.core.scope import Scope
from dougong.core.services.search.api import find
from dougong.core.services.search.jobs import BATCH
from dougong.core.services.search.models import SearchToken
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.testing import NOON, make_branches
from dougong.core.worker import work_until_empty


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house on a database of its own."""
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    made = open_house(settings, clock=FixedClock(NOON))
    yield made
    made.database.engine.dispose()


def test_lost_index_is_built_anew(house: House) -> None:
    """More records than one batch, of several kinds, each found again and once."""

    def fill(session: Session) -> int:
        _, east, _ = make_branches(session)
        session.add_all(
            Customer(branch_id=east, code=f"K{n}", name=f"华东{n}", kind=CustomerKind.ENTERPRISE)
            for n in range(BATCH + 1)
        )
        session.flush()
        session.execute(delete(SearchToken))
        return east

    east = house.database.write(Scope.kernel("test"), fill)
    scope = Scope.at(east, "test")
    with house.database.reading(scope) as session:
        assert find(session, "华东") == []
    for _ in range(2):
        house.database.write(scope, lambda session: enqueue(session, "core.search.reindex", east))
        work_until_empty(house)
    with house.database.reading(scope) as session:
        assert len(find(session, "华东", limit=BATCH * 2)) == BATCH + 1
