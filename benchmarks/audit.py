"""Writing with the log of changes beside the same writing without it (AR-04).

Customers are made, changed twice and deleted in units of work of a realistic size, on SQLite, with
everything else that a flush does (search tokens included) on both sides.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event

from benchmarks.figures import Figure, side_by_side
from dougong.core.database import Database, open_engine
from dougong.core.entities.customer import Customer, CustomerKind
from dougong.core.house import load_registry
from dougong.core.migrate import upgrade
from dougong.core.scope import Scope
from dougong.core.services.audit import plugin
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY
from dougong.core.testing import make_branches

REACH = 1.5
LISTENERS = (
    ("before_flush", plugin._read_what_was),
    ("after_flush", plugin._keep_what_changed),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many customers a unit of work writes, and how often it is measured."""

    rows: int
    rounds: int


SIZES = {"small": Size(20, 15), "full": Size(200, 31)}


def measure(size: Size) -> list[Figure]:
    """Milliseconds a unit of work, with the log and without."""
    with TemporaryDirectory() as folder:
        database = _database(Path(folder))
        branch_id, *_ = database.write(Scope.kernel("bench"), make_branches)
        scope = Scope.at(branch_id, "bench")

        def kept() -> None:
            database.write(scope, lambda session: _work(session, size.rows))

        def unkept() -> None:
            with _without_the_log():
                kept()

        ours, peer = side_by_side(kept, unkept, size.rounds)
        database.engine.dispose()
    return [Figure(f"{size.rows} customers made, changed, deleted", ours * 1e3, peer * 1e3, "ms",
                   REACH)]  # fmt: skip


def _database(folder: Path) -> Database:
    registry = load_registry()
    engine = open_engine(f"sqlite:///{folder / 'bench.sqlite3'}")
    upgrade(engine, registry)
    return Database(engine, info={REGISTRY: registry})


def _work(session: Session, rows: int) -> None:
    made = [
        Customer(code=f"B{n}", kind=CustomerKind.ENTERPRISE, name=f"清泉{n}", phone=f"010-{n}")
        for n in range(rows)
    ]
    session.add_all(made)
    session.flush()
    for change in (_call, _write_down):
        for customer in made:
            change(customer)
        session.flush()
    for customer in made:
        session.delete(customer)
    session.flush()


def _call(customer: Customer) -> None:
    customer.phone = "021-5"


def _write_down(customer: Customer) -> None:
    customer.remark, customer.email = "called", "a@example.com"


@contextmanager
def _without_the_log() -> Iterator[None]:
    """The same house as if audit were not there."""
    _each(event.remove)
    try:
        yield
    finally:
        _each(event.listen)


def _each(act: Callable[..., object]) -> None:
    for name, listener in LISTENERS:
        act(Session, name, listener)
