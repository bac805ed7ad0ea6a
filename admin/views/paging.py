"""One page of a list: what the address asks, the query that answers, where its neighbours are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, inspect, select, union_all

from dougong.admin.views.keyset import Key, Order, Place, pieces, read, reverse, written

MOST_PARTS: Final = 200
"""Ranges one statement puts together; SQLite takes 500."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows a list is about, in their order: filtered, searched and walled, not yet cut.

    ``loads`` are the options that load what the columns show. ``branches`` are given where each
    branch is better walked by itself, in its own index.
    """

    query: Any
    model: Any
    order: Order
    loads: tuple[Any, ...] = ()
    branches: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page is asked for: from the beginning unless a place is named, or from the end."""

    place: Place | None = None
    back: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page; ``first`` and ``last`` are its ends, as addresses carry them."""

    rows: list[Any]
    first: str = ""
    last: str = ""
    more_before: bool = False
    more_after: bool = False


def turn_of(order: Order, *, after: str = "", before: str = "", end: bool = False) -> Turn:
    """What an address asks; one that nobody wrote leads to the beginning."""
    if end:
        return Turn(back=True)
    values = read(order, before or after) if before or after else None
    if values is None:
        return Turn()
    return Turn(Place(values), back=bool(before))


def page_of(rows: Rows, turn: Turn, size: int) -> Page:
    """The page of at most ``size`` rows, in order whichever way it was reached."""
    found = _ask(rows, turn, size + 1).all()
    more, found = len(found) > size, found[:size]
    if turn.back:
        found.reverse()
    if not found:
        return Page([])
    arrived = turn.place is not None
    return Page(
        [row[0] for row in found],
        written(found[0][1:]),
        written(found[-1][1:]),
        more_before=more if turn.back else arrived,
        more_after=arrived if turn.back else more,
    )


def _ask(rows: Rows, turn: Turn, limit: int) -> Any:
    order = reverse(rows.order) if turn.back else rows.order
    nulls_high = rows.query.session.get_bind().dialect.name == "postgresql"
    ranges = pieces(order, turn.place, nulls_high=nulls_high) if turn.place else []
    parts = _parts(rows, ranges)
    query = rows.query.options(*rows.loads).add_columns(*(key.expression for key in order))
    if len(parts) == 1:
        query = query.filter(*parts[0])
    elif parts:
        query = query.filter(_key(rows.model).in_(_nearest(rows, order, parts, limit)))
    return query.order_by(*(key.ordered for key in order)).limit(limit)


def _parts(
    rows: Rows, ranges: Sequence[ColumnElement[bool]]
) -> list[tuple[ColumnElement[bool], ...]]:
    """The ranges that are each walked in an index of their own."""
    here = [rows.model.branch_id == branch for branch in rows.branches]
    if not here or len(here) * max(len(ranges), 1) > MOST_PARTS:
        return [(part,) for part in ranges]
    return [(place, part) for place in here for part in ranges] or [(place,) for place in here]


def _nearest(
    rows: Rows, order: Order, parts: Sequence[tuple[ColumnElement[bool], ...]], limit: int
) -> Any:
    """The keys of the page's rows, from the nearest of each part."""
    columns = [key.expression.label(f"key_{n}") for n, key in enumerate(order)]
    ordered = [key.ordered for key in order]
    bare = rows.query.with_entities(_key(rows.model).label("row_id"), *columns)
    cut = [bare.filter(*part).order_by(*ordered).limit(limit).subquery() for part in parts]
    together = union_all(*(select(part) for part in cut)).subquery()
    keys = [Key(together.c[f"key_{n}"], key.descending) for n, key in enumerate(order)]
    return select(together.c.row_id).order_by(*(key.ordered for key in keys)).limit(limit)


def _key(model: Any) -> Any:
    return getattr(model, inspect(model).primary_key[0].key)
