"""Receipts as a sheet: money that came in, booked by the verb; undoing voids them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, select

from dougong.core.entities.billing import PaymentMethod, Receipt, ReceiptKind, ReceiptState
from dougong.core.i18n import lazy
from dougong.core.services.exchange.columns import (
    Column,
    ColumnType,
    Values,
    choices_of,
    column,
)
from dougong.core.services.exchange.sheets import Fault, Known, Sheet, currency_here, stored
from dougong.core.services.exchange.subjects.checks import check_currency
from dougong.core.services.exchange.subjects.papers import (
    REFERENCE,
    ids_by_reference,
    reference_of,
)
from dougong.core.services.exchange.subjects.references import CUSTOMER
from dougong.core.services.sales.api import Payment, register_receipt, void_receipt
from dougong.core.session import Session
from dougong.core.values import Money

METHODS: Final = choices_of(
    {
        PaymentMethod.TRANSFER: lazy("Bank transfer"),
        PaymentMethod.CASH: lazy("Cash"),
        PaymentMethod.CARD: lazy("Card"),
        PaymentMethod.CHEQUE: lazy("Cheque"),
        PaymentMethod.ALIPAY: lazy("Alipay"),
        PaymentMethod.WECHAT: lazy("WeChat Pay"),
        PaymentMethod.OTHER: lazy("Other"),
    },
    transfer=("转账", "电汇", "对公转账"), wechat=("微信",), card=("刷卡",),
)  # fmt: skip
_GONE: Final = "gone"
_KEPT: Final = 80
"""Characters of a reference that stay, so that the receipt's key fits behind them."""


class ReceiptSheet(Sheet):
    """Receipts that count; refunds and voided ones do not travel."""

    __slots__ = ()

    def find(self, session: Session, rows: Sequence[Values]) -> list[list[Known]]:
        """The receipts by what they are called, those that count no more as well."""
        texts = [str(row.get("reference") or "") for row in rows]
        ids = ids_by_reference(session, Receipt, {text for text in texts if text})
        known = {k.id: k.values for k in self._load(session, Receipt.id.in_(list(ids.values())))}
        found: list[list[Known]] = []
        for text in texts:
            key = ids.get(text, 0)
            values = known.get(key)
            freed = values is None or (values[_GONE] and values["reference"].endswith(_free(key)))
            found.append([] if freed else [Known(key, {**(values or {}), "reference": text})])
        return found

    def load(self, session: Session, *conditions: ColumnElement[bool]) -> list[Known]:
        """The receipts that count, each with what it is called."""
        counts = (Receipt.kind == ReceiptKind.RECEIPT, Receipt.state == ReceiptState.OPEN)
        return self._load(session, *conditions, *counts)

    def _load(self, session: Session, *conditions: ColumnElement[bool]) -> list[Known]:
        named = {k.id: k for k in Sheet.load(self, session, *conditions)}
        wanted = select(
            Receipt.id, Receipt.source_ref, Receipt.number, Receipt.kind, Receipt.state
        ).where(Receipt.id.in_(list(named)))
        for key, source_ref, number, kind, state in session.execute(wanted):
            values = named[key].values
            values["reference"] = reference_of(source_ref, number, key)
            values[_GONE] = kind is ReceiptKind.REFUND or state is ReceiptState.VOID
        return list(named.values())

    def check(self, values: Values, known: Known | None) -> list[Fault]:
        """Money that was found to be none is not booked again by an old file."""
        if known is None or not known.values[_GONE]:
            return []
        return [Fault("reference", lazy("This receipt is void, or money that was paid back."))]

    def holds(self, column: Column) -> bool:
        """All but what it is called."""
        return bool(column.field)

    def insert(self, session: Session, rows: Sequence[Values]) -> list[int]:
        """Booked one by one: exposure falls, and who hears of money hears of each."""
        return [self._book(session, row) for row in rows]

    def _book(self, session: Session, row: Values) -> int:
        unit = str(row.get("currency") or currency_here(session))
        payment = Payment(
            amount=Money.of(str(row["amount"]), unit),
            method=PaymentMethod(row.get("method") or PaymentMethod.TRANSFER),
            on=stored(self.column("received_on"), row.get("received_on") or None, unit),
            remark=row.get("remark") or "",
        )
        receipt = register_receipt(session, row["customer"], payment)
        receipt.source_ref = row["reference"]
        session.flush()
        return receipt.id

    def delete(self, session: Session, ids: Sequence[int]) -> None:
        """Void them: a number without gaps stays; the reference is free to be loaded again."""
        for key in ids:
            receipt = void_receipt(session, key)
            kept = (receipt.source_ref or "")[:_KEPT]
            receipt.source_ref = f"{kept}{_free(key)}"
        session.flush()


def _free(key: int) -> str:
    """What stands behind the reference of a receipt whose import was undone."""
    return f"~{key}"


RECEIPTS: Final = ReceiptSheet(
    key="receipts",
    title=lazy("Receipts"),
    entity="core.receipt",
    model=Receipt,
    identity=(("reference",),),
    columns=(
        REFERENCE,
        column(
            Receipt.customer_id, lazy("Customer code"), type=ColumnType.REFERENCE, required=True,
            fixed=True, reference=CUSTOMER, example="C-000123",
            aliases=("客户编号", "客户编码", "customer"),
        ),
        column(
            Receipt.received_on, lazy("Received on"), fixed=True, example="2026-01-05",
            aliases=("到账日期", "收款日期", "日期", "date"),
        ),
        column(
            Receipt.amount_minor, lazy("Amount"), required=True, fixed=True, example="1234.50",
            least=Decimal("0.01"), aliases=("收款金额", "到账金额"),
        ),
        column(
            Receipt.currency, lazy("Currency"), type=ColumnType.CODE, fixed=True,
            check=check_currency, aliases=("币别",),
        ),
        column(
            Receipt.method, lazy("Means of payment"), fixed=True, choices=METHODS,
            aliases=("付款方式", "支付方式", "结算方式"),
        ),
        column(Receipt.remark, lazy("Remark"), fixed=True, aliases=("摘要", "附言")),
    ),
)  # fmt: skip
