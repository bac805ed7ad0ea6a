"""Where care touches the house: every hook it answers."""

from typing import Final

from dougong.admin.contributions import Card, Entry, Panel, ViewEntry
from dougong.admin.views.feeding import FeedWindow
from dougong.admin.words import add_words
from dougong.core.demo import DemoPart
from dougong.core.doctor import Check
from dougong.core.entities.customer import Customer
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.reader import Reader
from dougong.core.services.activities.api import ActivityKind
from dougong.core.switchboard import SettingsSpec
from dougong.plugins.care import feed, panels
from dougong.plugins.care.checks import CHECKS
from dougong.plugins.care.demo import DEMO
from dougong.plugins.care.forms import CareSettingsForm
from dougong.plugins.care.jobs import JOBS
from dougong.plugins.care.kinds import ACTIVITY_KINDS
from dougong.plugins.care.settings import CareSettings
from dougong.plugins.care.views import ENTRIES
from dougong.plugins.care.words import words

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


@hookimpl
def register_activity_kinds() -> list[ActivityKind]:
    """One for each kind of day."""
    return list(ACTIVITY_KINDS)


@hookimpl
def register_demos() -> list[DemoPart]:
    """Activities around today."""
    return [DEMO]


@hookimpl
def register_views() -> list[ViewEntry]:
    """The list of activities."""
    add_words(words())
    return list(ENTRIES)


@hookimpl
def customer_panels(customer: Customer, reader: Reader) -> list[Panel]:
    """What is planned for a customer, and the days that come next."""
    return panels.panels(customer, reader)


@hookimpl
def customer_entries(customer: Customer, window: FeedWindow, reader: Reader) -> list[Entry]:
    """What happened with a customer."""
    return feed.entries(customer, window, reader)


@hookimpl
def home_cards(branch_id: int, reader: Reader) -> list[Card]:
    """Care due next."""
    return panels.cards(branch_id, reader)
