"""The job of duties through the real worker, on databases that commit (AR-08)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dougong.core.clock import FixedClock
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.house import House, open_house
from dougong.core.scope import Scope
from dougong.core.services.activities.api import Activity, Rhythm
from dougong.core.services.archive.reviews import MENDING
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.testing import NOON, make_branches
from dougong.core.worker import work_until_empty
from tests.core.services.activities.people import hire
from tests.core.services.activities.test_duties import KEY, duty

KERNEL = Scope.kernel("test")
CUSTOMERS = 510
"""More than are planned in one step."""


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house on a database of its own, with two duties and many customers."""
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    made = open_house(settings, clock=FixedClock(NOON))
    _, east, _ = made.database.write(KERNEL, make_branches)
    made.database.write(Scope.at(east, "test"), _fill)
    yield made
    made.database.engine.dispose()


def _fill(session: Session) -> None:
    manager = hire(session, session.scope.home or 0, "manager")
    session.add_all(
        Customer(code=f"C{n}", kind=CustomerKind.INDIVIDUAL, name="客户", manager_id=manager.id)
        for n in range(CUSTOMERS)
    )
    duty(session)
    duty(session, KEY, rhythm=Rhythm.MONTH)


def count(house: House) -> int:
    """How many activities of duties there are: archives to mend are planned by another job."""
    duties = select(func.count(Activity.id)).where(Activity.kind != MENDING)
    with house.database.reading(KERNEL) as session:
        return session.scalars(duties).one()


def test_daily_job_plans_each_period_once(house: House) -> None:
    assert isinstance(house.clock, FixedClock)
    for days, planned in ((0, 511), (0, 511), (1, 511), (6, 512), (23, 512 + 1 + 510)):
        house.clock.advance(timedelta(days=days))
        work_until_empty(house)
        assert count(house) == planned
