"""Rows by the thousand: the demo writes set-based, as an import does."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from dougong.core.orm import Base, Versioned
from dougong.core.services.search.api import index_inserted
from dougong.core.session import Session

Row = dict[str, Any]


def write_rows(
    session: Session, model: type[Base], rows: Sequence[Row], *, found: bool = False
) -> list[int]:
    """Insert the rows at the session's branch; their ids in order. ``found`` indexes them."""
    if not rows:
        return []
    stamp: Row = {
        "branch_id": session.scope.home,
        "created_at": session.now,
        "updated_at": session.now,
    }
    if issubclass(model, Versioned):
        stamp["version"] = 1
    table: Any = model
    statement = insert(model).returning(table.id, sort_by_parameter_order=True)
    full = [{**stamp, **row} for row in rows]
    ids = list(session.scalars(statement, full))
    if found:
        index_inserted(
            session, model, [{**row, "id": key} for row, key in zip(full, ids, strict=True)]
        )
    return ids
