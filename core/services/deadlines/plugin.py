"""Where deadlines touch the world: who may see and settle them, and the sweep of every minute."""

from dougong.core.doctor import Check
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.services.deadlines.checks import CHECKS
from dougong.core.services.deadlines.jobs import JOBS

_READERS = ("headquarters", "manager", "account_manager", "credit", "dispatcher", "care")


@hookimpl
def register_permissions() -> list[Permit]:
    """Managers and dispatchers pause and resume; who is concerned sees them."""
    return [
        Permit("core.deadline", "read", _READERS),
        Permit("core.deadline", "update", ("manager", "dispatcher")),
    ]


@hookimpl
def register_jobs() -> list[JobKind]:
    """The sweep."""
    return list(JOBS)


@hookimpl
def register_checks() -> list[Check]:
    """Alarms that should have gone off."""
    return list(CHECKS)
