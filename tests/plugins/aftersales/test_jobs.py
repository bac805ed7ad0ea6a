"""The jobs of after-sales through the real worker, on databases that commit (AF-04, AF-11)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dougong.core.clock import FixedClock
from dougong.core.entities.event_log import EventRecord
from dougong.core.house import House, open_house
from dougong.core.scope import Scope
from dougong.core.services.deadlines.api import DeadlineBreached
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.switches import disable, enable
from dougong.core.testing import NOON, make_branches
from dougong.core.values import Money
from dougong.core.worker import work_until_empty
from dougong.plugins.aftersales.checks import notices_run
from dougong.plugins.aftersales.events import CallBreached, RenewalNoticed
from dougong.plugins.aftersales.rules import ContractKind
from dougong.plugins.aftersales.service import NewCall, NewContract, open_call, register_contract
from tests.plugins.aftersales.desk import furnish

KERNEL = Scope.kernel("test")


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A house on a database of its own."""
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    made = open_house(settings, clock=FixedClock(NOON))
    yield made
    made.database.engine.dispose()


@pytest.fixture
def branch(house: House) -> int:
    """A branch with three calls, and contracts that end in 30, 31 and 200 days."""

    def fill(session: Session) -> int:
        branch_id = make_branches(session)[1]
        desk = furnish(session, branch_id)
        for days in (30, 31, 200):
            ends_on = (NOON + timedelta(days=days)).date()
            asked = NewContract(
                customer_id=desk.customer.id, kind=ContractKind.MAINTENANCE,
                starts_on=NOON.date(), ends_on=ends_on, price=Money.zero("CNY"),
            )  # fmt: skip
            register_contract(session, asked)
            open_call(session, NewCall(customer_id=desk.customer.id, fault="缺水"))
        return branch_id

    return house.database.write(KERNEL, fill)


def later(house: House, by: timedelta) -> None:
    """Let time pass and the worker work."""
    assert isinstance(house.clock, FixedClock)
    house.clock.advance(by)
    work_until_empty(house)


def count(house: House, event: str) -> int:
    """How often an event was recorded."""
    with house.database.reading(KERNEL) as session:
        told = select(func.count(EventRecord.id)).where(EventRecord.name == event)
        return session.scalars(told).one()


def test_daily_job_issues_each_notice_once(house: House, branch: int) -> None:
    """AF-11: on the day, the next day, and after two days without a worker."""
    work_until_empty(house)
    assert count(house, RenewalNoticed.name) == 1
    work_until_empty(house)
    assert count(house, RenewalNoticed.name) == 1
    later(house, timedelta(days=3))
    assert count(house, RenewalNoticed.name) == 2
    later(house, timedelta(days=1))
    assert count(house, RenewalNoticed.name) == 2


def test_sweep_job_tells_of_each_breach_once(house: House, branch: int) -> None:
    """AF-04."""
    work_until_empty(house)
    assert count(house, CallBreached.name) == 0
    later(house, timedelta(hours=4, minutes=1))
    later(house, timedelta(minutes=1))
    assert count(house, CallBreached.name) == 3


def test_jobs_rest_where_the_plugin_is_off(house: House, branch: int) -> None:
    """XX-04: and go on where they stopped when it is switched on again."""
    house.database.write(KERNEL, lambda session: disable(session, branch, "aftersales"))
    later(house, timedelta(days=2))
    assert count(house, RenewalNoticed.name) == 0
    assert count(house, CallBreached.name) == count(house, DeadlineBreached.name) == 0
    house.database.write(KERNEL, lambda session: enable(session, branch, "aftersales"))
    later(house, timedelta(days=1))
    assert count(house, CallBreached.name) == 3


def test_doctor_says_when_no_worker_runs(house: House, branch: int) -> None:
    """AF-11: silence is noticed; of missed arrivals the deadlines tell."""
    assert isinstance(house.clock, FixedClock)
    house.clock.advance(timedelta(days=1))
    with house.database.reading(KERNEL) as session:
        assert len(notices_run(session)) == 1
    work_until_empty(house)
    with house.database.reading(KERNEL) as session:
        assert notices_run(session) == []
