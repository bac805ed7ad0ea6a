"""The form that edits a branch's settings."""

from wtforms import DateField, Form, IntegerField, StringField, ValidationError
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from dougong.core.i18n import lazy
from dougong.plugins.tiering.rules import HIGHEST_TOTAL, LOWEST_TOTAL


def _number(label: object, lowest: int, highest: int, default: int) -> IntegerField:
    bounds = NumberRange(
        lowest,
        highest,
        message=lazy("Between %(lowest)s and %(highest)s.", lowest=lowest, highest=highest),  # type: ignore[arg-type]
    )
    return IntegerField(label, [InputRequired(), bounds], default=default)  # type: ignore[arg-type]


class TieringForm(Form):
    """Thresholds, window and policy per level (TI-01, TI-06, TI-07)."""

    a_from = _number(lazy("Level A from a total of"), LOWEST_TOTAL + 1, HIGHEST_TOTAL, 12)
    b_from = _number(lazy("Level B from a total of"), LOWEST_TOTAL, HIGHEST_TOTAL - 1, 8)
    window_months = _number(lazy("Months of purchases that count"), 1, 240, 24)
    currency = StringField(
        lazy("Count only orders in this currency"),  # type: ignore[arg-type]
        [Optional(), Regexp(r"[A-Z]{3}$", message=lazy("Three capital letters, as in CNY."))],  # type: ignore[arg-type]
        default="",
        description=lazy("Leave it empty when the branch sells in one currency."),  # type: ignore[arg-type]
    )
    as_of = DateField(
        lazy("Evaluate as of"),  # type: ignore[arg-type]
        [Optional()],
        description=lazy("Only for data of the past; empty means today."),  # type: ignore[arg-type]
    )
    response_hours_a = _number(lazy("Level A: first response within hours"), 1, 720, 24)
    response_hours_b = _number(lazy("Level B: first response within hours"), 1, 720, 48)
    response_hours_c = _number(lazy("Level C: first response within hours"), 1, 720, 72)
    visit_days_a = _number(lazy("Level A: days between visits"), 1, 1000, 30)
    visit_days_b = _number(lazy("Level B: days between visits"), 1, 1000, 90)
    visit_days_c = _number(lazy("Level C: days between visits"), 1, 1000, 180)

    def validate_b_from(self, field: IntegerField) -> None:
        """Levels stand in order: B begins below A."""
        if (self.a_from.data or 0) <= (field.data or 0):
            raise ValidationError(lazy("Level B must begin below level A."))  # type: ignore[arg-type]
