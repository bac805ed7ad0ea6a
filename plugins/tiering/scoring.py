"""The statement that scores every customer of a branch in the database itself (TI-02).

It says in SQL what ``rules.fifths`` and ``rules.level_for`` say in Python.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    case,
    cast,
    func,
    literal,
    select,
)

from dougong.core.entities.billing import Invoice, InvoiceKind, InvoiceState
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.plugins.tiering.models import Evaluation
from dougong.plugins.tiering.rules import FIFTHS, Level

COUNTED = (OrderState.CONFIRMED, OrderState.SHIPPED, OrderState.CLOSED)
"""Orders that are purchases: drafts and cancelled ones are not."""


def score_statement(evaluation: Evaluation) -> Select[*tuple[Any, ...]]:
    """One row per customer who is not closed, in the columns of ``tiering_pending_score``.

    Customers without a purchase in the window have no scores: missing is not zero.
    """
    scored = _scored(evaluation)
    total = scored.c.recency + scored.c.frequency + scored.c.monetary
    return (
        select(
            literal(evaluation.id, BigInteger),
            Customer.id,
            Customer.branch_id,
            scored.c.last_on,
            scored.c.orders,
            scored.c.spend,
            scored.c.recency,
            scored.c.frequency,
            scored.c.monetary,
            total,
            _level(total, evaluation),
        )
        .join_from(Customer, scored, scored.c.customer_id == Customer.id, isouter=True)
        .where(Customer.branch_id == evaluation.branch_id, Customer.status != CustomerStatus.CLOSED)
    )


def currencies_statement(evaluation: Evaluation) -> Select[str]:
    """The currencies of the purchases in the window."""
    orders = _in_window(evaluation).with_only_columns(SalesOrder.currency)
    return orders.distinct().order_by(SalesOrder.currency)


def _in_window(evaluation: Evaluation) -> Select[*tuple[Any, ...]]:
    return select(SalesOrder).where(
        SalesOrder.branch_id == evaluation.branch_id,
        SalesOrder.state.in_(COUNTED),
        SalesOrder.ordered_on > evaluation.window_start,
        SalesOrder.ordered_on <= evaluation.as_of,
    )


def _purchases(evaluation: Evaluation) -> CTE:
    statement = _in_window(evaluation).with_only_columns(
        SalesOrder.customer_id,
        func.max(SalesOrder.ordered_on).label("last_on"),
        cast(func.count(), Integer).label("orders"),
        cast(func.sum(SalesOrder.net_minor), BigInteger).label("spend"),
    )
    return (
        statement.join(Customer, Customer.id == SalesOrder.customer_id)
        .where(SalesOrder.currency == evaluation.currency)
        .where(Customer.status != CustomerStatus.CLOSED)  # who left must not rank above who stayed
        .group_by(SalesOrder.customer_id)
        .cte("purchases")
    )


def _credited(evaluation: Evaluation) -> Subquery:
    """Goods given back: what was credited in the window is not spend."""
    return (
        select(
            Invoice.customer_id,
            cast(func.sum(Invoice.net_minor), BigInteger).label("net"),
        )
        .where(
            Invoice.branch_id == evaluation.branch_id,
            Invoice.kind == InvoiceKind.CREDIT_NOTE,
            Invoice.state != InvoiceState.VOID,
            Invoice.currency == evaluation.currency,
            Invoice.issued_on > evaluation.window_start,
            Invoice.issued_on <= evaluation.as_of,
        )
        .group_by(Invoice.customer_id)
        .subquery("credited")
    )


def _scored(evaluation: Evaluation) -> CTE:
    bought, credited = _purchases(evaluation), _credited(evaluation)
    net = (
        select(
            bought.c.customer_id,
            bought.c.last_on,
            bought.c.orders,
            (bought.c.spend - func.coalesce(credited.c.net, 0)).label("spend"),
        )
        .join_from(bought, credited, credited.c.customer_id == bought.c.customer_id, isouter=True)
        .cte("net")
    )
    return select(
        *net.c,
        _fifth(net.c.last_on).label("recency"),
        _fifth(net.c.orders).label("frequency"),
        _fifth(net.c.spend).label("monetary"),
    ).cte("scored")


def _fifth(value: ColumnElement[Any]) -> ColumnElement[int]:
    """``rules.fifths``: rank() is the place of the first of equals; integers, so exact."""
    place = func.rank().over(order_by=value) - 1
    return cast(1 + place * FIFTHS // func.count().over(), Integer)


def _level(total: ColumnElement[int], evaluation: Evaluation) -> ColumnElement[str]:
    return case(
        (total >= evaluation.a_from, Level.A.value),
        (total >= evaluation.b_from, Level.B.value),
        else_=Level.C.value,
    )
