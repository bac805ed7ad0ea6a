"""Where the plugin touches the house: every hookimpl, each delegating."""

from dougong.admin.contributions import Panel, ViewEntry
from dougong.admin.words import add_words
from dougong.core.entities.customer import Customer
from dougong.core.events import Subscriber, after
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.permissions import Permit
from dougong.core.reader import Reader
from dougong.core.services.sales.api import OrderCancelled, OrderConfirmed
from dougong.core.session import Session
from dougong.core.switchboard import SettingsSpec
from dougong_stampcard import panels
from dougong_stampcard.jobs import EXPIRE
from dougong_stampcard.service import give_stamp, take_back
from dougong_stampcard.settings import StampSettings, StampSettingsForm
from dougong_stampcard.views import VIEWS, WORDS


@hookimpl
def register_settings() -> list[SettingsSpec]:
    """How many stamps fill a card, and how long one counts."""
    return [SettingsSpec(StampSettingsForm, StampSettings)]


@hookimpl
def register_permissions() -> list[Permit]:
    """Who sees stamps, downloads them, hands cards in."""
    return [
        Permit("stampcard.stamp", "read", roles=("manager", "account_manager", "care")),
        Permit("stampcard.stamp", "export", roles=("manager",)),
        Permit("stampcard.stamp", "redeem", roles=("manager", "account_manager")),
    ]


@hookimpl
def register_subscribers() -> list[Subscriber]:
    """After the commit: a stamp is never a reason to refuse an order."""
    return [
        after(OrderConfirmed, "stampcard.give", on_confirmed),
        after(OrderCancelled, "stampcard.take_back", on_cancelled),
    ]


def on_confirmed(session: Session, event: OrderConfirmed) -> None:
    """An order earns a stamp."""
    give_stamp(session, event.order_id)


def on_cancelled(session: Session, event: OrderCancelled) -> None:
    """A cancelled order loses it."""
    take_back(session, event.order_id)


@hookimpl
def register_jobs() -> list[JobKind]:
    """Stamps end by themselves."""
    return [EXPIRE]


@hookimpl
def register_views() -> list[ViewEntry]:
    """The register of stamps, its states in staff's words."""
    add_words(WORDS)
    return VIEWS


@hookimpl
def customer_panels(customer: Customer, reader: Reader) -> list[Panel]:
    """The card on the customer's page."""
    return panels.card(customer, reader)
