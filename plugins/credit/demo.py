"""Credit's part of the demo data: limits of every kind, some nearly used, some passed."""

from decimal import Decimal
from typing import Final

from sqlalchemy import select

from dougong.core.demo import DemoContext, DemoPart
from dougong.core.entities.sales import SalesOrder
from dougong.core.values import Money
from dougong.plugins.credit.accounts import open_account
from dougong.plugins.credit.models import CreditAccount
from dougong.plugins.credit.rules import Limit, LimitKind
from dougong.plugins.credit.service import set_limit

CUSTOMERS: Final = 120
REASON: Final = "年度授信"
SHARES: Final = (Decimal("0.8"), Decimal("1.05"), Decimal("1.2"), Decimal(2), Decimal(5))
"""Limits as a multiple of what is owed: over, just enough, nearly used, comfortable."""


def _load(context: DemoContext) -> None:
    session, branch = context.session, context.branch
    buyers = (
        select(SalesOrder.customer_id)
        .where(SalesOrder.branch_id == branch.id, SalesOrder.currency == branch.currency)
        .group_by(SalesOrder.customer_id)
        .order_by(SalesOrder.customer_id)
        .limit(CUSTOMERS)
    )
    for number, customer_id in enumerate(session.scalars(buyers).all()):
        account = open_account(session, branch.id, customer_id).account
        set_limit(session, customer_id, _limit(context, account, number), REASON)


def _limit(context: DemoContext, account: CreditAccount, number: int) -> Limit:
    nothing = Money.zero(account.currency)
    if number % 20 == 0:
        return Limit(LimitKind.UNLIMITED, nothing, 60)
    if number % 20 == 1:
        return Limit(LimitKind.ZERO, nothing)
    share = SHARES[context.rng.randrange(len(SHARES))]
    used = max(account.exposure.used.minor, 0)
    amount = max(int(Decimal(used) * share) // 100_000 * 100_000, 500_000)
    return Limit(LimitKind.AMOUNT, Money(amount, account.currency), 30)


DEMO: Final = DemoPart("credit", _load, order=60)
