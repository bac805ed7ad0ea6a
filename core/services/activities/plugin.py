"""Where activities touch the world: kinds, audiences, permissions, and the job of duties."""

from typing import Final

from dougong.core.demo import DemoPart
from dougong.core.events import Subscriber, within
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.reader import Reader
from dougong.core.services.activities import handed
from dougong.core.services.activities.demo import DEMO
from dougong.core.services.activities.duties import AUDIENCES
from dougong.core.services.activities.jobs import JOBS
from dougong.core.services.activities.kinds import OWN_KINDS, ActivityKind, Audience
from dougong.core.services.ownership.api import CustomersHandedOver, Moving, OwnedWork

_EVERYBODY: Final = (
    "headquarters", "manager", "account_manager", "credit", "dispatcher", "technician", "care",
)  # fmt: skip
_DOERS: Final = _EVERYBODY[1:]


@hookimpl
def register_permissions() -> list[Permit]:
    """Everybody has a desk and may be away; managers look after everybody's."""
    return [
        Permit("core.activity", "read", _EVERYBODY),
        Permit("core.activity", "create", _DOERS),
        Permit("core.activity", "update", _DOERS),
        Permit("core.activity", "read_all", ("headquarters", "manager")),
        Permit("core.activity", "settle_all", ("manager",)),
        Permit("core.activity", "export", ("headquarters", "manager")),
        Permit("core.duty", "read", ("headquarters", "manager", "account_manager")),
        Permit("core.duty", "create", ("manager",)),
        Permit("core.duty", "update", ("manager",)),
        Permit("core.absence", "read", _EVERYBODY),
        Permit("core.absence", "update", ("manager",)),
    ]


@hookimpl
def register_jobs() -> list[JobKind]:
    """Duties, each day."""
    return list(JOBS)


@hookimpl
def register_subscribers() -> list[Subscriber]:
    """What is still to be done goes along when customers are handed over (AR-07)."""
    return [within(CustomersHandedOver, "core.activities.hand_over", handed.hand_over)]


@hookimpl
def owned_works(moving: Moving, reader: Reader) -> list[OwnedWork]:
    """How much of it there is."""
    return handed.owned_works(moving, reader)


@hookimpl
def register_demos() -> list[DemoPart]:
    """A lively desk for everybody."""
    return [DEMO]


@hookimpl
def register_activity_kinds() -> list[ActivityKind]:
    """What people plan by hand, checks, duties, and what was passed up."""
    return list(OWN_KINDS)


@hookimpl
def register_audiences() -> list[Audience]:
    """The key customers of the branch: those with an account manager."""
    return list(AUDIENCES)
