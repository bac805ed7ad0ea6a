"""The course of a request: a step begins, the next one follows, it is answered or closed."""

from datetime import datetime, timedelta
from typing import Final

from dougong.core.events import record
from dougong.core.services.approvals.cases import case_of
from dougong.core.services.approvals.events import (
    About,
    ApprovalAnswered,
    ApprovalClosed,
    ApprovalWaiting,
)
from dougong.core.services.approvals.history import note
from dougong.core.services.approvals.models import Approval
from dougong.core.services.approvals.policies import steps_from
from dougong.core.services.approvals.rules import ApprovalState, EntryKind, Step
from dougong.core.services.approvals.seats import deciders
from dougong.core.session import Session

_CLOSING: Final = {
    ApprovalState.WITHDRAWN: EntryKind.WITHDRAWN,
    ApprovalState.EXPIRED: EntryKind.EXPIRED,
    ApprovalState.VOIDED: EntryKind.VOIDED,
}


def step_of(row: Approval) -> Step:
    """The step that is being decided, as it was frozen."""
    return steps_from(row.steps)[row.step - 1]


def begin_step(session: Session, row: Approval, number: int) -> None:
    """Set the step's clocks and call those who may decide it."""
    row.step = number
    step = step_of(row)
    row.remind_at = _in(session.now, step.remind_hours)
    row.overdue_at = _in(session.now, step.due_hours)
    row.lapses_at = _in(session.now, step.expire_hours)
    set_alarm(row)
    session.flush()
    people = tuple(sorted(deciders(case_of(session, row))))
    waiting = ApprovalWaiting(branch_id=row.branch_id, about=about(row), step=number, people=people)
    record(session, waiting)


def answer(session: Session, row: Approval, state: ApprovalState) -> None:
    """The last yes, or a no."""
    row.state, row.answered_at = state, session.now
    row.remind_at = row.overdue_at = row.lapses_at = None
    if state is ApprovalState.REFUSED:
        row.ended_at = session.now
    set_alarm(row)
    session.flush()
    record(session, ApprovalAnswered(branch_id=row.branch_id, about=about(row), state=state))


def close(session: Session, row: Approval, state: ApprovalState, why: str = "") -> None:
    """End it unused: withdrawn, expired or void."""
    row.state, row.ended_at, row.wakes_at = state, session.now, None
    note(session, row, _CLOSING[state], why)
    record(session, ApprovalClosed(branch_id=row.branch_id, about=about(row), state=state))


def is_over(session: Session, row: Approval) -> bool:
    """Whether its time has run out, though no sweep has come by yet."""
    lapsed = row.lapses_at is not None and row.lapses_at <= session.now
    return row.expires_at <= session.now or (lapsed and row.state is ApprovalState.WAITING)


def set_alarm(row: Approval) -> None:
    """When the sweep is to look at it again; never once it has ended."""
    times = [row.expires_at, row.remind_at, row.overdue_at, row.lapses_at]
    open_now = row.ended_at is None
    row.wakes_at = min(time for time in times if time is not None) if open_now else None


def about(row: Approval) -> About:
    """Which request, for its events."""
    return About(
        approval_id=row.id, kind=row.kind, subject_kind=row.subject_kind,
        subject_id=row.subject_id, asked_by=row.asked_by_id,
    )  # fmt: skip


def _in(now: datetime, hours: int) -> datetime | None:
    return now + timedelta(hours=hours) if hours else None
