"""Whatever is done in whatever order, account = ledger = documents, and no sale passes (CR-04)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dougong.core.entities.billing import Invoice, InvoiceKind, Receipt, ReceiptKind
from dougong.core.entities.sales import SalesOrder
from dougong.core.errors import Refusal
from dougong.core.services.sales import api as sales
from dougong.core.session import Session
from dougong.core.switchboard import forget_switches
from dougong.core.testing import World
from dougong.plugins.credit.checks import accounts_add_up
from dougong.plugins.credit.models import CreditAccount
from dougong.plugins.credit.rules import Limit, LimitKind
from dougong.plugins.credit.service import set_limit
from tests.plugins.credit.shop import agree, cny, lines, open_shop

DUE = date(2026, 6, 1)
LIMIT = 1000


@dataclass(slots=True)
class Step:
    """One act: which, on the how-manieth document, for how much."""

    name: str
    pick: int
    minor: int


@dataclass(slots=True)
class Desk:
    """Does the steps, each undone when it is refused."""

    session: Session
    customer_id: int
    refused: int = 0
    done: list[str] = field(default_factory=list)

    def take(self, step: Step) -> None:
        act: Callable[[Step], object] = getattr(self, step.name)
        try:
            with self.session.begin_nested():
                act(step)
        except Refusal:
            self.refused += 1
            forget(self.session)
        else:
            self.done.append(step.name)

    def order(self, step: Step) -> object:
        draft = sales.OrderDraft(self.customer_id, "CNY", lines(step.minor))
        return sales.create_order(self.session, draft)

    def confirm(self, step: Step) -> object:
        return sales.confirm_order(self.session, self._pick(SalesOrder, step))

    def change(self, step: Step) -> object:
        return sales.change_order(self.session, self._pick(SalesOrder, step), lines(step.minor))

    def cancel(self, step: Step) -> object:
        return sales.cancel_order(self.session, self._pick(SalesOrder, step))

    def reopen(self, step: Step) -> object:
        return sales.reopen_order(self.session, self._pick(SalesOrder, step))

    def invoice(self, step: Step) -> object:
        order_id = self._pick(SalesOrder, step)
        return sales.issue_invoice(self.session, order_id, DUE, cny(step.minor))

    def void(self, step: Step) -> object:
        return sales.void_invoice(self.session, self._pick(Invoice, step))

    def credit(self, step: Step) -> object:
        return sales.credit_note(
            self.session, self._pick(Invoice, step), cny(step.minor), "returned"
        )

    def pay(self, step: Step) -> object:
        return sales.register_receipt(
            self.session, self.customer_id, sales.Payment(cny(step.minor))
        )

    def settle(self, step: Step) -> object:
        receipt_id, invoice_id = self._pick(Receipt, step), self._pick(Invoice, step)
        return sales.allocate(self.session, receipt_id, invoice_id, cny(step.minor))

    def pay_back(self, step: Step) -> object:
        receipt_id = self._pick(Receipt, step)
        return sales.refund(self.session, receipt_id, sales.Payment(cny(step.minor)))

    def bounce(self, step: Step) -> object:
        return sales.void_receipt(self.session, self._pick(Receipt, step))

    def raise_limit(self, step: Step) -> object:
        limit = Limit(LimitKind.AMOUNT, cny(LIMIT + step.minor))
        return set_limit(self.session, self.customer_id, limit, "grew")

    def _pick(self, model: type[SalesOrder | Invoice | Receipt], step: Step) -> int:
        keys = select(model.id).where(model.customer_id == self.customer_id)
        if model is Invoice:
            keys = keys.where(Invoice.kind == InvoiceKind.INVOICE)
        if model is Receipt:
            keys = keys.where(Receipt.kind == ReceiptKind.RECEIPT)
        found = self.session.scalars(keys.order_by(model.id)).all()
        if not found:
            raise Refusal("there is none yet")
        return found[step.pick % len(found)]


ACTS = [
    "order", "order", "confirm", "confirm", "change", "cancel", "reopen", "invoice", "void",
    "credit", "pay", "settle", "pay_back", "bounce", "raise_limit",
]  # fmt: skip
STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(ACTS),
        st.integers(0, 5),
        st.sampled_from([50, 100, 300, 400, 700, 1000, 1100]),
    ),
    min_size=5,
    max_size=25,
)


def forget(session: Session) -> None:
    """After a rollback SQLite gives the same keys to other rows: hold none of the old ones."""
    session.expunge_all()
    forget_switches(session)


def owed(session: Session, customer_id: int) -> tuple[int, int]:
    """What is owed and what may be."""
    account = session.get_one(CreditAccount, customer_id, populate_existing=True)
    return account.used_minor, account.limit_minor


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_accounts_add_up_and_no_sale_passes_the_limit(
    session: Session, world: World, steps: list[Step]
) -> None:
    outer = session.begin_nested()
    try:
        customer = open_shop(session, world.east)
        agree(session, customer, LIMIT)
        desk = Desk(session, customer.id)
        for step in steps:
            before, _ = owed(session, desk.customer_id)
            desk.take(step)
            after, most = owed(session, desk.customer_id)
            assert [str(finding.text) for finding in accounts_add_up(session)] == []
            if step.name in ("confirm", "change") and after > before:
                assert after <= most
    finally:
        outer.rollback()
        forget(session)
