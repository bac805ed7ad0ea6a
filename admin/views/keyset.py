"""Where a page of a list begins: beyond the row that carries these values, never "after so many".

So page 10,000 costs what page 1 costs, and a row that comes or goes meanwhile makes no other row
appear twice or not at all. NULLs stand where the database puts them: last going up on PostgreSQL,
first on SQLite.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, and_, bindparam, tuple_

from dougong.core.orm import StateType, UtcDateTime

LONGEST: Final = 4000
"""Characters of a place in an address; more is nobody's."""
_LARGEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Key:
    """One expression that rows are ordered by."""

    expression: Any
    descending: bool = False
    nullable: bool = True

    @property
    def ordered(self) -> ColumnElement[Any]:
        """What stands in ORDER BY."""
        up, down = self.expression.asc(), self.expression.desc()
        return cast(ColumnElement[Any], down if self.descending else up)


Order = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an order: just beyond the row with ``values``, or with ``at`` where they begin."""

    values: tuple[object, ...]
    at: bool = False


def reverse(order: Order) -> Order:
    """The same order walked the other way."""
    return tuple(replace(key, descending=not key.descending) for key in order)


def pieces(order: Order, place: Place, *, nulls_high: bool) -> list[ColumnElement[bool]]:
    """The rows beyond the place as ranges of an index, the nearest first; none overlap.

    ``nulls_high``: whether the database takes NULL for the largest value (PostgreSQL does).
    """
    keys = order[: len(place.values)]
    runs = list(_runs(keys, place.values, nulls_high))
    found: list[ColumnElement[bool]] = []
    for at in range(len(runs) - 1, -1, -1):
        before = [_equals(*pair) for run in runs[:at] for pair in zip(*run, strict=True)]
        found += [and_(*before, rest) for rest in _beyond(*runs[at], nulls_high, place.at)]
    return found


_Run = tuple[Order, tuple[object, ...]]


def _runs(keys: Order, values: tuple[object, ...], nulls_high: bool) -> Iterator[_Run]:
    """Neighbours that one comparison of rows can do: same direction, and no NULL that follows."""
    start = 0
    for at in range(1, len(keys) + 1):
        if at < len(keys) and _joins(keys, values, at, nulls_high):
            continue
        yield keys[start:at], values[start:at]
        start = at


def _joins(keys: Order, values: tuple[object, ...], at: int, nulls_high: bool) -> bool:
    same = keys[at].descending == keys[at - 1].descending
    known = values[at] is not None and values[at - 1] is not None
    return same and known and not _nulls_follow(keys[at], nulls_high)


def _nulls_follow(key: Key, nulls_high: bool) -> bool:
    return key.nullable and nulls_high is not key.descending


def _equals(key: Key, value: object) -> ColumnElement[bool]:
    if value is None:
        return cast(ColumnElement[bool], key.expression.is_(None))
    return cast(ColumnElement[bool], key.expression == _bound(key, value))


def _beyond(
    keys: Order, values: tuple[object, ...], nulls_high: bool, at: bool
) -> Iterator[ColumnElement[bool]]:
    first = keys[0]
    if values[0] is None:
        if nulls_high is first.descending:  # NULLs came first: all the others follow
            yield first.expression.is_not(None)
        return
    yield _compared(keys, values, at)
    if _nulls_follow(first, nulls_high):
        yield first.expression.is_(None)


def _compared(keys: Order, values: tuple[object, ...], at: bool) -> ColumnElement[bool]:
    bound = [_bound(key, value) for key, value in zip(keys, values, strict=True)]
    one = len(keys) == 1
    left: Any = keys[0].expression if one else tuple_(*(key.expression for key in keys))
    right: Any = bound[0] if one else tuple_(*bound)
    if keys[0].descending:
        compared = left <= right if at else left < right
    else:
        compared = left >= right if at else left > right
    return cast(ColumnElement[bool], compared)


def _bound(key: Key, value: object) -> ColumnElement[Any]:
    return bindparam(None, value, type_=key.expression.type, unique=True)


# --- in the address ------------------------------------------------------------------------------


def written(values: Sequence[object]) -> str:
    """The values of a row in an order, for an address."""
    said = json.dumps([_said(value) for value in values], ensure_ascii=False)
    return urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read(order: Order, text: str) -> tuple[object, ...] | None:
    """The values an address carries; None when it is no place in this order."""
    try:
        said = json.loads(urlsafe_b64decode(text[:LONGEST] + "=" * (-len(text) % 4)))
        if not isinstance(said, list) or len(said) != len(order):
            return None
        return tuple(_heard(key, value) for key, value in zip(order, said, strict=True))
    except (NotBase64, ValueError, InvalidOperation, RecursionError):
        return None


def _said(value: object) -> object:
    if isinstance(value, date):  # instants too
        return value.isoformat()
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _heard(key: Key, value: object) -> object:
    """The value as the column takes it; ``ValueError`` for what it does not."""
    if value is None:
        return None
    kind: Any = key.expression.type
    if isinstance(kind, StateType):
        return kind.states(value)
    python: type[Any] = kind.python_type
    if issubclass(python, date):
        return _heard_date(kind, python, str(value))
    if issubclass(python, Decimal):
        return _finite(Decimal(str(value)))
    return _plain(python, value)


def _heard_date(kind: object, python: type[Any], text: str) -> object:
    moment = python.fromisoformat(text)
    if isinstance(kind, UtcDateTime) and isinstance(moment, datetime) and moment.tzinfo is None:
        raise ValueError("An instant has a time zone.")
    return moment


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValueError("No column holds such a number.")
    return number


def _plain(python: type[Any], value: object) -> object:
    if issubclass(python, str) and isinstance(value, str):
        if "\x00" in value:
            raise ValueError("No column holds such a text.")
        return value.encode().decode()  # half a character raises
    if issubclass(python, int) and isinstance(value, int) and abs(value) < _LARGEST:
        return value
    if issubclass(python, float) and isinstance(value, int | float):
        return float(value)
    raise ValueError("The value is of another kind than the column.")
