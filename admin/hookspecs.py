"""The hooks of the screens, in life-cycle order; hookimpls read and never write.

A screen hook that fails leaves a notice in its place: the page itself always comes. The marker for
implementations is ``hookimpl`` of ``dougong.core.hookspecs``.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dougong.admin.models  # noqa: F401 - admin's tables are known wherever its hooks are
from dougong.admin.contributions import Badge, Card, Column, Entry, Panel, ViewEntry
from dougong.core.hookspecs import hookspec
from dougong.core.reader import Reader

if TYPE_CHECKING:
    from dougong.admin.views.feeding import FeedWindow
    from dougong.core.entities.customer import Customer
    from dougong.core.entities.sales import SalesOrder

# --- boot ---------------------------------------------------------------------------------------


@hookspec
def register_views() -> list[ViewEntry]:
    """Declare the plugin's pages and their places in the side bar.

    Called once per process, at boot; a page is reached only at branches where the plugin is on.
    Returns ``ViewEntry`` rows, each with a subclass of ``RecordView`` or ``PageView``.
    Example: ``return [ViewEntry(view=AccountView, group=CREDIT, title=lazy("Credit limits"))]``.
    Since 0.1.
    """
    raise NotImplementedError


# --- home ---------------------------------------------------------------------------------------


@hookspec
def home_cards(branch_id: int, reader: Reader) -> list[Card]:
    """Put cards on the home page of a branch.

    Called each time somebody opens the home page.
    Returns cards; the page sorts them by ``order``.
    Example: the calls whose deadline is near.
    Since 0.1.
    """
    raise NotImplementedError


# --- orders -------------------------------------------------------------------------------------


@hookspec
def order_panels(order: "SalesOrder", reader: Reader) -> list[Panel]:
    """Put panels on the page of one order.

    Called each time the order's page is opened.
    Returns panels, each with a template of the plugin and its context.
    Example: whether the credit limit is in its way, and who can let it pass (CR-04).
    Since 0.1.
    """
    raise NotImplementedError


# --- customers ----------------------------------------------------------------------------------


@hookspec
def customer_columns(customer_ids: Sequence[int], reader: Reader) -> list[Column]:
    """Add columns to the customer list.

    Called once per list page with the ids of all its customers, so answer with one query.
    Returns columns whose cells are keyed by customer id; a customer without a cell stays blank.
    Example: the free credit of each customer.
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def customer_badges(customer_ids: Sequence[int], reader: Reader) -> list[Badge]:
    """Mark customers beside their name.

    Called once per list page with all its ids, and with one id on the customer page.
    Returns badges, several per customer where needed.
    Example: the level A, B or C (TI-01).
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def customer_panels(customer: "Customer", reader: Reader) -> list[Panel]:
    """Put panels on the page of one customer.

    Called each time the customer's page is opened.
    Returns panels, each with a template of the plugin and its context.
    Example: the credit limit, what is used of it and by which documents (CR-04).
    Since 0.1.
    """
    raise NotImplementedError


@hookspec
def customer_entries(customer: "Customer", window: "FeedWindow", reader: Reader) -> list[Entry]:
    """Add what happened with a customer to his feed.

    Called each time a part of the feed is opened; ``window`` orders a statement and cuts it.
    Returns entries of kinds the person may read, as ``window.newest`` chose them.
    Example: the service calls of the customer.
    Since 0.1.
    """
    raise NotImplementedError
