"""The verbs of deadlines: lock, decide, write, and add the step that tells who and why (XX-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update

from dougong.core.branches import today_at
from dougong.core.errors import NotFound, Refusal, StateRefused
from dougong.core.events import record
from dougong.core.i18n import LazyText, lazy
from dougong.core.services.calendars.api import calendar_at, round_the_clock
from dougong.core.services.deadlines.events import DeadlineBreached
from dougong.core.services.deadlines.lines import Lines, holders
from dougong.core.services.deadlines.models import Deadline, DeadlineStep
from dougong.core.services.deadlines.rules import (
    OPEN,
    DeadlineAlarm,
    DeadlineRule,
    DeadlineState,
    StepKind,
    Stretch,
    alarm_after,
    may,
    resumed,
    state_after,
    times_of,
    used,
)
from dougong.core.session import Session
from dougong.core.values import WorkCalendar, aware

CLOCK_SKEW: Final = timedelta(minutes=5)
"""So far ahead a step's time may lie: the clocks of two desks differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a clock is started for: the record (``aftersales.call``, 17), its name, its owner."""

    subject_kind: str
    subject_id: int
    subject: str = ""
    customer_id: int | None = None
    owner_id: int | None = None
    at: datetime | None = None
    """When the clock starts; empty means now."""


def start(session: Session, branch_id: int, promise: Promise, rule: DeadlineRule) -> Deadline:
    """Start a clock by the rule, which is frozen with it.

    Refused while the same target runs for the same subject.
    """
    key = (promise.subject_kind, promise.subject_id, rule.target)
    if open_deadline(session, branch_id, *key) is not None:
        raise StateRefused(lazy("This clock runs already."))
    at = _moment(session, promise.at)
    row = Deadline(
        branch_id=branch_id, subject_kind=promise.subject_kind, subject_id=promise.subject_id,
        subject=promise.subject, customer_id=promise.customer_id, target=rule.target,
        owner_id=promise.owner_id, state=DeadlineState.RUNNING, alarm=DeadlineAlarm.NONE,
        started_at=at,
    )  # fmt: skip
    row.freeze(rule)
    row.move(times_of(rule, clock_of(session, row), [Stretch(at)]))
    session.add(row)
    session.flush()
    _note(session, row, StepKind.STARTED, at)
    return row


def open_deadline(
    session: Session, branch_id: int, subject_kind: str, subject_id: int, target: str
) -> Deadline | None:
    """The one clock of that target that runs or is paused for the subject, locked.

    Whoever writes a clock and its subject takes them in this order, as the sweep does.
    """
    statement = (
        select(Deadline)
        .where(Deadline.branch_id == branch_id, Deadline.subject_kind == subject_kind)
        .where(Deadline.subject_id == subject_id, Deadline.target == target)
        .where(Deadline.state.in_(OPEN))
        .with_for_update()
    )
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def pause(
    session: Session, deadline_id: int, reason: str, note: str = "", *, at: datetime | None = None
) -> Deadline:
    """Stop counting, for one of the rule's reasons and no other (XX-02)."""
    row, moment = _step(session, deadline_id, StepKind.PAUSED, at)
    if reason not in row.pauses:
        raise Refusal(
            lazy("This clock is not paused for that reason."),
            code="core.deadline_pause",
            field="reason",
        )
    clock = clock_of(session, row)
    row.used_microseconds = used(clock, _stretches(session, row, moment)) // _MICROSECOND
    row.paused_at = moment
    _note(session, row, StepKind.PAUSED, moment, (reason, note))
    return row


def resume(
    session: Session, deadline_id: int, note: str = "", *, at: datetime | None = None
) -> Deadline:
    """Count on: what was left at the pause is left still."""
    row, moment = _step(session, deadline_id, StepKind.RESUMED, at)
    times = resumed(row.times, row.rule, clock_of(session, row), moment)
    row.alarm = alarm_after(row.alarm, times, moment)
    row.move(times)
    row.paused_at = None
    _note(session, row, StepKind.RESUMED, moment, ("", note))
    return row


def stop(
    session: Session, deadline_id: int, note: str = "", *, at: datetime | None = None
) -> Deadline:
    """What was promised is done; a missed promise is told of here at the latest."""
    row, moment = _step(session, deadline_id, StepKind.STOPPED, at)
    reached = row.paused_at or moment
    row.in_time = reached <= row.due_at
    row.ended_at = moment
    row.paused_at = None
    if reached > row.breach_at and row.alarm is not DeadlineAlarm.BREACHED:
        row.alarm = DeadlineAlarm.BREACHED
        _note(session, row, StepKind.BREACHED, row.breach_at)
        record(session, breach_of(row, escalation(session, row.branch_id, [row])[row.id]))
    _note(session, row, StepKind.STOPPED, moment, ("", note))
    return row


def cancel(
    session: Session, deadline_id: int, note: str, *, at: datetime | None = None
) -> Deadline:
    """Withdraw the promise, with the reason; it was neither kept nor missed."""
    row, moment = _step(session, deadline_id, StepKind.CANCELLED, at)
    row.ended_at = moment
    row.paused_at = None
    _note(session, row, StepKind.CANCELLED, moment, ("", _said(note)))
    return row


def assign(session: Session, deadline_id: int, owner_id: int | None, note: str = "") -> Deadline:
    """Give it to another person: warnings reach him, a breach goes up his line."""
    row, moment = _step(session, deadline_id, StepKind.ASSIGNED, None)
    row.owner_id = owner_id
    _note(session, row, StepKind.ASSIGNED, moment, ("", note))
    return row


def assign_all(
    session: Session, whose: Sequence[ColumnElement[bool]], owner_id: int, note: str
) -> int:
    """Give every open deadline that meets the conditions to one person, set-based; how many."""
    statement = (
        update(Deadline)
        .where(*whose, Deadline.state.in_(OPEN))
        .values(owner_id=owner_id, updated_at=session.now)
        .returning(Deadline)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    rows = sorted(session.scalars(statement), key=lambda row: row.id)
    steps = [step_row(session, row, StepKind.ASSIGNED, session.now) for row in rows]
    for step in steps:
        step.note = note.strip()
    session.add_all(steps)
    session.flush()
    return len(rows)


def rebase(session: Session, deadline_id: int, rule: DeadlineRule, note: str) -> Deadline:
    """Count anew by another rule or calendar, from the very start; pauses stay pauses (XX-02)."""
    row, moment = _step(session, deadline_id, StepKind.REBASED, None)
    if rule.target != row.target:
        raise ValueError("A deadline is rebased by a rule for the same target.")
    row.freeze(rule)
    times = times_of(rule, clock_of(session, row), _stretches(session, row, row.paused_at))
    row.alarm = alarm_after(row.alarm, times, moment)
    row.move(times)
    _note(session, row, StepKind.REBASED, moment, ("", _said(note)))
    return row


def rebase_all(session: Session, branch_id: int, rule: DeadlineRule, note: str) -> int:
    """Rebase every open deadline of an older version of the rule; how many there were."""
    ids = session.scalars(
        select(Deadline.id)
        .where(Deadline.branch_id == branch_id, Deadline.rule_code == rule.code)
        .where(Deadline.state.in_(OPEN), Deadline.rule_version != rule.version)
        .order_by(Deadline.id)
    ).all()
    for deadline_id in ids:
        rebase(session, deadline_id, rule, note)
    return len(ids)


def deadlines_of(
    session: Session, branch_id: int, subject_kind: str, subject_ids: Sequence[int]
) -> Sequence[Deadline]:
    """Every deadline of these subjects, the oldest first; one query for a whole list."""
    statement = (
        select(Deadline)
        .where(Deadline.branch_id == branch_id, Deadline.subject_kind == subject_kind)
        .where(Deadline.subject_id.in_(subject_ids))
        .order_by(Deadline.id)
    )
    return session.scalars(statement).all()


def steps_of(session: Session, row: Deadline) -> Sequence[DeadlineStep]:
    """What happened to it, in order."""
    return session.scalars(
        select(DeadlineStep)
        .where(DeadlineStep.branch_id == row.branch_id, DeadlineStep.deadline_id == row.id)
        .order_by(DeadlineStep.id)
    ).all()


def clock_of(session: Session, row: Deadline) -> WorkCalendar:
    """The clock it is counted on."""
    if not row.working:
        return round_the_clock(session, row.branch_id)
    return calendar_at(session, row.branch_id, row.team)


def stretches_of(steps: Sequence[DeadlineStep], until: datetime | None) -> list[Stretch]:
    """When the clock ran; the last stretch ends at ``until`` or goes on."""
    ran: list[Stretch] = []
    for step in steps:
        if step.kind in (StepKind.STARTED, StepKind.RESUMED):
            ran.append(Stretch(step.at))
        elif step.kind is StepKind.PAUSED:
            ran[-1] = Stretch(ran[-1].start, step.at)
    if ran[-1].end is None:
        ran[-1] = Stretch(ran[-1].start, until)
    return ran


def escalation(
    session: Session, branch_id: int, rows: Sequence[Deadline]
) -> dict[int, tuple[int, ...]]:
    """To whom each breach goes up: the nearest supervisor who is there, else the rule's role."""
    lines = Lines(session, [row.owner_id for row in rows], today_at(session, branch_id))
    roles = {row.escalates_to for row in rows}
    held = {role: holders(session, branch_id, role) for role in roles}
    return {row.id: lines.line(row.owner_id)[:1] or held[row.escalates_to] for row in rows}


def breach_of(row: Deadline, escalated_to: tuple[int, ...]) -> DeadlineBreached:
    """The event of a missed promise."""
    return DeadlineBreached(
        branch_id=row.branch_id, deadline_id=row.id, subject_kind=row.subject_kind,
        subject_id=row.subject_id, target=row.target, owner_id=row.owner_id, due_at=row.due_at,
        escalated_to=escalated_to,
    )  # fmt: skip


def step_row(session: Session, row: Deadline, kind: StepKind, at: datetime) -> DeadlineStep:
    """The step as it is added: never changed, never taken away."""
    return DeadlineStep(
        branch_id=row.branch_id, deadline_id=row.id, kind=kind, at=at, noted_at=session.now,
        actor=session.scope.actor, user_id=session.scope.user_id, rule_code=row.rule_code,
        rule_version=row.rule_version, allowed_seconds=row.allowed_seconds, due_at=row.due_at,
        owner_id=row.owner_id,
    )  # fmt: skip


_MICROSECOND: Final = timedelta(microseconds=1)
_REFUSED: Final[dict[StepKind, LazyText]] = {
    StepKind.PAUSED: lazy("Only a running clock can be paused."),
    StepKind.RESUMED: lazy("Only a paused clock can go on."),
}


def _step(
    session: Session, deadline_id: int, kind: StepKind, at: datetime | None
) -> tuple[Deadline, datetime]:
    """Lock the deadline and take the step's state; the step's moment."""
    row = session.scalars(
        select(Deadline)
        .where(Deadline.id == deadline_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    if not may(kind, row.state):
        raise StateRefused(_REFUSED.get(kind) or lazy("This clock has ended."))
    moment = _moment(session, at)
    if moment < _last(session, row):
        raise Refusal(lazy("This lies before the last step of the clock."), field="at")
    row.state = state_after(kind, row.state)
    return row, moment


def _last(session: Session, row: Deadline) -> datetime:
    """When the clock was last started, paused or resumed: nothing is put in before that."""
    return max(step.at for step in steps_of(session, row) if step.kind in _COUNTED)


_COUNTED: Final = frozenset({StepKind.STARTED, StepKind.PAUSED, StepKind.RESUMED})


def _moment(session: Session, at: datetime | None) -> datetime:
    moment = session.now if at is None else aware(at)
    if moment > session.now + CLOCK_SKEW:
        raise Refusal(lazy("A clock is not set ahead of time."), field="at")
    return moment


def _stretches(session: Session, row: Deadline, until: datetime | None) -> list[Stretch]:
    return stretches_of(steps_of(session, row), until)


def _note(
    session: Session, row: Deadline, kind: StepKind, at: datetime, why: tuple[str, str] = ("", "")
) -> None:
    """Add the step; ``why`` is a reason of the rule's and what somebody wrote."""
    step = step_row(session, row, kind, at)
    step.reason, step.note = why[0], why[1].strip()
    session.add(step)
    session.flush()


def _said(note: str) -> str:
    if not note.strip():
        raise Refusal(lazy("Write down why."), code="core.deadline_reason", field="note")
    return note
