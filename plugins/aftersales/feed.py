"""The calls of a customer in his feed."""

from flask import url_for
from sqlalchemy import select

from dougong.admin.contributions import Entry
from dougong.admin.views.feeding import FeedWindow
from dougong.core.entities.customer import Customer
from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.scope import Operation
from dougong.plugins.aftersales.models import ServiceCall

CALL = "aftersales.call"


def entries(customer: Customer, window: FeedWindow, reader: Reader) -> list[Entry]:
    """Calls, at the time they came in."""
    if not reader.scope.allows(Operation.READ, CALL, customer.branch_id):
        return []
    calls = select(ServiceCall).where(ServiceCall.customer_id == customer.id)
    rows = reader.all(window.newest(calls, CALL, ServiceCall.called_at, ServiceCall.id))
    return [
        Entry(
            source="aftersales", kind=CALL, key=row.id, at=row.called_at,
            title=lazy("Service call %(number)s", number=str(row)), text=row.fault, icon="wrench",
            url=url_for("aftersales_calls.details_view", id=row.id),
        )
        for row in rows
    ]  # fmt: skip
