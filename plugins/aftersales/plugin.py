"""Where after-sales touches the house: every hook it answers."""

from collections.abc import Sequence
from typing import Final

from dougong.admin.contributions import Badge, Card, Entry, Panel, ViewEntry
from dougong.admin.views.feeding import FeedWindow
from dougong.admin.words import add_words
from dougong.core.demo import DemoPart
from dougong.core.doctor import Check
from dougong.core.entities.customer import Customer
from dougong.core.events import Subscriber, within
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.reader import Reader
from dougong.core.services.deadlines.api import DeadlineBreached, DeadlineWarned
from dougong.core.services.exchange.api import Sheet
from dougong.core.services.messages.api import MessageKind
from dougong.core.services.ownership.api import CustomersHandedOver, Moving, OwnedWork
from dougong.core.services.printing.api import Paper
from dougong.core.services.search.api import Searchable
from dougong.core.switchboard import SettingsSpec
from dougong.plugins.aftersales import feed, handing, panels
from dougong.plugins.aftersales.checks import CHECKS
from dougong.plugins.aftersales.demo import DEMO
from dougong.plugins.aftersales.forms import AftersalesSettingsForm
from dougong.plugins.aftersales.jobs import JOBS
from dougong.plugins.aftersales.notices import RENEWAL, SUBSCRIBERS
from dougong.plugins.aftersales.papers import PAPERS
from dougong.plugins.aftersales.searching import SEARCHABLES
from dougong.plugins.aftersales.service import arrival_missed, arrival_near
from dougong.plugins.aftersales.settings import AftersalesSettings
from dougong.plugins.aftersales.sheets import CONTRACTS
from dougong.plugins.aftersales.views import ENTRIES
from dougong.plugins.aftersales.words import words

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
    ("aftersales.contract", "cancel", ("manager",)),
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
    """Renewal notices every day."""
    return list(JOBS)


@hookimpl
def register_papers() -> list[Paper]:
    """The notice of a renewal and the voucher of a call."""
    return list(PAPERS)


@hookimpl
def register_checks() -> list[Check]:
    """Notices that should have gone out."""
    return list(CHECKS)


@hookimpl
def register_subscribers() -> list[Subscriber]:
    """Mark a call whose arrival clock warns or is missed; hand over; write to customers."""
    return [
        within(DeadlineWarned, "aftersales.arrival_near", arrival_near),
        within(DeadlineBreached, "aftersales.arrival_missed", arrival_missed),
        within(CustomersHandedOver, "aftersales.hand_over", handing.hand_over),
        *SUBSCRIBERS,
    ]


@hookimpl
def register_searchables() -> list[Searchable]:
    """Calls by number, phone and serial number, contracts by number and machines (AF-01)."""
    return list(SEARCHABLES)


@hookimpl
def register_sheets() -> list[Sheet]:
    """Maintenance contracts come and go as a table."""
    return [CONTRACTS]


@hookimpl
def register_message_kinds() -> list[MessageKind]:
    """The renewal notice to the customer."""
    return [RENEWAL]


@hookimpl
def owned_works(moving: Moving, reader: Reader) -> list[OwnedWork]:
    """Contracts and renewals that go along when customers are handed over."""
    return handing.owned_works(moving, reader)


@hookimpl
def register_demos() -> list[DemoPart]:
    """Technicians, calls near their deadlines, contracts about to end."""
    return [DEMO]


@hookimpl
def register_views() -> list[ViewEntry]:
    """Register, renewals, contracts, technicians."""
    add_words(words())
    return list(ENTRIES)


@hookimpl
def customer_panels(customer: Customer, reader: Reader) -> list[Panel]:
    """Open calls and contracts of a customer."""
    return panels.panels(customer, reader)


@hookimpl
def customer_badges(customer_ids: Sequence[int], reader: Reader) -> list[Badge]:
    """Who waits for a technician."""
    return panels.badges(customer_ids, reader)


@hookimpl
def customer_entries(customer: Customer, window: FeedWindow, reader: Reader) -> list[Entry]:
    """What happened with a customer."""
    return feed.entries(customer, window, reader)


@hookimpl
def home_cards(branch_id: int, reader: Reader) -> list[Card]:
    """Arrivals due next, contracts to renew."""
    return panels.cards(branch_id, reader)
