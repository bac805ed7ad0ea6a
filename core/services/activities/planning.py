"""Planning: one activity by a person or a service, thousands by a job; each occurrence once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from dougong.core.branches import zone_of
from dougong.core.errors import Refusal
from dougong.core.events import record
from dougong.core.i18n import lazy
from dougong.core.orm import Base
from dougong.core.services.activities.events import ActivitiesPlanned, ActivityPlanned
from dougong.core.services.activities.models import Activity, ActivityStep
from dougong.core.services.activities.rules import ActivityState, ActivityStepKind
from dougong.core.session import Session
from dougong.core.values import aware

AT_ONCE: Final = 500
Due = date | datetime
"""A day in the branch's zone, or the instant that was agreed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivity:
    """What is to be done, by whom and by when.

    ``subject_kind`` names the record it is about as permissions do (``aftersales.call``).
    ``occurrence_key`` is for what is generated: a branch has one activity of a key, for ever.
    """

    kind: str
    due: Due
    title: str = ""
    owner_id: int | None = None
    customer_id: int | None = None
    subject_kind: str = ""
    subject_id: int | None = None
    subject: str = ""
    urgent: bool = False
    note: str = ""
    """Stands in the history beside the planning: what to look after."""
    occurrence_key: str | None = None
    duty_id: int | None = None
    follows_id: int | None = None


def plan(session: Session, branch_id: int, asked: NewActivity) -> Activity:
    """Plan one activity; ``plan_many`` is for what is generated and may be planned already."""
    if asked.occurrence_key is not None:
        raise ValueError("What may be planned already is planned by plan_many.")
    if not (asked.title.strip() or asked.subject or asked.customer_id):
        raise Refusal(lazy("Write down what is to be done."), field="title")
    activity = Activity(**_row(session, branch_id, asked))
    session.add(activity)
    session.flush()
    add_step(session, activity, ActivityStepKind.PLANNED, note=asked.note)
    told = ActivityPlanned(
        branch_id=branch_id, activity_id=activity.id, kind=activity.kind,
        customer_id=activity.customer_id, owner_id=activity.owner_id, due_on=activity.due_on,
    )  # fmt: skip
    record(session, told)
    return activity


def plan_many(session: Session, branch_id: int, asked: Sequence[NewActivity]) -> Mapping[str, int]:
    """Plan what is not planned yet, set-based; the new ones' ids by their occurrence keys.

    Late, doubled and parallel runs find the keys taken: each occurrence is planned once.
    """
    if any(one.occurrence_key is None for one in asked):
        raise ValueError("What is generated carries an occurrence key.")
    new: dict[str, int] = {}
    # in the order of keys: two hosts at once wait for each other and never in a circle
    waiting = iter(sorted(asked, key=lambda one: one.occurrence_key or ""))
    while chunk := list(islice(waiting, AT_ONCE)):
        new |= _insert(session, branch_id, chunk)
    return new


def due_parts(session: Session, branch_id: int, due: Due) -> tuple[date, datetime | None]:
    """The day in the branch's zone, and the instant where one was agreed."""
    if isinstance(due, datetime):
        return aware(due).astimezone(zone_of(session, branch_id)).date(), due
    return due, None


def add_step(
    session: Session, row: Activity, kind: ActivityStepKind, *, note: str = ""
) -> ActivityStep:
    """Add to the history what happened just now; never changed, never taken away."""
    step = ActivityStep(**step_values(session, row, kind, note))
    session.add(step)
    session.flush()
    return step


def step_values(session: Session, row: Any, kind: ActivityStepKind, note: str) -> dict[str, Any]:
    """A step's columns, for an activity or for the row of one that was written set-based."""
    return {
        "branch_id": row.branch_id, "activity_id": row.id, "kind": kind, "at": session.now,
        "actor": session.scope.actor, "user_id": session.scope.user_id, "owner_id": row.owner_id,
        "due_on": row.due_on, "note": note.strip(),
        "result_code": row.result_code if kind is ActivityStepKind.DONE else "",
    }  # fmt: skip


def _insert(session: Session, branch_id: int, chunk: Sequence[NewActivity]) -> dict[str, int]:
    columns = (Activity.id, Activity.occurrence_key, Activity.branch_id, Activity.owner_id,
               Activity.due_on)  # fmt: skip
    unique = (Activity.branch_id, Activity.occurrence_key)
    statement = only_new(session, Activity, *unique).returning(*columns)
    stamp = {"created_at": session.now, "updated_at": session.now}
    rows = [{**_row(session, branch_id, one), **stamp} for one in chunk]
    made = session.execute(statement, rows).all()
    if made:
        notes = {one.occurrence_key: one.note for one in chunk}
        kind = ActivityStepKind.PLANNED
        steps = [step_values(session, row, kind, notes[row.occurrence_key]) for row in made]
        session.execute(insert(ActivityStep), steps)
        ids = tuple(sorted(row.id for row in made))
        record(session, ActivitiesPlanned(branch_id=branch_id, activity_ids=ids))
    return {str(row.occurrence_key): row.id for row in made}


def _row(session: Session, branch_id: int, asked: NewActivity) -> dict[str, Any]:
    due_on, due_at = due_parts(session, branch_id, asked.due)
    return {
        "branch_id": branch_id, "kind": asked.kind, "title": asked.title.strip(),
        "subject_kind": asked.subject_kind, "subject_id": asked.subject_id,
        "subject": asked.subject, "customer_id": asked.customer_id, "owner_id": asked.owner_id,
        "due_on": due_on, "due_at": due_at, "planned_on": due_on, "urgent": asked.urgent,
        "state": ActivityState.PLANNED, "result_code": "", "note": "",
        "follows_id": asked.follows_id, "duty_id": asked.duty_id,
        "occurrence_key": asked.occurrence_key,
    }  # fmt: skip


def only_new(session: Session, entity: type[Base], *unique: Any) -> Any:
    """An INSERT that leaves out the rows whose unique columns are taken."""
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    build = postgresql.insert if on_postgresql else sqlite.insert
    return build(entity).on_conflict_do_nothing(index_elements=list(unique))
