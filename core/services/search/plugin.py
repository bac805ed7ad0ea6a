"""Where search touches the world: what is found, and that every flush keeps its tokens true.

A bulk ``insert()`` passes by here, as it passes every ORM event: it indexes by
``api.index_inserted`` in the same transaction.
"""

from typing import Any, cast

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session as AnySession

from dougong.core.entities.customer import Customer
from dougong.core.hookspecs import hookimpl
from dougong.core.jobs import JobKind
from dougong.core.services.search.jobs import JOBS
from dougong.core.services.search.pinyin import search_key
from dougong.core.services.search.searchables import CORE, Searchable, entry_of, searchables
from dougong.core.services.search.service import drop, index, index_new
from dougong.core.session import Session


@hookimpl
def register_searchables() -> list[Searchable]:
    """Customers, contacts, products and documents."""
    return list(CORE)


@hookimpl
def register_jobs() -> list[JobKind]:
    """Indexing anew, on request."""
    return list(JOBS)


@event.listens_for(Session, "before_flush")
def _key_the_customers(session: AnySession, context: object, instances: object) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, Customer) and _changed(row, "name"):
            row.search_key = search_key(row.name)


@event.listens_for(Session, "after_flush")
def _keep_the_index(session: AnySession, context: object) -> None:
    ours = cast(Session, session)
    known = searchables(ours)
    for row in session.deleted:
        if type(row) in known:
            drop(ours, known[type(row)].entity, [row.id], row.branch_id)
    for row in session.dirty:
        if type(row) in known and _changed(row, *known[type(row)].columns):
            index(ours, entry_of(known[type(row)], row))
    index_new(ours, (entry_of(known[type(r)], r) for r in session.new if type(r) in known))


def _changed(row: Any, *columns: str) -> bool:
    state = inspect(row)
    return any(state.attrs[column].history.has_changes() for column in columns)
