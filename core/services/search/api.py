"""What search promises to other services, to admin and to plugins."""

from collections.abc import Sequence
from typing import Any

from dougong.core.orm import Base
from dougong.core.services.search.pinyin import search_key
from dougong.core.services.search.searchables import entries_of
from dougong.core.services.search.service import Hit, SearchEntry, drop, find, index, index_new
from dougong.core.services.search.tokens import SearchText, TextKind
from dougong.core.session import Session

__all__ = [
    "Hit",
    "SearchEntry",
    "SearchText",
    "TextKind",
    "drop",
    "find",
    "index",
    "index_inserted",
    "index_new",
    "search_key",
]


def index_inserted(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Index rows that a bulk ``insert()`` just wrote; each has ``id`` and ``branch_id``."""
    index_new(session, entries_of(model, rows))
