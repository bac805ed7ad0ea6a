"""What is still to be done goes along when customers are handed over (AR-07)."""

from sqlalchemy import ColumnElement, func, select, update

from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.services.activities.handing import changed
from dougong.core.services.activities.models import Activity
from dougong.core.services.activities.rules import ActivityState, ActivityStepKind
from dougong.core.services.ownership.api import CustomersHandedOver, Moving, OwnedWork
from dougong.core.session import Session


def owned_works(moving: Moving, reader: Reader) -> list[OwnedWork]:
    """The planned activities that are the person's."""
    count = select(func.count(Activity.id)).where(*_his(moving))
    return [OwnedWork("core.activity", lazy("Activities"), reader.one(count) or 0)]


def hand_over(session: Session, event: CustomersHandedOver) -> None:
    """Give them to the receiver, in the transaction of the hand-over, each with its step."""
    statement = update(Activity).where(*_his(event.moving)).values(owner_id=event.moving.to_id)
    changed(session, statement, ActivityStepKind.HANDED_OVER, event.reason)


def _his(moving: Moving) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    whose = (Activity.branch_id, Activity.customer_id, Activity.owner_id)
    return moving.covers(*whose), Activity.state == ActivityState.PLANNED
