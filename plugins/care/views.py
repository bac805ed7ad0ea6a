"""The list of care activities: what is due, done in place with its result (CA-01)."""

from collections.abc import Sequence
from typing import Any, ClassVar

from markupsafe import Markup, escape
from sqlalchemy import case

from dougong.admin.contributions import Group, ViewEntry
from dougong.admin.formats import badge, day_text, zone_here
from dougong.admin.sessions import current_session
from dougong.admin.views import Act, Button, QuickFilter, RecordView
from dougong.core.i18n import gettext, lazy
from dougong.core.scope import Operation
from dougong.plugins.care import service
from dougong.plugins.care.forms import ReasonForm, ResultForm
from dougong.plugins.care.models import CareActivity
from dougong.plugins.care.rules import ActivityState
from dougong.plugins.care.service import NewActivity
from dougong.plugins.care.words import occasion_of


def is_planned(activity: CareActivity) -> bool:
    """Whether something is still to be done."""
    return activity.state is ActivityState.PLANNED


def due(activity: CareActivity) -> Markup:
    """The day, marked when it is today or past and nothing was done."""
    text = escape(day_text(activity.due_on))
    if not is_planned(activity):
        return text
    today = current_session().now.astimezone(zone_here(activity.branch_id)).date()
    if activity.due_on < today:
        return text + Markup(" ") + badge(gettext("Overdue"), "danger")
    if activity.due_on == today:
        return text + Markup(" ") + badge(gettext("Today"), "warning")
    return text


class ActivityView(RecordView):
    """Care activities, those due first on top."""

    model = CareActivity
    entity = "care.activity"
    path = "care/activities"
    title = lazy("Care activities")
    one = lazy("Care activity")
    offers = frozenset({Operation.CREATE, Operation.EXPORT})
    column_list = (
        "due_on", "state", "customer.name", "contact.name", "title", "means", "owner.name",
    )  # fmt: skip
    column_details_list = (
        "due_on", "occasion_on", "customer.name", "contact.name", "contact.phone",
        "contact.best_time", "kind", "title", "means", "owner.name", "state", "done_at", "result",
    )  # fmt: skip
    column_export_list = column_details_list
    column_searchable_list = ("title", "customer.name", "customer.search_key", "contact.name")
    column_filters = ("state", "kind", "means", "due_on")
    quick_filters = (QuickFilter(lazy("Planned"), {"state-is": "planned"}),)
    column_sortable_list = ("due_on", "state", "means")
    column_formatters: ClassVar[dict[str, Any]] = {
        "due_on": lambda view, context, activity, name: due(activity),
        "title": lambda view, context, activity, name: occasion_of(activity),
    }
    column_formatters_export: ClassVar[dict[str, Any]] = {
        "title": lambda view, context, activity, name: occasion_of(activity),
    }
    form_columns = ("customer", "contact", "title", "kind", "occasion_on", "means", "owner")
    labels: ClassVar[dict[str, Any]] = {
        "contact.best_time": lazy("Best time to call"),
        "contact.name": lazy("Contact"),
        "contact.phone": lazy("Phone"),
        "customer.search_key": lazy("Pinyin"),
        "done_at": lazy("Settled at"),
        "means": lazy("Means"),
        "occasion_on": lazy("Day"),
        "occurrence_key": lazy("Key of the day"),
        "owner": lazy("Responsible"),
        "owner.name": lazy("Responsible"),
        "result": lazy("Result"),
        "title": lazy("Occasion"),
    }
    form_args: ClassVar[dict[str, Any]] = {
        "owner": {"description": lazy("Empty means the customer's account manager.")},
    }
    acts = (
        Act(name="complete", title=lazy("Complete"), operation="settle", icon="check-circle",
            primary=True, form=ResultForm, offered=is_planned,
            run=lambda session, activity, form: service.complete(
                session, activity.id, form.result.data),
            done=lazy("The activity is done.")),
        Act(name="skip", title=lazy("Leave out"), operation="settle", icon="x", form=ReasonForm,
            offered=is_planned,
            run=lambda session, activity, form: service.skip(
                session, activity.id, form.reason.data),
            done=lazy("The activity is left out.")),
    )  # fmt: skip

    def create_row(self, form: Any) -> CareActivity:
        """Plan an activity by hand."""
        asked = NewActivity(
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

    def default_order(self) -> Sequence[Any]:
        """What is planned first, the next due on top."""
        waiting = CareActivity.state == ActivityState.PLANNED
        return (
            case((waiting, 0), else_=1),
            case((waiting, CareActivity.due_on)),
            CareActivity.due_on.desc(),
            CareActivity.id.desc(),
        )


GROUP = Group("care", lazy("Customer care"), "fa-heart", 450)
ENTRIES = (
    ViewEntry(view=ActivityView, group=GROUP, title=ActivityView.title, icon="fa-gift", order=10),
)
