"""What of care goes along when customers are handed over: the activities still planned (AR-07)."""

from sqlalchemy import ColumnElement, func, select, update

from dougong.core.i18n import lazy
from dougong.core.reader import Reader
from dougong.core.services.audit.api import record_bulk
from dougong.core.services.ownership.api import CustomersHandedOver, Moving, OwnedWork
from dougong.core.session import Session
from dougong.plugins.care.models import CareActivity
from dougong.plugins.care.rules import ActivityState


def owned_works(moving: Moving, reader: Reader) -> list[OwnedWork]:
    """The planned activities that are the person's."""
    count = select(func.count(CareActivity.id)).where(*_his(moving))
    return [OwnedWork("care.activity", lazy("Care activities"), reader.one(count) or 0)]


def hand_over(session: Session, event: CustomersHandedOver) -> None:
    """Give them to the receiver, in the transaction of the hand-over."""
    moved = session.scalars(
        update(CareActivity)
        .where(*_his(event.moving))
        .values(owner_id=event.moving.to_id, updated_at=session.now)
        .returning(CareActivity.id)
        .execution_options(synchronize_session=False)
    ).all()
    if moved:
        facts = {"owner_id": event.moving.to_id, "rows": len(moved)}
        record_bulk(session, CareActivity, event.branch_id, facts, event.reason)


def _his(moving: Moving) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    whose = (CareActivity.branch_id, CareActivity.customer_id, CareActivity.owner_id)
    return moving.covers(*whose), CareActivity.state == ActivityState.PLANNED
