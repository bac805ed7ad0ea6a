"""What search promises to other services, to admin and to plugins."""

from collections.abc import Sequence
from typing import Any

from dougong.core.orm import Base
from dougong.core.services.search.pinyin import search_key
from dougong.core.services.search.searchables import (
    Searchable,
    entity_found,
    entries_of,
)
from dougong.core.services.search.service import (
    Hit,
    SearchEntry,
    drop,
    find,
    index,
    index_new,
    is_found,
    sharing_tokens,
)
from dougong.core.services.search.tokens import LEGAL_FORM, SearchText, TextKind, words_of
from dougong.core.session import Session

__all__ = [
    "LEGAL_FORM",
    "Hit",
    "SearchEntry",
    "SearchText",
    "Searchable",
    "TextKind",
    "drop",
    "entity_found",
    "find",
    "index",
    "index_inserted",
    "index_new",
    "is_found",
    "search_key",
    "sharing_tokens",
    "words_of",
]


def index_inserted(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Index rows that a bulk ``insert()`` just wrote; each has ``id`` and ``branch_id``."""
    index_new(session, entries_of(model, rows))
