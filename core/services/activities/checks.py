"""Going through one's customers: who is checked, what is left, what goes up (AR-08)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, func, select

from dougong.core.branches import today_at
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.i18n import lazy
from dougong.core.services.activities.kinds import CHECK, PASSED_UP
from dougong.core.services.activities.lines import supervisor_of
from dougong.core.services.activities.models import Activity, CheckedCustomer
from dougong.core.services.activities.planning import NewActivity, only_new, plan
from dougong.core.services.activities.rights import refuse_strangers
from dougong.core.services.activities.rules import ActivityState
from dougong.core.session import Session

ANSWER_WITHIN: Final = timedelta(days=2)
"""A supervisor is asked to answer what was passed up by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What exceeds somebody's authority, in his words, and about which customer."""

    what: str
    customer_id: int | None = None
    urgent: bool = False


def customers_to_check(row: Activity) -> Select[int]:
    """The ids of the customers the check is about, as they are now: those of the person it is
    for, whoever does it in his place.
    """
    return select(Customer.id).where(
        Customer.branch_id == row.branch_id,
        Customer.manager_id == row.subject_id,
        Customer.status != CustomerStatus.CLOSED,
    )


def left_to_check(session: Session, row: Activity) -> int:
    """How many of them nobody has ticked yet."""
    his = customers_to_check(row).where(~_ticked(row)).subquery()
    return session.scalars(select(func.count(his.c.id))).one()


def tick(session: Session, activity_id: int, customer_ids: Sequence[int]) -> int:
    """He went through these customers; how many were not ticked before."""
    row = _check(session, activity_id)
    his = session.scalars(customers_to_check(row).where(Customer.id.in_(customer_ids))).all()
    if not his:
        return 0
    statement = only_new(session, CheckedCustomer, *_ONCE).returning(CheckedCustomer.id)
    rows = [
        {"branch_id": row.branch_id, "activity_id": row.id, "customer_id": key,
         "at": session.now, "user_id": session.scope.user_id}
        for key in sorted(his)
    ]  # fmt: skip
    return len(session.scalars(statement, rows).all())


def pass_up(session: Session, activity_id: int, matter: Matter) -> Activity:
    """What exceeds the owner's authority becomes an activity of his supervisor (AR-08)."""
    row = _open_one(session, activity_id)
    if not matter.what.strip():
        raise Refusal(lazy("Write down what is to be decided."), field="what")
    above = supervisor_of(session, row.owner_id) if row.owner_id is not None else None
    if above is None:
        raise Refusal(
            lazy("Nobody stands above the owner of this activity."),
            next_step=lazy("Have a supervisor entered for him, or pass it on by name."),
        )
    customer_id = matter.customer_id or row.customer_id
    passed = plan(session, row.branch_id, NewActivity(
        kind=PASSED_UP, due=today_at(session, row.branch_id) + ANSWER_WITHIN, title=matter.what,
        owner_id=above, customer_id=customer_id, subject_kind=row.subject_kind,
        subject_id=row.subject_id, subject=row.subject, urgent=matter.urgent, follows_id=row.id,
    ))  # fmt: skip
    if row.kind == CHECK and customer_id is not None:
        tick(session, row.id, [customer_id])
        _ticked_one(session, row, customer_id).passed_id = passed.id
        session.flush()
    return passed


def refuse_unchecked(session: Session, row: Activity) -> None:
    """A check is done when every customer was gone through."""
    if row.kind != CHECK:
        return
    left = left_to_check(session, row)
    if left:
        raise Refusal(
            lazy("%(count)s customers are not checked yet.", count=left),
            code="core.activity_unchecked",
            next_step=lazy("Open the list and tick them."),
        )


_ONCE: Final = (
    CheckedCustomer.branch_id, CheckedCustomer.activity_id, CheckedCustomer.customer_id,
)  # fmt: skip


def _ticked(row: Activity) -> ColumnElement[bool]:
    return (
        select(CheckedCustomer.id)
        .where(CheckedCustomer.activity_id == row.id, CheckedCustomer.customer_id == Customer.id)
        .exists()
    )


def _ticked_one(session: Session, row: Activity, customer_id: int) -> CheckedCustomer:
    known = select(CheckedCustomer).where(
        CheckedCustomer.activity_id == row.id, CheckedCustomer.customer_id == customer_id
    )
    found = session.scalars(known).one_or_none()
    if found is None:
        raise NotFound(lazy("This customer is not on the list."))
    return found


def _open_one(session: Session, activity_id: int) -> Activity:
    row = session.get(Activity, activity_id)
    if row is None:
        raise NotFound
    refuse_strangers(session, row)
    if row.state is not ActivityState.PLANNED:
        raise StateRefused(lazy("This activity is settled already."))
    return row


def _check(session: Session, activity_id: int) -> Activity:
    row = _open_one(session, activity_id)
    if row.kind != CHECK:
        raise NotFound
    return row
