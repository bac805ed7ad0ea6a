"""The job of care through the real worker, on databases that commit (CA-01)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dougong.core.clock import FixedClock
from dougong.core.house import House, open_house
from dougong.core.scope import Scope
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.testing import NOON, make_branches
from dougong.core.worker import work_until_empty
from dougong.plugins.care.checks import activities_are_settled
from dougong.plugins.care.models import CareOccasion
from tests.plugins.care.people import met, settle

KERNEL = Scope.kernel("test")


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house on a database of its own, with birthdays on three days of March."""
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    made = open_house(settings, clock=FixedClock(NOON))
    made.database.write(KERNEL, _fill)
    yield made
    made.database.engine.dispose()


def _fill(session: Session) -> None:
    people = settle(session, make_branches(session)[1])
    for day in (5, 11, 20):
        met(session, people, birth_month=3, birth_day=day)


def count(house: House) -> int:
    """How many activities there are."""
    with house.database.reading(KERNEL) as session:
        return session.scalars(select(func.count(CareOccasion.activity_id))).one()


def test_daily_job_plans_each_day_once(house: House) -> None:
    """CA-01: also after days without a worker."""
    assert isinstance(house.clock, FixedClock)
    for days, planned in ((0, 1), (0, 1), (1, 1), (1, 2), (17, 3), (1, 3)):
        house.clock.advance(timedelta(days=days))
        work_until_empty(house)
        assert count(house) == planned


def test_doctor_names_what_nobody_settled(house: House) -> None:
    assert isinstance(house.clock, FixedClock)
    work_until_empty(house)
    with house.database.reading(KERNEL) as session:
        assert activities_are_settled(session) == []
    house.clock.advance(timedelta(days=40))
    with house.database.reading(KERNEL) as session:
        assert len(activities_are_settled(session)) == 1
