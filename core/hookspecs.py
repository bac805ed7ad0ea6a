"""The hooks of the core, in life-cycle order. Screens' hooks are in ``dougong.admin.hookspecs``.

Five families and no more: ``register_<things>()`` at boot, ``<entity>_<slot>s`` on screens,
``<measure>s`` for figures, ``<act>_blockers`` against an act, ``pick_<thing>`` for one answer.
Hookimpls do not write: what must be written with an act is an in-transaction subscriber.
"""

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from dougong.core.demo import DemoPart
    from dougong.core.doctor import Check
    from dougong.core.entities.customer import Customer
    from dougong.core.entities.sales import Delivery, SalesOrder
    from dougong.core.errors import Blocker
    from dougong.core.events import Subscriber
    from dougong.core.jobs import JobKind
    from dougong.core.permissions import Permit
    from dougong.core.reader import Reader
    from dougong.core.switchboard import SettingsSpec

hookspec = pluggy.HookspecMarker("dougong")
hookimpl = pluggy.HookimplMarker("dougong")

# --- boot ---------------------------------------------------------------------------------------


@hookspec
def register_settings() -> "list[SettingsSpec]":
    """Declare the plugin's settings per branch.

    Called once per process, at boot.
    Returns at most one ``SettingsSpec``: the form that edits and the dataclass code reads.
    Example: ``return [SettingsSpec(CreditSettingsForm, CreditSettings)]``.
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def register_permissions() -> "list[Permit]":
    """Declare the (entity, operation) pairs the plugin asks for and the roles that start so.

    Called once per process, at boot.
    Returns ``Permit`` rows, shown on the role page and granted when a database is set up.
    Example: ``return [Permit("credit.limit", "update", roles=("credit",))]``.
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def register_subscribers() -> "list[Subscriber]":
    """Declare which events the plugin hears, within the transaction or after it.

    Called once per process, at boot.
    Returns ``Subscriber`` rows; they run only at branches where the plugin is on.
    Example: ``return [within(OrderConfirmed, reserve_credit)]``.
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def register_jobs() -> "list[JobKind]":
    """Declare the plugin's background jobs and their schedules.

    Called once per process, at boot.
    Returns ``JobKind`` rows; a scheduled one is made for each branch where the plugin is on.
    Example: ``return [JobKind("tiering.evaluate", evaluate_all, every=Daily(2))]``.
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def register_checks() -> "list[Check]":
    """Declare what ``dougong doctor`` proves about the plugin's data.

    Called once per process, at boot.
    Returns ``Check`` rows; each answers with its findings, none meaning sound.
    Example: ``return [Check("credit", accounts_equal_ledger)]``.
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def register_demos() -> "list[DemoPart]":
    """Declare the plugin's part of the demo data.

    Called once per process, at boot; a part runs for each demo branch where the plugin is on.
    Returns ``DemoPart`` rows.
    Example: ``return [DemoPart("aftersales", load_calls)]``.
    Since 0.1.
    """
    raise NotImplementedError


# --- acts ---------------------------------------------------------------------------------------


@hookspec
def order_blockers(order: "SalesOrder", reader: "Reader") -> "list[Blocker]":
    """Give reasons against confirming an order (CR-04).

    Called before an order is confirmed, inside the confirming transaction.
    Returns reasons; any reason refuses the act with all of them shown.
    Example: a customer whose supply is stopped.
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def delivery_blockers(delivery: "Delivery", reader: "Reader") -> "list[Blocker]":
    """Give reasons against releasing a delivery (CR-05, CR-08).

    Called before goods leave, inside the releasing transaction.
    Returns reasons; any reason refuses the act with all of them shown.
    Example: the customer is overdue.
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def merge_blockers(survivor: "Customer", merged: "Customer", reader: "Reader") -> "list[Blocker]":
    """Give reasons against making two customers one (AR-05).

    Called when a merge is looked at beforehand, and again inside the merging transaction.
    Returns reasons; any reason refuses the act with all of them shown.
    Example: two credit accounts in different currencies.
    Since 0.1.
    """
    raise NotImplementedError
