"""How a row is written from a form: by a verb, in the unit of work, refusals at the field."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import flash, g
from flask_admin.actions import action
from flask_admin.model.fields import AjaxSelectField
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import FieldList

from dougong.admin.sessions import current_session
from dougong.admin.views.guard import conflict_text, undo
from dougong.admin.views.reveal import is_kept
from dougong.core.errors import Forbidden, Refusal
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation


class RowWriting:
    """The doors of Flask-Admin to ``create_row``, ``update_row`` and ``delete_row``."""

    def create_row(self, form: Any) -> Any:
        """Make the row; override to call a service's verb."""
        row = self.build_new_instance()  # type: ignore[attr-defined]
        populate(form, row)
        current_session().add(row)
        return row

    def update_row(self, form: Any, row: Any) -> None:
        """Change the row; override to call a service's verb."""
        populate(form, row)

    def delete_row(self, row: Any) -> None:
        """Delete the row; override to call a service's verb."""
        current_session().delete(row)

    def validate_form(self, form: Any) -> bool:
        """Flask-Admin's door; what was chosen and is not there is told, never emptied (XX-07).

        What stood there before may stay, also somebody who was switched off since.
        """
        for field in _lookups(form):
            if field._formdata and field._formdata == _key_of(field.object_data):
                field.data = field.object_data
        valid = super().validate_form(form)  # type: ignore[misc]
        lost = [field for field in _lookups(form) if field._formdata and field.data is None]
        for field in lost:
            told = gettext("What you chose is not there any more; choose again.")
            field.errors = [*field.errors] or [told]
        return bool(valid and not lost)

    def create_model(self, form: Any) -> Any:
        """Flask-Admin's door to ``create_row``."""

        def work() -> Any:
            with current_session().no_autoflush:
                row = self.create_row(form)
            self._on_model_change(form, row, True)  # type: ignore[attr-defined]
            current_session().flush()
            return row

        return self._tried(work, form)

    def update_model(self, form: Any, model: Any) -> bool:
        """Flask-Admin's door to ``update_row``."""

        def work() -> bool:
            self._refuse_forbidden(Operation.UPDATE, model)
            if "row_seen" in form._fields and form.row_seen.is_outdated(model):
                raise StaleDataError
            with current_session().no_autoflush:
                self.update_row(form, model)
            self._on_model_change(form, model, False)  # type: ignore[attr-defined]
            current_session().flush()
            return True

        return bool(self._tried(work, form))

    def delete_model(self, model: Any) -> bool:
        """Flask-Admin's door to ``delete_row``."""

        def work() -> bool:
            self._refuse_forbidden(Operation.DELETE, model)
            self.on_model_delete(model)  # type: ignore[attr-defined]
            self.delete_row(model)
            current_session().flush()
            return True

        return bool(self._tried(work, None))

    def _refuse_forbidden(self, operation: str, row: Any) -> None:
        if not self.allows(operation, row):  # type: ignore[attr-defined]
            raise Forbidden

    def _tried(self, work: Callable[[], Any], form: Any) -> Any:
        try:
            return work()
        except Refusal as refusal:
            self._undone(str(refusal), form, refusal.field)
        except StaleDataError:
            self._undone(conflict_text(), form)
        except IntegrityError as error:
            if form is None:
                self._undone(gettext("Other records still refer to this one; it stays."), form)
            else:
                self._undone(*_clash(error, form))
        return False

    @staticmethod
    def _undone(text: str, form: Any, field: str = "") -> None:
        undo()
        current_session().rollback()
        if form is not None and field in form._fields:
            form._fields[field].errors = [*form._fields[field].errors, text]
        else:
            flash(text, "danger")

    @action(
        "delete",
        lazy("Delete"),
        lazy("Are you sure you want to delete the selected records?"),
    )  # type: ignore[untyped-decorator]
    def action_delete(self, ids: Sequence[str]) -> None:
        """Delete the chosen rows, all or none."""
        g.asked_operation = Operation.DELETE
        rows = [self.get_one(key) for key in ids]  # type: ignore[attr-defined]
        if all(self.delete_model(row) for row in rows):
            flash(gettext("%(count)s records were deleted.", count=len(rows)), "success")


def _lookups(form: Any) -> Iterator[Any]:
    """The look-up fields of a form and of its lines."""
    for field in form:
        if isinstance(field, AjaxSelectField):
            yield field
        elif isinstance(field, FieldList):
            for line in field.entries:
                yield from _lookups(getattr(line, "form", ()))


def _key_of(row: Any) -> str:
    return str(row.id) if row is not None else ""


def populate(form: Any, row: Any) -> None:
    """Write the form's fields into the row; one left empty that must not be keeps its default."""
    columns = inspect(type(row)).columns
    for name, field in form._fields.items():
        if is_kept(field):
            continue
        required = name in columns and not columns[name].nullable
        if not (required and getattr(field, "data", None) is None):
            field.populate_obj(row, name)


def _clash(error: IntegrityError, form: Any) -> tuple[str, Any, str]:
    """Which unique value is taken, told at its field; never in the database's own words."""
    said = str(error.orig).split("\n")[0] if "UNIQUE" in str(error.orig) else str(error.orig)
    for name in form._fields:
        if f".{name}" in said or f", {name})=" in said or f"({name})=" in said:
            return gettext("This value is already in use."), form, name
    return gettext("This contradicts other records; nothing was saved."), form, ""
