"""What a branch decides about its cards: the form that asks, the dataclass that code reads."""

from dataclasses import dataclass

from wtforms import Form, IntegerField
from wtforms.validators import InputRequired, NumberRange

from dougong.core.i18n import form_text


@dataclass(frozen=True, slots=True)
class StampSettings:
    """A branch's settings; the defaults hold where nobody changed them."""

    card_size: int = 10
    valid_days: int = 365


class StampSettingsForm(Form):
    """The same fields, with labels and bounds."""

    card_size = IntegerField(
        form_text("Stamps that fill a card"), [InputRequired(), NumberRange(2, 100)], default=10
    )
    valid_days = IntegerField(
        form_text("Days a stamp counts"), [InputRequired(), NumberRange(1, 3650)], default=365
    )
