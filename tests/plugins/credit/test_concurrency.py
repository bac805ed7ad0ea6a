"""However many sell at once, the limit holds exactly and nothing is lost (CR-04)."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest
from sqlalchemy import func, select

from dougong.core.database import Database
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.scope import Scope
from dougong.plugins.credit.checks import accounts_add_up
from dougong.plugins.credit.models import CreditAccount, CreditEntry
from tests.plugins.credit.rush import (
    PRICE,
    Rush,
    confirm_all,
    confirm_and_cancel,
    confirm_in_process,
    prepare,
)

SELLERS = 8
Work = Callable[[Database, int, Sequence[int]], list[int]]


def shares(rush: Rush, sellers: int) -> list[tuple[int, ...]]:
    return [rush.order_ids[place::sellers] for place in range(sellers)]


def in_threads(database: Database, rush: Rush, work: Work) -> list[int]:
    with ThreadPoolExecutor(SELLERS) as pool:
        jobs = [pool.submit(work, database, rush.branch_id, s) for s in shares(rush, SELLERS)]
        return [key for job in jobs for key in job.result()]


def assert_exact(database: Database, rush: Rush, confirmed: int) -> None:
    """That many orders are confirmed, the account says so, and so does its ledger."""
    with database.reading(Scope.kernel("test")) as session:
        states = select(func.count(SalesOrder.id)).where(SalesOrder.state == OrderState.CONFIRMED)
        assert session.scalar(states) == confirmed
        account = session.get_one(CreditAccount, rush.customer_id)
        assert account.reserved_minor == confirmed * PRICE
        assert [str(finding.text) for finding in accounts_add_up(session)] == []


def test_threads_confirm_exactly_what_is_free(database: Database) -> None:
    rush = prepare(database, drafts=48, limit=10 * PRICE + 50)
    assert len(in_threads(database, rush, confirm_all)) == 10
    assert_exact(database, rush, 10)


def test_threads_that_open_the_account_together_pass_nothing_by(database: Database) -> None:
    usual = {"without_limit": "default", "default_limit": f"{5 * PRICE / 100}"}
    rush = prepare(database, drafts=16, limit=None, **usual)
    assert len(in_threads(database, rush, confirm_all)) == 5
    assert_exact(database, rush, 5)
    with database.reading(Scope.kernel("test")) as session:
        assert session.scalar(select(func.count(CreditEntry.id))) == 5


def test_confirming_and_cancelling_together_stays_exact(database: Database) -> None:
    rush = prepare(database, drafts=32, limit=7 * PRICE)
    kept = in_threads(database, rush, confirm_and_cancel)
    assert_exact(database, rush, len(kept))
    assert len(kept) <= 7


@pytest.mark.parametrize("processes", [3])
def test_processes_confirm_exactly_what_is_free(
    database: Database, database_url: str, processes: int
) -> None:
    rush = prepare(database, drafts=30, limit=11 * PRICE)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(confirm_in_process, database_url, rush.branch_id, share)
            for share in shares(rush, processes)
        ]
        done = [key for job in jobs for key in job.result()]
    assert len(done) == len(set(done)) == 11
    assert_exact(database, rush, 11)
