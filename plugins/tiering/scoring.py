"""The statements that score every customer of a branch in the database itself (TI-02).

It says in SQL what ``rules.fifths`` and ``rules.level_for`` say in Python.
"""

from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from dougong.core.entities.billing import Invoice, InvoiceKind, InvoiceState
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.plugins.tiering.models import Evaluation, PendingScore
from dougong.plugins.tiering.rules import FIFTHS, Level, Thresholds, level_for

COUNTED = (OrderState.CONFIRMED, OrderState.SHIPPED, OrderState.CLOSED)
"""Orders that are purchases: drafts and cancelled ones are not."""
_STAYED: Final = Customer.status != CustomerStatus.CLOSED


def buyers_statement(evaluation: Evaluation) -> Select[*tuple[Any, ...]]:
    """Score whoever bought in the window: one row each, in the columns of the pending scores."""
    scored = _scored(evaluation)
    total = scored.c.recency + scored.c.frequency + scored.c.monetary
    return select(
        literal(evaluation.id, BigInteger),
        scored.c.customer_id,
        literal(evaluation.branch_id, BigInteger),
        scored.c.last_on,
        scored.c.orders,
        scored.c.spend,
        scored.c.recency,
        scored.c.frequency,
        scored.c.monetary,
        total,
        _level(total, evaluation),
    )


def others_statement(evaluation: Evaluation) -> Select[*tuple[Any, ...]]:
    """Whoever did not buy: without scores, for missing is not zero; run after the buyers' one."""
    scored = select(PendingScore.customer_id).where(
        PendingScore.evaluation_id == evaluation.id, PendingScore.customer_id == Customer.id
    )
    return select(
        literal(evaluation.id, BigInteger),
        Customer.id,
        Customer.branch_id,
        literal(level_for(None, Thresholds(evaluation.a_from, evaluation.b_from)).value),
    ).where(Customer.branch_id == evaluation.branch_id, _STAYED, ~scored.exists())


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


def _moves(evaluation: Evaluation) -> CTE:
    """Purchases, and what was credited in the window with a minus: goods given back."""
    bought = (
        _in_window(evaluation)
        .with_only_columns(
            SalesOrder.customer_id,
            SalesOrder.ordered_on.label("day"),
            literal(1).label("orders"),
            SalesOrder.net_minor.label("net"),
        )
        .where(SalesOrder.currency == evaluation.currency)
    )
    credited = select(Invoice.customer_id, null(), literal(0), -Invoice.net_minor).where(
        Invoice.branch_id == evaluation.branch_id,
        Invoice.kind == InvoiceKind.CREDIT_NOTE,
        Invoice.state != InvoiceState.VOID,
        Invoice.currency == evaluation.currency,
        Invoice.issued_on > evaluation.window_start,
        Invoice.issued_on <= evaluation.as_of,
    )
    return union_all(bought, credited).cte("moves")


def _scored(evaluation: Evaluation) -> CTE:
    """Joined with nothing but customers by key: a join of two such sums is quadratic on SQLite."""
    moves = _moves(evaluation)
    measured = (
        select(
            moves.c.customer_id,
            func.max(moves.c.day).label("last_on"),
            cast(func.sum(moves.c.orders), Integer).label("orders"),
            cast(func.sum(moves.c.net), BigInteger).label("spend"),
        )
        .join(Customer, Customer.id == moves.c.customer_id)
        .where(_STAYED)  # who left must not rank above who stayed
        .group_by(moves.c.customer_id)
        .having(func.sum(moves.c.orders) > 0)
        .cte("measured")
    )
    return select(
        *measured.c,
        _fifth(measured.c.last_on).label("recency"),
        _fifth(measured.c.orders).label("frequency"),
        _fifth(measured.c.spend).label("monetary"),
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
