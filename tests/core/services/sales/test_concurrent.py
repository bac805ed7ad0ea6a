"""Two hands on one paper: each act happens once, sums stay exact (CR-04)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from dougong.core.database import Database
from dougong.core.entities.billing import Invoice, Receipt
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.sales import SalesOrder
from dougong.core.errors import Refusal
from dougong.core.scope import Scope
from dougong.core.services.sales.api import (
    Bill,
    OrderConfirmed,
    OrderDraft,
    Payment,
    allocate,
    cancel_order,
    confirm_order,
    create_order,
    issue_bill,
    register_receipt,
)
from dougong.core.session import Session
from dougong.core.testing import NOON, make_branches
from tests.core.services.sales.conftest import line, yuan

HANDS = 4


@pytest.fixture
def scope(database: Database) -> Scope:
    """Somebody at 东区."""
    _, east, _ = database.write(Scope.kernel("test"), make_branches)
    return Scope.at(east, "test")


def add_customer(session: Session) -> int:
    """A customer; its key."""
    customer = Customer(code="C1", kind=CustomerKind.ENTERPRISE, name="北京清泉饮品有限公司")
    session.add(customer)
    session.flush()
    return customer.id


def add_order(session: Session, customer_id: int) -> int:
    """A draft order; its key."""
    return create_order(session, OrderDraft(customer_id, "CNY", (line(),))).id


def at_once(database: Database, scope: Scope, acts: list[Callable[[Session], object]]) -> int:
    """Do them all at the same moment; how many were not refused."""
    start = Barrier(len(acts))

    def run(act: Callable[[Session], object]) -> bool:
        start.wait()
        try:
            database.write(scope, act)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(len(acts)) as hands:
        return sum(hands.map(run, acts))


def test_an_order_confirmed_by_several_hands_is_confirmed_once(
    database: Database, scope: Scope
) -> None:
    customer = database.write(scope, add_customer)
    order = database.write(scope, lambda session: add_order(session, customer))
    done = at_once(database, scope, [lambda s: confirm_order(s, order)] * HANDS)
    assert done == 1
    with database.reading(scope) as session:
        assert session.get_one(SalesOrder, order).number == "SO-2026-000001"
        told = session.scalars(select(EventRecord).where(EventRecord.name == OrderConfirmed.name))
        assert len(told.all()) == 1


def test_confirmed_or_cancelled_but_never_both(database: Database, scope: Scope) -> None:
    customer = database.write(scope, add_customer)
    order = database.write(scope, lambda session: add_order(session, customer))
    confirmed: list[Callable[[Session], object]] = [lambda s: confirm_order(s, order)]
    cancelled: list[Callable[[Session], object]] = [lambda s: cancel_order(s, order)]
    at_once(database, scope, confirmed + cancelled)
    with database.reading(scope) as session:
        row = session.get_one(SalesOrder, order)
        assert (row.confirmed_at is not None) == (row.state.value == "confirmed")


def test_orders_confirmed_at_once_have_numbers_without_gaps(
    database: Database, scope: Scope
) -> None:
    customer = database.write(scope, add_customer)
    orders = [
        database.write(scope, lambda session: add_order(session, customer)) for _ in range(HANDS)
    ]
    acts: list[Callable[[Session], object]] = [
        lambda s, key=key: confirm_order(s, key)  # type: ignore[misc]
        for key in orders
    ]
    assert at_once(database, scope, acts) == HANDS
    with database.reading(scope) as session:
        numbers = session.scalars(select(SalesOrder.number).order_by(SalesOrder.number)).all()
    assert numbers == [f"SO-2026-00000{n}" for n in range(1, HANDS + 1)]


def test_money_is_allocated_no_further_than_it_reaches(database: Database, scope: Scope) -> None:
    customer = database.write(scope, add_customer)

    def papers(session: Session) -> tuple[int, list[int]]:
        receipt = register_receipt(session, customer, Payment(yuan(250)))
        bill = Bill(customer, yuan(100), yuan(0), NOON.date())
        return receipt.id, [issue_bill(session, bill).id for _ in range(HANDS)]

    receipt_id, bills = database.write(scope, papers)
    acts: list[Callable[[Session], object]] = [
        lambda s, key=key: allocate(s, receipt_id, key, yuan(100))  # type: ignore[misc]
        for key in bills
    ]
    assert at_once(database, scope, acts) == 2
    with database.reading(scope) as session:
        assert session.get_one(Receipt, receipt_id).applied_minor == 20000
        settled = session.scalars(select(Invoice.settled_minor).order_by(Invoice.settled_minor))
        assert settled.all() == [0, 0, 10000, 10000]
