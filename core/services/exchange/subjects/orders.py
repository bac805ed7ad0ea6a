"""Orders with their lines as a sheet: each row is a line, they come in as drafts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import chain, repeat
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from dougong.core.entities.product import Product
from dougong.core.entities.sales import OrderState, SalesOrder, SalesOrderLine
from dougong.core.i18n import lazy
from dougong.core.orm import Base
from dougong.core.services.exchange.cells import decimal_text
from dougong.core.services.exchange.columns import Column, ColumnType, Values, column
from dougong.core.services.exchange.sheets import (
    LINES,
    Change,
    Fault,
    Known,
    Sheet,
    canonical,
    currency_here,
    stored,
)
from dougong.core.services.exchange.subjects.checks import check_currency
from dougong.core.services.exchange.subjects.papers import (
    REFERENCE,
    ids_by_reference,
    reference_of,
)
from dougong.core.services.exchange.subjects.references import CUSTOMER, PRODUCT, USER
from dougong.core.services.sales.api import LineDraft, OrderDraft, change_order, create_order
from dougong.core.session import Session
from dougong.core.values import Money, Percentage

_DRAFT: Final = "draft"


class OrderSheet(Sheet):
    """Orders; made and changed by the verbs of sales, which may refuse."""

    __slots__ = ()

    def find(self, session: Session, rows: Sequence[Values]) -> list[list[Known]]:
        """The orders by what they are called."""
        texts = [str(row.get("reference") or "") for row in rows]
        ids = ids_by_reference(session, SalesOrder, {text for text in texts if text})
        known = {k.id: k.values for k in self.load(session, SalesOrder.id.in_(list(ids.values())))}
        keys = [ids.get(text, 0) for text in texts]
        return [
            [Known(key, known[key] | {"reference": text})] if key in known else []
            for key, text in zip(keys, texts, strict=True)
        ]

    def load(self, session: Session, *conditions: ColumnElement[bool]) -> list[Known]:
        """The orders and their lines: three queries."""
        records = Sheet.load(self, session, *conditions)
        named = {record.id: record.values for record in records}
        wanted = select(
            SalesOrder.id, SalesOrder.source_ref, SalesOrder.number, SalesOrder.state
        ).where(SalesOrder.id.in_(list(named)))
        for key, source_ref, number, state in session.execute(wanted):
            named[key]["reference"] = reference_of(source_ref, number, key)
            named[key] |= {_DRAFT: state is OrderState.DRAFT, LINES: []}
        self._load_lines(session, named)
        return records

    def _load_lines(self, session: Session, named: dict[int, Values]) -> None:
        table: Any = SalesOrderLine
        columns = [column for column in self.columns if column.of_line]
        wanted = select(table.order_id, *(getattr(table, column.field) for column in columns))
        wanted = wanted.where(table.order_id.in_(list(named)))
        for row in session.execute(wanted.order_by(table.position, table.id)):
            order = named[row[0]]
            pairs = zip(columns, row[1:], strict=True)
            told = {c.key: canonical(c, value, order["currency"]) for c, value in pairs}
            order[LINES].append(filled(told))

    def holds(self, column: Column) -> bool:
        """The order's own columns."""
        return not column.of_line and bool(column.field)

    def complete(
        self, session: Session, rows: Sequence[Values], found: Sequence[Sequence[Known]]
    ) -> None:
        """A line says the rest as it was there before, or as its product has it."""
        products = _products(session, rows)
        here = currency_here(session)
        for row, records in zip(rows, found, strict=True):
            known = records[0].values if records else {}
            if known and not row.get(LINES):
                row.pop(LINES, None)
                continue
            unit = str(row.get("currency") or known.get("currency") or here).upper()
            before = chain(known.get(LINES, []), repeat({}))
            row[LINES] = [
                completed(line, old, products, unit)
                for line, old in zip(row.get(LINES, []), before, strict=False)
            ]

    def check(self, values: Values, known: Known | None) -> list[Fault]:
        """An order in a file has lines, each says what is sold; a bound order keeps its day."""
        before: Values = known.values if known else {}
        faults = []
        if before and not before[_DRAFT] and values["ordered_on"] != before["ordered_on"]:
            faults.append(Fault("ordered_on", lazy("Only a draft changes its day.")))
        lines = values.get(LINES) or []
        if not lines and not before:
            faults.append(Fault("quantity", lazy("An order has lines.")))
        for line in lines if lines != before.get(LINES) else ():
            if not (line.get("product") or line.get("text")):
                faults.append(Fault("product", lazy("A line has a product or a text.")))
            elif "unit_price" not in line:
                faults.append(Fault("unit_price", lazy("This is needed.")))
        return faults

    def insert(self, session: Session, rows: Sequence[Values]) -> list[int]:
        """Drafts, one by one."""
        return [self._make(session, row) for row in rows]

    def _make(self, session: Session, row: Values) -> int:
        unit = str(row.get("currency") or currency_here(session))
        day = stored(self.column("ordered_on"), row.get("ordered_on") or None, unit)
        draft = OrderDraft(
            customer_id=row["customer"], currency=unit, ordered_on=day,
            lines=tuple(_line(line, unit) for line in row[LINES]),
            salesperson_id=row.get("salesperson"), remark=row.get("remark") or "",
        )  # fmt: skip
        order = create_order(session, draft)
        order.source_ref = row["reference"]
        session.flush()
        return order.id

    def change(self, session: Session, changes: Sequence[Change]) -> None:
        """As on the order's page: each change asks whoever guards the lines (CR-04)."""
        ids = [change.id for change in changes]
        known = {k.id: k.values for k in self.load(session, SalesOrder.id.in_(ids))}
        for change in changes:
            before = known[change.id]
            lines = change.values[LINES] if LINES in change.values else before[LINES]
            change_order(session, change.id, [_line(x, before["currency"]) for x in lines])
        Sheet.change(self, session, changes)


def filled(values: Values) -> Values:
    """The values without those that say nothing: so lines are compared."""
    return {key: value for key, value in values.items() if value not in (None, "")}


def completed(line: Values, before: Values, products: Mapping[int, Product], unit: str) -> Values:
    """A line as it is meant: of the same product, what it leaves out stays as it was."""
    sold = before.get("product")
    if before and line.get("product", sold) == sold:
        return filled({**before, **line})
    told = filled(line)
    product = products.get(told.get("product", 0))
    if product is None:
        return {"tax_percent": "0", **told}
    known = {"text": product.name, "tax_percent": decimal_text(product.tax_percent)}
    if product.currency == unit:
        known["unit_price"] = decimal_text(product.price.amount)
    return filled({**known, **told})


def _line(line: Values, unit: str) -> LineDraft:
    return LineDraft(
        text=line.get("text", ""),
        quantity=Decimal(line["quantity"]),
        unit_price=Money.of(line["unit_price"], unit),
        tax=Percentage(Decimal(line["tax_percent"])),
        product_id=line.get("product"),
    )


def _products(session: Session, rows: Sequence[Values]) -> dict[int, Product]:
    ids = {line["product"] for row in rows for line in row.get(LINES, []) if line.get("product")}
    wanted = select(Product).where(Product.id.in_(list(ids)))
    return {product.id: product for product in session.scalars(wanted)} if ids else {}


_PARTS: Final[tuple[type[Base], ...]] = (SalesOrderLine,)
ORDERS: Final = OrderSheet(
    key="orders",
    title=lazy("Orders"),
    entity="core.order",
    model=SalesOrder,
    identity=(("reference",),),
    parts=_PARTS,
    columns=(
        REFERENCE,
        column(
            SalesOrder.customer_id, lazy("Customer code"), type=ColumnType.REFERENCE,
            required=True, fixed=True, reference=CUSTOMER, example="C-000123",
            aliases=("客户编号", "客户编码", "customer"),
        ),
        column(
            SalesOrder.ordered_on, lazy("Ordered on"), example="2026-01-05",
            aliases=("下单日期", "订单日期", "日期", "order date"),
        ),
        column(
            SalesOrder.currency, lazy("Currency"), type=ColumnType.CODE, fixed=True,
            check=check_currency, aliases=("币别",),
        ),
        column(
            SalesOrder.salesperson_id, lazy("Salesperson"), type=ColumnType.REFERENCE,
            reference=USER, aliases=("业务员", "销售员"),
        ),
        column(SalesOrder.remark, lazy("Remark"), aliases=("订单备注",)),
        column(
            SalesOrderLine.product_id, lazy("Product code"), type=ColumnType.REFERENCE,
            reference=PRODUCT, of_line=True, example="P-0001",
            aliases=("产品编号", "商品编码", "货号", "sku"),
        ),
        column(
            SalesOrderLine.text, lazy("Text of the line"), of_line=True,
            note=lazy("Without one the product's name."), aliases=("商品名称", "品名", "摘要"),
        ),
        column(
            SalesOrderLine.quantity, lazy("Quantity"), required=True, of_line=True,
            least=Decimal("0.001"), example="2", aliases=("qty", "件数"),
        ),
        column(
            SalesOrderLine.unit_price_minor, lazy("Price"), of_line=True, nullable=True,
            least=Decimal(0), example="18.00", note=lazy("Net of tax; without one the product's."),
            aliases=("单价", "unit price"),
        ),
        column(
            SalesOrderLine.tax_percent, lazy("Tax rate (%)"), type=ColumnType.PERCENT,
            of_line=True, nullable=True, least=Decimal(0), most=Decimal(100), aliases=("税率",),
        ),
    ),
)  # fmt: skip
