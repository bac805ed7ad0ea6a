"""Lists and pages load in a fixed number of queries, kept in ``queries.json``."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import event

from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.scope import Scope
from dougong.core.session import Session
from tests.admin.conftest import Furnished

BASELINE = Path(__file__).with_name("queries.json")
PAGES = {
    "start": "/admin/",
    "customer list": "/admin/customers/?search=多",
    "customer page": "/admin/customers/details/?id={customer}",
    "contact list": "/admin/contacts/",
    "order list": "/admin/orders/",
    "switches": "/admin/plugins/",
}


@contextmanager
def counted(furnished: Furnished) -> Iterator[list[str]]:
    """The SELECTs that run inside the block."""
    engine, seen = furnished.house.database.engine, []

    def note(connection, cursor, statement, *rest):  # type: ignore[no-untyped-def]
        asks = statement.lstrip().upper().startswith(("SELECT", "WITH"))
        if asks and "set_config" not in statement:  # PostgreSQL is told the scope so
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def add_customers(furnished: Furnished, branch_id: int, count: int) -> None:
    """More customers at the branch, each with a contact."""

    def work(session: Session) -> None:
        for _ in range(count):
            code = uuid4().hex[:8]
            customer = Customer(code=code, kind=CustomerKind.INDIVIDUAL, name=f"多{code}")
            session.add(customer)
            session.flush()
            session.add(Contact(customer_id=customer.id, name="某人"))

    furnished.house.database.write(Scope.at(branch_id, "test"), work)


def counts(furnished: Furnished, branch: str, page: str) -> list[int]:
    """How many queries the page takes with few rows, and with more."""
    client = furnished.client(f"{branch}_admin")
    address = PAGES[page].format(customer=furnished.rows[branch].customers)
    client.get(address)
    found = []
    for more in (22, 12):  # more than a page: a shorter list is not counted
        add_customers(furnished, getattr(furnished, branch), more)
        with counted(furnished) as seen:
            assert client.get(address).status_code == 200
        found.append(len(seen))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_page_of_the_core_asks_as_often_as_the_baseline_says(
    furnished: Furnished, page: str
) -> None:
    baseline = json.loads(BASELINE.read_text())
    assert counts(furnished, "west", page) == [baseline[page]] * 2


@pytest.mark.parametrize("page", PAGES)
def test_page_with_every_plugin_asks_no_more_often_for_more_rows(
    furnished: Furnished, page: str
) -> None:
    few, many = counts(furnished, "east", page)
    assert few == many
