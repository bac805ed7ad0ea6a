"""The verbs of activities: lock, ask whose it is, decide, write, and add the step (XX-01)."""

from dataclasses import dataclass

from sqlalchemy import select

from dougong.core.branches import today_at
from dougong.core.entities.people import User
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.events import record
from dougong.core.i18n import LazyText, lazy
from dougong.core.services.activities.checks import refuse_unchecked
from dougong.core.services.activities.events import (
    ActivityCompleted,
    ActivityDelegated,
    ActivitySkipped,
)
from dougong.core.services.activities.kinds import TASK, kind_of
from dougong.core.services.activities.lines import colleagues
from dougong.core.services.activities.models import Activity
from dougong.core.services.activities.planning import Due, NewActivity, add_step, due_parts, plan
from dougong.core.services.activities.rights import refuse_strangers
from dougong.core.services.activities.rules import ActivityStepKind, may_step, state_after
from dougong.core.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What follows from an activity that was done; without an owner it stays with the same."""

    due: Due
    title: str
    owner_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it went: a result code of the kind, words, and what is to be done next."""

    result: str = ""
    note: str = ""
    next_step: NextStep | None = None


def complete(session: Session, activity_id: int, outcome: Outcome) -> Activity:
    """It is done; the next step is planned in the same transaction."""
    row = _locked(session, activity_id, ActivityStepKind.DONE)
    _refuse_wordless(session, row, outcome)
    refuse_unchecked(session, row)
    row.result_code, row.note = outcome.result, outcome.note.strip()
    _end(session, row, ActivityStepKind.DONE)
    told = ActivityCompleted(
        branch_id=row.branch_id, activity_id=row.id, kind=row.kind, customer_id=row.customer_id,
        owner_id=row.owner_id, result_code=row.result_code,
    )  # fmt: skip
    record(session, told)
    if outcome.next_step is not None:
        plan(session, row.branch_id, _following(row, outcome.next_step))
    return row


def skip(session: Session, activity_id: int, reason: str) -> Activity:
    """Left out this time: it was owed and is not done."""
    row = _locked(session, activity_id, ActivityStepKind.SKIPPED)
    row.note = said(reason, lazy("Write down why it is left out."))
    _end(session, row, ActivityStepKind.SKIPPED)
    told = ActivitySkipped(
        branch_id=row.branch_id, activity_id=row.id, kind=row.kind, customer_id=row.customer_id,
        owner_id=row.owner_id, reason=row.note,
    )  # fmt: skip
    record(session, told)
    return row


def cancel(session: Session, activity_id: int, reason: str) -> Activity:
    """Not owed any more: no figure counts it."""
    row = _locked(session, activity_id, ActivityStepKind.CANCELLED)
    row.note = said(reason, lazy("Write down why it is called off."))
    _end(session, row, ActivityStepKind.CANCELLED)
    return row


def postpone(session: Session, activity_id: int, due: Due, reason: str) -> Activity:
    """Put off to a later day; whether it was in time is still asked of the first day."""
    row = _locked(session, activity_id, ActivityStepKind.POSTPONED)
    note = said(reason, lazy("Write down why it is put off."))
    due_on, due_at = due_parts(session, row.branch_id, due)
    if due_on < today_at(session, row.branch_id):
        raise Refusal(lazy("This day has passed."), field="due_on")
    row.due_on, row.due_at = due_on, due_at
    add_step(session, row, ActivityStepKind.POSTPONED, note=note)
    return row


def move(session: Session, activity_id: int, due: Due) -> Activity:
    """What it is for takes place on another day: it was never due on the old one."""
    row = _locked(session, activity_id, ActivityStepKind.MOVED)
    row.due_on, row.due_at = due_parts(session, row.branch_id, due)
    row.planned_on = row.due_on
    add_step(session, row, ActivityStepKind.MOVED)
    return row


def delegate(session: Session, activity_id: int, to_user_id: int, reason: str) -> Activity:
    """Give it to a colleague at the branch."""
    row = _locked(session, activity_id, ActivityStepKind.DELEGATED)
    note = said(reason, lazy("Write down why it is passed on."))
    before = row.owner_id
    if to_user_id == before:
        raise Refusal(lazy("It is his already."), field="owner")
    if to_user_id not in {person.id for person in colleagues(session, row.branch_id)}:
        raise Refusal(lazy("This person does not work at the branch."), field="owner")
    row.owner_id, row.owner = to_user_id, session.get_one(User, to_user_id)
    add_step(session, row, ActivityStepKind.DELEGATED, note=note)
    told = ActivityDelegated(
        branch_id=row.branch_id, activity_id=row.id, kind=row.kind, from_user_id=before,
        to_user_id=to_user_id, reason=note,
    )  # fmt: skip
    record(session, told)
    return row


def reopen(session: Session, activity_id: int, reason: str) -> Activity:
    """It is to be done after all; what was written about it stays in the history."""
    row = _locked(session, activity_id, ActivityStepKind.REOPENED)
    note = said(reason, lazy("Write down why it is opened again."))
    row.state = state_after(ActivityStepKind.REOPENED)
    row.ended_at = row.ended_on = None
    row.result_code = row.note = ""
    add_step(session, row, ActivityStepKind.REOPENED, note=note)
    return row


def said(text: str, otherwise: LazyText) -> str:
    """What somebody wrote down; refused where it is nothing."""
    if not text.strip():
        raise Refusal(otherwise, code="core.activity_reason", field="reason")
    return text.strip()


_REFUSED = {ActivityStepKind.REOPENED: lazy("This activity is still to be done.")}


def _locked(session: Session, activity_id: int, step: ActivityStepKind) -> Activity:
    row = session.scalars(
        select(Activity)
        .where(Activity.id == activity_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    refuse_strangers(session, row)
    if not may_step(step, row.state):
        raise StateRefused(_REFUSED.get(step) or lazy("This activity is settled already."))
    return row


def _end(session: Session, row: Activity, step: ActivityStepKind) -> None:
    today = today_at(session, row.branch_id)  # before the change: to look is to flush
    row.state = state_after(step)
    row.ended_at, row.ended_on = session.now, today
    add_step(session, row, step, note=row.note)


def _refuse_wordless(session: Session, row: Activity, outcome: Outcome) -> None:
    kind = kind_of(session, row.kind)
    result = kind.result(outcome.result)
    if kind.results and result is None:
        raise Refusal(lazy("Say how it went."), code="core.activity_result", field="result")
    if not kind.results and outcome.result:
        raise ValueError(f"{kind.code} has no result {outcome.result!r}.")
    wanted = kind.needs_note or (result is not None and result.needs_note)
    if wanted and not outcome.note.strip():
        raise Refusal(lazy("Write down how it went."), code="core.activity_note", field="note")


def _following(row: Activity, step: NextStep) -> NewActivity:
    return NewActivity(
        kind=TASK, due=step.due, title=said(step.title, lazy("Write down what is to be done.")),
        owner_id=step.owner_id or row.owner_id, customer_id=row.customer_id,
        subject_kind=row.subject_kind, subject_id=row.subject_id, subject=row.subject,
        follows_id=row.id,
    )  # fmt: skip
