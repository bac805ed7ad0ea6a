"""A house to walk through in a browser: four branches, people of every trade, work that waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from socket import socket
from threading import Thread

from waitress.server import create_server

from dougong.admin.app import create_app
from dougong.admin.security.accounts import CHEAP, create_account
from dougong.core.entities.address import Address, Area
from dougong.core.entities.branch import Branch
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.people import Membership, Role, User
from dougong.core.entities.product import Product
from dougong.core.house import House
from dougong.core.permissions import seed_roles
from dougong.core.scope import Scope
from dougong.core.services.sales import api as sales
from dougong.core.session import Session
from dougong.core.switches import enable
from dougong.core.testing import make_branches
from dougong.core.values import Money, Percentage
from dougong.plugins.aftersales.rules import ContractKind
from dougong.plugins.aftersales.service import (
    NewContract,
    employ,
    issue_notice,
    register_contract,
)
from dougong.plugins.care.planning import contacts_in_question, plan_for
from dougong.plugins.credit.api import Limit, LimitKind, set_limit

PASSWORD = "correct horse"
PEOPLE = {
    # login: (role, branch, below)
    "boss": ("administrator", "hq", True),
    "deployer": ("deployer", "hq", True),
    "manager": ("manager", "east", False),
    "clerk": ("manager", "east", False),
    "seller": ("account_manager", "east", False),
}
TODAY = date(2026, 3, 2)
"""The day of ``NOON``, at which the house stands still."""
LIMIT = Money(100_000, "CNY")


@dataclass
class Premises:
    """Where the house is, and the ids of what stands in it."""

    house: House
    address: str = ""
    branches: dict[str, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)


@contextmanager
def opened(house: House) -> Iterator[Premises]:
    """The furnished house behind a server of its own."""
    made = Premises(house)
    house.database.write(Scope.kernel("test"), partial(_found, made))
    for name, branch_id in made.branches.items():
        house.database.write(Scope.at(branch_id, "test"), partial(_settle, made, name))
    house.database.write(Scope.at(made.branches["east"], "test"), partial(_work, made))
    listening = socket()
    listening.bind(("127.0.0.1", 0))
    server = create_server(create_app(house), sockets=[listening], threads=4)
    made.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield made
    server.close()
    thread.join(timeout=5)


def _found(made: Premises, session: Session) -> None:
    top, east, west = make_branches(session)
    north = Branch(
        code="NORTH", name="北区", zone="Asia/Shanghai", currency="CNY", parent_id=top, active=True
    )
    session.add(north)
    session.flush()
    made.branches = {"hq": top, "east": east, "west": west, "north": north.id}
    for plugin in made.house.registry.ordered():
        enable(session, east, plugin.manifest.name)
    roles = seed_roles(session, made.house.registry)
    for login, (role, branch, below) in PEOPLE.items():
        _employ(session, login, Membership(
            branch_id=made.branches[branch], role=roles[role], below=below
        ))  # fmt: skip
    fitter = _employ(session, "fitter", _place(made, roles["technician"]))
    employ(session, east, fitter.id, skills="制冷")


def _place(made: Premises, role: Role) -> Membership:
    return Membership(branch_id=made.branches["east"], role=role)


def _employ(session: Session, login: str, membership: Membership) -> User:
    user = User(login=login, name=f"员工{login}")
    user.memberships.append(membership)
    session.add(user)
    session.flush()
    create_account(session, user, PASSWORD, hasher=CHEAP)
    return user


def _settle(made: Premises, name: str, session: Session) -> None:
    customer = Customer(code="C1", kind=CustomerKind.ENTERPRISE, name="星辰印务有限公司")
    session.add(customer)
    session.flush()
    made.customers[name] = customer.id


def _work(made: Premises, session: Session) -> None:
    customer_id = made.customers["east"]
    session.add_all([
        Address(customer_id=customer_id, line="人民路1号", area=Area.URBAN, is_default=True),
        Contact(customer_id=customer_id, name="张三", phone="13800138000", birth_month=3,
                birth_day=3),
        Product(code="P1", name="电脑", price_minor=100_000, tax_percent=Decimal(13)),
    ])  # fmt: skip
    session.flush()
    set_limit(session, customer_id, Limit(LimitKind.AMOUNT, LIMIT, payment_days=30), "test")
    line = sales.LineDraft("电脑", Decimal(1), Money(10_000, "CNY"), Percentage.of(13))
    draft = sales.OrderDraft(customer_id, "CNY", (line,), ordered_on=TODAY)
    made.orders["draft"] = sales.create_order(session, draft).id
    asked_for = NewContract(
        customer_id=customer_id,
        kind=ContractKind.MAINTENANCE,
        starts_on=TODAY - timedelta(days=350),
        ends_on=TODAY + timedelta(days=14),
        price=Money(86_000, "CNY"),
    )
    contract = register_contract(session, asked_for)
    issue_notice(session, contract.id)
    asked = session.scalars(contacts_in_question(session, made.branches["east"])).all()
    plan_for(session, made.branches["east"], asked)
