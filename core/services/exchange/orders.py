"""Purchases from a file become customers, orders, invoices and receipts.

An imported purchase is history: confirmed, shipped, invoiced and paid on its day. It gets no
number of ours (those are without gaps) and no delivery paper; one without an amount gets no
invoice. Each chunk is a transaction that knows its rows by ``source_ref``, so an import that was
killed half way, or is run again, goes on where it is and doubles nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.numbers import is_currency
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from dougong.core.database import Database
from dougong.core.entities.billing import (
    Allocation,
    Invoice,
    InvoiceState,
    PaymentMethod,
    Receipt,
)
from dougong.core.entities.branch import Branch
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.entities.sales import OrderState, SalesOrder, SalesOrderLine
from dougong.core.errors import Refusal
from dougong.core.events import record
from dougong.core.i18n import gettext, lazy
from dougong.core.orm import Base
from dougong.core.scope import Scope
from dougong.core.services.audit.api import record_bulk
from dougong.core.services.exchange.purchases import (
    BadRow,
    Purchase,
    format_named,
    read_purchases,
)
from dougong.core.services.exchange.rejects import write_report
from dougong.core.services.exchange.statistics import refresh_statistics
from dougong.core.services.sales.api import OrdersImported
from dougong.core.services.search.api import index_inserted, search_key
from dougong.core.session import Session

CHUNK: Final = 4000
ACTOR: Final = "import"
IMPORTED: Final = lazy("Imported from a file")
Progress = Callable[[int, int], None]
"""Told after each chunk: purchases done, purchases in all."""


@dataclass(frozen=True, slots=True)
class OrdersFile:
    """What is imported where: a file of a named format, its amounts in one currency."""

    branch_id: int
    path: Path
    format: str
    currency: str = ""
    """ISO 4217; empty means the branch's own."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: rows taken over now, rows that were there already, rows refused."""

    customers_new: int
    orders_new: int
    orders_known: int
    without_invoice: int
    bad: tuple[BadRow, ...]

    @property
    def rows_rejected(self) -> int:
        """Rows that are not taken over."""
        return len(self.bad)

    @property
    def rows_read(self) -> int:
        """All rows of the file but its header and blank lines."""
        return self.orders_new + self.orders_known + self.rows_rejected


@dataclass(frozen=True, slots=True)
class _Added:
    customers: int
    orders: int
    without_invoice: int


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


def import_orders(
    database: Database,
    source: OrdersFile,
    *,
    report: Path | None = None,
    progress: Progress = silent,
) -> ImportReport:
    """Take the file's purchases over; bad rows go to the ``report`` file and the rest goes in.

    An unknown branch, format or currency, or a file that cannot be read, raises ``Refusal``
    before anything is written (XX-07).
    """
    branch = _branch(database, source.branch_id)
    zone = ZoneInfo(branch.zone)
    layout = format_named(source.format)
    currency = _currency(source.currency or branch.currency)
    today = database.clock.now().astimezone(zone).date()
    good, bad = read_purchases(source.path, layout, currency, today)
    if bad and report is not None:
        write_report(report, bad)
    added = _import(database, source.branch_id, _Work(good, _first_days(good), zone), progress)
    _tell(database, source.branch_id, added)
    return ImportReport(
        customers_new=added.customers,
        orders_new=added.orders,
        orders_known=len(good) - added.orders,
        without_invoice=added.without_invoice,
        bad=tuple(bad),
    )


@dataclass(frozen=True, slots=True)
class _Work:
    purchases: Sequence[Purchase]
    since: dict[str, date]
    """The first day each customer bought on."""
    zone: ZoneInfo

    def at_noon(self, on: date) -> datetime:
        """The instant a purchase of that day is dated: the file knows the day only."""
        return datetime.combine(on, time(12), self.zone)


def _branch(database: Database, branch_id: int) -> Branch:
    with database.reading(Scope.kernel(ACTOR)) as session:
        branch = session.get(Branch, branch_id)
    if branch is None:
        raise Refusal(
            lazy("There is no such branch."),
            code="exchange.branch",
            next_step=lazy("Name a branch by its code."),
            field="branch",
        )
    return branch


def _currency(code: str) -> str:
    if not is_currency(code):
        raise Refusal(
            lazy("“%(code)s” is not a currency.", code=code),
            code="exchange.currency",
            next_step=lazy("Give its three letters, such as CNY or USD."),
            field="currency",
        )
    return code


def _first_days(purchases: Iterable[Purchase]) -> dict[str, date]:
    first: dict[str, date] = {}
    for purchase in purchases:
        first[purchase.customer] = min(purchase.on, first.get(purchase.customer, purchase.on))
    return first


def _import(database: Database, branch_id: int, work: _Work, progress: Progress) -> _Added:
    customers = orders = without = 0
    total = len(work.purchases)
    for start in range(0, total, CHUNK):
        part = _Work(work.purchases[start : start + CHUNK], work.since, work.zone)
        added = _chunk(database, branch_id, part)
        customers, orders = customers + added.customers, orders + added.orders
        without += added.without_invoice
        progress(min(start + CHUNK, total), total)
    return _Added(customers, orders, without)


def _chunk(database: Database, branch_id: int, part: _Work) -> _Added:
    scope = Scope.at(branch_id, ACTOR)
    for _ in range(3):
        try:
            return database.write(scope, lambda session: _take_over(session, part))
        except IntegrityError:
            continue  # a second import of the same file was faster; its rows are there now
    return database.write(scope, lambda session: _take_over(session, part))


def _tell(database: Database, branch_id: int, added: _Added) -> None:
    event = OrdersImported(
        branch_id=branch_id, customer_count=added.customers, order_count=added.orders
    )
    database.write(Scope.at(branch_id, ACTOR), lambda session: record(session, event))


def _take_over(session: Session, part: _Work) -> _Added:
    known = _ids(session, SalesOrder, "source_ref", (p.key for p in part.purchases))
    fresh = [purchase for purchase in part.purchases if purchase.key not in known]
    if not fresh:
        return _Added(0, 0, 0)
    customers, count = _customers(session, fresh, part)
    orders = _orders(session, fresh, customers, part)
    paid = [purchase for purchase in fresh if purchase.amount]
    _bill(session, paid, customers, orders, part)
    return _Added(count, len(fresh), len(fresh) - len(paid))


def _customers(
    session: Session, fresh: Sequence[Purchase], part: _Work
) -> tuple[dict[str, int], int]:
    """The customers' ids by code, those that were missing made now; and how many were."""
    codes = list(dict.fromkeys(purchase.customer for purchase in fresh))
    known = _ids(session, Customer, "code", codes)
    rows = [_customer(session, code, part.since[code]) for code in codes if code not in known]
    if not rows:
        return known, 0
    made = _insert(session, Customer, "code", rows)
    refresh_statistics(session, Customer)
    index_inserted(session, Customer, [{**row, "id": made[row["code"]]} for row in rows])
    return known | made, len(rows)


def _customer(session: Session, code: str, since: date) -> dict[str, Any]:
    name = code.replace("-", " ")
    return {
        **_stamp(session),
        "version": 1,
        "code": code,
        "source_ref": code,
        "kind": CustomerKind.INDIVIDUAL,
        "name": name,
        "search_key": search_key(name),
        "since": since,
    }


def _orders(
    session: Session, fresh: Sequence[Purchase], customers: dict[str, int], part: _Work
) -> dict[str, int]:
    stamp = _stamp(session)
    rows = [
        {
            **stamp,
            **_totals(purchase),
            "version": 1,
            "source_ref": purchase.key,
            "customer_id": customers[purchase.customer],
            "state": OrderState.CLOSED,
            "ordered_on": purchase.on,
            "currency": purchase.amount.currency,
            "invoiced_minor": purchase.amount.minor,
            "confirmed_at": part.at_noon(purchase.on),
        }
        for purchase in fresh
    ]
    orders = _insert(session, SalesOrder, "source_ref", rows)
    refresh_statistics(session, SalesOrder)
    _insert(session, SalesOrderLine, "id", [_line(p, orders[p.key], stamp) for p in fresh])
    return orders


def _line(purchase: Purchase, order_id: int, stamp: dict[str, Any]) -> dict[str, Any]:
    # The file tells the sum; a price per piece is derived and may be off by a rounding.
    price = round(purchase.amount.minor / purchase.quantity)
    return {
        **stamp,
        **_totals(purchase),
        "order_id": order_id,
        "position": 1,
        "text": gettext("Imported purchase"),
        "quantity": purchase.quantity,
        "unit_price_minor": price,
    }


def _bill(
    session: Session, paid: Sequence[Purchase], customers: dict[str, int],
    orders: dict[str, int], part: _Work,
) -> None:  # fmt: skip
    if not paid:
        return
    stamp = _stamp(session)
    invoices = _insert(
        session,
        Invoice,
        "source_ref",
        [_invoice(p, customers[p.customer], orders[p.key], stamp) for p in paid],
    )
    receipts = _insert(
        session,
        Receipt,
        "source_ref",
        [_receipt(p, customers[p.customer], stamp) for p in paid],
    )
    settled = [
        {
            **stamp,
            "receipt_id": receipts[purchase.key],
            "invoice_id": invoices[purchase.key],
            "amount_minor": purchase.amount.minor,
            "at": part.at_noon(purchase.on),
        }
        for purchase in paid
    ]
    _insert(session, Allocation, "id", settled)


def _invoice(
    purchase: Purchase, customer_id: int, order_id: int, stamp: dict[str, Any]
) -> dict[str, Any]:
    return {
        **stamp,
        **_totals(purchase),
        "version": 1,
        "source_ref": purchase.key,
        "customer_id": customer_id,
        "order_id": order_id,
        "state": InvoiceState.PAID,
        "issued_on": purchase.on,
        "due_on": purchase.on,
        "currency": purchase.amount.currency,
        "settled_minor": purchase.amount.minor,
    }


def _receipt(purchase: Purchase, customer_id: int, stamp: dict[str, Any]) -> dict[str, Any]:
    return {
        **stamp,
        "version": 1,
        "source_ref": purchase.key,
        "customer_id": customer_id,
        "received_on": purchase.on,
        "currency": purchase.amount.currency,
        "amount_minor": purchase.amount.minor,
        "applied_minor": purchase.amount.minor,
        "method": PaymentMethod.OTHER,
    }


def _totals(purchase: Purchase) -> dict[str, int]:
    return {
        "net_minor": purchase.amount.minor,
        "tax_minor": 0,
        "total_minor": purchase.amount.minor,
    }


def _stamp(session: Session) -> dict[str, Any]:
    """What the session fills in for single rows and a bulk insert must say itself."""
    return {
        "branch_id": session.scope.home,
        "created_at": session.now,
        "updated_at": session.now,
    }


def _ids(session: Session, model: type[Base], column: str, values: Iterable[str]) -> dict[str, int]:
    """The ids of the branch's rows by the value of a unique column."""
    table: Any = model
    key = getattr(table, column)
    mine = select(key, table.id).where(table.branch_id == session.scope.home)
    return dict(session.execute(mine.where(key.in_(list(values)))).all())


def _insert(
    session: Session, model: type[Base], column: str, rows: Sequence[dict[str, Any]]
) -> dict[str, int]:
    """Write the rows and give their ids by the value of a unique column.

    With RETURNING the rows go in by the thousand; without, PostgreSQL gets them one by one. The log
    of changes is told how many (AR-04).
    """
    table: Any = model
    statement = insert(model).returning(getattr(table, column), table.id)
    made: dict[str, int] = dict(session.execute(statement, rows).all())
    record_bulk(session, model, rows[0]["branch_id"], {"rows": len(rows)}, IMPORTED.source)
    return made
