"""Credit's part of the demo data: limits of every kind, and requests to pass them."""

from decimal import Decimal
from typing import Final

from sqlalchemy import select

from dougong.core.demo import DemoContext, DemoPart
from dougong.core.entities.product import Product
from dougong.core.services.approvals.api import (
    Approver,
    ApproverKind,
    Step,
    Verdict,
    decide,
    write_policy,
)
from dougong.core.services.sales.api import LineDraft, OrderDraft, create_order
from dougong.core.values import Money, Percentage
from dougong.plugins.credit.accounts import open_account
from dougong.plugins.credit.documents import open_documents
from dougong.plugins.credit.lifts import LIFT, ask_lift
from dougong.plugins.credit.models import CreditAccount
from dougong.plugins.credit.rules import Limit, LimitKind
from dougong.plugins.credit.service import set_limit

CUSTOMERS: Final = 120
REASON: Final = "年度授信"
SHARES: Final = (Decimal("0.9"), *(Decimal("1.15"),) * 2, *(Decimal(2),) * 4, *(Decimal(5),) * 4)
"""Limits as a multiple of what is owed: over, just enough, nearly used, comfortable."""
WHY: Final = (
    "老客户，月底有一笔回款到账", "项目急用，客户已承诺本周付清前款", "年度框架协议内的订货",
    "新店开业，首批备货", "客户已出具付款承诺函", "替换故障设备，影响客户营业",
)  # fmt: skip
ANSWERS: Final = {
    3: (Verdict.APPROVE, "已核实付款承诺"),
    4: (Verdict.REFUSE, "逾期未清，先回款"),
}
"""What the credit controller said to some of them; the others wait."""
ROUND: Final = 10_000
"""To whole hundreds."""


def _load(context: DemoContext) -> None:
    session = context.session
    for number, customer_id in enumerate(_deepest_in_debt(context)):
        account = open_account(session, context.branch.id, customer_id).account
        set_limit(session, customer_id, _limit(context, account, number), REASON)
    ask_some(context)


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


def ask_some(context: DemoContext) -> None:
    """Orders above the limit: some wait for an answer, some have one (XX-03)."""
    credit, sellers = context.people("credit"), context.people("account_manager")
    if not credit or not sellers:
        return
    _write_policy(context)
    for number, (order_id, why) in enumerate(zip(_large_drafts(context), WHY, strict=False)):
        with context.desk(sellers[number % len(sellers)]) as session:
            key = ask_lift(session, order_id, why).id
            session.commit()
        if (answer := ANSWERS.get(number)) is not None:
            with context.desk(credit[0]) as session:
                decide(session, key, *answer)
                session.commit()
    context.session.expire_all()


def _write_policy(context: DemoContext) -> None:
    either = tuple(Approver(ApproverKind.ROLE, role=role) for role in ("credit", "manager"))
    large = Money.of(50_000, context.branch.currency)
    steps = (Step(either, 1, remind_hours=12, due_hours=24), Step(either[1:], from_amount=large))
    for manager in context.people("manager")[:1]:
        with context.desk(manager) as session:
            write_policy(session, context.branch.id, LIFT.code, steps)
            session.commit()


def _large_drafts(context: DemoContext) -> list[int]:
    """Drafts that their customers' limits refuse."""
    session = context.session
    products = session.scalars(
        select(Product)
        .where(Product.branch_id == context.branch.id, Product.price_minor > 0)
        .order_by(Product.id)
        .limit(40)
    ).all()
    limited = session.scalars(
        select(CreditAccount)
        .where(CreditAccount.branch_id == context.branch.id)
        .where(CreditAccount.kind == LimitKind.AMOUNT)
        .order_by(CreditAccount.customer_id)
        .limit(len(WHY))
    ).all()
    return [_draft(context, account, context.rng.choice(products)) for account in limited]


def _draft(context: DemoContext, account: CreditAccount, product: Product) -> int:
    room = max(account.limit_minor - account.used_minor, 0)
    quantity = room // product.price_minor + context.rng.randrange(2, 9)
    line = LineDraft(
        product.name, Decimal(quantity), Money(product.price_minor, account.currency),
        Percentage(Decimal(product.tax_percent)), product.id,
    )  # fmt: skip
    draft = OrderDraft(account.customer_id, account.currency, (line,))
    return create_order(context.session, draft).id


DEMO: Final = DemoPart("credit", _load, order=60)
