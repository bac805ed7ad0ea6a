"""What every verb does first: find the document behind the wall and lock it."""

from typing import TypeVar

from sqlalchemy import select

from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.i18n import LazyText, lazy
from dougong.core.orm import Keyed
from dougong.core.session import Session
from dougong.core.values import Money

K = TypeVar("K", bound=Keyed)


def locked(session: Session, entity: type[K], key: int) -> K:
    """The row as it is now, locked until the commit; ``NotFound`` where the scope has none."""
    row = session.scalars(
        select(entity)
        .where(entity.id == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def open_customer(session: Session, key: int) -> Customer:
    """The customer, who must not be closed."""
    customer = session.scalars(select(Customer).where(Customer.id == key)).one_or_none()
    if customer is None:
        raise NotFound
    if customer.status is CustomerStatus.CLOSED:
        raise Refusal(
            lazy("%(customer)s is closed: nothing new is sold to this customer.",
                 customer=customer.name),
            code="core.customer_closed",
            next_step=lazy("Make the customer active again first."),
            field="customer_id",
        )  # fmt: skip
    return customer


def refuse_state(text: LazyText, next_step: LazyText | str = "") -> StateRefused:
    """The refusal of a step that is not open."""
    return StateRefused(text, next_step=next_step)


def positive(amount: Money, field: str = "amount") -> None:
    """Refuse an amount of zero or less."""
    if amount.minor <= 0:
        raise Refusal(lazy("The amount must be more than zero."), code="core.amount", field=field)


def within_limit(amount: Money, limit: Money, text: LazyText, field: str = "amount") -> None:
    """Refuse another currency, and an amount above ``limit``, with ``text``."""
    if amount.currency != limit.currency:
        raise Refusal(
            lazy("The amount is in %(given)s, but this is kept in %(kept)s.",
                 given=amount.currency, kept=limit.currency),
            code="core.currency",
            field=field,
        )  # fmt: skip
    positive(amount, field)
    if amount > limit:
        raise Refusal(text, code="core.too_much", field=field)
