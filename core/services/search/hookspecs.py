"""The hook of search."""

from typing import TYPE_CHECKING

from dougong.core.hookspecs import hookspec

if TYPE_CHECKING:
    from dougong.core.services.search.searchables import Searchable

# --- boot ---------------------------------------------------------------------------------------


@hookspec
def register_searchables() -> "list[Searchable]":
    """Declare which of the plugin's records the global search finds, and by which texts.

    Called once per process, at boot; the records are indexed by every flush from then on.
    Returns ``Searchable`` rows: the model, the entity of its permission, the columns.
    Example: ``return [Searchable(Call, "aftersales.call", {"number": (TextKind.CODE, 5)})]``.
    Since 0.1.
    """
    raise NotImplementedError
