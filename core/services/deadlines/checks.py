"""What ``dougong doctor`` proves about deadlines."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from dougong.core.doctor import Check, Finding, Severity
from dougong.core.entities.branch import Branch
from dougong.core.i18n import lazy
from dougong.core.services.deadlines.models import Deadline
from dougong.core.services.deadlines.rules import DeadlineAlarm
from dougong.core.services.deadlines.sweep import ticking
from dougong.core.session import Session

BEHIND: Final = timedelta(minutes=10)
"""The sweep runs every minute: alarms that are this late mean that no worker runs."""


def alarms_run(session: Session) -> list[Finding]:
    """Every promise that was missed has been told of (XX-02)."""
    branches = session.scalars(select(Branch.id).order_by(Branch.id)).all()
    late = sum(_unheard(session, branch_id) for branch_id in branches)
    if not late:
        return []
    text = lazy(
        "%(count)s deadlines were missed and nobody was told: is a worker running?", count=late
    )
    return [Finding(text, Severity.WARNING)]


def _unheard(session: Session, branch_id: int) -> int:
    missed = select(func.count(Deadline.id)).where(
        *ticking(session, branch_id),
        Deadline.alarm != DeadlineAlarm.BREACHED,
        Deadline.breach_at < session.now - BEHIND,
    )
    return session.scalars(missed).one()


CHECKS: Final = (Check("core", lazy("Missed deadlines were told of"), alarms_run),)
