"""What credit shows beside a customer or an order: badges, a column, panels. Reads only."""

from collections.abc import Sequence
from typing import Final

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dougong.admin.contributions import Badge, Card, Cell, Column, Panel, Tone
from dougong.admin.formats import moment_text, money_text, state_text
from dougong.core.entities.customer import Customer
from dougong.core.entities.sales import SalesOrder
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.scope import Operation
from dougong.core.services.approvals.api import ApprovalState, latest
from dougong.plugins.credit.lifts import LIFT, matter_of, may_pass, needs_lift
from dougong.plugins.credit.models import CreditAccount, CreditEntry
from dougong.plugins.credit.positions import Position, kept_positions, position_of
from dougong.plugins.credit.rules import LimitKind
from dougong.plugins.credit.settings import CreditSettings
from dougong.plugins.credit.words import ENTRY_KINDS, LIMIT_KINDS

SHOWN_ENTRIES: Final = 5
SHOWN_ACCOUNTS: Final = 5
ORDER: Final = 20


def badges(customer_ids: Sequence[int], reader: Reader) -> list[Badge]:
    """A mark on those who owe more than they may (CR-07)."""
    return [
        Badge(
            source="credit",
            customer_id=customer_id,
            text=lazy("Over limit"),
            tone=Tone.DANGER,
            hint=lazy("Owes more than may be owed on account."),
            order=ORDER,
        )
        for customer_id, position in kept_positions(reader, customer_ids).items()
        if position.over
    ]


def columns(customer_ids: Sequence[int], reader: Reader) -> list[Column]:
    """How much of the limit is used, in the customer list."""
    cells = {
        customer_id: _cell(position)
        for customer_id, position in kept_positions(reader, customer_ids).items()
    }
    title = lazy("Credit used")
    return [Column(source="credit", key="credit.used", title=title, cells=cells, order=ORDER)]


def panel(customer: Customer, reader: Reader) -> list[Panel]:
    """Limit, use by bucket, what is free, and the last lines of the ledger (CR-04)."""
    position = position_of(reader, customer.branch_id, customer.id)
    context: dict[str, object] = {
        "position": position,
        "kind": LIMIT_KINDS[position.limit.kind],
        "words": ENTRY_KINDS,
        "customer": customer,
        "has_account": reader.get(CreditAccount, customer.id) is not None,
        "money": money_text,
        "moment": moment_text,
        "may_agree": reader.scope.allows("update", "credit.account", customer.branch_id),
        "entries": _last_entries(customer, reader),
    }
    return [
        Panel(
            source="credit",
            key="credit.limit",
            title=lazy("Credit"),
            template="credit/panel.html",
            icon="shield",
            context=context,
            order=ORDER,
        )
    ]


def _last_entries(customer: Customer, reader: Reader) -> Sequence[CreditEntry]:
    """The last lines of the ledger, for those who may read it (AR-06)."""
    if not reader.scope.allows(Operation.READ, "credit.entry", customer.branch_id):
        return []
    last = select(CreditEntry).where(CreditEntry.customer_id == customer.id)
    return reader.all(last.order_by(CreditEntry.id.desc()).limit(SHOWN_ENTRIES))


def _cell(position: Position) -> Cell:
    if position.most is None:
        return Cell(text=LIMIT_KINDS[LimitKind.UNLIMITED])
    if not position.most:
        return Cell(text=LIMIT_KINDS[position.limit.kind])
    tone = Tone.DANGER if position.over else Tone.WARNING if position.near else None
    return Cell(text=f"{position.percent} %", tone=tone, hint=str(position.most), number=True)


def card(branch_id: int, reader: Reader) -> list[Card]:
    """Those whose agreed amount is used up to the warning, the fullest first (CR-07)."""
    warn = reader.settings(branch_id, CreditSettings).warn_percent
    used = (
        CreditAccount.reserved_minor
        + CreditAccount.invoiced_minor
        - CreditAccount.unapplied_minor
        - CreditAccount.guaranteed_minor
    )
    near = (
        select(CreditAccount)
        .options(joinedload(CreditAccount.customer))
        .where(CreditAccount.branch_id == branch_id, CreditAccount.kind == LimitKind.AMOUNT)
        .where(used * 100 >= CreditAccount.limit_minor * warn)
        .order_by((used - CreditAccount.limit_minor).desc(), CreditAccount.customer_id)
        .limit(SHOWN_ACCOUNTS)
    )
    return [
        Card(
            source="credit",
            key="credit.near",
            title=lazy("Credit nearly used"),
            template="credit/card.html",
            icon="shield",
            url=url_for("credit_accounts.index_view"),
            context={"accounts": reader.all(near), "money": money_text},
            order=40,
        )
    ]


def order_panel(order: SalesOrder, reader: Reader) -> list[Panel]:
    """Whether the limit is in the order's way, and what became of its approval (CR-04)."""
    needed = needs_lift(reader, order)
    approval = latest(reader, order.branch_id, matter_of(order.id))
    if approval is None and not needed:
        return []
    usable = may_pass(reader, order)
    waiting = approval is not None and approval.state is ApprovalState.WAITING
    may = reader.scope.allows(LIFT.operation, LIFT.entity, order.branch_id)
    context: dict[str, object] = {
        "order": order, "needed": needed, "approval": approval, "usable": usable,
        "position": position_of(reader, order.branch_id, order.customer_id),
        "money": money_text, "moment": moment_text, "state": state_text,
        "may_ask": may and not (usable or waiting),
    }  # fmt: skip
    return [
        Panel(
            source="credit",
            key="credit.lift",
            title=lazy("Credit"),
            template="credit/lift.html",
            icon="shield",
            context=context,
            order=ORDER,
        )
    ]
