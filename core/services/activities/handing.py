"""Many activities at once to another person or customer: set-based, each with its step (AR-07)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from dougong.core.entities.customer import Customer
from dougong.core.i18n import lazy
from dougong.core.services.activities.models import Activity, ActivityStep, CheckedCustomer
from dougong.core.services.activities.planning import chunks, step_values
from dougong.core.services.activities.rules import ActivityState, ActivityStepKind
from dougong.core.services.activities.service import said
from dougong.core.session import Session

_TAKEN = (
    Activity.id, Activity.branch_id, Activity.owner_id, Activity.due_on, Activity.result_code,
)  # fmt: skip


def hand_over(
    session: Session, customer_ids: Sequence[int], from_user_id: int, to_user_id: int, reason: str
) -> int:
    """What one person still has to do for these customers is another's now; how many there were.

    The caller has asked whether he may: this is a part of handing customers over.
    """
    note = said(reason, lazy("Write down why it is passed on."))
    count = 0
    for some in chunks(sorted(customer_ids)):
        statement = (
            update(Activity)
            .where(Activity.customer_id.in_(some), Activity.owner_id == from_user_id)
            .where(Activity.state == ActivityState.PLANNED)
            .values(owner_id=to_user_id)
        )
        count += _changed(session, statement, ActivityStepKind.HANDED_OVER, note)
    return count


def move_customer(session: Session, from_id: int, to_id: int) -> int:
    """Two customers are one: every activity of the first is the second's; how many there were."""
    old = session.get_one(Customer, from_id)
    doubled = select(CheckedCustomer.activity_id).where(CheckedCustomer.customer_id == to_id)
    his = CheckedCustomer.customer_id == from_id
    quietly = {"synchronize_session": False}
    session.execute(
        delete(CheckedCustomer).where(his, CheckedCustomer.activity_id.in_(doubled)),
        execution_options=quietly,
    )
    session.execute(
        update(CheckedCustomer).where(his).values(customer_id=to_id), execution_options=quietly
    )
    moved = update(Activity).where(Activity.customer_id == from_id).values(customer_id=to_id)
    return _changed(session, moved, ActivityStepKind.MERGED, f"{old.code} {old.name}")


def _changed(session: Session, statement: Any, kind: ActivityStepKind, note: str) -> int:
    session.flush()
    rows = session.execute(
        statement.values(updated_at=session.now).returning(*_TAKEN),
        execution_options={"synchronize_session": False},
    ).all()
    if rows:
        session.execute(insert(ActivityStep), [step_values(session, r, kind, note) for r in rows])
        session.expire_all()
    return len(rows)
