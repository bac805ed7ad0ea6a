"""What ``dougong doctor`` proves about after-sales."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from dougong.core.doctor import Check, Finding, Severity
from dougong.core.entities.branch import Branch
from dougong.core.i18n import lazy
from dougong.core.session import Session
from dougong.core.switchboard import switchboard
from dougong.plugins.aftersales.models import ServiceCall
from dougong.plugins.aftersales.rules import ON_THE_CLOCK, CallAlarm
from dougong.plugins.aftersales.service import due_contracts

BEHIND: Final = timedelta(minutes=10)
"""The sweep runs every minute: alarms that are this late mean that no worker runs."""


def alarms_run(session: Session) -> list[Finding]:
    """Every call whose promise was missed is marked so (AF-04)."""
    statement = select(func.count(ServiceCall.id)).where(
        ServiceCall.state.in_(ON_THE_CLOCK),
        ServiceCall.alarm != CallAlarm.BREACHED,
        ServiceCall.due_at < session.now - BEHIND,
        ServiceCall.branch_id.in_(_branches(session)),
    )
    late = session.scalars(statement).one()
    if not late:
        return []
    text = lazy("%(count)s calls are late and nobody was told: is a worker running?", count=late)
    return [Finding(text, Severity.WARNING)]


def notices_run(session: Session) -> list[Finding]:
    """No contract waits for its renewal notice longer than the daily job takes (AF-11)."""
    return list(_waiting(session))


def _waiting(session: Session) -> Iterator[Finding]:
    for branch_id in _branches(session):
        due = select(func.count()).select_from(due_contracts(session, branch_id).subquery())
        count = session.scalars(due).one()
        if count:
            branch = session.get_one(Branch, branch_id)
            text = lazy("%(branch)s: %(count)s renewal notices are due.", branch=branch.name,
                        count=count)  # fmt: skip
            yield Finding(text, Severity.WARNING)


def _branches(session: Session) -> list[int]:
    board = switchboard(session)
    ids = session.scalars(select(Branch.id).order_by(Branch.id))
    return [branch_id for branch_id in ids if board.is_on("aftersales", branch_id)]


CHECKS: Final = (
    Check("aftersales", lazy("Missed calls were told of"), alarms_run),
    Check("aftersales", lazy("Renewal notices are issued"), notices_run),
)
