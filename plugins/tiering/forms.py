"""The form that edits a branch's settings."""

from wtforms import DateField, Form, IntegerField, StringField, ValidationError
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from dougong.core.i18n import form_text
from dougong.plugins.tiering.rules import HIGHEST_TOTAL, LOWEST_TOTAL


def _number(title: str, lowest: int, highest: int, default: int) -> IntegerField:
    bounds = NumberRange(
        lowest,
        highest,
        message=form_text("Between %(lowest)s and %(highest)s.", lowest=lowest, highest=highest),
    )
    return IntegerField(title, [InputRequired(), bounds], default=default)


class TieringForm(Form):
    """Thresholds, window and policy per level (TI-01, TI-06, TI-07)."""

    a_from = _number(form_text("Level A from a total of"), LOWEST_TOTAL + 1, HIGHEST_TOTAL, 12)
    b_from = _number(form_text("Level B from a total of"), LOWEST_TOTAL, HIGHEST_TOTAL - 1, 8)
    window_months = _number(form_text("Months of purchases that count"), 1, 240, 24)
    currency = StringField(
        form_text("Count only orders in this currency"),
        [Optional(), Regexp(r"[A-Z]{3}$", message=form_text("Three capital letters, as in CNY."))],
        default="",
        description=form_text("Leave it empty when the branch sells in one currency."),
    )
    as_of = DateField(
        form_text("Evaluate as of"),
        [Optional()],
        description=form_text("Only for data of the past; empty means today."),
    )
    response_hours_a = _number(form_text("Level A: first response within hours"), 1, 720, 24)
    response_hours_b = _number(form_text("Level B: first response within hours"), 1, 720, 48)
    response_hours_c = _number(form_text("Level C: first response within hours"), 1, 720, 72)
    visit_days_a = _number(form_text("Level A: days between visits"), 1, 1000, 30)
    visit_days_b = _number(form_text("Level B: days between visits"), 1, 1000, 90)
    visit_days_c = _number(form_text("Level C: days between visits"), 1, 1000, 180)

    def validate_b_from(self, field: IntegerField) -> None:
        """Levels stand in order: B begins below A."""
        if (self.a_from.data or 0) <= (field.data or 0):
            raise ValidationError(form_text("Level B must begin below level A."))
