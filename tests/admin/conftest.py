"""An application over a furnished database: two branches, one of them with every plugin on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dougong.admin.app import create_app
from dougong.admin.security.accounts import CHEAP, create_account
from dougong.core.clock import FixedClock
from dougong.core.entities.address import Address
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.interaction import Interaction, InteractionKind
from dougong.core.entities.people import Membership, Role, User
from dougong.core.entities.product import Product
from dougong.core.entities.sales import SalesOrder
from dougong.core.house import House, open_house
from dougong.core.permissions import seed_roles
from dougong.core.scope import Scope
from dougong.core.services.sales import api as sales
from dougong.core.session import Session
from dougong.core.settings import Settings
from dougong.core.switches import enable
from dougong.core.testing import NOON, make_branches
from dougong.core.values import Money, Percentage
from tests.conftest import ENGINES, migrated_copy

T = TypeVar("T")
KERNEL = Scope.kernel("test")
PASSWORD = "correct horse"
PEOPLE = {
    # login: (role, branch, below)
    "admin": ("administrator", "hq", True),
    "east_admin": ("administrator", "east", False),
    "west_admin": ("administrator", "west", False),
    "manager": ("manager", "east", False),
    "technician": ("technician", "east", False),
    "nothing": ("nothing", "east", False),
}


@dataclass
class Furnished:
    """The house, its application, and the ids of what stands at each branch."""

    house: House
    app: Flask
    hq: int
    east: int
    west: int
    rows: dict[str, SimpleNamespace] = field(default_factory=dict)

    def client(self, login: str | None = None) -> FlaskClient:
        """A browser, logged in as that person; his second visits come from another address."""
        client = self.app.test_client()
        if login is not None:
            answer = client.post("/login", data={"username": login, "password": PASSWORD})
            assert answer.status_code == 302, answer.get_data(as_text=True)[-600:]
        return client

    def write(self, work: Callable[[Session], T]) -> T:
        """Run work in one transaction without walls."""
        return self.house.database.write(KERNEL, work)

    def read(self, work: Callable[[Session], T]) -> T:
        """What work reads without walls."""
        with self.house.database.reading(KERNEL) as session:
            return work(session)


@pytest.fixture(scope="session", params=ENGINES)
def furnished(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """One furnished house for all tests of this process: they add rows and take none away."""
    yield from open_furnished(request, tmp_path_factory.mktemp("admin"))


def open_furnished(request: pytest.FixtureRequest, folder: Path) -> Iterator[Furnished]:
    """A furnished house of one's own, on the engine that the fixture was asked for."""
    for url in migrated_copy(request, request.param, folder):
        settings = Settings(
            database_url=url, data_dir=folder, secret_key="for tests only",  # type: ignore[arg-type]
            cheap_passwords=True,
        )  # fmt: skip
        house = open_house(settings, clock=FixedClock(NOON))
        ids = house.database.write(KERNEL, make_branches)
        made = Furnished(house, create_app(house), *ids)
        made.app.config["WTF_CSRF_ENABLED"] = False
        _furnish(made)
        yield made
        house.database.engine.dispose()


def _furnish(made: Furnished) -> None:
    made.write(lambda session: _people(session, made))
    for name in ("east", "west"):
        branch_id = getattr(made, name)
        scope = Scope.at(branch_id, "test")
        made.rows[name] = made.house.database.write(scope, partial(_rows, branch_id))
    made.write(lambda session: _switches(session, made))


def _people(session: Session, made: Furnished) -> None:
    roles = seed_roles(session, made.house.registry)
    roles["nothing"] = Role(code="nothing", name="nothing", clearance=0, permissions=[])
    session.add(roles["nothing"])
    for login, (role, branch, below) in PEOPLE.items():
        user = User(login=login, name=f"员工{login}", locale="en")
        user.memberships.append(
            Membership(branch_id=getattr(made, branch), role=roles[role], below=below)
        )
        session.add(user)
        session.flush()
        create_account(session, user, PASSWORD, hasher=CHEAP)


def _switches(session: Session, made: Furnished) -> None:
    for plugin in made.house.registry.ordered():
        enable(session, made.east, plugin.manifest.name)


def _rows(branch_id: int, session: Session) -> SimpleNamespace:
    customer = Customer(code="C1", kind=CustomerKind.ENTERPRISE, name=f"星辰{branch_id}公司")
    session.add(customer)
    session.flush()
    contact = Contact(customer_id=customer.id, name="张三", birth_year=1980)
    address = Address(customer_id=customer.id, line="人民路1号")
    interaction = Interaction(
        customer_id=customer.id, kind=InteractionKind.CALL, at=session.now, content="询价"
    )
    product = Product(code="P1", name="电脑", price_minor=100_000, tax_percent=Decimal(13))
    session.add_all([contact, address, interaction, product])
    session.flush()
    order = _order(session, customer.id)
    sales.confirm_order(session, order.id)
    delivery = sales.create_delivery(session, order.id)
    invoice = sales.issue_invoice(session, order.id, date(2026, 4, 1))
    receipt = sales.register_receipt(session, customer.id, sales.Payment(Money(5000, "CNY")))
    sales.allocate(session, receipt.id, invoice.id, Money(3000, "CNY"))
    return SimpleNamespace(
        customers=customer.id, contacts=contact.id, addresses=address.id,
        interactions=interaction.id, products=product.id, orders=order.id,
        deliveries=delivery.id, invoices=invoice.id, receipts=receipt.id,
    )  # fmt: skip


def _order(session: Session, customer_id: int) -> SalesOrder:
    line = sales.LineDraft("电脑", Decimal(2), Money(100_000, "CNY"), Percentage.of(13))
    draft = sales.OrderDraft(customer_id, "CNY", (line,), ordered_on=date(2026, 3, 1))
    return sales.create_order(session, draft)
