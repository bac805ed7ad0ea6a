"""What a person makes of a list: his columns, lists saved under a name, and where it starts."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import abort, flash, g, has_request_context, request, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from werkzeug.utils import redirect
from wtforms import BooleanField, Form, HiddenField, StringField
from wtforms.validators import InputRequired, Length

from dougong.admin.models import ListPreference, SavedList
from dougong.admin.sessions import current_session, desk
from dougong.admin.views.guard import expose, operation
from dougong.admin.views.lookup import whole_number
from dougong.core.i18n import form_text as _
from dougong.core.i18n import gettext
from dougong.core.scope import Operation

EVERYTHING = "all"
"""The argument by which an address asks for the list as it is, wherever he starts it."""
_KEPT = 2000


class SaveForm(Form):
    """Under which name, and for whom."""

    name = StringField(_("Name"), [InputRequired(), Length(max=80)])
    shared = BooleanField(_("Everybody at this branch may use it"))
    start = BooleanField(_("Show me this whenever I open the list"))
    query = HiddenField(validators=[Length(max=_KEPT)])


class RowChoices:
    """The pages behind a list on which a person arranges it."""

    endpoint: str

    # --- columns ---------------------------------------------------------------------------------

    def arranged(self, columns: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """The columns this person wants, in his order."""
        kept = self.preference() if _on_a_list() else None
        if kept is None or not kept.shown:
            return list(columns)
        offered = dict(columns)
        names = [name for name in kept.shown if name in offered]
        late = [name for name in offered if name not in (*kept.shown, *kept.hidden)]
        return [(name, offered[name]) for name in (*names, *late)] or list(columns)

    def preference(self) -> ListPreference | None:
        """How the person keeps this list; read once a request."""
        known: dict[str, ListPreference | None] = g.setdefault("list_preferences", {})
        if self.endpoint not in known:
            known[self.endpoint] = self._read_preference()
        return known[self.endpoint]

    def _read_preference(self) -> ListPreference | None:
        mine = select(ListPreference).where(
            ListPreference.user_id == desk().scope.user_id, ListPreference.view == self.endpoint
        )
        return current_session().scalars(mine).one_or_none()

    @expose("/columns/", methods=("GET", "POST"))
    @operation(Operation.READ)
    def columns_view(self) -> Any:
        """Which columns the person sees, and in which order."""
        offered = self.columns_offered()  # type: ignore[attr-defined]
        if request.method == "POST":
            self._keep_columns([name for name, _ in offered])
            return redirect(url_for(f"{self.endpoint}.index_view"), 303)
        kept = self._read_preference()
        order = [*(kept.shown if kept else ()), *(kept.hidden if kept else ())]
        ranked = sorted(offered, key=lambda c: order.index(c[0]) if c[0] in order else len(order))
        hidden = set(kept.hidden) if kept else set()
        return self.render(  # type: ignore[attr-defined]
            "dougong/list_columns.html", columns=[(n, t, n not in hidden) for n, t in ranked],
            cancel_url=url_for(f"{self.endpoint}.index_view"), page_title=gettext("Columns"),
        )  # fmt: skip

    def _keep_columns(self, names: Sequence[str]) -> None:
        def rank(name: str) -> int:
            return request.form.get(f"rank-{name}", 999, type=int)

        ordered = sorted(names, key=rank)
        wanted = set(request.form.getlist("column"))
        kept = self._kept()
        kept.shown = [name for name in ordered if name in wanted]
        kept.hidden = [name for name in ordered if name not in wanted]
        if not kept.shown or "usual" in request.form:
            kept.shown, kept.hidden = [], []

    def _kept(self) -> ListPreference:
        found = self._read_preference()
        if found is None:
            found = ListPreference(
                user_id=desk().scope.user_id, view=self.endpoint, shown=[], hidden=[], start=""
            )
            current_session().add(found)
        return found

    # --- saved lists -----------------------------------------------------------------------------

    def started(self) -> Any:
        """Where a bare address leads this person; None where it is the list as it is."""
        if request.args:
            return None
        kept = self.preference()
        if kept is None or not kept.start:
            return None
        return redirect(f"{url_for(f'{self.endpoint}.index_view')}?{kept.start}")

    @expose("/saved/", methods=("GET", "POST"))
    @operation(Operation.READ)
    def saved_view(self) -> Any:
        """The saved lists: his own and those shared at the branch; a form to save another."""
        form = SaveForm(request.form or None)
        if request.method == "POST" and form.validate():
            self._save(form)
            flash(gettext("The list is saved."), "success")
            return redirect(url_for(f"{self.endpoint}.saved_view"), 303)
        if request.method != "POST":
            form.query.data = harmless_query(request.args.get("query", ""))
        here = url_for(f"{self.endpoint}.index_view")
        kept = self.preference()
        return self.render(  # type: ignore[attr-defined]
            "dougong/saved_lists.html", form=form, saved=self._saved(), list_url=here,
            me=desk().scope.user_id, start=kept.start if kept else "",
            may_save=desk().scope.home is not None, page_title=gettext("Saved lists"),
        )  # fmt: skip

    @expose("/saved/change/", methods=("POST",))
    @operation(Operation.READ)
    def saved_change_view(self) -> Any:
        """Start with a saved list, with the list as it is, or drop one of his own."""
        key = whole_number(request.form.get("id"))
        row = next((saved for saved in self._saved() if saved.id == key), None)
        if request.form.get("do") == "drop":
            if row is None or row.user_id != desk().scope.user_id:
                abort(404)
            current_session().delete(row)
        else:
            self._kept().start = row.query if row is not None else ""
        return redirect(url_for(f"{self.endpoint}.saved_view"), 303)

    def _save(self, form: Any) -> None:
        here = desk().scope
        if here.home is None:
            abort(400)
        query = harmless_query(form.query.data or "")
        name = form.name.data.strip()
        mine = [s for s in self._saved() if s.user_id == here.user_id and s.name == name]
        row = mine[0] if mine else SavedList(user_id=here.user_id, view=self.endpoint, name=name)
        row.query, row.shared = query, bool(form.shared.data)
        current_session().add(row)
        if form.start.data:
            self._kept().start = query

    def _saved(self) -> Sequence[SavedList]:
        mine = or_(SavedList.user_id == desk().scope.user_id, SavedList.shared)
        found = select(SavedList).where(SavedList.view == self.endpoint, mine)
        found = found.options(joinedload(SavedList.user)).order_by(SavedList.name, SavedList.id)
        return current_session().scalars(found).all()


def harmless_query(text: str) -> str:
    """The address of a list without its page; written anew, so that it leads nowhere else."""
    dropped = {"after", "before", "end", "start", "row", "page", EVERYTHING}
    pairs = [(k, v) for k, v in parse_qsl(text.lstrip("?")) if k not in dropped]
    said = urlencode(pairs)
    return said if len(said) <= _KEPT else ""


def _on_a_list() -> bool:
    return has_request_context() and desk().identity is not None and "list_preferences" in g
