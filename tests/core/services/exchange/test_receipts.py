"""Receipts from a file are booked by their verb, and undone by voiding them."""

from datetime import date, timedelta

import pytest

from dougong.core.clock import FixedClock
from dougong.core.entities.billing import PaymentMethod, Receipt, ReceiptState
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.services.exchange.api import FileKind, ImportState
from dougong.core.services.sales import api as sales
from dougong.core.values import Money
from tests.core.services.exchange.sending import Sender, as_csv, counted

HEADS = ["流水号", "客户编号", "收款日期", "收款金额", "付款方式", "摘要"]
FIRST = [
    HEADS,
    ["WX-1", "K1", "2026-03-05", "1,234.50", "微信", "=货款"],
    ["WX-2", "K1", "2026/3/6", "¥20", "", ""],
]


def settle(sender: Sender) -> None:
    sender.do(
        lambda s: s.add_all(
            Customer(code=f"K{n}", kind=CustomerKind.ENTERPRISE, name=f"客户{n}") for n in (1, 2)
        )
    )


def told(sender: Sender) -> list[tuple[object, ...]]:
    return [
        (r.source_ref, r.received_on, r.amount, r.method, r.remark, r.state)
        for r in sender.all(Receipt)
    ]


def test_rows_are_booked_with_numbers_and_events(east: Sender) -> None:
    settle(east)
    done = east.load("receipts", as_csv(FIRST))
    assert counted(done) == (2, 0, 0, 0, 0), east.faults(done)
    assert told(east) == [
        ("WX-1", date(2026, 3, 5), Money.of("1234.50", "CNY"), PaymentMethod.WECHAT, "=货款",
         ReceiptState.OPEN),
        ("WX-2", date(2026, 3, 6), Money.of("20", "CNY"), PaymentMethod.TRANSFER, "",
         ReceiptState.OPEN),
    ]  # fmt: skip
    assert all(r.number for r in east.all(Receipt))


def test_bad_rows_are_told_and_good_ones_come_in(east: Sender) -> None:
    settle(east)
    rows = [
        HEADS,
        ["A", "K9", "2026-03-05", "1", "", ""],
        ["B", "K1", "2026-03-05", "0", "", ""],
        ["C", "K1", "2026-03-05", "1.005", "", ""],
        ["D", "K1", "2026-03-05", "1", "贝壳", ""],
        ["", "K1", "2026-03-05", "1", "", ""],
        ["E", "K1", "2026-03-05", "5", "", ""],
        ["E", "K1", "2026-03-05", "6", "", ""],
    ]
    done = east.load("receipts", as_csv(rows))
    assert counted(done) == (1, 0, 0, 0, 6)
    assert [(f.line, f.column) for f in east.faults(done)] == [
        (2, "customer"), (3, "amount"), (4, "amount"), (5, "method"), (6, "reference"),
        (8, "reference"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", FileKind)
def test_receipts_come_back_the_same(east: Sender, west: Sender, kind: FileKind) -> None:
    settle(east)
    settle(west)
    east.load("receipts", as_csv(FIRST))
    customer = east.all(Customer)[0].id
    payment = sales.Payment(Money.of("7.01", "USD"), PaymentMethod.CASH, remark="-")
    east.do(lambda s: sales.register_receipt(s, customer, payment))
    content = east.export("receipts", kind)
    assert counted(east.load("receipts", content)) == (0, 0, 3, 0, 0)
    loaded = west.load("receipts", content)
    assert counted(loaded) == (3, 0, 0, 0, 0), west.faults(loaded)
    assert [row[1:] for row in told(west)] == [row[1:] for row in told(east)]
    assert counted(west.load("receipts", content)) == (0, 0, 3, 0, 0)
    assert west.export("receipts", FileKind.CSV) == east.export("receipts", FileKind.CSV)


def test_money_that_is_there_is_not_changed_nor_booked_twice(east: Sender) -> None:
    settle(east)
    east.load("receipts", as_csv(FIRST))
    number = east.all(Receipt)[1].number
    again = [HEADS, ["WX-1", "K1", "", "99", "", ""], [str(number), "K1", "", "20", "", ""]]
    done = east.load("receipts", as_csv(again))
    assert counted(done) == (0, 0, 1, 0, 1)
    assert [(f.line, f.column) for f in east.faults(done)] == [(2, "amount")]


def test_voided_receipt_is_not_booked_again_by_an_old_file(east: Sender) -> None:
    settle(east)
    east.load("receipts", as_csv(FIRST))
    first = east.all(Receipt)[0]
    east.do(lambda s: sales.void_receipt(s, first.id))
    done = east.load("receipts", as_csv(FIRST))
    assert counted(done) == (0, 0, 1, 0, 1)
    assert [f.column for f in east.faults(done)] == ["reference"]


def test_undoing_voids_and_frees_the_reference(east: Sender, west: Sender) -> None:
    settle(east)
    settle(west)
    east.load("receipts", as_csv(FIRST))
    customer = east.all(Customer)[0].id
    east.do(lambda s: sales.register_receipt(s, customer, sales.Payment(Money.of("3", "CNY"))))
    content = east.export("receipts")
    done = west.load("receipts", content)
    undone = west.undo(done)
    assert (undone.state, undone.kept_count) == (ImportState.UNDONE, 0)
    assert {r.state for r in west.all(Receipt)} == {ReceiptState.VOID}
    again = west.load("receipts", content)
    assert counted(again) == (3, 0, 0, 0, 0), west.faults(again)


def test_receipt_that_was_paid_back_since_stays(east: Sender, clock: FixedClock) -> None:
    settle(east)
    done = east.load("receipts", as_csv(FIRST))
    clock.advance(timedelta(minutes=1))
    first = east.all(Receipt)[0]
    east.do(lambda s: sales.refund(s, first.id, sales.Payment(Money.of("1", "CNY"))))
    undone = east.undo(done)
    assert undone.kept_count == 1
    assert [f.line for f in east.faults(undone)] == [2]
    assert [r.state for r in east.all(Receipt)][:2] == [ReceiptState.OPEN, ReceiptState.VOID]


def test_branch_does_not_see_the_others_customers_and_receipts(east: Sender, west: Sender) -> None:
    settle(east)
    east.load("receipts", as_csv(FIRST))
    refused = west.load("receipts", as_csv(FIRST))
    assert counted(refused) == (0, 0, 0, 0, 2)
    assert {f.column for f in west.faults(refused)} == {"customer"}
    settle(west)
    assert counted(west.load("receipts", as_csv(FIRST))) == (2, 0, 0, 0, 0)
    assert len(east.all(Receipt)) == 2
