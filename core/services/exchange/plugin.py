"""Where exchange touches the world: the core's sheets, who sees imports, and the jobs."""

from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.services.exchange.jobs import JOBS
from dougong.core.services.exchange.sheets import Sheet
from dougong.core.services.exchange.subjects import SHEETS

_SENDERS = ("manager", "account_manager", "dispatcher", "care", "credit")


@hookimpl
def register_permissions() -> list[Permit]:
    """Who opens the page; what may be loaded is asked of each sheet's own records."""
    return [
        Permit("core.import", "read", (*_SENDERS, "headquarters")),
        Permit("core.import", "create", _SENDERS),
        Permit("core.import", "update", _SENDERS),
    ]


@hookimpl
def register_jobs() -> list[JobKind]:
    """Check, run, undo, forget."""
    return list(JOBS)


@hookimpl
def register_sheets() -> list[Sheet]:
    """Customers, contacts, products, orders, receipts."""
    return list(SHEETS)
