"""Importing purchases: what is written, twice, half way, and what is refused (XX-07)."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dougong.core.database import Database
from dougong.core.entities.billing import Allocation, Invoice, InvoiceState, Receipt
from dougong.core.entities.customer import Customer
from dougong.core.entities.event_log import EventRecord
from dougong.core.entities.sales import OrderState, SalesOrder, SalesOrderLine
from dougong.core.errors import Refusal
from dougong.core.orm import Base
from dougong.core.scope import Scope
from dougong.core.services.audit.api import AuditAction, AuditEntry
from dougong.core.services.exchange import orders
from dougong.core.services.exchange.api import ImportReport, OrdersFile, import_orders
from dougong.core.services.search.api import find
from dougong.core.session import Session
from dougong.core.testing import make_branches

LOG = """\
 customer_id  date number_of_cds  dollar_value
 00001 19970101  1   11.77
 00002 19970112  1   12.00
 00002 19970112  5   77.00
 00003 19970102  2   20.76
 00003 19970102  2   20.76
 00003 19970330  3    0.00
"""
TABLES: tuple[type[Base], ...] = (
    Customer, SalesOrder, SalesOrderLine, Invoice, Receipt, Allocation,
)  # fmt: skip


@pytest.fixture
def branch(database: Database) -> int:
    return database.write(Scope.kernel("test"), make_branches)[1]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.txt"
    path.write_text(LOG, newline="\r\n")
    return path


def run(database: Database, branch: int, path: Path, layout: str = "cdnow") -> ImportReport:
    return import_orders(database, OrdersFile(branch, path, layout, "USD"))


def counts(database: Database, branch: int) -> list[int]:
    with database.reading(Scope.at(branch, "test")) as session:
        return [session.scalar(select(func.count()).select_from(t)) or 0 for t in TABLES]


def test_log_becomes_customers_orders_invoices_and_receipts(
    database: Database, branch: int, log: Path
) -> None:
    report = run(database, branch, log)
    assert (report.customers_new, report.orders_new, report.without_invoice) == (3, 6, 1)
    assert (report.rows_read, report.orders_known, report.rows_rejected) == (6, 0, 0)
    assert counts(database, branch) == [3, 6, 6, 5, 5, 5]


def test_log_of_changes_is_told_how_many(database: Database, branch: int, log: Path) -> None:
    """AR-04"""
    run(database, branch, log)
    chosen = select(AuditEntry.entity, AuditEntry.changes).filter_by(action=AuditAction.BULK)
    with database.reading(Scope.at(branch, "test")) as session:
        told = {entity: changes["rows"][1] for entity, changes in session.execute(chosen)}
    assert told == dict(
        zip([str(t.__tablename__) for t in TABLES], [3, 6, 6, 5, 5, 5], strict=True)
    )


def test_purchase_is_closed_invoiced_and_paid(database: Database, branch: int, log: Path) -> None:
    run(database, branch, log)
    with database.reading(Scope.at(branch, "test")) as session:
        order = session.scalars(select(SalesOrder).where(SalesOrder.total_minor == 7700)).one()
        invoice = session.scalars(select(Invoice).where(Invoice.order_id == order.id)).one()
        receipt = invoice.allocations[0].receipt
        assert receipt is not None
        assert (order.state, order.ordered_on) == (OrderState.CLOSED, date(1997, 1, 12))
        assert order.invoiced == order.total
        assert (invoice.state, invoice.settled) == (InvoiceState.PAID, order.total)
        assert receipt.applied == receipt.amount == order.total
        assert (order.lines[0].quantity, order.lines[0].unit_price_minor) == (Decimal(5), 1540)
        assert order.customer.since == date(1997, 1, 12)


def test_sums_of_documents_equal_the_file(database: Database, branch: int, log: Path) -> None:
    run(database, branch, log)
    with database.reading(Scope.at(branch, "test")) as session:
        for column in (
            SalesOrder.total_minor, SalesOrder.invoiced_minor, SalesOrderLine.total_minor,
            Invoice.settled_minor, Receipt.applied_minor, Allocation.amount_minor,
        ):  # fmt: skip
            assert session.scalar(select(func.sum(column))) == 14229


def test_second_run_doubles_nothing(database: Database, branch: int, log: Path) -> None:
    run(database, branch, log)
    before = counts(database, branch)
    again = run(database, branch, log)
    assert (again.orders_new, again.orders_known, again.customers_new) == (0, 6, 0)
    assert counts(database, branch) == before


def test_killed_import_goes_on_where_it_was(
    database: Database, branch: int, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "CHUNK", 2)

    def die(done: int, total: int) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_orders(database, OrdersFile(branch, log, "cdnow", "USD"), progress=die)
    assert counts(database, branch)[1] == 4
    report = run(database, branch, log)
    assert (report.orders_new, report.orders_known) == (2, 4)
    assert counts(database, branch) == [3, 6, 6, 5, 5, 5]


def test_failed_chunk_leaves_nothing_of_itself(
    database: Database, branch: int, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(orders, "_bill", fail)
    with pytest.raises(RuntimeError):
        run(database, branch, log)
    assert counts(database, branch) == [0, 0, 0, 0, 0, 0]


def test_progress_is_told_chunk_by_chunk(
    database: Database, branch: int, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "CHUNK", 4)
    told: list[tuple[int, int]] = []
    import_orders(
        database,
        OrdersFile(branch, log, "cdnow", "USD"),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(4, 6), (6, 6)]


def test_rows_of_known_customers_join_them(database: Database, branch: int, tmp_path: Path) -> None:
    def add(session: Session) -> int:
        row = Customer(code="K1", name="华东科技", kind="enterprise")
        session.add(row)
        session.flush()
        return row.id

    key = database.write(Scope.at(branch, "test"), add)
    path = tmp_path / "rows.csv"
    path.write_text("customer,date,quantity,amount\nK1,2025-01-01,1,5\n")
    report = run(database, branch, path, "csv")
    assert report.customers_new == 0
    with database.reading(Scope.at(branch, "test")) as session:
        assert session.scalars(select(SalesOrder.customer_id)).all() == [key]


def test_imported_customer_is_found_by_search(database: Database, branch: int, log: Path) -> None:
    run(database, branch, log)
    with database.reading(Scope.at(branch, "test")) as session:
        customer = session.scalars(select(Customer).filter_by(code="CDNOW-00003")).one()
        assert [hit.entity_id for hit in find(session, "00003")] == [customer.id]


def test_import_is_told_as_one_event(database: Database, branch: int, log: Path) -> None:
    run(database, branch, log)
    with database.reading(Scope.at(branch, "test")) as session:
        told = session.scalars(select(EventRecord).filter_by(name="core.orders_imported")).all()
        assert [event.payload for event in told] == [
            {"branch_id": branch, "customer_count": 3, "order_count": 6}
        ]


def test_other_branch_sees_nothing_of_it(database: Database, branch: int, log: Path) -> None:
    run(database, branch, log)
    assert counts(database, branch + 1) == [0, 0, 0, 0, 0, 0]


def test_bad_rows_go_to_the_report(database: Database, branch: int, tmp_path: Path) -> None:
    path, report = tmp_path / "rows.csv", tmp_path / "bad.csv"
    path.write_text("customer,date,quantity,amount\n=1+1,x,1,5\nK1,2025-01-01,1,5\n")
    result = import_orders(database, OrdersFile(branch, path, "csv"), report=report)
    assert (result.orders_new, result.rows_rejected) == (1, 1)
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["行号", "原文", "原因"],
        ["2", "'=1+1,x,1,5", "“x”不是日期（例如 1997-01-31）。"],
    ]


def test_currency_is_the_branchs_unless_named(database: Database, branch: int, log: Path) -> None:
    import_orders(database, OrdersFile(branch, log, "cdnow"))
    with database.reading(Scope.at(branch, "test")) as session:
        assert set(session.scalars(select(SalesOrder.currency))) == {"CNY"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"branch_id": 99}, "branch"), ({"currency": "XXY"}, "currency"), ({"format": "x"}, "format")],
)
def test_wrong_request_is_refused_and_nothing_is_written(
    database: Database, branch: int, log: Path, changed: dict[str, object], field: str
) -> None:
    wanted: dict[str, object] = {
        "branch_id": branch, "path": log, "format": "cdnow", "currency": "USD", **changed,
    }  # fmt: skip
    with pytest.raises(Refusal) as refused:
        import_orders(database, OrdersFile(**wanted))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert counts(database, branch) == [0, 0, 0, 0, 0, 0]
