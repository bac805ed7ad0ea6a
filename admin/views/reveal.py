"""What is confidential is masked for everybody, and shown for one view to who says why (AR-06)."""

from typing import Any, ClassVar, Final

from flask import abort, g, render_template, request, url_for
from flask_admin import expose
from jinja2 import pass_context
from markupsafe import Markup

from dougong.admin.formats import MASK
from dougong.admin.sessions import current_session, desk
from dougong.admin.views.guard import REQUEST_KEY, SAFE, operation
from dougong.core.i18n import gettext
from dougong.core.orm import Grade, grade_of
from dougong.core.scope import Operation
from dougong.core.services.audit import api as audit

KEPT: Final = "kept_as_it_is"


def is_readable(row: Any, field: str) -> bool:
    """Whether the field may be shown in this view: within his clearance, and asked for if it must.

    Lists, pages and exports all ask here.
    """
    grade = grade_of(type(row), field)
    if grade is Grade.PUBLIC:  # nearly all, and every cell of every list asks
        return True
    if not desk().scope.clears(grade):
        return False
    return not audit.asks_why(type(row), field) or (id(row), field) in g.get("revealed", ())


def keep_unseen(field: Any) -> None:
    """Let a form for an existing record not show this field, and keep it when it is left empty."""
    sent = [value for value in field.raw_data or () if value]
    field.description = gettext("Not shown here. Leave it empty to keep what is there.")
    if request.method in SAFE or not sent:
        field.data = None
        setattr(field, KEPT, True)


def keep_secrets(form: Any, row: Any) -> Any:
    """The form for an existing record without showing what asks for a reason."""
    for name, field in form._fields.items():
        if audit.asks_why(type(row), name) and getattr(row, name) not in (None, ""):
            keep_unseen(field)
    return form


def is_kept(field: Any) -> bool:
    """Whether the form leaves what the record has in this field."""
    return bool(getattr(field, KEPT, False))


class Revealing:
    """The way of a view to show a masked field: asked with a reason, by POST, for one answer."""

    entity: ClassVar[str]

    def veil(self, row: Any, owner: Any, path: str) -> Markup | str:
        """The mask of a field, with the way to look behind it for who may.

        ``owner`` has the field, ``path`` leads to it from ``row``, the record of the page.
        """
        field = path.rpartition(".")[2]
        scope = desk().scope
        may = (
            scope.clears(grade_of(type(owner), field))
            and audit.asks_why(type(owner), field)
            and scope.allows(Operation.REVEAL, self.entity, getattr(row, "branch_id", None))
        )
        if not may or getattr(owner, field) in (None, ""):
            return MASK
        action = url_for(f"{self.endpoint}.reveal_view", id=self.get_pk_value(row))  # type: ignore[attr-defined]
        shown = render_template("admin_pages/veil.html", mask=MASK, action=action, path=path)
        return Markup(shown)  # noqa: S704 - our own template, escaped

    @pass_context
    def get_detail_value(self, context: Any, model: Any, name: str) -> Any:
        """A value of the page: masked ones with the way to look behind the mask."""
        value = super().get_detail_value(context, model, name)  # type: ignore[misc]
        if value != MASK:
            return value
        owner = model
        for part in name.split(".")[:-1]:
            owner = getattr(owner, part)
        return self.veil(model, owner, name)

    @operation(Operation.REVEAL)
    @expose("/reveal/", methods=("POST",))  # type: ignore[untyped-decorator]
    def reveal_view(self) -> Any:
        """The page of the record with the field shown; who asked and why is kept."""
        if REQUEST_KEY in request.form:  # it would undo the record and still show the field
            abort(400)
        row = self.get_one(request.args.get("id"))  # type: ignore[attr-defined]
        owner, field = _followed(row, request.form.get("field", ""))
        if owner is None or not audit.asks_why(type(owner), field):
            abort(404)
        reason = request.form.get("reason", "")
        audit.reveal(current_session(), owner, [field], reason, self.entity)
        g.revealed = {(id(owner), field)}
        g.asked_operation = Operation.READ
        return self.page_again()

    def page_again(self) -> Any:
        """The record's page as the answer to this request: the undecorated ``details_view``."""
        page = type(self).details_view  # type: ignore[attr-defined]
        while hasattr(page, "__wrapped__"):
            page = page.__wrapped__
        return page(self)


def _followed(row: Any, path: str) -> tuple[Any, str]:
    """Who holds the field at the end of a dotted path of the record's relationships."""
    *relations, field = path.split(".")
    for relation in relations:
        row = getattr(row, relation, None)
    return row, field
