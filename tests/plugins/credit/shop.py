"""A shop to sell from: a customer, orders confirmed through the real verbs, and the proof."""

from decimal import Decimal

from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.sales import SalesOrder
from dougong.core.services.sales.api import LineDraft, OrderDraft, confirm_order, create_order
from dougong.core.session import Session
from dougong.core.switches import change_settings, enable
from dougong.core.values import Money, Percentage
from dougong.plugins.credit.models import CreditAccount
from dougong.plugins.credit.rules import Limit, LimitKind
from dougong.plugins.credit.service import set_limit


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def open_shop(session: Session, branch_id: int, **settings: str) -> Customer:
    """Credit switched on, and a customer."""
    enable(session, branch_id, "credit")
    if settings:
        change_settings(session, branch_id, "credit", settings)
    return add_customer(session, branch_id, "K1")


def add_customer(session: Session, branch_id: int, code: str) -> Customer:
    customer = Customer(
        branch_id=branch_id, code=code, name="大江印务", kind=CustomerKind.ENTERPRISE
    )
    session.add(customer)
    session.flush()
    return customer


def agree(session: Session, customer: Customer, minor: int) -> CreditAccount:
    """A limit up to an amount."""
    limit = Limit(LimitKind.AMOUNT, cny(minor), payment_days=30)
    return set_limit(session, customer.id, limit, "test")


def lines(minor: int, currency: str = "CNY") -> tuple[LineDraft, ...]:
    return (LineDraft("goods", Decimal(1), Money(minor, currency), Percentage.of(0)),)


def draft(session: Session, customer: Customer, minor: int, currency: str = "CNY") -> SalesOrder:
    return create_order(session, OrderDraft(customer.id, currency, lines=lines(minor, currency)))


def sell(session: Session, customer: Customer, minor: int, currency: str = "CNY") -> SalesOrder:
    """A confirmed order; where that is refused, the draft stays."""
    order = draft(session, customer, minor, currency)
    with session.begin_nested():
        return confirm_order(session, order.id)


def account_of(session: Session, customer: Customer) -> CreditAccount:
    session.expire_all()
    return session.get_one(CreditAccount, customer.id)
