"""Invoices and receipts: money owed and money that came, and which settles which."""

from typing import Any, ClassVar

from flask import request, url_for
from flask_admin.form.widgets import DatePickerWidget
from flask_admin.model.fields import AjaxSelectField
from sqlalchemy import select
from wtforms import DateField, Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from dougong.admin.formats import moment_text, money_text, number_cell
from dougong.admin.pages.sales.order_form import LOOKUPS
from dougong.admin.sessions import current_session, desk
from dougong.admin.views import Act, RecordView, Related
from dougong.admin.views.fields import MoneyInput, RecordForm, StateChoices
from dougong.core.entities.billing import (
    Allocation,
    Invoice,
    InvoiceKind,
    InvoiceState,
    Receipt,
    ReceiptKind,
    ReceiptState,
)
from dougong.core.i18n import form_text as _
from dougong.core.i18n import lazy
from dougong.core.scope import Operation
from dougong.core.services.sales import api as sales
from dougong.core.services.sales.api import Payment
from dougong.core.session import Session
from dougong.core.values import Money
from dougong.core.values.documents import PaymentMethod


class CreditNoteAct(Form):
    """What a credit note is asked for."""

    amount = MoneyInput(_("Amount with tax"), [InputRequired()])
    reason = StringField(_("Reason"), [InputRequired(), Length(max=500)])


class AllocateAct(Form):
    """Which invoice the money settles."""

    invoice = SelectField(_("Invoice"), [InputRequired()], coerce=int)
    amount = MoneyInput(_("Amount"), [InputRequired()])


def _method() -> SelectField:
    return SelectField(
        _("Means of payment"),
        choices=StateChoices(PaymentMethod),
        coerce=PaymentMethod,
    )


class RefundAct(Form):
    """Money paid back."""

    amount = MoneyInput(_("Amount"), [InputRequired()])
    method = _method()


class ReceiptForm(RecordForm):
    """Money that came in."""

    customer = AjaxSelectField(LOOKUPS["customer"], _("Customer"), [InputRequired()])
    amount = MoneyInput(_("Amount"), [InputRequired()])
    method = _method()
    received_on = DateField(_("Received on"), [Optional()], widget=DatePickerWidget())
    remark = TextAreaField(_("Remark"), [Length(max=2000)])


def _is_open(kind: InvoiceKind) -> Any:
    return lambda row: row.kind is kind and row.state is InvoiceState.OPEN


def _credit(session: Session, row: Invoice, form: Any) -> str:
    amount = Money(form.amount.data, row.currency)
    note = sales.credit_note(session, row.id, amount, form.reason.data)
    return url_for("invoices.details_view", id=note.id)


class InvoiceView(RecordView):
    """What customers owe."""

    model = Invoice
    entity = "core.invoice"
    path = "invoices"
    with_files = True
    title = lazy("Invoices")
    one = lazy("Invoice")
    labels: ClassVar[dict[str, Any]] = {"credited": lazy("Credits this invoice")}
    offers = frozenset({Operation.EXPORT})
    column_list = (
        "number", "kind", "customer.name", "issued_on", "due_on", "state", "total_minor",
        "settled_minor",
    )  # fmt: skip
    column_details_list = (
        "number", "kind", "customer.name", "order.number", "state", "issued_on", "due_on",
        "net_minor", "tax_minor", "total_minor", "settled_minor", "remark",
    )  # fmt: skip
    column_default_sort = [("issued_on", True), ("id", True)]
    column_searchable_list = ("number", "customer.name")
    column_filters = ("kind", "state", "due_on", "issued_on")
    column_sortable_list = ("number", "issued_on", "due_on", "state", "total_minor")
    acts = (
        Act(
            name="credit", title=lazy("Credit note"), operation="credit", icon="file",
            form=CreditNoteAct, run=_credit, done=lazy("The credit note is issued."),
            offered=lambda row: row.kind is InvoiceKind.INVOICE
            and row.state is not InvoiceState.VOID,
        ),
        Act(
            name="void", title=lazy("Void invoice"), operation="void", icon="x",
            confirm=lazy("Void this invoice? What it bills can be invoiced again."),
            offered=_is_open(InvoiceKind.INVOICE), done=lazy("The invoice is void."),
            run=lambda session, row, _: sales.void_invoice(session, row.id),
        ),
    )  # fmt: skip

    def related(self, row: Invoice) -> list[Related]:
        """What settled it."""
        shown = [_allocation(a, a.receipt or a.credit_note) for a in row.allocations]
        return [Related(lazy("Settled by"), _HEADS, shown)] if shown else []

    def prefill(self, act: Act, form: Any, row: Any) -> None:
        """The whole invoice unless said otherwise."""
        if act.name == "credit":
            form.amount.data = row.total_minor


def _allocate(session: Session, row: Receipt, form: Any) -> None:
    sales.allocate(session, row.id, form.invoice.data, Money(form.amount.data, row.currency))


def _refund(session: Session, row: Receipt, form: Any) -> str:
    payment = Payment(Money(form.amount.data, row.currency), form.method.data)
    return url_for("receipts.details_view", id=sales.refund(session, row.id, payment).id)


def _has_rest(row: Receipt) -> bool:
    is_money = row.kind is ReceiptKind.RECEIPT and row.state is ReceiptState.OPEN
    return is_money and row.applied_minor < row.amount_minor


class ReceiptView(RecordView):
    """Money that came in."""

    model = Receipt
    entity = "core.receipt"
    path = "receipts"
    with_files = True
    title = lazy("Receipts")
    one = lazy("Receipt")
    offers = frozenset({Operation.CREATE, Operation.EXPORT})
    column_list = (
        "number", "kind", "customer.name", "received_on", "method", "amount_minor",
        "applied_minor", "state",
    )  # fmt: skip
    column_details_list = (*column_list, "remark")
    column_default_sort = [("received_on", True), ("id", True)]
    column_searchable_list = ("number", "customer.name")
    column_filters = ("kind", "state", "method", "received_on")
    column_sortable_list = ("number", "received_on", "amount_minor", "state")
    form = ReceiptForm
    form_ajax_refs = {"customer": LOOKUPS["customer"]}
    acts = (
        Act(
            name="allocate", title=lazy("Allocate to an invoice"), operation="allocate",
            icon="check", primary=True, form=AllocateAct, run=_allocate, offered=_has_rest,
            done=lazy("The money is allocated."),
        ),
        Act(
            name="refund", title=lazy("Refund"), operation="refund", icon="refresh",
            form=RefundAct, run=_refund, offered=_has_rest, done=lazy("The refund is booked."),
        ),
        Act(
            name="void", title=lazy("Void receipt"), operation=Operation.UPDATE, icon="x",
            confirm=lazy("Void this receipt? The invoices it settled are open again."),
            offered=lambda r: r.kind is ReceiptKind.RECEIPT and r.state is ReceiptState.OPEN,
            run=lambda session, row, _: sales.void_receipt(session, row.id),
        ),
    )  # fmt: skip

    def create_row(self, form: Any) -> Receipt:
        """Book the money; it lowers exposure at once (CR-04)."""
        identity = desk().identity
        place = identity.place(desk().scope.home) if identity else None
        amount = Money(form.amount.data, place.currency if place else "CNY")
        payment = Payment(amount, form.method.data, form.received_on.data, form.remark.data or "")
        return sales.register_receipt(current_session(), form.customer.data.id, payment)

    def get_save_return_url(self, model: Any, is_created: bool = False) -> str:
        """After booking, the receipt's page: allocate it there."""
        return url_for("receipts.details_view", id=model.id)

    def related(self, row: Receipt) -> list[Related]:
        """What it settles."""
        shown = [_allocation(a, a.invoice) for a in row.allocations]
        return [Related(lazy("Allocated to"), _HEADS, shown)] if shown else []

    def offer_choices(self, act: Act, form: Any, row: Any) -> None:
        """The customer's open invoices, those due first on top."""
        if act.name == "allocate":
            form.invoice.choices = [
                (i.id, f"{i} · {money_text(Money(i.total_minor - i.settled_minor, i.currency))}")
                for i in _open_invoices(row)
            ]

    def prefill(self, act: Act, form: Any, row: Any) -> None:
        """As much as the money and the first invoice allow."""
        rest = row.amount_minor - row.applied_minor if row is not None else 0
        if act.name == "refund":
            form.amount.data = rest
        elif act.name == "allocate" and not request.form:
            due = [i.total_minor - i.settled_minor for i in _open_invoices(row)[:1]]
            form.amount.data = min([rest, *due])


_HEADS = (lazy("Number"), lazy("Amount"), lazy("Time"))


def _open_invoices(receipt: Receipt) -> list[Invoice]:
    statement = (
        select(Invoice)
        .where(Invoice.customer_id == receipt.customer_id, Invoice.kind == InvoiceKind.INVOICE)
        .where(Invoice.state == InvoiceState.OPEN, Invoice.currency == receipt.currency)
        .order_by(Invoice.due_on, Invoice.id)
        .limit(200)
    )
    return list(current_session().scalars(statement).all())


def _allocation(row: Allocation, other: Any) -> tuple[str, tuple[object, ...]]:
    endpoint = "receipts" if isinstance(other, Receipt) else "invoices"
    currency = other.currency
    return (
        url_for(f"{endpoint}.details_view", id=other.id),
        (str(other), number_cell(money_text(Money(row.amount_minor, currency))),
         moment_text(row.at, row.branch_id)),
    )  # fmt: skip
