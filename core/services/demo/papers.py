"""The papers of the demo's trade: orders, deliveries, invoices, receipts, numbers."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from dougong.core.demo import DemoContext
from dougong.core.entities.billing import (
    Allocation,
    Invoice,
    InvoiceState,
    PaymentMethod,
    Receipt,
)
from dougong.core.entities.customer import CustomerKind
from dougong.core.entities.numbering import DocumentNumber, number_text
from dougong.core.entities.sales import (
    Delivery,
    DeliveryLine,
    OrderState,
    SalesOrder,
    SalesOrderLine,
    ShipmentState,
)
from dougong.core.services.demo import words
from dougong.core.services.demo.customers import Buyer
from dougong.core.services.demo.rows import Row, write_rows
from dougong.core.services.demo.trade import Deal, Line
from dougong.core.services.exchange.api import refresh_statistics

PREPAYERS: Final = 0.02
"""The share of firms with money paid in advance."""
HOME_METHODS: Final = (PaymentMethod.WECHAT, PaymentMethod.ALIPAY, PaymentMethod.CASH)
FIRM_METHODS: Final = (PaymentMethod.TRANSFER, PaymentMethod.TRANSFER, PaymentMethod.CHEQUE)


class Numbers:
    """Numbers of one branch in the shape ``take_number`` gives them, taken by the thousand."""

    def __init__(self) -> None:
        self.taken: dict[tuple[str, int], int] = {}

    def take(self, series: str, on: date) -> str:
        """The next number of the series in the year of that day."""
        counted = self.taken.get((series, on.year), 0) + 1
        self.taken[series, on.year] = counted
        return number_text(series, on.year, counted)

    def rows(self) -> list[Row]:
        """What the number table holds afterwards."""
        return [
            {"series": series, "year": year, "next": last + 1}
            for (series, year), last in self.taken.items()
        ]


def write_papers(context: DemoContext, deals: list[Deal], buyers: list[Buyer]) -> None:
    """All papers of the deals, and advance payments of some buyers."""
    numbers = Numbers()
    rows = [_order(context, deal, numbers) for deal in deals]
    orders = write_rows(context.session, SalesOrder, rows, found=True)
    refresh_statistics(context.session, SalesOrder)
    told = list(zip(deals, orders, strict=True))
    lines = [_line(line, order, at) for deal, order in told for at, line in enumerate(deal.lines)]
    line_ids = iter(write_rows(context.session, SalesOrderLine, lines))
    with_lines = [(deal, order, [next(line_ids) for _ in deal.lines]) for deal, order in told]
    _deliver(context, with_lines, numbers)
    _bill(context, told, numbers)
    advance = [row for buyer in buyers for row in _advance(context, buyer, numbers)]
    write_rows(context.session, Receipt, advance, found=True)
    write_rows(context.session, DocumentNumber, numbers.rows())


def _order(context: DemoContext, deal: Deal, numbers: Numbers) -> Row:
    rng, draft = context.rng, deal.state is OrderState.DRAFT
    return {
        "number": None if draft else numbers.take("SO", deal.on),
        "customer_id": deal.buyer.id,
        "state": deal.state,
        "ordered_on": deal.on,
        "currency": context.branch.currency,
        "net_minor": deal.net,
        "tax_minor": deal.tax,
        "total_minor": deal.total,
        "invoiced_minor": deal.total if deal.issued_on else 0,
        "salesperson_id": deal.buyer.manager_id,
        "remark": rng.choice(words.ORDER_REMARKS),
        "confirmed_at": None if draft else _at(context, deal.on, 10),
    }


def _line(line: Line, order: int, position: int) -> Row:
    goods = line.sold.goods
    return {
        "order_id": order,
        "position": position + 1,
        "product_id": line.sold.id,
        "text": goods.name,
        "quantity": Decimal(line.quantity),
        "unit_price_minor": goods.price,
        "tax_percent": Decimal(goods.tax),
        "net_minor": line.net,
        "tax_minor": line.tax,
        "total_minor": line.net + line.tax,
    }


def _deliver(
    context: DemoContext, told: list[tuple[Deal, int, list[int]]], numbers: Numbers
) -> None:
    planned = [
        (deal, order, lines, state)
        for deal, order, lines in told
        if (state := _shipment(context, deal)) is not None
    ]
    rows = [_delivery(context, deal, order, state, numbers) for deal, order, _, state in planned]
    ids = write_rows(context.session, Delivery, rows, found=True)
    write_rows(
        context.session,
        DeliveryLine,
        [
            {"delivery_id": key, "order_line_id": at, "quantity": Decimal(line.quantity)}
            for key, (deal, _, lines, _) in zip(ids, planned, strict=True)
            for at, line in zip(lines, deal.lines, strict=True)
        ],
    )


def _shipment(context: DemoContext, deal: Deal) -> ShipmentState | None:
    if deal.state is OrderState.CLOSED:
        return ShipmentState.DELIVERED
    if deal.state is OrderState.SHIPPED:
        recent = (context.today - deal.on).days < 6
        return ShipmentState.RELEASED if recent else ShipmentState.DELIVERED
    if deal.state is OrderState.CONFIRMED and context.rng.random() < 0.4:
        return ShipmentState.DRAFT
    return None


def _delivery(
    context: DemoContext, deal: Deal, order: int, state: ShipmentState, numbers: Numbers
) -> Row:
    day = min(deal.on + timedelta(days=1), context.today)
    left = state is not ShipmentState.DRAFT
    return {
        "order_id": order,
        "customer_id": deal.buyer.id,
        "number": numbers.take("DN", day) if left else None,
        "state": state,
        "released_at": _at(context, day, 9) if left else None,
        "delivered_at": _at(context, day, 14) if state is ShipmentState.DELIVERED else None,
    }


def _bill(context: DemoContext, told: list[tuple[Deal, int]], numbers: Numbers) -> None:
    billed = [(deal, order) for deal, order in told if deal.issued_on is not None]
    billed.sort(key=lambda pair: pair[0].issued_on or pair[0].on)
    rows = [_invoice(context, deal, order, numbers) for deal, order in billed]
    invoices = write_rows(context.session, Invoice, rows, found=True)
    refresh_statistics(context.session, Invoice)
    paid = [
        (deal, invoice)
        for (deal, _), invoice in zip(billed, invoices, strict=True)
        if deal.paid_on is not None
    ]
    paid.sort(key=lambda pair: pair[0].paid_on or pair[0].on)
    receipts = write_rows(
        context.session, Receipt, [_receipt(context, deal, numbers) for deal, _ in paid], found=True
    )
    settled = [
        {
            "receipt_id": receipt,
            "invoice_id": invoice,
            "amount_minor": deal.paid,
            "at": _at(context, deal.paid_on or deal.on, 15),
        }
        for (deal, invoice), receipt in zip(paid, receipts, strict=True)
    ]
    write_rows(context.session, Allocation, settled)


def _invoice(context: DemoContext, deal: Deal, order: int, numbers: Numbers) -> Row:
    return {
        "number": numbers.take("IN", deal.issued_on or deal.on),
        "customer_id": deal.buyer.id,
        "order_id": order,
        "state": InvoiceState.PAID if deal.paid == deal.total else InvoiceState.OPEN,
        "issued_on": deal.issued_on,
        "due_on": deal.due_on,
        "currency": context.branch.currency,
        "net_minor": deal.net,
        "tax_minor": deal.tax,
        "total_minor": deal.total,
        "settled_minor": deal.paid,
    }


def _receipt(context: DemoContext, deal: Deal, numbers: Numbers) -> Row:
    home = deal.buyer.kind is CustomerKind.INDIVIDUAL
    return {
        "number": numbers.take("RC", deal.paid_on or deal.on),
        "customer_id": deal.buyer.id,
        "received_on": deal.paid_on,
        "currency": context.branch.currency,
        "amount_minor": deal.paid,
        "applied_minor": deal.paid,
        "method": context.rng.choice(HOME_METHODS if home else FIRM_METHODS),
    }


def _advance(context: DemoContext, buyer: Buyer, numbers: Numbers) -> Iterator[Row]:
    if buyer.kind is CustomerKind.INDIVIDUAL or context.rng.random() > PREPAYERS:
        return
    day = context.today - timedelta(days=context.rng.randrange(20))
    yield {
        "number": numbers.take("RC", day),
        "customer_id": buyer.id,
        "received_on": day,
        "currency": context.branch.currency,
        "amount_minor": context.rng.choice((50, 100, 200, 500)) * 10_000,
        "method": PaymentMethod.TRANSFER,
        "remark": "预付水款",
    }


def _at(context: DemoContext, day: date, hour: int) -> datetime:
    """That hour of the day in the branch's zone, but never later than now."""
    moment = datetime.combine(day, time(hour), ZoneInfo(context.branch.zone))
    return min(moment, context.now)
