"""Many activities at once to another person or customer: set-based, each with its step."""

from typing import Any

from sqlalchemy import delete, insert, select, update

from dougong.core.entities.customer import Customer
from dougong.core.services.activities.models import Activity, ActivityStep, CheckedCustomer
from dougong.core.services.activities.planning import step_values
from dougong.core.services.activities.rules import ActivityStepKind
from dougong.core.session import Session

_TAKEN = (
    Activity.id, Activity.branch_id, Activity.owner_id, Activity.due_on, Activity.result_code,
)  # fmt: skip


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
    return changed(session, moved, ActivityStepKind.MERGED, f"{old.code} {old.name}")


def changed(session: Session, statement: Any, kind: ActivityStepKind, note: str) -> int:
    """Run an UPDATE of activities and add a step for each row; how many there were."""
    session.flush()
    rows = session.execute(
        statement.values(updated_at=session.now).returning(*_TAKEN),
        execution_options={"synchronize_session": False},
    ).all()
    if rows:
        session.execute(insert(ActivityStep), [step_values(session, r, kind, note) for r in rows])
        session.expire_all()
    return len(rows)
