"""Orders: confirm, cancel, deliver and invoice are buttons that call the service's verbs."""

from datetime import timedelta
from typing import Any, ClassVar

from flask import request, url_for
from flask_admin.form.widgets import DatePickerWidget
from wtforms import DateField, Form
from wtforms.validators import InputRequired

from dougong.admin.formats import (
    day_text,
    money_text,
    number_cell,
    number_text,
    state_text,
    today_here,
)
from dougong.admin.pages.sales import order_form
from dougong.admin.screens import Drawn, order_panels
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import Act, RecordView, Related
from dougong.admin.views.fields import MoneyInput
from dougong.core.entities.billing import Invoice
from dougong.core.entities.people import User
from dougong.core.entities.sales import OrderState, SalesOrder
from dougong.core.i18n import form_text as _
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.sales import api as sales
from dougong.core.services.sales.api import OrderStep, order_after
from dougong.core.session import Session
from dougong.core.values import Money


class InvoiceAct(Form):
    """What an invoice of an order is asked for."""

    due_on = DateField(_("Due on"), [InputRequired()], widget=DatePickerWidget())
    part_minor = MoneyInput(
        _("Amount with tax"),
        description=_("Empty: all that is not invoiced yet."),
    )


def _can(step: OrderStep) -> Any:
    return lambda order: order_after(order.state, step) is not None


def _deliver(session: Session, order: SalesOrder, form: object) -> str:
    delivery = sales.create_delivery(session, order.id)
    return url_for("deliveries.details_view", id=delivery.id)


def _invoice(session: Session, order: SalesOrder, form: Any) -> str:
    part = form.part_minor.data
    money = None if part is None else Money(part, order.currency)
    invoice = sales.issue_invoice(session, order.id, form.due_on.data, money)
    return url_for("invoices.details_view", id=invoice.id)


class OrderView(RecordView):
    """Orders of the branch."""

    model = SalesOrder
    entity = "core.order"
    path = "orders"
    with_files = True
    title = lazy("Orders")
    one = lazy("Order")
    offers = frozenset({Operation.CREATE, Operation.UPDATE, Operation.EXPORT})
    column_list = (
        "number", "customer.name", "ordered_on", "state", "total_minor", "invoiced_minor",
        "salesperson.name",
    )  # fmt: skip
    column_details_list = (
        "number", "customer.name", "state", "ordered_on", "confirmed_at", "net_minor",
        "tax_minor", "total_minor", "invoiced_minor", "salesperson.name", "remark",
    )  # fmt: skip
    column_default_sort = [("ordered_on", True), ("id", True)]
    column_searchable_list = ("number", "customer.name")
    column_filters = ("state", "ordered_on")
    column_sortable_list = ("number", "ordered_on", "state", "total_minor")
    labels: ClassVar[dict[str, Any]] = {"number": lazy("Order number")}
    form = order_form.OrderForm
    form_ajax_refs = order_form.LOOKUPS
    create_template = "admin_pages/order_create.html"
    edit_template = "admin_pages/order_edit.html"
    acts = (
        Act(
            name="confirm", title=lazy("Confirm order"), operation="confirm", primary=True,
            icon="check", offered=_can(OrderStep.CONFIRM), done=lazy("The order is confirmed."),
            run=lambda session, order, _: sales.confirm_order(session, order.id),
        ),
        Act(
            name="deliver", title=lazy("Prepare delivery"), operation=Operation.CREATE,
            entity="core.delivery", icon="truck", offered=_can(OrderStep.DELIVER),
            done=lazy("The delivery is prepared; release it when the goods may leave."),
            run=_deliver,
        ),
        Act(
            name="invoice", title=lazy("Issue invoice"), operation=Operation.CREATE,
            entity="core.invoice", icon="file", form=InvoiceAct, run=_invoice,
            offered=lambda o: order_after(o.state, OrderStep.INVOICE) is not None
            and o.invoiced_minor < o.total_minor,
            done=lazy("The invoice is issued."),
        ),
        Act(
            name="close", title=lazy("Close order"), icon="check-circle",
            offered=_can(OrderStep.CLOSE),
            run=lambda session, order, _: sales.close_order(session, order.id),
        ),
        Act(
            name="reopen", title=lazy("Open again"), icon="refresh",
            offered=_can(OrderStep.REOPEN),
            run=lambda session, order, _: sales.reopen_order(session, order.id),
        ),
        Act(
            name="cancel", title=lazy("Cancel order"), operation="cancel", icon="x",
            offered=_can(OrderStep.CANCEL), confirm=lazy("Cancel this order?"),
            done=lazy("The order is cancelled."),
            run=lambda session, order, _: sales.cancel_order(session, order.id),
        ),
    )  # fmt: skip

    # --- form ------------------------------------------------------------------------------------

    def create_form(self, obj: Any = None) -> Any:
        """Today, by the person who writes it, for the customer the address names."""
        form = super().create_form(obj)
        if not request.form:
            form.ordered_on.data = today_here()
            form.salesperson.data = current_session().get(User, desk().scope.user_id or 0)
        return form

    def edit_form(self, obj: Any = None) -> Any:
        """The order's lines and room for more."""
        form = super().edit_form(obj)
        del form["customer"]
        if not request.form:
            order_form.add_blank_lines(form)
        return form

    def create_row(self, form: Any) -> SalesOrder:
        """A draft; it gets its number when it is confirmed."""
        identity = desk().identity
        place = identity.place(desk().scope.home) if identity else None
        currency = order_form.order_currency(None, place.currency if place else "CNY")
        draft = sales.OrderDraft(
            customer_id=form.customer.data.id,
            currency=currency,
            lines=tuple(order_form.drafts(form, currency)),
            ordered_on=form.ordered_on.data,
            salesperson_id=form.salesperson.data.id if form.salesperson.data else None,
            remark=form.remark.data or "",
        )
        return sales.create_order(current_session(), draft)

    def update_row(self, form: Any, row: SalesOrder) -> None:
        """New lines; a confirmed order is checked again as if newly confirmed (CR-04)."""
        lines = tuple(order_form.drafts(form, row.currency))
        sales.change_order(current_session(), row.id, lines)
        row.remark = form.remark.data or ""
        row.salesperson_id = form.salesperson.data.id if form.salesperson.data else None
        if row.state is OrderState.DRAFT and form.ordered_on.data:
            row.ordered_on = form.ordered_on.data

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """After saving, the order's page."""
        return url_for("orders.details_view", id=model.id)

    def prefill(self, act: Act, form: Any, row: Any) -> None:
        """Due in thirty days unless said otherwise."""
        if act.name == "invoice":
            form.due_on.data = today_here() + timedelta(days=30)

    # --- page ------------------------------------------------------------------------------------

    def panels(self, row: SalesOrder) -> list[Drawn]:
        """What plugins say of the order."""
        return order_panels(row)

    def related(self, row: SalesOrder) -> list[Related]:
        """Lines, deliveries and invoices of the order."""
        found = [_lines(row)]
        if row.deliveries:
            found.append(_deliveries(row))
        invoices = current_session().query(Invoice).filter_by(order_id=row.id).order_by(Invoice.id)
        if desk().scope.allows(Operation.READ, "core.invoice", row.branch_id):
            found += _invoices(invoices.all())
        return found


def _lines(order: SalesOrder) -> Related:
    heads = (lazy("Description"), lazy("Quantity"), lazy("Unit price (net)"), lazy("Tax rate (%)"),
             lazy("Total"))  # fmt: skip
    rows: list[tuple[str, tuple[object, ...]]] = [
        ("", (
            line.text, number_cell(number_text(line.quantity.normalize())),
            number_cell(money_text(line.unit_price)),
            number_cell(number_text(line.tax_percent)), number_cell(money_text(line.total)),
        ))
        for line in order.lines
    ]  # fmt: skip
    return Related(lazy("Lines"), heads, rows)


def _deliveries(order: SalesOrder) -> Related:
    rows: list[tuple[str, tuple[object, ...]]] = [
        (url_for("deliveries.details_view", id=d.id), (str(d), state_text(d.state)))
        for d in order.deliveries
    ]
    return Related(lazy("Deliveries"), (lazy("Number"), lazy("State")), rows)


def _invoices(invoices: list[Invoice]) -> list[Related]:
    rows: list[tuple[str, tuple[object, ...]]] = [
        (url_for("invoices.details_view", id=i.id),
         (str(i), state_text(i.kind), day_text(i.due_on), state_text(i.state),
          number_cell(money_text(i.total))))
        for i in invoices
    ]  # fmt: skip
    heads = (lazy("Number"), lazy("Kind"), lazy("Due on"), lazy("State"), lazy("Total"))
    return [Related(lazy("Invoices"), heads, rows)] if rows else []
