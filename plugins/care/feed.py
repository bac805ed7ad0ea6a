"""The care that a customer was shown, in his feed."""

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dougong.admin.contributions import Entry
from dougong.admin.views.feeding import FeedWindow
from dougong.core.entities.customer import Customer
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.scope import Operation
from dougong.core.services.activities.api import Activity
from dougong.plugins.care.models import CareOccasion

ACTIVITY = "care.activity"


def entries(customer: Customer, window: FeedWindow, reader: Reader) -> list[Entry]:
    """Activities that were done or left out, at the time that was settled."""
    if not reader.scope.allows(Operation.READ, ACTIVITY, customer.branch_id):
        return []
    settled = (
        select(CareOccasion)
        .join(Activity, CareOccasion.activity_id == Activity.id)
        .where(Activity.customer_id == customer.id, Activity.ended_at.is_not(None))
        .options(joinedload(CareOccasion.activity).joinedload(Activity.owner))
    )
    when = (Activity.ended_at, CareOccasion.activity_id)
    rows = reader.all(window.newest(settled, ACTIVITY, *when))
    return [
        Entry(
            source="care", kind=ACTIVITY, key=row.activity_id,
            at=row.activity.ended_at or reader.now,
            title=lazy("Care: %(what)s", what=str(row)), text=row.activity.note, icon="heart",
            person=row.activity.owner.name if row.activity.owner else "",
            url=url_for("care_activities.details_view", id=row.activity_id),
        )
        for row in rows
    ]  # fmt: skip
