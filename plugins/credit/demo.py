"""Credit's part of the demo data: limits of every kind, some nearly used, some passed."""

from decimal import Decimal
from typing import Final

from dougong.core.demo import DemoContext, DemoPart
from dougong.core.values import Money
from dougong.plugins.credit.accounts import open_account
from dougong.plugins.credit.documents import open_documents
from dougong.plugins.credit.models import CreditAccount
from dougong.plugins.credit.rules import Limit, LimitKind
from dougong.plugins.credit.service import set_limit

CUSTOMERS: Final = 120
REASON: Final = "年度授信"
SHARES: Final = (Decimal("0.9"), *(Decimal("1.15"),) * 2, *(Decimal(2),) * 4, *(Decimal(5),) * 4)
"""Limits as a multiple of what is owed: over, just enough, nearly used, comfortable."""
ROUND: Final = 10_000
"""To whole hundreds."""


def _load(context: DemoContext) -> None:
    session = context.session
    for number, customer_id in enumerate(_deepest_in_debt(context)):
        account = open_account(session, context.branch.id, customer_id).account
        set_limit(session, customer_id, _limit(context, account, number), REASON)


def _deepest_in_debt(context: DemoContext) -> list[int]:
    found = open_documents(context.session, context.branch.id)
    owed = {
        customer_id: open_now.reserved + open_now.invoiced - open_now.unapplied
        for (customer_id, currency), open_now in found.items()
        if currency == context.branch.currency
    }
    return sorted(owed, key=lambda key: (-owed[key], key))[:CUSTOMERS]


def _limit(context: DemoContext, account: CreditAccount, number: int) -> Limit:
    nothing = Money.zero(account.currency)
    if number % 20 == 0:
        return Limit(LimitKind.UNLIMITED, nothing, 60)
    if number % 20 == 1:
        return Limit(LimitKind.ZERO, nothing)
    share = SHARES[context.rng.randrange(len(SHARES))]
    used = max(account.exposure.used.minor, 0)
    amount = max(int(used * share) // ROUND * ROUND, ROUND)
    return Limit(LimitKind.AMOUNT, Money(amount, account.currency), 30)


DEMO: Final = DemoPart("credit", _load, order=60)
