"""The form of an order: its head and its lines, blank lines left out."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from flask_admin.form.widgets import DatePickerWidget
from flask_admin.model.fields import AjaxSelectField
from wtforms import DateField, DecimalField, FieldList, Form, FormField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from dougong.admin.sessions import REQUEST_SESSION
from dougong.admin.views.fields import MoneyInput, RecordForm
from dougong.admin.views.lookup import Lookup
from dougong.core.entities.customer import Customer
from dougong.core.entities.people import User
from dougong.core.entities.product import Product
from dougong.core.entities.sales import SalesOrder
from dougong.core.i18n import form_text as _
from dougong.core.services.sales.api import LineDraft
from dougong.core.values import Money, Percentage

BLANK_LINES: Final = 3
LOOKUPS: Final = {
    "customer": Lookup(
        "customer", REQUEST_SESSION, Customer, fields=("name", "code", "search_key", "phone")
    ),
    "salesperson": Lookup("salesperson", REQUEST_SESSION, User, fields=("name", "login")),
    "product": Lookup("product", REQUEST_SESSION, Product, fields=("code", "name")),
}


class LineForm(Form):
    """One line; a blank one is left out."""

    product = AjaxSelectField(LOOKUPS["product"], _("Product"), allow_blank=True)
    text = StringField(_("Description"), [Length(max=300)])
    quantity = DecimalField(
        _("Quantity"),
        [Optional(), NumberRange(Decimal("0.001"), Decimal(99999999))],
        places=None,
    )
    unit_price_minor = MoneyInput(_("Unit price (net)"))
    tax_percent = DecimalField(
        _("Tax rate (%)"),
        [Optional(), NumberRange(0, 100)],
        places=None,
    )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written into it."""
        return self.product.data is None and not self.text.data and self.quantity.data is None


class OrderForm(RecordForm):
    """An order's head and lines."""

    customer = AjaxSelectField(LOOKUPS["customer"], _("Customer"), [InputRequired()])
    ordered_on = DateField(_("Ordered on"), [Optional()], widget=DatePickerWidget())
    salesperson = AjaxSelectField(LOOKUPS["salesperson"], _("Salesperson"), allow_blank=True)
    remark = TextAreaField(_("Remark"), [Length(max=2000)])
    lines = FieldList(FormField(LineForm), _("Lines"), min_entries=BLANK_LINES, max_entries=200)


def drafts(form: Any, currency: str) -> Iterator[LineDraft]:
    """The lines as the service takes them; what a product knows need not be written."""
    for entry in form.lines.entries:
        line = entry.form
        if not line.is_blank:
            yield _draft(line, currency)


def _draft(line: Any, currency: str) -> LineDraft:
    product: Product | None = line.product.data
    price, percent = line.unit_price_minor.data, line.tax_percent.data
    if product is not None:
        price = product.price_minor if price is None else price
        percent = product.tax_percent if percent is None else percent
    return LineDraft(
        text=line.text.data or (product.name if product else ""),
        quantity=line.quantity.data if line.quantity.data is not None else Decimal(1),
        unit_price=Money(price or 0, currency),
        tax=Percentage(percent or Decimal(0)),
        product_id=product.id if product else None,
    )


def add_blank_lines(form: Any) -> None:
    """Room for more lines than there are."""
    for _blank in range(BLANK_LINES):
        form.lines.append_entry()


def order_currency(order: SalesOrder | None, branch_currency: str) -> str:
    """An order keeps its currency; a new one takes the branch's."""
    return order.currency if order is not None else branch_currency
