"""Housekeeping, after each sweep: what nobody will ask for again is dropped, a little at a time.

Kept for good: audit, deadlines' steps, business records. Dropped: scheduled runs that were done,
events that everybody heard long ago, one-time keys of forms.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from dougong.core.entities.event_log import DeliveryState, EventRecord, OutboxDelivery
from dougong.core.entities.job import JobRun, RunState
from dougong.core.request_keys import forget_old, has_old
from dougong.core.runs import KERNEL
from dougong.core.session import Session
from dougong.core.sweep import SCHEDULE

if TYPE_CHECKING:
    from dougong.core.house import House

KEPT: Final = timedelta(days=2)
"""How long a scheduled run that was done stays to be looked at."""
_AT_ONCE: Final = 500
"""Rows in one transaction: nobody waits for housekeeping."""
_UNHEARD: Final = (DeliveryState.WAITING, DeliveryState.DEAD)


def tidy(house: "House") -> int:
    """Drop up to 500 rows of each kind; how many runs and events went.

    Without this a job of every minute leaves half a million rows a year and branch. The latest
    run of each kind stays, and so does an event somebody has still to hear, however old.
    """
    with house.database.reading(KERNEL) as session:
        runs = _old_runs(session)
        events = _heard_long_ago(session, timedelta(days=house.settings.keep_events_days))
        stale_keys = has_old(session)
    if runs:
        house.database.write(KERNEL, partial(_drop_runs, runs))
    if events:
        house.database.write(KERNEL, partial(_drop_events, events))
    if stale_keys:
        house.database.write(KERNEL, forget_old)
    return len(runs) + len(events)


def _old_runs(session: Session) -> Sequence[int]:
    latest = select(func.max(JobRun.id)).group_by(JobRun.kind, JobRun.branch_id)
    old = select(JobRun.id).where(
        JobRun.state == RunState.DONE,
        JobRun.actor == SCHEDULE,
        JobRun.due_at < session.now - KEPT,
        JobRun.id.not_in(latest),
    )
    return session.scalars(old.limit(_AT_ONCE)).all()


def _heard_long_ago(session: Session, kept: timedelta) -> Sequence[int]:
    before: datetime = session.now - kept
    unheard = select(OutboxDelivery.event_id).where(OutboxDelivery.state.in_(_UNHEARD))
    old = select(EventRecord.id).where(EventRecord.at < before, EventRecord.id.not_in(unheard))
    return session.scalars(old.order_by(EventRecord.at).limit(_AT_ONCE)).all()


def _drop_runs(run_ids: Sequence[int], session: Session) -> None:
    statement = delete(JobRun).where(JobRun.id.in_(run_ids))
    session.execute(statement.execution_options(synchronize_session=False))


def _drop_events(event_ids: Sequence[int], session: Session) -> None:
    """Their deliveries go with them, by the schema."""
    statement = delete(EventRecord).where(EventRecord.id.in_(event_ids))
    session.execute(statement.execution_options(synchronize_session=False))
