"""Which records are found, and by which of their texts: the core's, and what plugins bring."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dougong.core.entities.billing import Invoice, Receipt
from dougong.core.entities.contact import Contact
from dougong.core.entities.customer import Customer
from dougong.core.entities.product import Product
from dougong.core.entities.sales import Delivery, SalesOrder
from dougong.core.orm import Base
from dougong.core.services.search.service import SearchEntry
from dougong.core.services.search.tokens import SearchText, TextKind
from dougong.core.session import Session
from dougong.core.switchboard import REGISTRY


@dataclass(frozen=True, slots=True)
class Searchable:
    """An entity that is found: its name in hits, and its searched columns by kind of text.

    The name is the one permissions use, so that a screen can leave out what may not be read.
    A number beside the kind of text says how much a match counts (1 to 9). Columns that are graded
    do not belong here: whoever searches would find what he may not read.
    """

    model: type[Any]
    entity: str
    columns: dict[str, tuple[TextKind, int]]

    def texts(self, value_of: Callable[[str], str | None]) -> tuple[SearchText, ...]:
        """The texts of one record, empty ones left out."""
        return tuple(
            SearchText(kind, value, weight)
            for column, (kind, weight) in self.columns.items()
            if (value := value_of(column))
        )


_NUMBERED: Final = {"number": (TextKind.CODE, 5)}
CORE: Final = (
    Searchable(
        Customer,
        "core.customer",
        {
            "code": (TextKind.CODE, 6),
            "name": (TextKind.NAME, 6),
            "short_name": (TextKind.NAME, 6),
            "phone": (TextKind.PHONE, 5),
        },
    ),
    Searchable(Contact, "core.contact", {"name": (TextKind.NAME, 4), "phone": (TextKind.PHONE, 4)}),
    Searchable(Product, "core.product", {"code": (TextKind.CODE, 4), "name": (TextKind.NAME, 3)}),
    Searchable(SalesOrder, "core.order", _NUMBERED),
    Searchable(Delivery, "core.delivery", _NUMBERED),
    Searchable(Invoice, "core.invoice", _NUMBERED),
    Searchable(Receipt, "core.receipt", _NUMBERED),
)
SEARCHABLES: Final = {searchable.model: searchable for searchable in CORE}
_KNOWN: Final = "searchables"


def searchables(session: Session) -> Mapping[type[Any], Searchable]:
    """Everything that is found, by its model; a plugin's whether it is on or not."""
    if REGISTRY not in session.info:
        return SEARCHABLES
    known: dict[type[Any], Searchable] | None = session.info.get(_KNOWN)
    if known is None:
        offers = session.info[REGISTRY].contributions("register_searchables")
        known = session.info[_KNOWN] = {offer.item.model: offer.item for offer in offers}
    return known


def entry_of(searchable: Searchable, row: Any) -> SearchEntry:
    """What a loaded or just flushed record is found by."""
    texts = searchable.texts(lambda column: getattr(row, column))
    return SearchEntry(searchable.entity, row.id, row.branch_id, texts)


def entries_of(model: type[Base], rows: Iterable[dict[str, Any]]) -> Iterable[SearchEntry]:
    """The same for rows of a bulk insert, given as column values with ``id`` and ``branch_id``."""
    searchable = SEARCHABLES[model]
    for row in rows:
        yield SearchEntry(searchable.entity, row["id"], row["branch_id"], searchable.texts(row.get))


def entity_found(model: type[Any]) -> str:
    """What the index calls the rows of a model of the core; empty when it holds none of them."""
    searchable = SEARCHABLES.get(model)
    return searchable.entity if searchable is not None else ""
