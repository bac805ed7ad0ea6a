"""Orders from a file: a row a line, drafts by the verbs of sales, changed as on their page."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dougong.core.clock import FixedClock
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.product import Product
from dougong.core.entities.sales import OrderState, SalesOrder, SalesOrderLine
from dougong.core.services.exchange.api import FileKind, ImportState
from dougong.core.services.sales import api as sales
from dougong.core.session import Session
from dougong.core.values import Money, Percentage
from tests.core.services.exchange.sending import Sender, as_csv, counted

HEADS = ["订单号", "客户编号", "下单日期", "订单备注", "货号", "品名", "数量", "单价", "税率"]
FIRST = [
    HEADS,
    ["SO-1", "K1", "2026-03-05", "急", "P1", "", "2", "", ""],
    ["SO-1", "", "", "", "", "运费", "1", "1,000.50", "6"],
    ["", "", "", "", "P1", "=大桶", "1.5", "20", "0"],
    ["SO-2", "K1", "", "", "P1", "", "1", "", ""],
]


def settle(sender: Sender) -> None:
    def write(session: Session) -> None:
        session.add(Customer(code="K1", kind=CustomerKind.ENTERPRISE, name="客户"))
        session.add(Product(code="P1", name="桶装水", price_minor=1800, tax_percent=Decimal(13)))

    sender.do(write)


def lines_of(sender: Sender) -> list[tuple[object, ...]]:
    return [
        (x.position, x.text, x.quantity, x.unit_price_minor, x.tax_percent, x.product_id is None)
        for x in sender.all(SalesOrderLine)
    ]


def test_rows_of_one_number_make_one_draft(east: Sender) -> None:
    settle(east)
    done = east.load("orders", as_csv(FIRST))
    assert counted(done) == (2, 0, 0, 0, 0), east.faults(done)
    first, second = east.all(SalesOrder)
    assert (first.source_ref, first.state, first.number) == ("SO-1", OrderState.DRAFT, None)
    assert (first.ordered_on, first.remark) == (date(2026, 3, 5), "急")
    assert second.ordered_on == date(2026, 3, 2)
    assert lines_of(east) == [
        (1, "桶装水", Decimal(2), 1800, Decimal(13), False),
        (2, "运费", Decimal(1), 100050, Decimal(6), True),
        (3, "=大桶", Decimal("1.5"), 2000, Decimal(0), False),
        (1, "桶装水", Decimal(1), 1800, Decimal(13), False),
    ]
    assert first.total == Money.of("1131.21", "CNY")  # 40.68 + 1060.53 + 30.00


def test_bad_rows_are_told_and_good_orders_come_in(east: Sender) -> None:
    settle(east)
    rows = [
        HEADS,
        ["A", "K9", "", "", "P1", "", "1", "", ""],
        ["B", "K1", "", "", "P9", "", "1", "", ""],
        ["C", "K1", "", "", "P1", "", "", "", ""],
        ["D", "K1", "", "", "", "", "1", "2", ""],
        ["E", "K1", "", "", "", "运费", "1", "", ""],
        ["F", "K1", "", "", "P1", "", "1", "", ""],
        ["F", "", "", "", "P1", "", "0", "", ""],
        ["G", "K1", "", "急", "P1", "", "1", "", ""],
        ["G", "K1", "", "不急", "P1", "", "1", "", ""],
        ["H", "K1", "", "", "", "", "", "", ""],
        ["I", "K1", "", "", "P1", "", "1", "", ""],
        ["A", "K1", "", "", "P1", "", "1", "", ""],
    ]
    done = east.load("orders", as_csv(rows))
    assert [(f.line, f.column) for f in east.faults(done)] == [
        (2, "customer"), (3, "product"), (4, "quantity"), (5, "product"), (6, "unit_price"),
        (7, "quantity"), (9, "remark"), (11, "quantity"), (13, "reference"),
    ]  # fmt: skip
    assert [o.source_ref for o in east.all(SalesOrder)] == ["I"]


@pytest.mark.parametrize("kind", FileKind)
def test_orders_come_back_the_same(east: Sender, west: Sender, kind: FileKind) -> None:
    settle(east)
    settle(west)
    east.load("orders", as_csv(FIRST))
    customer, product = east.all(Customer)[0].id, east.all(Product)[0].id
    line = sales.LineDraft("-", Decimal("0.125"), Money(7, "USD"), Percentage(Decimal("6.5")))
    nameless = sales.LineDraft("", Decimal(1), Money(7, "USD"), Percentage(Decimal(0)), product)
    draft = sales.OrderDraft(customer, "USD", (line, nameless), remark="'=1")
    east.do(lambda s: sales.create_order(s, draft))
    east.do(lambda s: sales.confirm_order(s, east.all(SalesOrder)[1].id))
    content = east.export("orders", kind)
    assert counted(east.load("orders", content)) == (0, 0, 3, 0, 0)
    loaded = west.load("orders", content)
    assert counted(loaded) == (3, 0, 0, 0, 0), west.faults(loaded)
    assert [x[:5] for x in lines_of(west)][:-1] == [x[:5] for x in lines_of(east)][:-1]
    assert [o.total for o in west.all(SalesOrder)] == [o.total for o in east.all(SalesOrder)]
    assert {o.state for o in west.all(SalesOrder)} == {OrderState.DRAFT}
    assert counted(west.load("orders", content)) == (0, 0, 3, 0, 0)


def test_columns_that_are_not_there_leave_lines_as_they_were(east: Sender) -> None:
    settle(east)
    east.load("orders", as_csv(FIRST))
    heads = ["订单号", "货号", "数量"]
    same = [heads, ["SO-1", "P1", "2"], ["", "", "1"], ["", "P1", "1.5"]]
    assert counted(east.load("orders", as_csv(same))) == (0, 0, 1, 0, 0)
    assert counted(east.load("orders", as_csv([["订单号", "订单备注"], ["SO-1", "缓"]])))[1] == 1
    assert (len(lines_of(east)), east.all(SalesOrder)[0].remark) == (4, "缓")
    more = [heads, ["SO-1", "P1", "2"], ["", "", "1"], ["", "P1", "9"]]
    assert counted(east.load("orders", as_csv(more))) == (0, 1, 0, 0, 0)
    assert [x[1:4] for x in lines_of(east) if x[0] == 3] == [("=大桶", Decimal(9), 2000)]


def test_order_with_a_delivery_or_a_bound_day_is_not_changed(east: Sender) -> None:
    settle(east)
    east.load("orders", as_csv(FIRST))
    first, second = (o.id for o in east.all(SalesOrder))
    east.do(lambda s: sales.confirm_order(s, first))
    east.do(lambda s: sales.confirm_order(s, second))
    east.do(lambda s: sales.create_delivery(s, second))
    rows = [["订单号", "下单日期", "数量"], ["SO-1", "2026-01-01", ""], ["SO-2", "", "5"]]
    done = east.load("orders", as_csv(rows))
    assert counted(done) == (0, 0, 0, 0, 2)
    assert [f.line for f in east.faults(done)] == [2, 3]


def test_all_drafts_go_when_undone_and_a_confirmed_one_stays(
    east: Sender, clock: FixedClock
) -> None:
    settle(east)
    done = east.load("orders", as_csv(FIRST))
    clock.advance(timedelta(minutes=1))
    east.do(lambda s: sales.confirm_order(s, east.all(SalesOrder)[1].id))
    undone = east.undo(done)
    assert (undone.state, undone.kept_count) == (ImportState.UNDONE, 1)
    assert [o.source_ref for o in east.all(SalesOrder)] == ["SO-2"]
    assert len(lines_of(east)) == 1
    assert [f.line for f in east.faults(undone)] == [5]


def test_changed_lines_are_put_back(east: Sender, clock: FixedClock) -> None:
    settle(east)
    east.load("orders", as_csv(FIRST))
    before = lines_of(east)
    clock.advance(timedelta(minutes=1))
    other = [HEADS, ["SO-1", "", "", "新", "P1", "", "7", "", ""]]
    second = east.load("orders", as_csv(other))
    assert counted(second) == (0, 1, 0, 0, 0), east.faults(second)
    assert len(lines_of(east)) == 2
    undone = east.undo(second)
    assert undone.kept_count == 0, east.faults(undone)
    assert sorted(map(str, lines_of(east))) == sorted(map(str, before))
    assert east.all(SalesOrder)[0].remark == "急"


def test_branch_does_not_see_the_others_orders_and_products(east: Sender, west: Sender) -> None:
    settle(east)
    east.load("orders", as_csv(FIRST))
    refused = west.load("orders", as_csv(FIRST))
    assert counted(refused) == (0, 0, 0, 0, 2)
    assert {"customer", "product"} == {f.column for f in west.faults(refused)}
    settle(west)
    assert counted(west.load("orders", as_csv(FIRST))) == (2, 0, 0, 0, 0)
    assert len(east.all(SalesOrder)) == 2
