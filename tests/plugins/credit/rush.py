"""Many sellers at once, in threads and in processes, against one customer."""

from collections.abc import Sequence
from dataclasses import dataclass

from dougong.core.clock import FixedClock
from dougong.core.database import Database, open_engine
from dougong.core.house import load_registry
from dougong.core.scope import Scope
from dougong.core.services.sales.api import cancel_order, confirm_order
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY
from dougong.core.testing import NOON, make_branches
from dougong.plugins.credit.refusals import LimitExceeded
from tests.plugins.credit.shop import agree, draft, open_shop

PRICE = 100
ATTEMPTS = 40  # a busy file or a hot row may ask for many; none may be lost


@dataclass(frozen=True, slots=True)
class Rush:
    """A branch, its customer, and draft orders waiting to be confirmed."""

    branch_id: int
    customer_id: int
    order_ids: tuple[int, ...]


def prepare(database: Database, drafts: int, limit: int | None, **settings: str) -> Rush:
    """Credit on, a customer (with a limit unless None), and drafts of ``PRICE`` each."""

    def work(session: Session) -> Rush:
        _, east, _ = make_branches(session)
        customer = open_shop(session, east, **settings)
        if limit is not None:
            agree(session, customer, limit)
        orders = tuple(draft(session, customer, PRICE).id for _ in range(drafts))
        return Rush(east, customer.id, orders)

    return database.write(Scope.kernel("test"), work)


def confirm_all(database: Database, branch_id: int, order_ids: Sequence[int]) -> list[int]:
    """Try to confirm each; the ids of those that went through."""
    return [key for key in order_ids if _try(database, branch_id, key)]


def confirm_and_cancel(database: Database, branch_id: int, order_ids: Sequence[int]) -> list[int]:
    """Confirm each, and cancel every third of those that went through; the ids that stayed."""
    kept = []
    for place, key in enumerate(confirm_all(database, branch_id, order_ids)):
        if place % 3:
            kept.append(key)
        else:
            _cancel(database, branch_id, key)
    return kept


def confirm_in_process(url: str, branch_id: int, order_ids: Sequence[int]) -> list[int]:
    """The same from a process of its own."""
    engine = open_engine(url, answer_within=60)
    database = Database(engine, FixedClock(NOON), {REGISTRY: load_registry()})
    try:
        return confirm_all(database, branch_id, order_ids)
    finally:
        engine.dispose()


def _try(database: Database, branch_id: int, order_id: int) -> bool:
    scope = Scope.at(branch_id, "seller")
    try:
        database.write(
            scope, lambda session: confirm_order(session, order_id).id, attempts=ATTEMPTS
        )
    except LimitExceeded:
        return False
    return True


def _cancel(database: Database, branch_id: int, order_id: int) -> None:
    scope = Scope.at(branch_id, "seller")
    database.write(scope, lambda session: cancel_order(session, order_id).id, attempts=ATTEMPTS)
