"""The list of care activities: what is due, done in place with its result (CA-01)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from markupsafe import Markup, escape
from sqlalchemy import case
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from dougong.admin.contributions import Group, ViewEntry
from dougong.admin.formats import badge, day_text, zone_here
from dougong.admin.sessions import current_session
from dougong.admin.views import Act, Button, RecordView
from dougong.core.i18n import form_text as _
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.core.services.activities.api import (
    Activity,
    ActivityState,
    Outcome,
    complete,
    skip,
)
from dougong.core.session import Session
from dougong.plugins.care import service
from dougong.plugins.care.forms import ReasonForm, ResultForm
from dougong.plugins.care.models import CareOccasion
from dougong.plugins.care.service import NewCare
from dougong.plugins.care.words import occasion_of


def is_planned(row: CareOccasion) -> bool:
    """Whether something is still to be done."""
    return row.activity.state is ActivityState.PLANNED


def due(row: CareOccasion) -> Markup:
    """The day, marked when it is today or past and nothing was done."""
    day = row.activity.due_on
    text = escape(day_text(day))
    if not is_planned(row):
        return text
    today = current_session().now.astimezone(zone_here(row.branch_id)).date()
    if day < today:
        return text + Markup(" ") + badge(gettext("Overdue"), "danger")
    if day == today:
        return text + Markup(" ") + badge(gettext("Today"), "warning")
    return text


class ActivityView(RecordView):
    """Care activities, those due first on top."""

    model = CareOccasion
    entity = "care.activity"
    path = "care/activities"
    title = lazy("Care activities")
    one = lazy("Care activity")
    offers = frozenset({Operation.CREATE, Operation.EXPORT})
    column_list = (
        "activity.due_on", "activity.state", "customer.name", "contact.name", "title",
        "means", "owner.name",
    )  # fmt: skip
    column_details_list = (
        "activity.due_on", "occasion_on", "customer.name", "contact.name",
        "contact.phone", "contact.best_time", "kind", "title", "means", "owner.name",
        "activity.state", "activity.ended_at", "activity.note",
    )  # fmt: skip
    column_export_list = column_details_list
    column_searchable_list = (
        "activity.title",
        "activity.customer.name",
        "activity.customer.search_key",
        "contact.name",
    )
    column_filters = ("activity.state", "kind", "means", "activity.due_on")
    column_sortable_list = ("activity.due_on", "activity.state", "means")
    column_formatters: ClassVar[dict[str, Any]] = {
        "activity.due_on": lambda view, context, row, name: due(row),
        "title": lambda view, context, row, name: occasion_of(row),
    }
    column_formatters_export: ClassVar[dict[str, Any]] = {
        "title": lambda view, context, row, name: occasion_of(row),
    }
    labels: ClassVar[dict[str, Any]] = {
        "activity.customer.name": lazy("Customer"),
        "activity.customer.search_key": lazy("Pinyin"),
        "activity.due_on": lazy("Due on"),
        "activity.ended_at": lazy("Settled at"),
        "activity.note": lazy("Result"),
        "owner": lazy("Responsible"),
        "owner.name": lazy("Responsible"),
        "activity.state": lazy("State"),
        "activity.title": lazy("Occasion"),
        "contact.best_time": lazy("Best time to call"),
        "contact.name": lazy("Contact"),
        "contact.phone": lazy("Phone"),
        "means": lazy("Means"),
        "occasion_on": lazy("Day"),
        "title": lazy("Occasion"),
    }
    acts = (
        Act(name="complete", title=lazy("Complete"), operation="settle", icon="check-circle",
            primary=True, form=ResultForm, offered=is_planned,
            run=lambda session, row, form: _complete(session, row, form),
            done=lazy("The activity is done.")),
        Act(name="skip", title=lazy("Leave out"), operation="settle", icon="x", form=ReasonForm,
            offered=is_planned,
            run=lambda session, row, form: _skip(session, row, form),
            done=lazy("The activity is left out.")),
    )  # fmt: skip

    form_columns = ("customer", "contact", "title", "kind", "occasion_on", "means", "owner")
    form_extra_fields: ClassVar[dict[str, Any]] = {
        "title": StringField(_("Occasion"), [InputRequired(), Length(max=100)]),
    }
    form_args: ClassVar[dict[str, Any]] = {
        "owner": {"description": lazy("Empty means the customer's account manager.")},
    }

    def create_row(self, form: Any) -> CareOccasion:
        """Plan an activity by hand."""
        asked = NewCare(
            customer_id=form.customer.data.id,
            contact_id=form.contact.data.id if form.contact.data else None,
            title=form.title.data or "",
            kind=form.kind.data,
            occasion_on=form.occasion_on.data,
            means=form.means.data,
            owner_id=form.owner.data.id if form.owner.data else None,
        )
        return service.plan(current_session(), asked)

    def row_buttons(self, row: Any) -> Sequence[Button]:
        """Activities are settled from their rows."""
        return self.buttons(row)

    def scoped(self, query: Any) -> Any:
        """With the activity beside it, for the order of the list."""
        return query.join(Activity, CareOccasion.activity_id == Activity.id)

    def default_order(self) -> Sequence[Any]:
        """What is planned first, the next due on top."""
        waiting = Activity.state == ActivityState.PLANNED
        return (
            case((waiting, 0), else_=1),
            case((waiting, Activity.due_on)),
            Activity.due_on.desc(),
            CareOccasion.activity_id.desc(),
        )


def _complete(session: Session, row: CareOccasion, form: Any) -> None:
    complete(session, row.activity_id, Outcome(note=form.note.data))


def _skip(session: Session, row: CareOccasion, form: Any) -> None:
    skip(session, row.activity_id, form.reason.data)


GROUP = Group("care", lazy("Customer care"), "fa-heart", 450)
ENTRIES = (
    ViewEntry(view=ActivityView, group=GROUP, title=ActivityView.title, icon="fa-gift", order=10),
)
