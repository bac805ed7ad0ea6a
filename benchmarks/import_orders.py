"""An import of purchases beside the same rows written by the bare driver.

The peer is handed the finished rows of every table the import wrote and puts them into the same
schema with ``executemany`` in one transaction: no parsing, no search for what is there already,
no wall, no types. The ratio says what those cost.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, timed
from dougong.core import migrate
from dougong.core.entities.branch import Branch
from dougong.core.house import House, open_house
from dougong.core.scope import Scope
from dougong.core.services.exchange.api import OrdersFile, import_orders
from dougong.core.session import Session
from dougong.core.settings import Settings

REACH = 6.0
TABLES = (
    "core_customer", "core_sales_order", "core_sales_order_line", "core_invoice",
    "core_receipt", "core_allocation", "core_search_token",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How many purchases to import."""

    purchases: int


SIZES = {"small": Size(20_000), "full": Size(70_000)}


def measure(size: Size) -> list[Figure]:
    """Seconds of the import and of the bare inserts, on SQLite."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        purchases = write_purchases(folder / "purchases.txt", size.purchases)
        with opened(folder / "ours") as house:
            source = OrdersFile(house.database.write(KERNEL, branch), purchases, "cdnow", "USD")
            ours = timed(lambda: import_orders(house.database, source))
        with opened(folder / "peer") as house:
            house.database.write(KERNEL, branch)
        rows = read(folder / "ours", TABLES)
        peer = timed(lambda: write(folder / "peer", rows))
    return [Figure(f"import of {size.purchases} purchases", ours, peer, "s", REACH)]


KERNEL = Scope.kernel("benchmark")


def write_purchases(path: Path, count: int) -> Path:
    """A log of purchases from a fixed seed, three for each customer."""
    rng, first = Random(1), date(1997, 1, 1)
    days = [first + timedelta(days=rng.randrange(540)) for _ in range(count)]
    path.write_text(
        "".join(
            f"{n // 3:05d} {day:%Y%m%d} {rng.randrange(1, 6)} {rng.randrange(1, 9000) / 100:.2f}\n"
            for n, day in enumerate(days)
        )
    )
    return path


@contextmanager
def opened(folder: Path) -> Iterator[House]:
    """A migrated house on SQLite."""
    house = open_house(Settings(data_dir=folder, database_url=""))
    migrate.upgrade(house.database.engine, house.registry)
    yield house
    house.database.engine.dispose()


def branch(session: Session) -> int:
    """The branch that is imported into."""
    row = Branch(code="A", name="A")
    session.add(row)
    session.flush()
    return row.id


def read(folder: Path, tables: Iterable[str]) -> dict[str, list[tuple[object, ...]]]:
    """Every row the import wrote, by table."""
    with closing(sqlite3.connect(folder / "dougong.sqlite")) as connection:
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def write(folder: Path, rows: dict[str, list[tuple[object, ...]]]) -> None:
    """The same rows by the bare driver, foreign keys checked as ours are."""
    with closing(sqlite3.connect(folder / "dougong.sqlite")) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=NORMAL")
        with connection:
            for table, values in rows.items():
                places = ", ".join("?" * len(values[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({places})", values)
