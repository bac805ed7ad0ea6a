"""What ``dougong doctor`` proves about care."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from dougong.core.doctor import Check, Finding, Severity
from dougong.core.entities.branch import Branch
from dougong.core.i18n import lazy
from dougong.core.services.activities.api import Activity, ActivityState
from dougong.core.session import Session
from dougong.core.switchboard import switchboard
from dougong.plugins.care.models import CareOccasion

FORGOTTEN: Final = timedelta(days=30)


def activities_are_settled(session: Session) -> list[Finding]:
    """No activity stays planned long after its day (CA-01)."""
    board = switchboard(session)
    findings = []
    for branch in session.scalars(select(Branch).order_by(Branch.id)):
        if not board.is_on("care", branch.id):
            continue
        count = session.scalars(
            select(func.count(CareOccasion.activity_id))
            .join(Activity, CareOccasion.activity_id == Activity.id)
            .where(
                Activity.branch_id == branch.id,
                Activity.state == ActivityState.PLANNED,
                Activity.due_on < (session.now - FORGOTTEN).date(),
            )
        ).one()
        if count:
            text = lazy("%(branch)s: %(count)s care activities are over a month late.",
                        branch=branch.name, count=count)  # fmt: skip
            findings.append(Finding(text, Severity.WARNING))
    return findings


CHECKS: Final = (Check("care", lazy("Care activities are settled"), activities_are_settled),)
