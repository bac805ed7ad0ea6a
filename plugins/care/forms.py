"""The forms of care: its settings at a branch, and what its acts ask first."""

from wtforms import BooleanField, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from dougong.core.i18n import LazyText, lazy
from dougong.plugins.care.rules import Means
from dougong.plugins.care.texts import MEANS


def _days(label: LazyText, lowest: int, default: int) -> IntegerField:
    bounds = NumberRange(
        lowest,
        60,
        message=lazy("Between %(lowest)s and %(highest)s.", lowest=lowest, highest=60),  # type: ignore[arg-type]
    )
    return IntegerField(label, [InputRequired(), bounds], default=default)  # type: ignore[arg-type]


def _choices() -> list[tuple[str, str]]:
    return [(means.value, str(text)) for means, text in MEANS.items()]


def _means(label: LazyText, default: Means) -> SelectField:
    return SelectField(label, choices=_choices, default=default.value)  # type: ignore[arg-type]


class CareSettingsForm(Form):
    """How far ahead to plan and by which means (CA-01)."""

    days_ahead = _days(lazy("Plan so many days ahead"), 1, 7)
    late_days = _days(lazy("Plan what was missed, days back"), 0, 3)
    festivals = BooleanField(
        lazy("Greet key customers at festivals"),  # type: ignore[arg-type]
        default=True,
        description=lazy("Key customers are those with an account manager."),  # type: ignore[arg-type]
    )
    default_means = _means(lazy("Means without levels"), Means.CALL)
    level_a = _means(lazy("Means for level A"), Means.VISIT)
    level_b = _means(lazy("Means for level B"), Means.GIFT)
    level_c = _means(lazy("Means for level C"), Means.SMS)


class ResultForm(Form):
    """How it went."""

    result = TextAreaField(lazy("How it went"), [InputRequired()])  # type: ignore[arg-type]


class ReasonForm(Form):
    """Why it is left out."""

    reason = StringField(lazy("Reason"), [InputRequired(), Length(max=300)])  # type: ignore[arg-type]
