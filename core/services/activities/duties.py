"""Recurring duties: planned for each period once, and how many were done in time (AR-08)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from dougong.core.branches import today_at
from dougong.core.entities.customer import Customer, CustomerStatus
from dougong.core.entities.people import User
from dougong.core.i18n import lazy
from dougong.core.services.activities.kinds import CHECK, DUTY, Audience, audiences_at
from dougong.core.services.activities.models import Activity, Duty
from dougong.core.services.activities.planning import AT_ONCE, NewActivity, plan_many
from dougong.core.services.activities.rules import ActivityState, Period, due_in, period_of
from dougong.core.session import Session


def _key_customers(session: Session, branch_id: int) -> Select[int]:
    return select(Customer.id).where(
        Customer.branch_id == branch_id, Customer.manager_id.is_not(None)
    )


AUDIENCES: Final = (Audience("core.key_customers", lazy("Each key customer"), _key_customers),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which duties' activities are counted: those first due between the two days."""

    first: date
    last: date
    today: date
    duty_id: int | None = None
    owner_id: int | None = None
    branch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What a person owed of a duty at a branch, and what of it he did in time."""

    branch_id: int
    duty_id: int
    owner_id: int | None
    owed: int
    in_time: int


def duties_due(session: Session, branch_id: int) -> Sequence[Duty]:
    """The duties that come round at the branch now."""
    statement = select(Duty).where(
        Duty.branch_id == branch_id, Duty.active, Duty.starts_on <= today_at(session, branch_id)
    )
    known = {"", *audiences_at(session, branch_id)}
    return [duty for duty in session.scalars(statement.order_by(Duty.id)) if duty.audience in known]


def generate(session: Session, duty_id: int, after: int = 0) -> tuple[int, int | None]:
    """Plan the next part of a duty's present period: how many are new, and where to go on.

    Run again it plans nothing twice; the next part begins after the id that is returned, None
    when this was the last.
    """
    duty = session.get_one(Duty, duty_id)
    period = period_of(duty.rhythm, today_at(session, duty.branch_id))
    planned = _for_managers if duty.audience == "" else _for_customers
    ids, asked = planned(session, duty, period, after)
    new = plan_many(session, duty.branch_id, asked)
    return len(new), ids[-1] if len(ids) == AT_ONCE else None


def _for_managers(
    session: Session, duty: Duty, period: Period, after: int
) -> tuple[Sequence[int], list[NewActivity]]:
    """One check for each account manager, over all his own customers."""
    own = select(Customer.manager_id).where(
        Customer.branch_id == duty.branch_id, Customer.status != CustomerStatus.CLOSED
    )
    statement = (
        select(User.id, User.name)
        .where(User.active, User.id.in_(own), User.id > after)
        .order_by(User.id)
        .limit(AT_ONCE)
    )
    people = session.execute(statement).all()
    return [key for key, _ in people], [
        NewActivity(
            kind=CHECK, due=due_in(period, duty.within_days), title=duty.title, owner_id=key,
            subject_kind="core.user", subject_id=key, subject=name, duty_id=duty.id,
            note=duty.instructions, occurrence_key=f"duty:{duty.id}:{period.key}:u{key}",
        )
        for key, name in people
    ]  # fmt: skip


def _for_customers(
    session: Session, duty: Duty, period: Period, after: int
) -> tuple[Sequence[int], list[NewActivity]]:
    """One activity for each customer of the audience, his account manager's."""
    chosen = audiences_at(session, duty.branch_id)[duty.audience].customers(session, duty.branch_id)
    statement = (
        select(Customer.id, Customer.name, Customer.manager_id)
        .where(Customer.branch_id == duty.branch_id, Customer.status != CustomerStatus.CLOSED)
        .where(Customer.id.in_(chosen), Customer.id > after, ~_planned(duty, period))
        .order_by(Customer.id)
        .limit(AT_ONCE)
    )
    customers = session.execute(statement).all()
    return [row.id for row in customers], [
        NewActivity(
            kind=DUTY, due=due_in(period, duty.within_days), title=duty.title,
            owner_id=row.manager_id, customer_id=row.id, duty_id=duty.id, note=duty.instructions,
            occurrence_key=f"duty:{duty.id}:{period.key}:c{row.id}",
        )
        for row in customers
    ]  # fmt: skip


def _planned(duty: Duty, period: Period) -> ColumnElement[bool]:
    return (
        select(Activity.id)
        .where(
            Activity.duty_id == duty.id,
            Activity.customer_id == Customer.id,
            Activity.planned_on.between(period.first, period.last),
        )
        .exists()
    )


def owed(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """What a figure counts, and what the list behind it shows: the same conditions.

    Owed is what was due by yesterday or has ended; what was called off is owed no more.
    """
    yield Activity.duty_id.is_not(None)
    yield Activity.planned_on.between(asked.first, asked.last)
    yield Activity.state != ActivityState.CANCELLED
    yield or_(Activity.planned_on < asked.today, Activity.state != ActivityState.PLANNED)
    for column, wanted in (
        (Activity.duty_id, asked.duty_id),
        (Activity.owner_id, asked.owner_id),
        (Activity.branch_id, asked.branch_id),
    ):
        if wanted is not None:
            yield column == wanted


DONE_IN_TIME: Final = and_(
    Activity.state == ActivityState.DONE, Activity.ended_on <= Activity.planned_on
)


def tallies(session: Session, asked: Asked) -> list[Tally]:
    """Owed and done in time by branch, duty and person, in one query (AR-08)."""
    keys = (Activity.branch_id, Activity.duty_id, Activity.owner_id)
    in_time = func.sum(case((DONE_IN_TIME, 1), else_=0))
    statement = (
        select(*keys, func.count(Activity.id), in_time)
        .where(*owed(asked))
        .group_by(*keys)
        .order_by(*keys)
    )
    return [Tally(*row) for row in session.execute(statement)]


def owed_activities(asked: Asked) -> Select[Activity]:
    """The activities behind a figure, those not done in time first."""
    late_first = case((DONE_IN_TIME, 1), else_=0)
    return (
        select(Activity).where(*owed(asked)).order_by(late_first, Activity.planned_on, Activity.id)
    )
