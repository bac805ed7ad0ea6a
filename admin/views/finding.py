"""What is typed above a list: every word must find the row, by the search index where there is one.

The index finds two Chinese characters, pinyin, initials, numbers and ends of phone numbers
(``core.services.search``). A column it does not hold is compared as text.
"""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, inspect, or_, select, union_all
from sqlalchemy.orm import aliased

from dougong.core.services.search.api import entity_found, is_found, words_of

MOST_WORDS: Final = 8
LONGEST: Final = 100


def matches(model: Any, paths: tuple[str, ...], typed: str) -> ColumnElement[bool]:
    """The rows of ``model`` that every typed word finds, by one of the columns at ``paths``."""
    words = words_of(typed[:LONGEST])[:MOST_WORDS]
    return and_(*(_found(model, paths, word) for word in words)) if words else false()


def _found(model: Any, paths: tuple[str, ...], word: str) -> ColumnElement[bool]:
    key, entity = _key(model), entity_found(model)
    others = list(_elsewhere(aliased(model), paths, word))
    own = is_found(key, entity, word) if entity else None
    if not others:
        return own if own is not None else false()
    if own is not None:
        twin = aliased(model)
        others.append(select(_key(twin)).where(is_found(_key(twin), entity, word)))
    found: ColumnElement[bool] = key.in_(union_all(*others) if len(others) > 1 else others[0])
    return found


def _elsewhere(model: Any, paths: tuple[str, ...], word: str) -> Iterator[Select[Any]]:
    """Keys found by what the index holds of others, or by text it does not hold."""
    text: list[ColumnElement[bool]] = []
    entities: dict[str, Any] = {}
    own = inspect(model).mapper.class_
    for path in paths:
        relation, _, rest = path.partition(".")
        if rest and entity_found(_target(own, relation)):
            entities[relation] = _target(own, relation)
        elif rest or not entity_found(own):
            text.append(_contains(model, path, word))
    for relation, target in entities.items():
        far = is_found(_reference(model, relation), entity_found(target), word)
        yield select(_key(model)).where(far)
    if text:
        yield select(_key(model)).where(or_(*text))


def _contains(model: Any, path: str, word: str) -> ColumnElement[bool]:
    name, _, rest = path.partition(".")
    if not rest:
        return getattr(model, name).icontains(word, autoescape=True)  # type: ignore[no-any-return]
    target = aliased(_target(model, name))
    there = select(_key(target)).where(_contains(target, rest, word))
    return _reference(model, name).in_(there)  # type: ignore[no-any-return]


def _target(model: Any, relation: str) -> Any:
    return inspect(model).mapper.relationships[relation].mapper.class_


def _reference(model: Any, relation: str) -> Any:
    """The column by which a row names its one row of the other table."""
    columns = inspect(model).mapper.relationships[relation].local_columns
    (column,) = (c for c in columns if c.name != "branch_id")
    return getattr(model, inspect(model).mapper.get_property_by_column(column).key)


def _key(model: Any) -> Any:
    return getattr(model, inspect(model).mapper.primary_key[0].key)
