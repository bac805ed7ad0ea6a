"""The forms of after-sales: its settings at a branch, and what its acts ask first."""

from wtforms import DateField, Form, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from dougong.core.i18n import form_text


def _whole(title: str, lowest: int, highest: int, default: int, hint: str = "") -> IntegerField:
    bounds = NumberRange(
        lowest,
        highest,
        message=form_text("Between %(lowest)s and %(highest)s.", lowest=lowest, highest=highest),
    )
    return IntegerField(
        title,
        [InputRequired(), bounds],
        default=default,
        description=hint,
    )


class AftersalesSettingsForm(Form):
    """Promised hours (AF-04) and notice periods (AF-11) of a branch."""

    urban_hours = _whole(form_text("Arrival in urban areas within (hours)"), 1, 240, 4)
    suburban_hours = _whole(form_text("Arrival in suburban areas within (hours)"), 1, 240, 6)
    warn_percent = _whole(
        form_text("Warn after this share of the time (per cent)"),
        1,
        100,
        75,
        form_text("At 75 a promise of 4 hours is warned of after 3."),
    )
    renewal_days = _whole(form_text("Renewal notice of contracts, days ahead"), 1, 365, 30)
    subscription_days = _whole(form_text("Renewal notice of subscriptions, days ahead"), 1, 365, 7)
    late_days = _whole(
        form_text("Notice still goes out, days after the end"),
        0,
        365,
        30,
        form_text("For terms that were entered late or while no job ran."),
    )


class DispatchForm(Form):
    """Whom to send (AF-05); the page fills in the branch's technicians."""

    technician_id = SelectField(form_text("Technician"), coerce=int, validators=[InputRequired()])


class ResultForm(Form):
    """What was done (AF-06)."""

    result = TextAreaField(form_text("What was done"), [InputRequired()])


class ReasonForm(Form):
    """Why."""

    reason = StringField(form_text("Reason"), [InputRequired(), Length(max=300)])


class RenewForm(Form):
    """How long the next term runs (AF-11)."""

    ends_on = DateField(form_text("New term ends on"), [InputRequired()])
