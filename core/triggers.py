"""Triggers that survive SQLite's rebuilds: batch mode drops the table, and its triggers with it.

PostgreSQL alters a table in place and keeps them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, event

_DROPPED: Final = re.compile(r'^\s*DROP TABLE "?(\w+)"?\s*$', re.IGNORECASE)
_RENAMED: Final = re.compile(
    r'^\s*ALTER TABLE "?_alembic_tmp_\w+"? RENAME TO "?(\w+)"?\s*$', re.IGNORECASE
)


@contextmanager
def surviving_rebuilds(connection: Connection) -> Iterator[None]:
    """While this holds, a table that is dropped and made anew by renaming has its triggers again.

    One that a migration drops by name stays away, and so does one whose table is really gone.
    """
    kept: dict[str, list[str]] = {}

    def before(_: Connection, cursor: Any, statement: str, *rest: object) -> None:
        if found := _DROPPED.match(statement):
            kept[found[1]] = _triggers_of(cursor, found[1])

    def after(_: Connection, cursor: Any, statement: str, *rest: object) -> None:
        if found := _RENAMED.match(statement):
            for trigger in kept.pop(found[1], []):
                cursor.execute(trigger)

    event.listen(connection, "before_cursor_execute", before)
    event.listen(connection, "after_cursor_execute", after)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", before)
        event.remove(connection, "after_cursor_execute", after)


def _triggers_of(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
    )
    return [row[0] for row in cursor.fetchall()]
