"""Indexing anew: for records that were there before their plugin said how they are found."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlalchemy import select

from dougong.core.i18n import lazy
from dougong.core.jobs import JobContext, JobKind
from dougong.core.services.search.searchables import Searchable, entry_of, searchables
from dougong.core.services.search.service import drop, index_new
from dougong.core.session import Session

BATCH: Final = 500


def reindex(context: JobContext) -> None:
    """Cut every record of the branch that is found into tokens anew; goes on where it stopped."""
    with context.reading() as session:
        known = sorted(searchables(session).values(), key=lambda offer: offer.entity)
    entity, last = _reached(context)
    for searchable in known:
        if searchable.entity < entity:
            continue
        after = last if searchable.entity == entity else 0
        while keys := _next(context, searchable, after):
            after = keys[-1]
            context.step(
                partial(_index_anew, searchable, context.branch_id, keys),
                cursor=[searchable.entity, after],
                done=context.done + len(keys),
            )


def _reached(context: JobContext) -> tuple[str, int]:
    match context.cursor:
        case [str(entity), int(last)]:
            return entity, last
    return "", 0


def _next(context: JobContext, searchable: Searchable, after: int) -> Sequence[int]:
    model = searchable.model
    mine = select(model.id).where(model.branch_id == context.branch_id, model.id > after)
    with context.reading() as session:
        return session.scalars(mine.order_by(model.id).limit(BATCH)).all()


def _index_anew(
    searchable: Searchable, branch_id: int, keys: Sequence[int], session: Session
) -> None:
    drop(session, searchable.entity, keys, branch_id)
    rows = session.scalars(select(searchable.model).where(searchable.model.id.in_(keys))).all()
    index_new(session, [entry_of(searchable, row) for row in rows])


JOBS: Final = (JobKind("core.search.reindex", reindex, title=lazy("Build the search index anew")),)
