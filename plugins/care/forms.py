"""The forms of care: its settings at a branch, and what its acts ask first."""

from wtforms import BooleanField, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from dougong.core.i18n import form_text
from dougong.plugins.care.rules import Means
from dougong.plugins.care.texts import MEANS


def _days(title: str, lowest: int, default: int) -> IntegerField:
    bounds = NumberRange(
        lowest,
        60,
        message=form_text("Between %(lowest)s and %(highest)s.", lowest=lowest, highest=60),
    )
    return IntegerField(title, [InputRequired(), bounds], default=default)


def _choices() -> list[tuple[str, str]]:
    return [(means.value, str(text)) for means, text in MEANS.items()]


def _means(title: str, default: Means) -> SelectField:
    return SelectField(title, choices=_choices, default=default.value)


class CareSettingsForm(Form):
    """How far ahead to plan and by which means (CA-01)."""

    days_ahead = _days(form_text("Plan so many days ahead"), 1, 7)
    late_days = _days(form_text("Plan what was missed, days back"), 0, 3)
    festivals = BooleanField(
        form_text("Greet key customers at festivals"),
        default=True,
        description=form_text("Key customers are those with an account manager."),
    )
    default_means = _means(form_text("Means without levels"), Means.CALL)
    level_a = _means(form_text("Means for level A"), Means.VISIT)
    level_b = _means(form_text("Means for level B"), Means.GIFT)
    level_c = _means(form_text("Means for level C"), Means.SMS)


class ResultForm(Form):
    """How it went."""

    note = TextAreaField(form_text("How it went"), [InputRequired()])


class ReasonForm(Form):
    """Why it is left out."""

    reason = StringField(form_text("Reason"), [InputRequired(), Length(max=300)])
