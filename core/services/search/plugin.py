"""Where search touches the world: every flush keeps sort keys and tokens true.

A bulk ``insert()`` passes by here, as it passes every ORM event: it indexes by
``api.index_inserted`` in the same transaction.
"""

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as AnySession

from dougong.core.entities.customer import Customer
from dougong.core.services.search.pinyin import search_key
from dougong.core.services.search.searchables import SEARCHABLES, entry_of
from dougong.core.services.search.service import SearchEntry, drop, index, index_new
from dougong.core.session import Session


@event.listens_for(Session, "before_flush")
def _key_the_customers(session: AnySession, context: object, instances: object) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Customer) and _changed(row, "name"):
            row.search_key = search_key(row.name)


@event.listens_for(Session, "after_flush")
def _keep_the_index(session: AnySession, context: object) -> None:
    ours = cast(Session, session)
    for row in session.deleted:
        if type(row) in SEARCHABLES:
            entry = entry_of(row)
            drop(ours, entry.entity, [entry.entity_id], entry.branch_id)
    for row in session.dirty:
        if type(row) in SEARCHABLES and _changed(row, *SEARCHABLES[type(row)].columns):
            index(ours, entry_of(row))
    index_new(ours, _new_entries(session))


def _new_entries(session: AnySession) -> Iterator[SearchEntry]:
    return (entry_of(row) for row in session.new if type(row) in SEARCHABLES)


def _changed(row: Any, *columns: str) -> bool:
    state = inspect(row)
    return any(state.attrs[column].history.has_changes() for column in columns)
