"""The forms of after-sales: its settings at a branch, and what its acts ask first."""

from wtforms import DateField, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from dougong.core.i18n import LazyText, lazy


def _whole(
    label: LazyText, lowest: int, highest: int, default: int, hint: LazyText | str = ""
) -> IntegerField:
    bounds = NumberRange(
        lowest,
        highest,
        message=lazy("Between %(lowest)s and %(highest)s.", lowest=lowest, highest=highest),  # type: ignore[arg-type]
    )
    return IntegerField(
        label,  # type: ignore[arg-type]
        [InputRequired(), bounds],
        default=default,
        description=hint,  # type: ignore[arg-type]
    )


class AftersalesSettingsForm(Form):
    """Promised hours (AF-04) and notice periods (AF-11) of a branch."""

    urban_hours = _whole(lazy("Arrival in urban areas within (hours)"), 1, 240, 4)
    suburban_hours = _whole(lazy("Arrival in suburban areas within (hours)"), 1, 240, 6)
    warn_percent = _whole(
        lazy("Warn after this share of the time (per cent)"),
        1,
        100,
        75,
        lazy("At 75 a promise of 4 hours is warned of after 3."),
    )
    renewal_days = _whole(lazy("Renewal notice of contracts, days ahead"), 1, 365, 30)
    subscription_days = _whole(lazy("Renewal notice of subscriptions, days ahead"), 1, 365, 7)
    late_days = _whole(
        lazy("Notice still goes out, days after the end"),
        0,
        365,
        30,
        lazy("For terms that were entered late or while no job ran."),
    )


class DispatchForm(Form):
    """Whom to send (AF-05); the page fills in the branch's technicians."""

    technician_id = SelectField(lazy("Technician"), coerce=int, validators=[InputRequired()])  # type: ignore[arg-type]


class ResultForm(Form):
    """What was done (AF-06)."""

    result = TextAreaField(lazy("What was done"), [InputRequired()])  # type: ignore[arg-type]


class ReasonForm(Form):
    """Why."""

    reason = StringField(lazy("Reason"), [InputRequired(), Length(max=300)])  # type: ignore[arg-type]


class RenewForm(Form):
    """How long the next term runs (AF-11)."""

    ends_on = DateField(lazy("New term ends on"), [InputRequired()])  # type: ignore[arg-type]
