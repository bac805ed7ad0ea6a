"""The sweep: warns before, tells at breach, each once however often or late it runs (XX-02)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, select, update

from dougong.core.events import record
from dougong.core.services.deadlines.events import DeadlineDigest, DeadlineWarned
from dougong.core.services.deadlines.models import Deadline
from dougong.core.services.deadlines.rules import DeadlineAlarm, DeadlineState, StepKind
from dougong.core.services.deadlines.service import breach_of, escalation, step_row
from dougong.core.session import Session
from dougong.core.switchboard import switchboard

AT_ONCE: Final = 2000
"""So many alarms one sweep sets off at most; the next minute goes on."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many deadlines a sweep warned of, and how many it found missed."""

    warned: int
    missed: int


@dataclass(slots=True)
class _Told:
    """What one person is told."""

    warned: list[int] = field(default_factory=list)
    missed: list[int] = field(default_factory=list)
    escalated: list[int] = field(default_factory=list)


def sweep(session: Session, branch_id: int) -> Swept:
    """Set off every alarm that is due at the branch and record its event, and one digest a person.

    What is missed is not warned of any more. Paused clocks are silent, and so are those of a
    plugin that is off at the branch (XX-04): they are told when it is on again.
    """
    missed = _set_off(
        session, branch_id, DeadlineAlarm.BREACHED,
        Deadline.alarm != DeadlineAlarm.BREACHED, Deadline.breach_at < session.now,
    )  # fmt: skip
    near = _set_off(
        session, branch_id, DeadlineAlarm.WARNED,
        Deadline.alarm == DeadlineAlarm.NONE, Deadline.warn_at <= session.now,
    )  # fmt: skip
    goes_to = escalation(session, branch_id, missed)
    session.add_all(step_row(session, row, StepKind.BREACHED, row.breach_at) for row in missed)
    session.add_all(step_row(session, row, StepKind.WARNED, row.warn_at) for row in near)
    for row in missed:
        record(session, breach_of(row, goes_to[row.id]))
    for row in near:
        record(session, _warning_of(row))
    for digest in _digests(branch_id, near, missed, goes_to):
        record(session, digest)
    return Swept(len(near), len(missed))


def ticking(session: Session, branch_id: int) -> tuple[ColumnElement[bool], ...]:
    """Which clocks of the branch run: not the paused ones, nor those of plugins that rest there."""
    resting = sorted(switchboard(session).off(branch_id))
    return (
        Deadline.branch_id == branch_id,
        Deadline.state == DeadlineState.RUNNING,
        *(~Deadline.subject_kind.startswith(f"{name}.", autoescape=True) for name in resting),
    )


def _set_off(
    session: Session, branch_id: int, alarm: DeadlineAlarm, *when: ColumnElement[bool]
) -> list[Deadline]:
    """One conditional UPDATE: of two sweeps at once only one gets the row."""
    due = (*ticking(session, branch_id), *when)
    first = select(Deadline.id).where(*due).order_by(Deadline.id).limit(AT_ONCE)
    statement = (
        update(Deadline)
        .where(Deadline.id.in_(first), *due)
        .values(alarm=alarm, updated_at=session.now)
        .returning(Deadline)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return sorted(session.scalars(statement), key=lambda row: row.id)


def _warning_of(row: Deadline) -> DeadlineWarned:
    return DeadlineWarned(
        branch_id=row.branch_id, deadline_id=row.id, subject_kind=row.subject_kind,
        subject_id=row.subject_id, target=row.target, owner_id=row.owner_id, due_at=row.due_at,
    )  # fmt: skip


def _digests(
    branch_id: int, near: Sequence[Deadline], missed: Sequence[Deadline],
    goes_to: Mapping[int, tuple[int, ...]],
) -> list[DeadlineDigest]:  # fmt: skip
    told: defaultdict[int, _Told] = defaultdict(_Told)
    for row in near:
        if row.owner_id is not None:
            told[row.owner_id].warned.append(row.id)
    for row in missed:
        if row.owner_id is not None:
            told[row.owner_id].missed.append(row.id)
        for person in goes_to[row.id]:
            told[person].escalated.append(row.id)
    return [
        DeadlineDigest(
            branch_id=branch_id, user_id=person, warned=tuple(his.warned),
            missed=tuple(his.missed), escalated=tuple(his.escalated),
        )
        for person, his in sorted(told.items())
    ]  # fmt: skip
