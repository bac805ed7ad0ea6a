"""The sweep: ends what has run out, lets overdue steps go up, reminds each person once (XX-03)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from dougong.core.events import record
from dougong.core.services.approvals.cases import case_of
from dougong.core.services.approvals.course import about, close, is_over, set_alarm, step_of
from dougong.core.services.approvals.events import ApprovalEscalated, ApprovalReminded
from dougong.core.services.approvals.history import note
from dougong.core.services.approvals.models import Approval, ApprovalPlace
from dougong.core.services.approvals.people import line_above
from dougong.core.services.approvals.rules import OPEN, ApprovalState, EntryKind
from dougong.core.services.approvals.seats import ANY_SEAT, deciders
from dougong.core.session import Session

AT_ONCE: Final = 500
"""So many requests one sweep looks at; the next goes on."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many requests ended, went up, and were reminded of."""

    expired: int
    escalated: int
    reminded: int


def sweep(session: Session, branch_id: int) -> Swept:
    """Do what is due at the branch; however often or late it runs, each thing happens once."""
    due = session.scalars(
        select(Approval)
        .where(Approval.branch_id == branch_id, Approval.state.in_(OPEN))
        .where(Approval.wakes_at <= session.now)
        .order_by(Approval.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    over = [row for row in due if is_over(session, row)]
    for row in over:
        close(session, row, ApprovalState.EXPIRED)
    rest = [row for row in due if row.ended_at is None]
    up = [row for row in rest if row.overdue_at is not None and row.overdue_at <= session.now]
    for row in up:
        _go_up(session, row)
    slow = [row for row in rest if row.remind_at is not None and row.remind_at <= session.now]
    _remind(session, branch_id, slow)
    for row in rest:
        set_alarm(row)
    session.flush()
    return Swept(len(over), len(up), len(slow))


def _go_up(session: Session, row: Approval) -> None:
    """The supervisors of those who have not decided may decide too; once a step."""
    row.overdue_at = None
    able = deciders(case_of(session, row))
    lines = [line_above(session, person) for person in sorted(able) or [row.asked_by_id]]
    above = {line[0] for line in lines if line} - able
    session.add_all(
        ApprovalPlace(
            branch_id=row.branch_id, approval_id=row.id, step=row.step, seat=ANY_SEAT, user_id=one
        )
        for one in sorted(above)
    )
    session.flush()
    people = tuple(sorted(above & deciders(case_of(session, row))))
    note(session, row, EntryKind.ESCALATED)
    gone_up = ApprovalEscalated(
        branch_id=row.branch_id, about=about(row), step=row.step, people=people
    )
    record(session, gone_up)


def _remind(session: Session, branch_id: int, rows: list[Approval]) -> None:
    """One message a person, whatever the number of requests."""
    waits: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        row.remind_at = session.now + timedelta(hours=step_of(row).remind_hours)
        note(session, row, EntryKind.REMINDED)
        for person in deciders(case_of(session, row)):
            waits[person].append(row.id)
    for person, approvals in sorted(waits.items()):
        told = ApprovalReminded(branch_id=branch_id, user_id=person, approvals=tuple(approvals))
        record(session, told)
