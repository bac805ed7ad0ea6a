"""Loading the demo: branches and people first, then each branch in one transaction."""

from datetime import timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from dougong.core.branches import today_at
from dougong.core.database import Database
from dougong.core.demo import DemoContext, DemoPart
from dougong.core.entities.billing import Invoice, InvoiceState
from dougong.core.entities.branch import Branch
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.errors import Refusal
from dougong.core.events import record
from dougong.core.house import House
from dougong.core.i18n import lazy
from dougong.core.permissions import seed_roles
from dougong.core.scope import Scope
from dougong.core.services.demo.cast import (
    BRANCHES,
    HEADQUARTERS,
    LOGINS,
    DemoBranch,
    make_branches,
    make_people,
    staff_of,
)
from dougong.core.services.demo.contacts import write_contacts, write_interactions
from dougong.core.services.demo.customers import write_customers
from dougong.core.services.demo.papers import write_papers
from dougong.core.services.demo.products import write_products
from dougong.core.services.demo.trade import deals
from dougong.core.services.exchange.api import refresh_statistics
from dougong.core.services.sales.api import OrdersImported, credit_note
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY, switchboard
from dougong.core.switches import enable
from dougong.core.values import Money

if TYPE_CHECKING:
    from faker import Faker

ACTOR: Final = "demo"
KERNEL: Final = Scope.kernel(ACTOR)
SEED: Final = 20261121
CREDIT_NOTES: Final = 8


def is_loaded(database: Database) -> bool:
    """Whether every branch of the demo is there and filled."""
    with database.reading(KERNEL) as session:
        return _filled(session) >= {planned.code for planned in BRANCHES}


def load_demo(house: House) -> None:
    """Fill an empty, migrated database; what an interrupted load left out is done now.

    The same day gives the same data: dates are told relative to the house's clock. A database
    that holds other branches is refused, and so is an installation without Faker.
    """
    house.database.write(KERNEL, _found)
    for planned in BRANCHES:
        with house.database.reading(KERNEL) as session:
            if planned.code in _filled(session):
                continue
            branch_id = session.scalars(select(Branch.id).filter_by(code=planned.code)).one()
        house.database.write(Scope.at(branch_id, ACTOR), partial(_fill, planned=planned))


def _filled(session: Session) -> set[str]:
    rows = select(Branch.code).join(Customer, Customer.branch_id == Branch.id).distinct()
    return set(session.scalars(rows))


def _found(session: Session) -> None:
    _refuse_other_data(session)
    branches = make_branches(session)
    roles = seed_roles(session, session.info[REGISTRY])
    if not session.scalar(select(func.count()).select_from(User).filter_by(login=LOGINS[0].login)):
        make_people(session, branches, roles)
    for planned in BRANCHES:
        for name in planned.plugins:
            if name in session.info[REGISTRY].plugins:
                enable(session, branches[planned.code].id, name)


def _refuse_other_data(session: Session) -> None:
    ours = {HEADQUARTERS[0], *(planned.code for planned in BRANCHES)}
    if set(session.scalars(select(Branch.code))) - ours:
        raise Refusal(
            lazy("This database holds branches that are not the demo's."),
            code="demo.other_data",
            next_step=lazy("Give the demo a database of its own."),
        )


def _fill(session: Session, planned: DemoBranch) -> None:
    context = _context(session, planned)
    buyers = write_customers(context, planned)
    refresh_statistics(session, Customer)
    contacts = write_contacts(context, buyers)
    write_interactions(context, buyers, contacts)
    products = write_products(context)
    bought = deals(context, buyers, products)
    write_papers(context, bought, buyers)
    told = OrdersImported(
        branch_id=context.branch.id, customer_count=len(buyers), order_count=len(bought)
    )
    record(session, told)
    _credit_some(context)
    for part in _parts(context):
        part.load(context)


def _context(session: Session, planned: DemoBranch) -> DemoContext:
    branch = session.scalars(select(Branch).filter_by(code=planned.code)).one()
    return DemoContext(
        session=session,
        branch=branch,
        rng=Random(f"{SEED}{planned.code}"),  # noqa: S311 - the same data each time
        faker=_faker(branch.id),
        today=today_at(session, branch.id),
        staff=staff_of(session, branch.id),
    )


def _faker(branch_id: int) -> "Faker":
    try:
        from faker import Faker  # comes with the extra "demo"; no other command needs it
    except ModuleNotFoundError as error:
        raise Refusal(
            lazy("The demo needs the package Faker."),
            code="demo.no_faker",
            next_step=lazy("Install it: pip install dougong[demo]"),
        ) from error
    faker = Faker("zh_CN")
    faker.seed_instance(SEED + branch_id)
    return faker


def _credit_some(context: DemoContext) -> None:
    """A few credit notes, through the verb: some of what was invoiced comes back."""
    since = context.today - timedelta(days=60)
    recent = (
        select(Invoice.id, Invoice.net_minor)
        .where(Invoice.state == InvoiceState.OPEN, Invoice.issued_on >= since)
        .order_by(Invoice.id)
        .limit(CREDIT_NOTES)
    )
    for key, net in context.session.execute(recent).all():
        amount = Money(max(net // 10, 1), context.branch.currency)
        credit_note(context.session, key, amount, "退回破损空桶，按协议冲减")


def _parts(context: DemoContext) -> list[DemoPart]:
    """The parts of the plugins that are on at the branch, in their order."""
    board = switchboard(context.session)
    parts: list[DemoPart] = [
        contribution.item
        for contribution in board.registry.contributions("register_demos")
        if board.speaks(contribution, context.branch.id)
    ]
    return sorted(parts, key=lambda part: (part.order, part.name))
