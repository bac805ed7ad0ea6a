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
from dougong.plugins.care.models import CareActivity

ACTIVITY = "care.activity"


def entries(customer: Customer, window: FeedWindow, reader: Reader) -> list[Entry]:
    """Activities that were done or left out, at the time that was settled."""
    if not reader.scope.allows(Operation.READ, ACTIVITY, customer.branch_id):
        return []
    settled = (
        select(CareActivity)
        .where(CareActivity.customer_id == customer.id, CareActivity.done_at.is_not(None))
        .options(joinedload(CareActivity.owner))
    )
    rows = reader.all(window.newest(settled, ACTIVITY, CareActivity.done_at, CareActivity.id))
    return [
        Entry(
            source="care", kind=ACTIVITY, key=row.id, at=row.done_at or reader.now,
            title=lazy("Care: %(what)s", what=str(row)), text=row.result, icon="heart",
            person=row.owner.name if row.owner else "",
            url=url_for("care_activities.details_view", id=row.id),
        )
        for row in rows
    ]  # fmt: skip
