"""Where care touches the house: every hook it answers."""

from typing import Final

from dougong.core.doctor import Check
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.switchboard import SettingsSpec
from dougong.plugins.care.checks import CHECKS
from dougong.plugins.care.forms import CareSettingsForm
from dougong.plugins.care.jobs import JOBS
from dougong.plugins.care.settings import CareSettings

_READERS: Final = ("headquarters", "manager", "account_manager", "care")
_DOERS: Final = ("manager", "account_manager", "care")


@hookimpl
def register_settings() -> list[SettingsSpec]:
    """Days ahead and means per level."""
    return [SettingsSpec(CareSettingsForm, CareSettings)]


@hookimpl
def register_permissions() -> list[Permit]:
    """Who may see, plan and settle activities."""
    return [
        Permit("care.activity", "read", _READERS),
        Permit("care.activity", "create", _DOERS),
        Permit("care.activity", "settle", _DOERS),
        Permit("care.activity", "export", ("manager", "headquarters")),
    ]


@hookimpl
def register_jobs() -> list[JobKind]:
    """Plan each day what is due and not planned."""
    return list(JOBS)


@hookimpl
def register_checks() -> list[Check]:
    """Activities nobody settled."""
    return list(CHECKS)
