"""Where archive quality touches the world: every flush, each night, and who may do what."""

from dougong.core.demo import DemoPart
from dougong.core.doctor import Check
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.services.activities.api import ActivityKind
from dougong.core.services.archive import watching  # noqa: F401 - listens from now on
from dougong.core.services.archive.checks import NOTHING_LEFT
from dougong.core.services.archive.demo import DEMO
from dougong.core.services.archive.jobs import LOOK, REVIEW
from dougong.core.services.archive.reviews import KIND

_READERS = ("headquarters", "manager", "account_manager", "credit", "care")
_KEEPERS = ("manager", "account_manager", "dispatcher", "care")


@hookimpl
def register_permissions() -> list[Permit]:
    """Whoever keeps customers verifies their fields; managers say what is expected."""
    return [
        Permit("core.archive", "read", _READERS),
        Permit("core.archive", "update", _KEEPERS),
        Permit("core.archive", "configure", ("manager",)),
        Permit("core.customer_merge", "read", ("headquarters", "manager", "account_manager")),
        Permit("core.customer_merge", "create", ("manager",)),
        Permit("core.customer_merge", "update", ("manager",)),
    ]


@hookimpl
def register_jobs() -> list[JobKind]:
    """The look of each night, and what owners get twice a year."""
    return [LOOK, REVIEW]


@hookimpl
def register_activity_kinds() -> list[ActivityKind]:
    """An archive to mend."""
    return [KIND]


@hookimpl
def register_checks() -> list[Check]:
    """Nothing hangs on a merged customer."""
    return [NOTHING_LEFT]


@hookimpl
def register_demos() -> list[DemoPart]:
    """Archives that lack something, are wrong, or are there twice."""
    return [DEMO]
