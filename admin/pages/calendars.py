"""When a branch and its teams work, and the public holidays of the land (XX-02)."""

from datetime import date, timedelta
from typing import Any, ClassVar, Final

from flask import url_for
from wtforms import Form, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from dougong.admin.contributions import Tone
from dougong.admin.formats import day_text, state_text, today_here
from dougong.admin.sessions import current_session
from dougong.admin.views import Act, RecordView, Related, Section
from dougong.admin.words import add_words
from dougong.core.i18n import form_text as _
from dougong.core.i18n import gettext, lazy
from dougong.core.services.calendars.api import (
    REGIONS,
    Calendar,
    CalendarException,
    DayPlan,
    PublicDay,
    PublicDayKind,
    day_plans,
    enter_notice,
    hours_text,
    is_certain,
)
from dougong.core.session import Session

SHOWN: Final = timedelta(days=120)
_REGION_WORDS: Final = {"CN": lazy("Public holidays of China"), "": lazy("No public holidays")}
add_words(
    (
        (PublicDayKind.HOLIDAY, lazy("Holiday"), Tone.SUCCESS),
        (PublicDayKind.WORKDAY, lazy("Made-up workday"), Tone.WARNING),
        (PublicDayKind.ORDINARY, lazy("Ordinary day"), Tone.NEUTRAL),
    )
)


def _regions() -> list[tuple[str, str]]:
    return [(region, str(_REGION_WORDS[region])) for region in REGIONS]


class CalendarView(RecordView):
    """The weekly plans of the branch and of its teams."""

    model = Calendar
    entity = "core.calendar"
    path = "calendars"
    title = lazy("Working hours")
    column_list = ("name", "team", "monday", "saturday", "sunday", "region")
    column_details_list = (
        "name", "team", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
        "sunday", "region", "makeup_hours",
    )  # fmt: skip
    column_default_sort = "team"
    column_sortable_list = ("name", "team")
    sections = (
        Section(
            lazy("Calendar"), ("name", "team"),
            lazy("Without a team it is the branch's own. Teams without one work as the branch."),
        ),
        Section(
            lazy("Weekly plan"),
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
            lazy("Several spans a day, e.g. 09:00-12:00, 13:00-18:00; 22:00-06:00 runs over"
                 " midnight; empty means closed."),
        ),
        Section(lazy("Public holidays"), ("region", "makeup_hours")),
    )  # fmt: skip
    form_overrides: ClassVar[dict[str, Any]] = {"region": SelectField}
    form_args: ClassVar[dict[str, Any]] = {
        "region": {"choices": _regions},
        "makeup_hours": {
            "description": _("Where the plan has none for that weekday; empty means Monday's."),
        },
    }
    labels: ClassVar[dict[str, Any]] = {
        "team": lazy("Team"), "monday": lazy("Monday"), "tuesday": lazy("Tuesday"),
        "wednesday": lazy("Wednesday"), "thursday": lazy("Thursday"), "friday": lazy("Friday"),
        "saturday": lazy("Saturday"), "sunday": lazy("Sunday"),
        "region": lazy("Public holidays"), "makeup_hours": lazy("Hours on made-up workdays"),
    }  # fmt: skip

    def _get_field_value(self, model: Any, name: str) -> Any:
        value = super()._get_field_value(model, name)
        return _REGION_WORDS[value] if name == "region" and value in _REGION_WORDS else value

    def related(self, row: Calendar) -> list[Related]:
        """The coming days on which other hours hold."""
        today = today_here()
        plans = day_plans(current_session(), row, today, today + SHOWN)
        heads = (lazy("Day"), lazy("Hours"), lazy("Why"))
        rows: list[tuple[str, tuple[object, ...]]] = [("", _cells(plan)) for plan in plans]
        return [Related(lazy("Coming days with other hours"), heads, rows), *_doubts(row, today)]


def _cells(plan: DayPlan) -> tuple[object, ...]:
    why: object = plan.name
    if plan.kind is not None:
        why = state_text(plan.kind) + (f" {plan.name}" if plan.name else "")
    hours = hours_text(plan.spans) or gettext("No work")
    return (f"{day_text(plan.day)} {_WEEKDAYS[plan.day.weekday()]}", hours, why)


_WEEKDAYS: Final = tuple(CalendarView.labels[name] for name in (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
))  # fmt: skip


def _doubts(row: Calendar, today: date) -> list[Related]:
    """A word where the notice of a year that is shown has not been entered."""
    year = (today + SHOWN).year
    if not row.region or is_certain(current_session(), year, row.region):
        return []
    said = gettext("The notice for %(year)s is not entered: holidays are expected, made-up"
                   " workdays unknown.", year=year)  # fmt: skip
    link = url_for("public_days.index_view")
    return [Related(lazy("Still to be done"), (lazy("What"),), [(link, (said,))])]


class CalendarExceptionView(RecordView):
    """Single days of a calendar with other hours, or closed."""

    model = CalendarException
    entity = "core.calendar"
    path = "calendar-days"
    title = lazy("Days with other hours")
    column_list = ("day", "calendar.name", "hours", "note")
    column_details_list = ("day", "calendar.name", "hours", "note")
    column_default_sort = ("day", True)
    column_filters = ("day",)
    column_sortable_list = ("day",)
    form_columns = ("calendar", "day", "hours", "note")
    form_args: ClassVar[dict[str, Any]] = {
        "hours": {"description": _("Like 09:00-12:00, 13:00-18:00; empty means closed.")}
    }
    labels: ClassVar[dict[str, Any]] = {
        "calendar": lazy("Calendar"), "calendar.name": lazy("Calendar"), "day": lazy("Day"),
        "hours": lazy("Hours"), "note": lazy("Why"),
    }  # fmt: skip


class NoticeAct(Form):
    """The yearly notice, in its own words."""

    year = IntegerField(_("Year"), [InputRequired()])
    text = TextAreaField(
        _("Text of the notice"), [InputRequired(), Length(max=20_000)],
        description=_("Paste the numbered items of the State Council's notice as published."),
        render_kw={"rows": 12},
    )  # fmt: skip


def _enter(session: Session, row: object, form: Any) -> None:
    enter_notice(session, form.year.data, form.text.data)


class PublicDayView(RecordView):
    """The days of the yearly notice; entered once, they hold for every branch."""

    model = PublicDay
    entity = "core.public_day"
    in_house = True
    path = "public-days"
    title = lazy("Public holidays")
    column_list = ("day", "kind", "name")
    column_details_list = ("day", "kind", "name", "region")
    column_default_sort = ("day", True)
    column_filters = ("day", "kind")
    column_sortable_list = ("day",)
    form_columns = ("day", "kind", "name")
    labels: ClassVar[dict[str, Any]] = {"day": lazy("Day"), "region": lazy("Land")}
    acts = (
        Act(
            name="notice", title=lazy("Enter the yearly notice"), icon="calendar", form=NoticeAct,
            run=_enter, on_list=True, primary=True,
            done=lazy("The notice is entered; every calendar that keeps it follows."),
        ),
    )  # fmt: skip

    def prefill(self, act: Act, form: Any, row: Any) -> None:
        """The year after this one: its notice comes in November."""
        form.year.data = today_here().year + 1
