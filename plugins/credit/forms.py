"""The forms of credit: a branch's settings, and a customer's limit."""

from decimal import Decimal
from typing import Any

from wtforms import (
    DateField,
    DecimalField,
    Form,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from dougong.core.i18n import form_text
from dougong.plugins.credit.rules import WithoutLimit
from dougong.plugins.credit.words import LIMIT_KINDS, WITHOUT_LIMIT


class CreditForm(Form):
    """A branch's settings (CR-03, CR-07)."""

    without_limit = SelectField(
        form_text("Customers without an agreed limit may buy"),
        choices=[(kind.value, form_text(text)) for kind, text in WITHOUT_LIMIT.items()],
        default=WithoutLimit.PREPAID.value,
    )
    default_limit = DecimalField(
        form_text("The branch's usual limit"),
        [InputRequired(), NumberRange(0, 10**12, form_text("Zero or more."))],
        places=2,
        default=Decimal(0),
    )
    warn_percent = IntegerField(
        form_text("Warn when this much of a limit is used (%)"),
        [InputRequired(), NumberRange(1, 100, form_text("Between 1 and 100."))],
        default=80,
    )


class LimitForm(Form):
    """What is agreed with one customer, and why it changes (CR-03)."""

    kind = SelectField(
        form_text("Limit"),
        choices=[(kind.value, form_text(text)) for kind, text in LIMIT_KINDS.items()],
    )
    amount = DecimalField(
        form_text("Amount"),
        [Optional(), NumberRange(0, 10**12, form_text("Zero or more."))],
        places=2,
        description=form_text("Only for a limit up to an amount."),
    )
    payment_days = IntegerField(
        form_text("Payment days"),
        [Optional(), NumberRange(0, 720, form_text("Between 0 and 720."))],
    )
    valid_until = DateField(form_text("Valid until"), [Optional()])
    reason = TextAreaField(
        form_text("Reason"),
        [InputRequired(form_text("Say why the limit changes.")), Length(max=500)],
    )


class AgreeForm(LimitForm):
    """The same with a customer named by code: he may have no account yet."""

    customer = StringField(
        form_text("Customer code"),
        [InputRequired(form_text("Write the customer's code.")), Length(max=40)],
    )
    field_order = ("customer", "kind", "amount", "payment_days", "valid_until", "reason")

    def __iter__(self) -> Any:
        """The customer first."""
        return iter(sorted(super().__iter__(), key=_place(self.field_order)))


def _place(order: tuple[str, ...]) -> Any:
    return lambda field: order.index(field.name) if field.name in order else -1
