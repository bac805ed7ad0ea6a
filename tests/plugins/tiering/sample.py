"""A made-up branch: customers with ties, gaps, refunds and orders that do not count."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from dougong.core.entities.billing import Invoice, InvoiceKind, InvoiceState
from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.session import Session

AS_OF = date(2026, 3, 2)
WINDOW_START = date(2024, 3, 2)  # 24 months, the settings' default


@dataclass(slots=True)
class Bought:
    """What a customer bought that counts, written down while it is made up."""

    days: list[date] = field(default_factory=list)
    spend: int = 0


def add_customer(session: Session, branch_id: int, code: str, **values: object) -> Customer:
    """A customer; active unless said otherwise."""
    customer = Customer(
        branch_id=branch_id, code=code, name=code, kind=CustomerKind.INDIVIDUAL, **values
    )
    session.add(customer)
    session.flush()
    return customer


def add_order(
    session: Session,
    customer: Customer,
    day: date,
    minor: int,
    state: OrderState = OrderState.CLOSED,
    currency: str = "CNY",
) -> SalesOrder:
    """An order without lines."""
    order = SalesOrder(
        branch_id=customer.branch_id,
        customer_id=customer.id,
        state=state,
        ordered_on=day,
        currency=currency,
        net_minor=minor,
        tax_minor=0,
        total_minor=minor,
    )
    session.add(order)
    return order


def add_credit_note(session: Session, customer: Customer, day: date, minor: int) -> None:
    """Goods given back."""
    session.add(
        Invoice(
            branch_id=customer.branch_id,
            kind=InvoiceKind.CREDIT_NOTE,
            customer_id=customer.id,
            state=InvoiceState.OPEN,
            issued_on=day,
            due_on=day,
            currency="CNY",
            net_minor=minor,
            tax_minor=0,
            total_minor=minor,
        )
    )


def make_up_branch(session: Session, branch_id: int, count: int) -> dict[int, Bought]:
    """``count`` customers and what each bought in the window; closed ones are left out."""
    dice = Random(4711)
    bought: dict[int, Bought] = {}
    for number in range(count):
        closed = number % 29 == 0
        status = CustomerStatus.CLOSED if closed else CustomerStatus.ACTIVE
        customer = add_customer(session, branch_id, f"{branch_id}-{number:04}", status=status)
        theirs = _make_up_orders(session, customer, dice)
        if not closed:
            bought[customer.id] = theirs
    session.flush()
    return bought


def _make_up_orders(session: Session, customer: Customer, dice: Random) -> Bought:
    bought = Bought()
    for _ in range(dice.choice([0, 1, 1, 1, 2, 3, 8])):
        day = AS_OF - timedelta(days=dice.randrange(0, 900))
        minor = dice.choice([0, 1000, 1000, 2500, 9900, dice.randrange(100_000)])
        state = dice.choice([*OrderState, OrderState.CLOSED, OrderState.CLOSED])
        add_order(session, customer, day, minor, state)
        counts = state not in (OrderState.DRAFT, OrderState.CANCELLED)
        if counts and WINDOW_START < day <= AS_OF:
            bought.days.append(day)
            bought.spend += minor
    if bought.days and dice.random() < 0.1:
        add_credit_note(session, customer, AS_OF, 700)
        bought.spend -= 700
    return bought
