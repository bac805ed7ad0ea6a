"""Which rows a list is about and in which order: filtered, searched, walled, not yet cut."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from flask_admin.model.base import ViewArgs
from sqlalchemy import inspect
from sqlalchemy.orm import joinedload
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from dougong.admin.sessions import current_session
from dougong.admin.views.finding import matches
from dougong.admin.views.keyset import Key, Order
from dougong.admin.views.paging import Rows, Turn, page_of
from dougong.core.orm import BranchOwned, grade_of


class RowList:
    """How a view lists its rows: by keys, never by counting over what was shown before."""

    model: ClassVar[Any]
    endpoint: str
    page_size: int

    # --- rows ------------------------------------------------------------------------------------

    def scoped(self, query: Any) -> Any:
        """Narrow which rows the view has; a list, a page, a form and an export all obey."""
        return query

    def _walled(self, query: Any) -> Any:
        if issubclass(self.model, BranchOwned):
            query = query.filter(self.model.branch_id.in_(self.branches()))  # type: ignore[attr-defined]
        return self.scoped(query)

    def default_order(self) -> Sequence[Any] | None:
        """Expressions the list is ordered by where nobody chose a column, ``.desc()`` allowed.

        None: by ``column_default_sort``. For an order that columns cannot say ("running first").
        """
        return None

    def get_query(self) -> Any:
        """The rows of the list."""
        return self._walled(current_session().query(self.model))

    def rows_asked(self, arguments: Any, names: Iterable[str] = ()) -> Rows:
        """What the address asks for, in its order, whatever page; ``names``: columns to load."""
        query = self.get_query()
        if arguments.search:
            paths = tuple(str(n) for n in self.column_searchable_list or ())  # type: ignore[attr-defined]
            query = query.filter(matches(self.model, paths, arguments.search))
        joins: dict[Any, Any] = {}
        if arguments.filters:
            query, _, joins, _ = self._apply_filters(query, None, joins, {}, arguments.filters)  # type: ignore[attr-defined]
        query, order = self._ordered(query, joins, arguments)
        loads = tuple(self.loads(names))
        spread = not arguments.search and _is_own(self.model, order)
        return Rows(query, self.model, order, loads, self._branches_listed() if spread else ())

    def loads(self, names: Iterable[str]) -> Iterable[Any]:
        """Options that load what the columns name along with the rows."""
        paths = {str(name).rpartition(".")[0] or str(name) for name in names}
        return [load for load in (_joined(self.model, path) for path in sorted(paths)) if load]

    def get_list(  # noqa: PLR0913 - Flask-Admin's signature
        self, page: Any, sort_column: Any, sort_desc: Any, search: Any, filters: Any,
        execute: bool = True, page_size: int | None = None,
    ) -> tuple[int | None, list[Any]]:  # fmt: skip
        """Flask-Admin's door, for exports: the first ``page_size`` rows, nothing counted."""
        columns = [name for name, _ in self._list_columns]  # type: ignore[attr-defined]
        at = columns.index(sort_column) if sort_column in columns else None
        arguments = ViewArgs(sort=at, sort_desc=sort_desc, search=search, filters=filters)
        names = [name for name, _ in self._export_columns]  # type: ignore[attr-defined]
        rows = self.rows_asked(arguments, names)
        return None, page_of(rows, Turn(), page_size or self.page_size).rows

    def on_page(self, rows: Sequence[Any]) -> None:
        """Asked once with the page's rows before they are shown; override to look up for all."""

    def _branches_listed(self) -> tuple[int, ...]:
        if not issubclass(self.model, BranchOwned):
            return ()
        here = tuple(sorted(self.branches()))  # type: ignore[attr-defined]
        return here if len(here) > 1 else ()

    # --- order -----------------------------------------------------------------------------------

    def _ordered(self, query: Any, joins: Any, arguments: Any) -> tuple[Any, Order]:
        keys: list[Key] = []
        chosen = self._get_column_by_idx(arguments.sort)  # type: ignore[attr-defined]
        given = self.default_order()
        if chosen is not None and chosen[0] in self._sortable_columns:  # type: ignore[attr-defined]
            field = self._sortable_columns[chosen[0]]  # type: ignore[attr-defined]
            paths = self._sortable_joins.get(chosen[0])  # type: ignore[attr-defined]
            query, key = self._key(query, joins, (field, paths, arguments.sort_desc))
            keys.append(key)
        elif given is not None:
            keys = [_stated(expression) for expression in given]
        else:
            for sort in self._get_default_order():  # type: ignore[attr-defined]
                query, key = self._key(query, joins, sort)
                keys.append(key)
        return query, _total(self.model, keys)

    def _key(self, query: Any, joins: Any, sort: tuple[Any, Any, Any]) -> tuple[Any, Key]:
        field, paths, descending = sort
        query, _, alias = self._apply_path_joins(query, joins, paths, inner_join=False)  # type: ignore[attr-defined]
        column = field if alias is None else getattr(alias, field.key)
        nullable = alias is not None or bool(inspect(self.model).columns[field.key].nullable)
        return query, Key(column, bool(descending), nullable)

    def get_sortable_columns(self) -> dict[Any, Any]:
        """Not by graded columns: their order would tell what they hold (AR-06)."""
        columns = super().get_sortable_columns()  # type: ignore[misc]
        # Flask-Admin loses the name of a column that is sorted by another one
        pairs = [c for c in self.column_sortable_list or () if isinstance(c, tuple)]  # type: ignore[attr-defined]
        named = {by: name for name, by in pairs}
        public = {n: c for n, c in columns.items() if grade_of(*owner_of(self.model, n)) == 0}
        return {named.get(name, name): column for name, column in public.items()}


def owner_of(model: Any, name: str) -> tuple[Any, str]:
    """The entity at the end of a dotted path, and the field there."""
    *path, field = str(name).split(".")
    for part in path:
        with suppress(KeyError):
            model = inspect(model).relationships[part].mapper.class_
    return model, field


def _stated(expression: Any) -> Key:
    """A key as ``default_order`` states it."""
    if isinstance(expression, UnaryExpression) and expression.modifier is operators.desc_op:
        return Key(expression.element, True, _nullable(expression.element))
    return Key(expression, False, _nullable(expression))


def _nullable(expression: Any) -> bool:
    return bool(getattr(expression, "nullable", True))


def _total(model: Any, keys: Sequence[Key]) -> Order:
    """The keys and, the same way as the last of them, the row's own: no two rows are equal."""
    own = inspect(model).primary_key
    descending = keys[-1].descending if keys else False
    mapper = inspect(model)
    last = [getattr(model, mapper.get_property_by_column(column).key) for column in own]
    stated = [*keys, *(Key(attribute, descending, False) for attribute in last)]
    names = [str(key.expression) for key in stated]
    return tuple(key for n, key in enumerate(stated) if names[n] not in names[:n])


def _is_own(model: Any, order: Order) -> bool:
    """Whether all keys are columns of the model's own table: an index may have them."""
    return all(getattr(key.expression, "class_", None) is model for key in order)


def _joined(model: Any, path: str) -> Any:
    """A joined load along a dotted path of to-one relationships, None where there is none."""
    load = None
    for part in path.split("."):
        relation = inspect(model).relationships.get(part)
        if relation is None or relation.uselist:
            break
        attribute = getattr(model, part)
        load = joinedload(attribute) if load is None else load.joinedload(attribute)
        model = relation.mapper.class_
    return load
