"""Where after-sales touches the house: every hook it answers."""

from typing import Final

from dougong.core.doctor import Check
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.switchboard import SettingsSpec
from dougong.plugins.aftersales.checks import CHECKS
from dougong.plugins.aftersales.forms import AftersalesSettingsForm
from dougong.plugins.aftersales.jobs import JOBS
from dougong.plugins.aftersales.settings import AftersalesSettings

_READERS: Final = ("headquarters", "manager", "account_manager", "dispatcher", "technician", "care")
_DESK: Final = ("manager", "dispatcher")
_FIELD: Final = ("manager", "dispatcher", "technician")
_OWNERS: Final = ("manager", "account_manager")
_PERMITS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("aftersales.call", "read", _READERS),
    ("aftersales.call", "create dispatch cancel", (*_DESK, "account_manager")),
    ("aftersales.call", "arrive close", _FIELD),
    ("aftersales.call", "export", ("manager", "headquarters")),
    ("aftersales.technician", "read", _READERS),
    ("aftersales.technician", "create update", _DESK),
    ("aftersales.contract", "read", _READERS),
    ("aftersales.contract", "create update", (*_OWNERS, "dispatcher")),
    ("aftersales.contract", "export", ("manager", "headquarters")),
    ("aftersales.renewal", "read", _READERS),
    ("aftersales.renewal", "renew lose", _OWNERS),
    ("aftersales.renewal", "export", ("manager", "headquarters")),
)


@hookimpl
def register_settings() -> list[SettingsSpec]:
    """Hours and days that a branch may set."""
    return [SettingsSpec(AftersalesSettingsForm, AftersalesSettings)]


@hookimpl
def register_permissions() -> list[Permit]:
    """Who may take calls, send technicians and win renewals."""
    return [
        Permit(entity, verb, roles) for entity, verbs, roles in _PERMITS for verb in verbs.split()
    ]


@hookimpl
def register_jobs() -> list[JobKind]:
    """Alarms every minute, renewal notices every day."""
    return list(JOBS)


@hookimpl
def register_checks() -> list[Check]:
    """Alarms and notices that should have gone out."""
    return list(CHECKS)
