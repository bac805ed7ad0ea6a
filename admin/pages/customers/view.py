"""The customer archive: list, page and form (AR-01, AR-02)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, g, has_request_context, request, url_for
from flask_admin import expose
from flask_admin.actions import action
from markupsafe import Markup
from werkzeug.utils import redirect
from wtforms import BooleanField

from dougong.admin.contributions import Badge, Cell, Column
from dougong.admin.formats import NO_VALUE, badge, customer_url, number_cell, phone_text, state_text
from dougong.admin.pages.customers import overview, profiles
from dougong.admin.pages.customers.quality import archive_panels, draft_of, score_columns
from dougong.admin.screens import customer_badges, customer_columns, customer_panels
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import RecordView, Section, operation
from dougong.admin.views.validity import EmailAddress, PhoneNumber
from dougong.admin.words import word_for
from dougong.core.entities.customer import Customer, CustomerKind, CustomerStatus
from dougong.core.entities.people import User
from dougong.core.errors import Refusal
from dougong.core.i18n import form_text, gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.archive.api import leads_to, suspects
from dougong.core.services.printing.api import PRINTING

CONTRIBUTED = "plugin:"
SHOWN_SUSPECTS = 5


class CustomerView(RecordView):
    """The archive of the branch's customers, with what its plugins know of each."""

    model = Customer
    entity = "core.customer"
    path = "customers"
    with_files = True
    title = lazy("Customers")
    one = lazy("Customer")
    column_list = ("name", "code", "kind", "phone", "status", "manager.name", "since")
    column_export_list = (
        "code", "name", "short_name", "kind", "phone", "email", "status", "manager.name", "since",
        "group_code", "remark",
    )  # fmt: skip
    column_default_sort = "search_key"
    column_searchable_list = ("code", "name", "short_name", "search_key", "phone")
    column_filters = ("kind", "status", "since", "group_code")
    column_sortable_list = ("code", ("name", "search_key"), "status", "since")
    column_display_actions = True
    create_template = "admin_pages/customer_create.html"
    sections = (
        Section(
            lazy("Archive"),
            ("code", "name", "short_name", "status", "manager", "since", "group_code"),
        ),
        Section(lazy("How to reach"), ("phone", "email")),
        *profiles.sections(),
        Section(lazy("Remark"), ("remark",)),
        Section(lazy("Possible duplicates"), ("anyway",)),
    )
    form_columns = (
        "code", "name", "short_name", "phone", "email", "status", "manager", "since",
        "group_code", "remark",
    )  # fmt: skip
    form_args: ClassVar[dict[str, Any]] = {
        "name": {"label": lazy("Customer name")},
        "phone": {"validators": [PhoneNumber()]},
        "email": {"validators": [EmailAddress()]},
    }
    labels: ClassVar[dict[str, Any]] = {
        "code": lazy("Customer code"), "name": lazy("Customer"), "search_key": lazy("Pinyin"),
    }  # fmt: skip

    # --- list ------------------------------------------------------------------------------------

    def on_page(self, rows: Sequence[Customer]) -> None:
        """What plugins say of the page's customers: asked once for all."""
        g.contributed = _contributed(rows)

    def columns_offered(self) -> list[tuple[str, Any]]:
        """The view's own, and those that plugins bring for the customers on the page."""
        own = super().columns_offered()
        _, columns = getattr(g, "contributed", ({}, {})) if has_request_context() else ({}, {})
        return own + [(name, column[0].title) for name, column in columns.items()]

    def _get_list_value(self, context: Any, model: Any, name: str, *formatters: Any) -> Any:
        if context is not None and name.startswith(CONTRIBUTED):
            return _cell(g.contributed[1][name], model.id)
        value = super()._get_list_value(context, model, name, *formatters)
        if context is None or name != "name":
            return value
        link = Markup('<a href="{}">{}</a>')
        shown = [link.format(customer_url(model.id), model.name)]
        contributed: list[Badge] = getattr(g, "contributed", ({}, {}))[0].get(model.id, [])
        return Markup(" ").join([*shown, *(badge(b.text, b.tone, b.hint) for b in contributed)])

    # --- page ------------------------------------------------------------------------------------

    @expose("/details/")  # type: ignore[untyped-decorator]
    def details_view(self) -> Any:
        """Everything known of one customer, plugins' panels first."""
        customer = self.get_one(request.args.get("id"))
        if customer.status is CustomerStatus.CLOSED and (into := self._led_on(customer)):
            return into
        badges = customer_badges(customer.branch_id, [customer.id])[customer.id]
        return self.render(
            "dougong/customer.html",
            customer={"name": customer.name, "mark": customer.name[:1], "meta": _meta(customer)},
            badges=[_toned(b) for b in badges],
            actions=self._actions_for(customer),
            sections=overview.sections(customer, self),
            panels=[*customer_panels(customer), *archive_panels(customer)],
            tabs=overview.tabs(customer),
            files=self.files_panel(customer),
            activity=overview.activity(customer),
            feed_url=url_for("feed.index", customer=customer.id),
            crumbs=[(self.title, url_for("customers.index_view")), (customer.name, None)],
        )

    def _led_on(self, customer: Customer) -> Any:
        """The page of the one he was merged into, with a word of why."""
        survivor_id = leads_to(current_session(), customer.id)
        if survivor_id is None:
            return None
        said = gettext("%(customer)s (%(code)s) was merged into this customer.",
                       customer=customer.name, code=customer.code)  # fmt: skip
        flash(said, "info")
        return redirect(customer_url(survivor_id))

    def _actions_for(self, customer: Customer) -> list[dict[str, Any]]:
        scope, here = desk().scope, customer.branch_id
        offered = [
            (self.can_edit and self.allows(Operation.UPDATE, customer), lazy("Edit"), "edit",
             url_for("customers.edit_view", id=customer.id)),
            (scope.allows(Operation.CREATE, PRINTING, here), lazy("Print"), "print",
             url_for("print.index", of=Customer.__tablename__, id=customer.id)),
            (scope.allows("create", "core.customer_merge", here), lazy("Merge"), "users",
             url_for("merging.index", survivor=customer.id)),
            (scope.home is not None and scope.allows("create", "core.interaction", here),
             lazy("Record a contact"), "phone",
             url_for("interactions.create_view", customer=customer.id)),
            (scope.home is not None and scope.allows("hand_over", self.entity, here),
             lazy("Hand over"), "users", url_for("hand-over.index", customers=customer.id)),
            (scope.home is not None and scope.allows("create", "core.order", here),
             lazy("New order"), "plus", url_for("orders.create_view", customer=customer.id)),
        ]  # fmt: skip
        allowed = [(label, icon, url) for may, label, icon, url in offered if may]
        last = len(allowed) - 1
        return [
            {"label": label, "icon": icon, "url": url, "primary": i == last}
            for i, (label, icon, url) in enumerate(allowed)
        ]

    @operation("hand_over")
    @action("hand_over", lazy("Hand over"))  # type: ignore[untyped-decorator]
    def action_hand_over(self, ids: Sequence[str]) -> Any:
        """Choose a receiver for the selected customers (AR-07)."""
        return redirect(url_for("hand-over.index", customers=",".join(ids)), 303)

    # --- form ------------------------------------------------------------------------------------

    def scaffold_form(self) -> Any:
        """The form with the profiles' fields."""
        form = profiles.with_profiles(super().scaffold_form(), self.session, self)
        form.anyway = BooleanField(form_text("This is another customer: save all the same"))
        return form

    def create_form(self, obj: Any = None) -> Any:
        """The form for the kind that was chosen."""
        form = super().create_form(obj)
        profiles.keep_only(form, _kind_asked())
        if form.manager.data is None and not form.manager.raw_data:
            form.manager.data = current_session().get(User, desk().scope.user_id or 0)
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """The form for the customer's kind; a kind never changes, an owner by a hand-over only."""
        form = super().edit_form(obj)
        if obj.manager_id is not None:
            del form.manager
        del form.anyway
        profiles.keep_only(form, obj.kind)
        profiles.fill(form, obj)
        return form

    def render(self, template: str, **values: Any) -> Any:
        """The create page offers the kinds; who is suspected is asked about."""
        form = values.get("form")
        if form is not None and "anyway" in form._fields and not g.get("suspected"):
            del form.anyway
        if template == self.create_template:
            values["kinds"] = [
                (word_for(kind), url_for("customers.create_view", kind=kind.value),
                 kind is _kind_asked())
                for kind in CustomerKind
            ]  # fmt: skip
        return super().render(template, **values)

    def create_row(self, form: Any) -> Customer:
        """The customer and the profile of his kind."""
        customer = Customer(kind=_kind_asked(), branch_id=desk().scope.home)
        _populate(form, customer)
        current_session().add(customer)
        profiles.store(form, customer)
        self._refuse_suspects(form, customer)
        return customer

    def _refuse_suspects(self, form: Any, customer: Customer) -> None:
        """Tell who is there already, before a second archive of him is made (AR-05)."""
        if "anyway" in form._fields and form.anyway.data:
            return
        found = suspects(current_session(), draft_of(customer))
        if not found:
            return
        g.suspected = True
        names = ", ".join(f"{one.name} ({one.code})" for one in found[:SHOWN_SUSPECTS])
        raise Refusal(
            lazy("This customer may be there already: %(names)s.", names=names),
            code="core.customer_suspected",
            next_step=lazy("If it is another one, say so below and save again."),
            field="name",
        )

    def update_row(self, form: Any, row: Customer) -> None:
        """The customer and the profile of his kind."""
        _populate(form, row)
        profiles.store(form, row)

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """After saving, the customer's page."""
        return customer_url(model.id)


def _populate(form: Any, customer: Customer) -> None:
    for name, field in form._fields.items():
        if profiles.BETWEEN not in name:
            field.populate_obj(customer, name)
    for name in ("short_name", "phone", "email", "remark"):
        if getattr(customer, name) is None:
            setattr(customer, name, "")


def _kind_asked() -> CustomerKind:
    asked = request.args.get("kind", "")
    return CustomerKind(asked) if asked in list(CustomerKind) else CustomerKind.ENTERPRISE


def _meta(customer: Customer) -> list[object]:
    identity = desk().identity
    place = identity.place(customer.branch_id) if identity else None
    manager = gettext("Account manager: %(name)s", name=customer.manager or "—")
    found = [customer.code, word_for(customer.kind), phone_text(customer.phone), manager]
    return [*(text for text in found if text), place.name if place else "",
            state_text(customer.status)]  # fmt: skip


def _contributed(
    rows: Sequence[Customer],
) -> tuple[dict[int, list[Badge]], dict[str, list[Column]]]:
    """Badges by customer and columns by name; each branch asks the plugins that are on there."""
    by_branch: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_branch[row.branch_id].append(row.id)
    badges: dict[int, list[Badge]] = {}
    columns: defaultdict[str, list[Column]] = defaultdict(list)
    for branch_id, ids in by_branch.items():
        badges |= customer_badges(branch_id, ids)
        for column in (*score_columns(branch_id, ids), *customer_columns(branch_id, ids)):
            columns[f"{CONTRIBUTED}{column.source}-{column.key}"].append(column)
    return badges, dict(columns)


def _cell(columns: Sequence[Column], customer_id: int) -> Markup | str:
    cells = (column.cells.get(customer_id) for column in columns)
    cell: Cell | None = next((cell for cell in cells if cell is not None), None)
    if cell is None:
        return NO_VALUE
    if cell.tone is not None:
        return badge(cell.text, cell.tone, cell.hint)
    return number_cell(cell.text) if cell.number else str(cell.text)


def _toned(item: Badge) -> dict[str, object]:
    tone = f"level-{item.tone}" if item.tone in ("a", "b", "c") else str(item.tone)
    return {"tone": tone, "text": item.text, "hint": item.hint}
