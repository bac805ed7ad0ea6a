"""The forms of a row: look-ups behind the walls, and only the fields a person may read."""

from typing import Any, ClassVar

from flask import request
from sqlalchemy import inspect

from dougong.admin.sessions import desk
from dougong.admin.views.guard import REQUEST_KEY
from dougong.admin.views.lookup import Lookup, searched
from dougong.admin.views.reveal import keep_secrets
from dougong.core.orm import grade_of


class RowForms:
    """How a view builds the forms for its rows."""

    model: ClassVar[Any]
    form_columns: Any
    form_ajax_refs: Any
    session: Any
    _form_ajax_refs: Any

    def _process_ajax_references(self) -> dict[str, Any]:
        given = dict(self.form_ajax_refs or {})
        relations = inspect(self.model).relationships
        wanted = [n for n in self.form_columns or () if isinstance(n, str) and n in relations]
        for name in wanted:
            if not relations[name].uselist:
                given.setdefault(name, {})
        self.form_ajax_refs = given
        return super()._process_ajax_references()  # type: ignore[misc,no-any-return]

    def _create_ajax_loader(self, name: str, options: dict[str, Any]) -> Lookup:
        model = inspect(self.model).relationships[name].mapper.class_
        options = {"fields": searched(model), **options}
        return Lookup(name, self.session, model, **options)

    def _get_ruleset_missing_fields(self, ruleset: Any, form: Any) -> list[str]:
        missing = super()._get_ruleset_missing_fields(ruleset, form)  # type: ignore[misc]
        return [name for name in missing if name not in (REQUEST_KEY, "row_seen")]

    def create_form(self, obj: Any = None) -> Any:
        """The form for a new row, without what he may not read.

        The address may name what it is for: ``?customer=17``.
        """
        form = self._readable(super().create_form(obj))  # type: ignore[misc]
        for name, loader in self._form_ajax_refs.items():
            if name in request.args and name in form._fields and not request.form:
                form[name].data = loader.get_one(request.args[name])
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """The form for this row, without what he may not read."""
        form = self._readable(super().edit_form(obj))  # type: ignore[misc]
        if "row_seen" in form._fields:
            form.row_seen.see(obj)
        return keep_secrets(form, obj)

    def _readable(self, form: Any) -> Any:
        for name in list(form._fields):
            if not desk().scope.clears(grade_of(self.model, name)):
                del form[name]
        return form
