"""What lies on people's desks: planned activities, the most pressing first (XX-01)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from dougong.core.services.activities.kinds import silent_kinds
from dougong.core.services.activities.models import Activity, ActivityStep
from dougong.core.services.activities.rules import ActivityState
from dougong.core.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDesk:
    """Whose desk, until which day, and of which kind; empty kind means every one."""

    owner_ids: Collection[int]
    until: date
    kind: str = ""
    limit: int = 200


def on_desk(session: Session, asked: OnDesk) -> Sequence[Activity]:
    """What these people have to do by that day, with customer and owner: one query.

    What belongs to a plugin that is off at the branch stays planned and does not show.
    """
    statement = (
        select(Activity)
        .where(*_waiting(session, asked.owner_ids), Activity.due_on <= asked.until)
        .options(joinedload(Activity.customer), joinedload(Activity.owner))
        .order_by(Activity.due_on, Activity.urgent.desc(), Activity.due_at, Activity.id)
        .limit(asked.limit)
    )
    if asked.kind:
        statement = statement.where(Activity.kind == asked.kind)
    return session.scalars(statement).all()


def kinds_on_desk(session: Session, owner_ids: Collection[int]) -> list[tuple[str, int]]:
    """Which kinds lie there, and how many of each; by code."""
    statement = (
        select(Activity.kind, func.count(Activity.id))
        .where(*_waiting(session, owner_ids))
        .group_by(Activity.kind)
        .order_by(Activity.kind)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def load_of(
    session: Session, owner_ids: Collection[int], today: date
) -> dict[int, tuple[int, int]]:
    """How many each of these people has to do, and how many of them are overdue."""
    late = func.count(Activity.id).filter(Activity.due_on < today)
    statement = (
        select(Activity.owner_id, func.count(Activity.id), late)
        .where(*_waiting(session, owner_ids))
        .group_by(Activity.owner_id)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(statement) if row[0] is not None}


def activities_of(session: Session, customer_id: int, limit: int = 20) -> Sequence[Activity]:
    """What is to be done for a customer, then what was done, the latest first."""
    waiting = Activity.state == ActivityState.PLANNED
    statement = (
        select(Activity)
        .where(Activity.customer_id == customer_id)
        .options(joinedload(Activity.owner))
        .order_by(waiting.desc(), Activity.ended_at.desc(), Activity.due_on, Activity.id)
        .limit(limit)
    )
    return session.scalars(statement).all()


def steps_of(session: Session, row: Activity) -> Sequence[ActivityStep]:
    """What happened to an activity, in order."""
    return session.scalars(
        select(ActivityStep)
        .where(ActivityStep.branch_id == row.branch_id, ActivityStep.activity_id == row.id)
        .options(joinedload(ActivityStep.owner))
        .order_by(ActivityStep.id)
    ).all()


def _waiting(session: Session, owner_ids: Collection[int]) -> list[ColumnElement[bool]]:
    """Planned, theirs, and of a plugin that is on."""
    silent = {branch: silent_kinds(session, branch) for branch in sorted(session.scope.branches)}
    speaking = [
        ~and_(Activity.branch_id == branch, Activity.kind.in_(kinds))
        for branch, kinds in silent.items()
        if kinds
    ]
    return [Activity.state == ActivityState.PLANNED, Activity.owner_id.in_(owner_ids), *speaking]
