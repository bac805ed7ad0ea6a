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

from dougong.core.i18n import LazyText, lazy
from dougong.plugins.credit.rules import WithoutLimit
from dougong.plugins.credit.words import LIMIT_KINDS, WITHOUT_LIMIT


def _text(source: LazyText) -> Any:
    """WTForms' types know no lazy text, though it shows them well."""
    return source


class CreditForm(Form):
    """A branch's settings (CR-03, CR-07)."""

    without_limit = SelectField(
        _text(lazy("Customers without an agreed limit may buy")),
        choices=[(kind.value, _text(text)) for kind, text in WITHOUT_LIMIT.items()],
        default=WithoutLimit.PREPAID.value,
    )
    default_limit = DecimalField(
        _text(lazy("The branch's usual limit")),
        [InputRequired(), NumberRange(0, 10**12, _text(lazy("Zero or more.")))],
        places=2,
        default=Decimal(0),
    )
    warn_percent = IntegerField(
        _text(lazy("Warn when this much of a limit is used (%)")),
        [InputRequired(), NumberRange(1, 100, _text(lazy("Between 1 and 100.")))],
        default=80,
    )


class LimitForm(Form):
    """What is agreed with one customer, and why it changes (CR-03)."""

    kind = SelectField(
        _text(lazy("Limit")),
        choices=[(kind.value, _text(text)) for kind, text in LIMIT_KINDS.items()],
    )
    amount = DecimalField(
        _text(lazy("Amount")),
        [Optional(), NumberRange(0, 10**12, _text(lazy("Zero or more.")))],
        places=2,
        description=_text(lazy("Only for a limit up to an amount.")),
    )
    payment_days = IntegerField(
        _text(lazy("Payment days")),
        [Optional(), NumberRange(0, 720, _text(lazy("Between 0 and 720.")))],
    )
    valid_until = DateField(_text(lazy("Valid until")), [Optional()])
    reason = TextAreaField(
        _text(lazy("Reason")),
        [InputRequired(_text(lazy("Say why the limit changes."))), Length(max=500)],
    )


class AgreeForm(LimitForm):
    """The same with a customer named by code: he may have no account yet."""

    customer = StringField(
        _text(lazy("Customer code")),
        [InputRequired(_text(lazy("Write the customer's code."))), Length(max=40)],
    )
    field_order = ("customer", "kind", "amount", "payment_days", "valid_until", "reason")

    def __iter__(self) -> Any:
        """The customer first."""
        return iter(sorted(super().__iter__(), key=_place(self.field_order)))


def _place(order: tuple[str, ...]) -> Any:
    return lambda field: order.index(field.name) if field.name in order else -1
