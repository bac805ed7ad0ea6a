"""``RecordView``: the one base of every list and form over rows, for core and for plugins.

It closes what Flask-Admin leaves open: rows outside the scope in every endpoint, inline edits
without permission, SQL in messages, exports with formulas, keys and pages no database takes.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from threading import Lock
from typing import Any, ClassVar, Final

from flask import abort, g, has_request_context, request
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import inspect
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import HTTPException

from dougong.admin.formats import (
    MASK,
    NO_VALUE,
    day_text,
    moment_text,
    money_text,
    number_cell,
    state_text,
)
from dougong.admin.sessions import REQUEST_SESSION, current_session, desk
from dougong.admin.views.acts import RowActs
from dougong.admin.views.export import csv_response
from dougong.admin.views.fields import RecordConverter, RecordForm
from dougong.admin.views.filters import RecordFilters
from dougong.admin.views.guard import REQUEST_KEY, Guarded
from dougong.admin.views.history import history_of
from dougong.admin.views.lookup import Lookup, searched, whole_number
from dougong.admin.views.reveal import Revealing, is_readable, keep_secrets
from dougong.admin.views.sections import Section, as_rules, names_in
from dougong.admin.views.writing import RowWriting
from dougong.admin.words import LABELS
from dougong.core.i18n import gettext
from dougong.core.orm import BranchOwned, Grade, grade_of
from dougong.core.scope import Operation
from dougong.core.values import Money

EVERYTHING: Final = frozenset(
    {Operation.CREATE, Operation.UPDATE, Operation.DELETE, Operation.EXPORT}
)
LAST_PAGE: Final = 100_000
_OURS: Final = ("can_create", "can_edit", "can_delete", "can_export", "can_view_details")


class RecordView(Guarded, RowActs, RowWriting, Revealing, ModelView):  # type: ignore[misc]
    """A list, a page and a form over the rows of ``model``.

    ``entity`` names the permission (``credit.limit``); ``path`` is the address below ``/admin/``;
    ``offers`` says which operations the view has at all, the person's permissions narrow it.
    Override ``scoped`` to show fewer rows; it holds for every endpoint. Verbs of a service are
    called from ``create_row``, ``update_row``, ``delete_row``: a ``Refusal`` is shown at its field.
    """

    model: ClassVar[Any] = None
    path: ClassVar[str] = ""
    offers: ClassVar[frozenset[str]] = EVERYTHING
    labels: ClassVar[dict[str, Any]] = {}
    """Names of columns that ``dougong.admin.words.LABELS`` has not, or has otherwise."""

    sections: ClassVar[tuple[Section, ...]] = ()
    """The form's fields in groups; without them ``form_columns`` stand in one."""

    details_template = "admin_pages/record.html"
    list_template = "admin_pages/list.html"
    form_columns: Any = None
    form_ajax_refs: Any = None
    model_form_converter = RecordConverter
    filter_converter = RecordFilters()
    form_base_class = RecordForm
    form_excluded_columns = ("created_at", "updated_at", "version", "branch_id")
    can_view_details = True
    can_set_page_size = True
    page_size = 20
    page_size_options = (20, 50, 100)
    export_max_rows = 50_000
    export_types = ("csv",)
    named_filter_urls = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in _OURS:
            if name in cls.__dict__:
                raise TypeError(
                    f"{cls.__name__}.{name}: say it by `offers`; permissions narrow it."
                )

    def __init__(self) -> None:
        self._ready = False
        self._lock = Lock()
        self._columns: list[tuple[str, Any]] = []
        self.column_labels = {**LABELS, **self.labels}
        if self.sections:
            self.form_rules = as_rules(self.sections)
            self.form_columns = self.form_columns or names_in(self.sections)
        super().__init__(
            self.model, REQUEST_SESSION, name=self.title,
            endpoint=self.path.replace("/", "_"), url=self.path,
        )  # fmt: skip

    # --- put off until somebody comes ------------------------------------------------------------

    def _refresh_cache(self) -> None:
        if self._ready:
            super()._refresh_cache()

    def scaffold_auto_joins(self) -> list[Any]:
        """None: ``get_query`` loads what the columns name."""
        return []

    def prepare(self) -> None:
        """Build columns, filters and forms, once, when the first person comes."""
        if self._ready:
            return
        with self._lock:
            if not self._ready:
                self._refuse_graded()
                self._ready = True
                try:
                    self._refresh_cache()
                except BaseException:
                    self._ready = False
                    raise

    def _refuse_graded(self) -> None:
        """Sorting, searching or filtering by a masked column would tell what it holds (AR-06)."""
        lists = (self.column_searchable_list, self.column_filters, self.column_editable_list)
        for name in (n for names in lists for n in names or () if isinstance(n, str)):
            if grade_of(*_owner(self.model, name)) > Grade.PUBLIC:
                raise TypeError(f"{type(self).__name__}: {name} is graded; it only shows.")

    # --- what the person may do ------------------------------------------------------------------

    def _offers(self, operation: str) -> bool:
        return operation in self.offers and has_request_context() and self.allows(operation)

    @property
    def can_create(self) -> bool:
        """Whether he may add a row: at one branch, not at several at once."""
        home = desk().scope.home is not None if has_request_context() else False
        placed = home or not issubclass(self.model, BranchOwned)
        return placed and self._offers(Operation.CREATE)

    @property
    def can_edit(self) -> bool:
        """Whether he may change rows."""
        return self._offers(Operation.UPDATE)

    @property
    def can_delete(self) -> bool:
        """Whether he may delete rows."""
        return self._offers(Operation.DELETE)

    @property
    def can_export(self) -> bool:
        """Whether he may download the list."""
        return self._offers(Operation.EXPORT)

    def operation_of(self, name: str) -> str:
        """Looking up is part of filling a form."""
        if name == "ajax_lookup":
            return Operation.CREATE if self.can_create else Operation.UPDATE
        if name == "act_view":
            # which permission, and on which record, act_view asks itself
            return Operation.READ
        return super().operation_of(name)

    def render(self, template: str, **values: Any) -> Any:
        """Lists and pages of records carry the acts' buttons."""
        if template == self.details_template:
            row = values["model"]
            values |= {"buttons": self.buttons(row), "related": self.related(row),
                       "history": history_of(row),
                       "page_title": f"{self.one or self.title} {_name_of(row)}"}  # fmt: skip
        elif template == self.list_template:
            values["buttons"] = self.buttons()
        return super().render(template, **values)

    def _handle_view(self, name: str, **kwargs: object) -> Any:
        answer = super()._handle_view(name, **kwargs)
        needed = {"create_view": self.can_create, "edit_view": self.can_edit,
                  "ajax_update": self.can_edit, "delete_view": self.can_delete,
                  "export": self.can_export}  # fmt: skip
        if answer is None and not needed.get(name, True):
            abort(403)
        return answer

    def is_action_allowed(self, name: str) -> bool:
        """A bulk action named like an operation needs that permission, another one ``update``."""
        asked = getattr(getattr(self, f"action_{name}", None), "asked_operation", None)
        if name == "delete":
            return self.can_delete
        return super().is_action_allowed(name) and self.allows(asked or Operation.UPDATE)

    # --- rows ------------------------------------------------------------------------------------

    def scoped(self, query: Any) -> Any:
        """Narrow which rows the view has; a list, a page, a form and an export all obey."""
        return query

    def _walled(self, query: Any) -> Any:
        if issubclass(self.model, BranchOwned):
            query = query.filter(self.model.branch_id.in_(self.branches()))
        return self.scoped(query)

    def get_query(self) -> Any:
        """The rows of the list, with what the columns name loaded along."""
        query = current_session().query(self.model).options(*self._loads())
        return self._walled(query)

    def get_count_query(self) -> Any:
        """How many there are."""
        return self._walled(super().get_count_query())

    def get_one(self, id: object) -> Any:  # noqa: A002 - Flask-Admin's name
        """The row with that key; 404 when it is not his, 403 when he may not do this to it."""
        key = whole_number(id)
        column = inspect(self.model).primary_key[0]
        attribute = inspect(self.model).get_property_by_column(column).class_attribute
        query = self._walled(current_session().query(self.model))
        row = query.filter(attribute == key).one_or_none() if key is not None else None
        if row is None:
            abort(404)
        if not self.allows(getattr(g, "asked_operation", Operation.READ), row):
            abort(403)
        return row

    def _loads(self) -> Iterable[Any]:
        names = [name for name, _ in (*self._list_columns, *self._export_columns)]
        paths = {str(name).rpartition(".")[0] or str(name) for name in names}
        return [load for load in (_joined(self.model, path) for path in sorted(paths)) if load]

    def _apply_sorting(self, query: Any, joins: Any, sort_column: Any, sort_desc: Any) -> Any:
        query, joins = super()._apply_sorting(query, joins, sort_column, sort_desc)
        return query.order_by(*inspect(self.model).primary_key), joins

    def get_sortable_columns(self) -> dict[Any, Any]:
        """Not by graded columns: their order would tell what they hold (AR-06)."""
        columns = super().get_sortable_columns()
        return {n: c for n, c in columns.items() if grade_of(*_owner(self.model, n)) == 0}

    def _get_list_extra_args(self) -> Any:
        arguments = super()._get_list_extra_args()
        if not 0 <= arguments.page <= LAST_PAGE:
            abort(404)
        return arguments

    @property
    def column_numbers(self) -> list[str]:
        """The columns that stand aligned right."""
        return [name for name, _ in self._list_columns if name.endswith("_minor")]

    # --- columns ---------------------------------------------------------------------------------

    @property
    def _list_columns(self) -> list[tuple[str, Any]]:
        if has_request_context() and desk().scope.home is None:
            named = any(name == "branch_id" for name, _ in self._columns)
            if issubclass(self.model, BranchOwned) and not named:
                return [*self._columns, ("branch_id", LABELS["branch_id"])]
        return self._columns

    @_list_columns.setter
    def _list_columns(self, columns: Sequence[tuple[str, Any]]) -> None:
        self._columns = list(columns)

    def _get_field_value(self, model: Any, name: str) -> Any:
        value: Any = model
        for part in name.split("."):
            if value is None:
                return None
            if not is_readable(value, part):
                return MASK
            owner, value = value, getattr(value, part, None)
        if name.endswith("_minor") and isinstance(value, int):
            return Money(value, owner.currency)
        if name == "branch_id":
            identity = desk().identity
            return identity and identity.place(value)
        return value

    def _get_list_value(self, context: Any, model: Any, name: str, *formatters: Any) -> Any:
        by_column, _ = formatters
        if name in by_column:
            return by_column[name](self, context, model, name)
        value = self._get_field_value(model, name)
        return self.shown(value, model) if context is not None else self.exported(value, model)

    def shown(self, value: Any, row: Any) -> Any:
        """A value as the list and the page show it."""
        if isinstance(value, Money):
            return number_cell(money_text(value))
        if isinstance(value, StrEnum):
            return state_text(value)
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        if value in (None, ""):
            return NO_VALUE
        return self.exported(value, row)

    def exported(self, value: Any, row: Any) -> Any:
        """A value as an export writes it: numbers as numbers."""
        if isinstance(value, Money):
            return value.amount
        if isinstance(value, StrEnum):
            return getattr(state_text(value), "striptags", lambda: str(state_text(value)))()
        if isinstance(value, datetime):
            return moment_text(value, getattr(row, "branch_id", None))
        if isinstance(value, date):
            return day_text(value)
        return getattr(value, "name", value) if type(value).__name__ == "Place" else value

    # --- forms -----------------------------------------------------------------------------------

    def _process_ajax_references(self) -> dict[str, Any]:
        given = dict(self.form_ajax_refs or {})
        relations = inspect(self.model).relationships
        wanted = [n for n in self.form_columns or () if isinstance(n, str) and n in relations]
        for name in wanted:
            if not relations[name].uselist:
                given.setdefault(name, {})
        self.form_ajax_refs = given
        return super()._process_ajax_references()  # type: ignore[no-any-return]

    def _create_ajax_loader(self, name: str, options: dict[str, Any]) -> Lookup:
        model = inspect(self.model).relationships[name].mapper.class_
        options = {"fields": searched(model), **options}
        return Lookup(name, self.session, model, **options)

    def _get_ruleset_missing_fields(self, ruleset: Any, form: Any) -> list[str]:
        missing = super()._get_ruleset_missing_fields(ruleset, form)
        return [name for name in missing if name not in (REQUEST_KEY, "row_seen")]

    def create_form(self, obj: Any = None) -> Any:
        """The form for a new row, without what he may not read.

        The address may name what it is for: ``?customer=17``.
        """
        form = self._readable(super().create_form(obj))
        for name, loader in self._form_ajax_refs.items():
            if name in request.args and name in form._fields and not request.form:
                form[name].data = loader.get_one(request.args[name])
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """The form for this row, without what he may not read."""
        form = self._readable(super().edit_form(obj))
        if "row_seen" in form._fields:
            form.row_seen.see(obj)
        return keep_secrets(form, obj)

    def _readable(self, form: Any) -> Any:
        for name in list(form._fields):
            if not desk().scope.clears(grade_of(self.model, name)):
                del form[name]
        return form

    def handle_view_exception(self, exc: Exception) -> bool:
        """Refusals were told already; anything else is a bug and may be seen as one."""
        if isinstance(exc, HTTPException):
            raise exc
        return False

    # --- export ----------------------------------------------------------------------------------

    def _export_csv(self, return_url: str) -> Any:
        _, rows = self._export_data()
        columns = self._export_columns
        return csv_response(
            f"{self.name}_{current_session().now:%Y-%m-%d}",
            [title for _, title in columns],
            ([self.get_export_value(row, name) for name, _ in columns] for row in rows),
        )


def _name_of(row: Any) -> str:
    """What the row calls itself, its number where it has no name."""
    named = any("__str__" in vars(kind) for kind in type(row).__mro__[:-1])
    return str(row) if named else f"#{inspect(row).identity[-1]}"


def _owner(model: Any, name: str) -> tuple[Any, str]:
    """The entity at the end of a dotted path, and the field there."""
    *path, field = str(name).split(".")
    for part in path:
        with suppress(KeyError):
            model = inspect(model).relationships[part].mapper.class_
    return model, field


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


__all__ = ["EVERYTHING", "RecordView"]
