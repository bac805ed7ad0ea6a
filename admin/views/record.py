"""``RecordView``: the one base of every list and form over rows, for core and for plugins.

It closes what Flask-Admin leaves open: rows outside the scope in every endpoint, inline edits
without permission, SQL in messages, exports with formulas, keys and pages no database takes.
"""

from threading import Lock
from typing import Any, ClassVar, Final

from flask import abort, g, has_request_context
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import inspect
from werkzeug.exceptions import HTTPException

from dougong.admin.sessions import REQUEST_SESSION, current_session, desk
from dougong.admin.views.acts import RowActs
from dougong.admin.views.cells import RowCells
from dougong.admin.views.choices import RowChoices
from dougong.admin.views.export import csv_response
from dougong.admin.views.fields import RecordConverter, RecordForm
from dougong.admin.views.filed import Filed
from dougong.admin.views.filters import RecordFilters
from dougong.admin.views.forms import RowForms
from dougong.admin.views.guard import Guarded
from dougong.admin.views.history import history_of
from dougong.admin.views.listing import owner_of
from dougong.admin.views.lookup import whole_number
from dougong.admin.views.printable import Printable
from dougong.admin.views.reveal import Revealing
from dougong.admin.views.sections import Section, as_rules, names_in
from dougong.admin.views.showing import RowPages
from dougong.admin.views.writing import RowWriting
from dougong.admin.words import LABELS
from dougong.core.orm import BranchOwned, Grade, grade_of
from dougong.core.scope import Operation

EVERYTHING: Final = frozenset(
    {Operation.CREATE, Operation.UPDATE, Operation.DELETE, Operation.EXPORT}
)
_OURS: Final = ("can_create", "can_edit", "can_delete", "can_export", "can_view_details")


class RecordView(
    Guarded, RowActs, RowWriting, RowForms, RowCells, RowChoices, RowPages, Revealing, Printable,
    Filed,    ModelView,  # type: ignore[misc]
):  # fmt: skip
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
            if grade_of(*owner_of(self.model, name)) > Grade.PUBLIC:
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
            values |= {"buttons": [*self.buttons(row), *self.print_buttons(row)],
                       "related": [*self.related(row), *self.prints(row)],
                       "files": self.files_panel(row), "history": history_of(row),
                       "panels": self.panels(row),
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

    def handle_view_exception(self, exc: Exception) -> bool:
        """Refusals were told already; anything else is a bug and may be seen as one."""
        if isinstance(exc, HTTPException):
            raise exc
        return False

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


__all__ = ["EVERYTHING", "RecordView"]
