"""Acts on a record: buttons on its page that call a service's verb, asking a form first or not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import abort, flash, request, url_for
from werkzeug.utils import redirect
from wtforms import Form

from dougong.admin.contributions import Text
from dougong.admin.formats import customer_url, dial_url
from dougong.admin.screens import Drawn
from dougong.admin.sessions import current_session, desk
from dougong.admin.views.fields import RecordForm
from dougong.admin.views.guard import SAFE, expose, undo
from dougong.core.errors import Forbidden, Refusal
from dougong.core.i18n import gettext
from dougong.core.scope import Operation
from dougong.core.session import Session


def always(row: Any) -> bool:
    """Offered whatever the record's state."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What can be done to a record beside changing its fields.

    ``run(session, row, form)`` calls a verb in the unit of work; a ``Refusal`` is shown at its
    field or above the page, and nothing is kept. ``form`` is asked first, on a page of its own.
    ``on_list`` puts the button on the list: ``row`` is then None. ``operation`` is the permission.
    """

    name: str
    title: Text
    run: Callable[[Session, Any, Any], object]
    operation: str = Operation.UPDATE
    entity: str = ""
    """Whose permission is asked, where it is not the view's own entity's."""
    offered: Callable[[Any], bool] = always
    form: type[Form] | None = None
    done: Text = ""
    confirm: Text = ""
    icon: str = ""
    primary: bool = False
    on_list: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """An act as the page shows it."""

    title: Text
    url: str
    posts: bool
    confirm: Text
    icon: str
    primary: bool


@dataclass(frozen=True, slots=True)
class Related:
    """A table of rows that belong to the record, on its page: (url, cells)."""

    title: Text
    heads: tuple[Text, ...]
    rows: list[tuple[str, tuple[object, ...]]]


class RowActs:
    """The page of a record and the acts on it."""

    acts: tuple[Act, ...] = ()
    one: ClassVar[Text] = ""
    """What one of the records is called, where ``title`` names many or the book they stand in."""

    def leads_to(self, row: Any, column: str) -> str:
        """Where a click on this value leads: a customer to his page, a phone number to a call."""
        if column == "phone":
            return dial_url(row.phone)
        customer_id = getattr(row, "customer_id", None) if column == "customer.name" else None
        if customer_id is None:
            return ""
        if not desk().scope.allows(Operation.READ, "core.customer", row.branch_id):
            return ""
        return customer_url(customer_id)

    def related(self, row: Any) -> list[Related]:
        """Tables under the record's own fields; override to show lines and the like."""
        return []

    def panels(self, row: Any) -> list[Drawn]:
        """Panels that plugins put on the record's page; override where a hook asks for them."""
        return []

    def row_buttons(self, row: Any) -> Sequence[Button]:
        """The acts that stand on the row in the list; none unless a view says which."""
        return ()

    def buttons(self, row: Any = None) -> list[Button]:
        """The acts this person may do now, on this record or on the list."""
        return [
            Button(act.title, self._address(act, row), act.form is None, act.confirm, act.icon,
                   act.primary)
            for act in self.acts
            if act.on_list is (row is None) and self._may(act, row)
        ]  # fmt: skip

    def act_named(self, name: str) -> Act:
        """The act with that name; 404 when there is none."""
        return next((act for act in self.acts if act.name == name), None) or abort(404)

    @expose("/act/<act>/", methods=("GET", "POST"))
    def act_view(self, act: str) -> Any:
        """Do it, or ask the act's form first."""
        chosen = self.act_named(act)
        row = None if chosen.on_list else self.get_one(request.args.get("id"))  # type: ignore[attr-defined]
        if not self._permits(chosen, row):
            raise Forbidden
        if chosen.form is None:
            return self._do(chosen, row, None) if request.method not in SAFE else abort(405)
        form = _with_key(chosen.form)(request.form or None)
        self.offer_choices(chosen, form, row)
        if request.method in SAFE:
            self.prefill(chosen, form, row)
        if request.method in SAFE or not form.validate():
            return self._ask(chosen, form, row)
        try:
            return self._do(chosen, row, form)
        except Refusal as refusal:
            if refusal.field not in form._fields:
                raise
            return self._ask_again(chosen, form, row, refusal)

    def prefill(self, act: Act, form: Any, row: Any) -> None:
        """Suggest values before the form is shown; override where something sensible is known."""

    def offer_choices(self, act: Act, form: Any, row: Any) -> None:
        """Fill the choices of the form's selects; override where they depend on the record."""

    def _ask_again(self, act: Act, form: Any, row: Any, refusal: Refusal) -> Any:
        undo()
        current_session().rollback()
        field = form._fields[refusal.field]
        field.errors = [*field.errors, str(refusal)]
        return self._ask(act, form, row)

    def _ask(self, act: Act, form: Any, row: Any) -> Any:
        return self.render(  # type: ignore[attr-defined]
            "dougong/settings_form.html",
            form=form, title=act.title, lead=str(row) if row is not None else "",
            sections=None, cancel_url=self._page_of(row), action="", button=act.title,
            heading=act.title,
        )  # fmt: skip

    def _do(self, act: Act, row: Any, form: Any) -> Any:
        led_to = act.run(current_session(), row, form)
        current_session().flush()
        flash(str(act.done) or gettext("Done: %(what)s", what=act.title), "success")
        return redirect(led_to if isinstance(led_to, str) else self._page_of(row), 303)

    def _may(self, act: Act, row: Any) -> bool:
        return self._permits(act, row) and act.offered(row)

    def _permits(self, act: Act, row: Any) -> bool:
        if act.entity:
            return desk().scope.allows(act.operation, act.entity, getattr(row, "branch_id", None))
        return bool(self.allows(act.operation, row))  # type: ignore[attr-defined]

    def _address(self, act: Act, row: Any) -> str:
        endpoint = f"{self.endpoint}.act_view"  # type: ignore[attr-defined]
        key = None if row is None else self.get_pk_value(row)  # type: ignore[attr-defined]
        return url_for(endpoint, act=act.name, id=key)

    def _page_of(self, row: Any) -> str:
        view = "index_view" if row is None else "details_view"
        key = {} if row is None else {"id": self.get_pk_value(row)}  # type: ignore[attr-defined]
        return url_for(f"{self.endpoint}.{view}", **key)  # type: ignore[attr-defined]


def _with_key(form: type[Form]) -> type[Any]:
    if issubclass(form, RecordForm):
        return form
    return type(form.__name__, (form,), {"request_key": RecordForm.request_key})
