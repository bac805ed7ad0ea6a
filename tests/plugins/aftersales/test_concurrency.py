"""Two hosts at once, on databases that really commit (AF-04, AF-11)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import func, select

from dougong.core.clock import FixedClock
from dougong.core.database import Database
from dougong.core.entities.event_log import EventRecord
from dougong.core.scope import Scope
from dougong.core.services.deadlines.api import sweep
from dougong.core.session import Session
from dougong.core.testing import NOON, make_branches
from dougong.core.values import Money
from dougong.plugins.aftersales.events import CallBreached, RenewalNoticed
from dougong.plugins.aftersales.models import ContractRenewal
from dougong.plugins.aftersales.rules import ContractKind
from dougong.plugins.aftersales.service import (
    NewCall,
    NewContract,
    due_contracts,
    issue_notice,
    open_call,
    register_contract,
)
from tests.plugins.aftersales.desk import furnish

HOSTS = 4


@pytest.fixture
def branch(database: Database) -> int:
    """A branch with five contracts that end today and five open calls."""

    def fill(session: Session) -> int:
        branch_id = make_branches(session)[1]
        desk = furnish(session, branch_id)
        for _ in range(5):
            asked = NewContract(
                customer_id=desk.customer.id, kind=ContractKind.MAINTENANCE,
                starts_on=NOON.date(), ends_on=NOON.date(), price=Money.zero("CNY"),
            )  # fmt: skip
            register_contract(session, asked)
            open_call(session, NewCall(customer_id=desk.customer.id, fault="缺水"))
        return branch_id

    return database.write(Scope.kernel("test"), fill)


def at_once(work: Callable[[], object]) -> None:
    """Run ``work`` on several hosts, all starting together."""
    start = Barrier(HOSTS)

    def one(_: int) -> None:
        start.wait()
        work()

    with ThreadPoolExecutor(HOSTS) as hosts:
        list(hosts.map(one, range(HOSTS)))


def count(database: Database, branch_id: int, event: str) -> int:
    """How often an event was recorded."""
    with database.reading(Scope.at(branch_id, "test")) as session:
        return session.scalars(
            select(func.count(EventRecord.id)).where(EventRecord.name == event)
        ).one()


def test_hosts_at_once_issue_one_notice_a_term(database: Database, branch: int) -> None:
    """AF-11: all see the same contracts as due before any of them writes."""
    scope, looked = Scope.at(branch, "job"), Barrier(HOSTS)

    def job() -> None:
        with database.reading(scope) as session:
            due = list(session.scalars(due_contracts(session, branch).order_by("id")))
        looked.wait()
        for contract_id in due:
            database.write(scope, partial(issue_notice, contract_id=contract_id))

    at_once(job)
    with database.reading(scope) as session:
        assert session.scalars(select(func.count(ContractRenewal.id))).one() == 5
    assert count(database, branch, RenewalNoticed.name) == 5


def test_sweeps_at_once_tell_of_a_breach_once(database: Database, branch: int) -> None:
    """AF-04."""
    assert isinstance(database.clock, FixedClock)
    database.clock.advance(timedelta(hours=5))
    scope = Scope.at(branch, "job")
    at_once(lambda: database.write(scope, lambda session: sweep(session, branch)))
    assert count(database, branch, CallBreached.name) == 5
