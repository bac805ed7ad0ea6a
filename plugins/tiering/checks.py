"""What ``dougong doctor`` proves about levels."""

from typing import Final

from sqlalchemy import func, select

from dougong.core.doctor import Check, Finding
from dougong.core.i18n import lazy
from dougong.core.session import Session
from dougong.plugins.tiering.models import CustomerLevel, LevelHistory


def _levels_match_history(session: Session) -> list[Finding]:
    last = (
        select(LevelHistory.customer_id, func.max(LevelHistory.id).label("id"))
        .group_by(LevelHistory.customer_id)
        .subquery()
    )
    stray = (
        select(CustomerLevel.branch_id, func.count(CustomerLevel.customer_id))
        .join(last, last.c.customer_id == CustomerLevel.customer_id, isouter=True)
        .join(LevelHistory, LevelHistory.id == last.c.id, isouter=True)
        .where(LevelHistory.level.is_distinct_from(CustomerLevel.level))
        .group_by(CustomerLevel.branch_id)
        .order_by(CustomerLevel.branch_id)
    )
    return [
        Finding(
            lazy(
                "Branch %(branch)s: the levels of %(count)s customers differ from their history.",
                branch=branch_id,
                count=count,
            )
        )
        for branch_id, count in session.execute(stray)
    ]


LEVELS_MATCH_HISTORY: Final = Check(
    "tiering", lazy("Each level equals the last entry of its history"), _levels_match_history
)
