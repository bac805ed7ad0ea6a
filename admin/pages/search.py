"""The global search: one question over all records of the person's branches."""

from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for
from sqlalchemy import select

from dougong.admin.contributions import Text
from dougong.admin.formats import day_text
from dougong.admin.sessions import current_house, current_session, desk
from dougong.admin.views import PageView, expose
from dougong.admin.words import tone_of, word_for
from dougong.core.entities.billing import Invoice, Receipt
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.entities.product import Product
from dougong.core.entities.sales import Delivery, SalesOrder
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.search.api import find
from dougong.core.switchboard import switchboard

AT_MOST: Final = 60
SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record that is found: model, entity (in hits and permissions), title, page.

    ``needs`` are the plugins that must be on where a hit is shown (XX-04).
    """

    model: Any
    entity: str
    title: Text
    icon: str
    path: str
    needs: frozenset[str] = frozenset()


KINDS: Final = (
    Kind(Customer, "core.customer", lazy("Customers"), "users", "customers"),
    Kind(Contact, "core.contact", lazy("Contacts"), "user", "contacts"),
    Kind(SalesOrder, "core.order", lazy("Orders"), "cart", "orders"),
    Kind(Delivery, "core.delivery", lazy("Deliveries"), "truck", "deliveries"),
    Kind(Invoice, "core.invoice", lazy("Invoices"), "file", "invoices"),
    Kind(Receipt, "core.receipt", lazy("Receipts"), "wallet", "receipts"),
    Kind(Product, "core.product", lazy("Products"), "box", "products"),
)


class SearchPage(PageView):
    """What the box in the top bar asks."""

    path = "search"
    title = lazy("Search")

    @expose("/")
    def index(self) -> Any:
        """Hits by kind of record, best first."""
        words = request.args.get("q", "").strip()[:100]
        long_enough = len(words) >= SHORTEST
        return self.render(
            "dougong/search.html",
            query=words,
            groups=_groups(words) if long_enough else [],
            too_short=bool(words) and not long_enough,
        )


def _kinds() -> list[Kind]:
    """The core's, then what plugins bring, each with the page that shows its records."""
    registry, found = current_house().registry, list(KINDS)
    pages = {c.item.view.model: c.item for c in registry.contributions("register_views")
             if getattr(c.item.view, "model", None) is not None}  # fmt: skip
    for offer in registry.contributions("register_searchables"):
        page = pages.get(offer.item.model)
        if offer.needs and page is not None:
            path = page.view.path.replace("/", "_")
            entity = offer.item.entity
            found.append(Kind(offer.item.model, entity, page.title, page.icon, path, offer.needs))
    return found


def _groups(words: str) -> list[dict[str, Any]]:
    scope, board = desk().scope, switchboard(current_session())
    kinds = [kind for kind in _kinds() if scope.allows(Operation.READ, kind.entity)]
    needs = {kind.entity: kind.needs for kind in kinds}
    hits = find(current_session(), words, AT_MOST, entities=[kind.entity for kind in kinds])
    found: dict[str, list[int]] = {}
    for hit in hits:
        if not needs[hit.entity] <= board.on(hit.branch_id):
            continue
        if scope.allows(Operation.READ, hit.entity, hit.branch_id):
            found.setdefault(hit.entity, []).append(hit.entity_id)
    return [_group(kind, found[kind.entity]) for kind in kinds if kind.entity in found]


def _group(kind: Kind, ids: list[int]) -> dict[str, Any]:
    rows = current_session().scalars(select(kind.model).where(kind.model.id.in_(ids))).all()
    by_id = {row.id: row for row in rows}
    shown = [_row(kind, by_id[key]) for key in ids if key in by_id]
    return {"title": kind.title, "icon": kind.icon, "rows": shown, "more_url": ""}


def _row(kind: Kind, row: Any) -> dict[str, Any]:
    state = getattr(row, "state", None) or getattr(row, "status", None)
    return {
        "title": str(row),
        "note": _note(row),
        "url": url_for(f"{kind.path}.details_view", id=row.id),
        "badge_kind": (state and tone_of(state)) or "neutral",
        "badge_text": word_for(state) if state else "",
    }


def _note(row: Any) -> str:
    parts = [
        getattr(row, "code", ""),
        getattr(row, "phone", ""),
        row.customer.name if hasattr(row, "customer") and row.customer else "",
        day_text(row.ordered_on) if isinstance(row, SalesOrder) else "",
    ]
    return " · ".join(part for part in parts if part)
