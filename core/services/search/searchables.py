"""Which records of the core are found, and by which of their texts."""

from collections.abc import Callable, Iterable
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


@dataclass(frozen=True, slots=True)
class Searchable:
    """An entity that is found: its name in hits, and its searched columns by kind of text.

    The name is the one permissions use, so that a screen can leave out what may not be read.
    """

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
SEARCHABLES: Final[dict[type[Base], Searchable]] = {
    Customer: Searchable(
        "core.customer",
        {
            "code": (TextKind.CODE, 6),
            "name": (TextKind.NAME, 6),
            "short_name": (TextKind.NAME, 6),
            "phone": (TextKind.PHONE, 5),
        },
    ),
    Contact: Searchable("core.contact", {"name": (TextKind.NAME, 4), "phone": (TextKind.PHONE, 4)}),
    Product: Searchable("core.product", {"code": (TextKind.CODE, 4), "name": (TextKind.NAME, 3)}),
    SalesOrder: Searchable("core.order", _NUMBERED),
    Delivery: Searchable("core.delivery", _NUMBERED),
    Invoice: Searchable("core.invoice", _NUMBERED),
    Receipt: Searchable("core.receipt", _NUMBERED),
}


def entry_of(row: Any) -> SearchEntry:
    """What a loaded or just flushed record is found by."""
    searchable = SEARCHABLES[type(row)]
    texts = searchable.texts(lambda column: getattr(row, column))
    return SearchEntry(searchable.entity, row.id, row.branch_id, texts)


def entries_of(model: type[Base], rows: Iterable[dict[str, Any]]) -> Iterable[SearchEntry]:
    """The same for rows of a bulk insert, given as column values with ``id`` and ``branch_id``."""
    searchable = SEARCHABLES[model]
    for row in rows:
        yield SearchEntry(searchable.entity, row["id"], row["branch_id"], searchable.texts(row.get))


def entity_found(model: type[Any]) -> str:
    """What the index calls the rows of ``model``; empty when it holds none of them."""
    searchable = SEARCHABLES.get(model)
    return searchable.entity if searchable is not None else ""
