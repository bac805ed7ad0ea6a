"""Where calendars touch the world: who may set them, and what doctor says of them."""

from dougong.core.demo import DemoPart
from dougong.core.doctor import Check
from dougong.core.hookspecs import hookimpl
from dougong.core.permissions import Permit
from dougong.core.services.calendars.checks import calendar_checks
from dougong.core.services.calendars.demo import DEMO

_READERS = (
    "headquarters", "manager", "account_manager", "credit", "dispatcher", "technician", "care",
    "deployer",
)  # fmt: skip


@hookimpl
def register_permissions() -> list[Permit]:
    """A branch sets its calendars, the deployer enters the yearly notice for all."""
    permits = [Permit("core.calendar", name, ("manager",)) for name in ("create", "update")]
    permits += [Permit("core.public_day", name, ("deployer",)) for name in ("create", "update")]
    permits += [Permit("core.calendar", "delete", ("manager",))]
    permits += [Permit("core.public_day", "delete", ("deployer",))]
    return [*permits, *(Permit(f"core.{what}", "read", _READERS) for what in _READ)]


@hookimpl
def register_checks() -> list[Check]:
    """The yearly notice is entered in time."""
    return calendar_checks()


@hookimpl
def register_demos() -> list[DemoPart]:
    """Working hours of a branch and of its workshop."""
    return [DEMO]


_READ = ("calendar", "public_day")
