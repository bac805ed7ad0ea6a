"""Which records and which of their fields the log keeps: all business data, unless it says no."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import LargeBinary, inspect
from sqlalchemy.orm import Mapper

from dougong.core.entities.absence import Absence
from dougong.core.entities.branch import Branch, BranchPlugin
from dougong.core.entities.people import Membership, Permission, Role, User
from dougong.core.orm import Base, BranchOwned, Untracked

HOUSE: Final = (User, Role, Permission, Membership, Absence, Branch, BranchPlugin)
"""What belongs to no branch and is kept all the same: who may do what, where, and for whom."""
_known: Final[dict[type[Any], "Tracked | None"]] = {}
_PLAIN: Final = frozenset({"id", "branch_id", "created_at", "updated_at", "version"})


@dataclass(frozen=True, slots=True)
class Tracked:
    """How one entity is kept: its table, its key and its fields."""

    table: str
    key: str
    fields: tuple[str, ...]
    names: frozenset[str]


def tracked(entity: type[Any]) -> Tracked | None:
    """How the entity is kept, None when it is not."""
    if entity not in _known:
        _known[entity] = _looked_up(entity)
    return _known[entity]


def _looked_up(entity: type[Any]) -> Tracked | None:
    if not issubclass(entity, (BranchOwned, *HOUSE)) or issubclass(entity, Untracked):
        return None
    mapper: Mapper[Any] = inspect(entity)
    fields = tuple(a.key for a in mapper.column_attrs if _is_kept(mapper, a.key))
    return Tracked(mapper.local_table.name, _key(mapper), fields, frozenset(fields))  # type: ignore[attr-defined]


def entity_of(table: str) -> type[Any] | None:
    """The entity that stands in a table; None when nothing loaded has it."""
    return _entities().get(table)


def _entities() -> dict[str, type[Any]]:
    return {m.local_table.name: m.class_ for m in Base.registry.mappers}  # type: ignore[attr-defined]


def _is_kept(mapper: Mapper[Any], key: str) -> bool:
    column = mapper.column_attrs[key].columns[0]
    binary = isinstance(column.type, LargeBinary)
    return not (key in _PLAIN or binary or column.info.get("derived", False))


def _key(mapper: Mapper[Any]) -> str:
    """The one key that names a record: of several columns the one that is not the branch."""
    keys = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
    return next((key for key in keys if key != "branch_id"), keys[0])
