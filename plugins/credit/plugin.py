"""Where credit touches the world."""

from collections.abc import Sequence

from dougong.admin.contributions import Badge, Card, Column, Panel, ViewEntry
from dougong.admin.words import add_words
from dougong.core.demo import DemoPart
from dougong.core.doctor import Check
from dougong.core.entities.customer import Customer
from dougong.core.entities.sales import Delivery, SalesOrder
from dougong.core.errors import Blocker
from dougong.core.events import Subscriber
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.reader import Reader
from dougong.core.services.approvals.api import ApprovalKind
from dougong.core.switchboard import SettingsSpec
from dougong.plugins.credit import blockers, panels
from dougong.plugins.credit.checks import ACCOUNTS_ADD_UP
from dougong.plugins.credit.demo import DEMO
from dougong.plugins.credit.forms import CreditForm
from dougong.plugins.credit.jobs import REBUILD
from dougong.plugins.credit.lift_page import LIFT_PAGE
from dougong.plugins.credit.lifts import LIFT
from dougong.plugins.credit.merging import against_merge
from dougong.plugins.credit.settings import CreditSettings
from dougong.plugins.credit.subscribers import subscribers
from dougong.plugins.credit.views import ACCOUNTS, ENTRIES, WORDS

READERS = ("headquarters", "manager", "account_manager", "credit")


@hookimpl
def register_settings() -> list[SettingsSpec]:
    """What holds without an agreed limit."""
    return [SettingsSpec(CreditForm, CreditSettings)]


@hookimpl
def register_permissions() -> list[Permit]:
    """Sellers see limits, credit controllers agree them."""
    return [
        Permit("credit.account", "read", READERS),
        Permit("credit.account", "update", ("credit",)),
        Permit("credit.account", "export", ("credit", "manager")),
        Permit("credit.account", "rebuild", ("credit",)),
        Permit("credit.entry", "read", ("credit", "manager", "headquarters")),
        Permit("credit.entry", "export", ("credit",)),
    ]


@hookimpl
def register_subscribers() -> list[Subscriber]:
    """Orders reserve, other documents are followed."""
    return subscribers()


@hookimpl
def register_approval_kinds() -> list[ApprovalKind]:
    """One order above the limit."""
    return [LIFT]


@hookimpl
def register_jobs() -> list[JobKind]:
    """Rebuilding from the documents."""
    return [REBUILD]


@hookimpl
def register_checks() -> list[Check]:
    """Account = ledger = documents."""
    return [ACCOUNTS_ADD_UP]


@hookimpl
def register_demos() -> list[DemoPart]:
    """Limits for the demo's customers."""
    return [DEMO]


@hookimpl
def order_blockers(order: SalesOrder, reader: Reader) -> list[Blocker]:
    """Whoever may owe nothing must have paid before."""
    return blockers.against_order(order, reader)


@hookimpl
def delivery_blockers(delivery: Delivery, reader: Reader) -> list[Blocker]:
    """Goods stay while more is owed than may be."""
    return blockers.against_delivery(delivery, reader)


@hookimpl
def merge_blockers(survivor: Customer, merged: Customer, reader: Reader) -> list[Blocker]:
    """Two currencies are not one account."""
    return against_merge(survivor, merged, reader)


@hookimpl
def customer_badges(customer_ids: Sequence[int], reader: Reader) -> list[Badge]:
    """A mark on those over their limit."""
    return panels.badges(customer_ids, reader)


@hookimpl
def customer_columns(customer_ids: Sequence[int], reader: Reader) -> list[Column]:
    """How much of the limit is used."""
    return panels.columns(customer_ids, reader)


@hookimpl
def customer_panels(customer: Customer, reader: Reader) -> list[Panel]:
    """The gauge and the ledger."""
    return panels.panel(customer, reader)


@hookimpl
def order_panels(order: SalesOrder, reader: Reader) -> list[Panel]:
    """The limit, where it is in an order's way, and the approval."""
    return panels.order_panel(order, reader)


@hookimpl
def register_views() -> list[ViewEntry]:
    """Accounts and ledger."""
    add_words(WORDS)
    return [ACCOUNTS, ENTRIES, LIFT_PAGE]


@hookimpl
def home_cards(branch_id: int, reader: Reader) -> list[Card]:
    """Who is near the limit."""
    return panels.card(branch_id, reader)
