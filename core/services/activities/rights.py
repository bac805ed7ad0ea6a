"""Whose activity a person may settle: his own, his people's, one he stands in for (AR-06)."""

from typing import Final

from dougong.core.branches import today_at
from dougong.core.errors import Forbidden
from dougong.core.scope import Operation
from dougong.core.services.activities.absences import stands_in_for
from dougong.core.services.activities.kinds import kind_of
from dougong.core.services.activities.lines import people_under
from dougong.core.services.activities.models import Activity
from dougong.core.session import Session

ENTITY: Final = "core.activity"
EVERYBODYS: Final = "settle_all"
"""The operation that reaches activities of people who are not one's own."""


def may_settle(session: Session, row: Activity) -> bool:
    """Whether the person may change this activity, whoever owns it."""
    scope = session.scope
    kind = kind_of(session, row.kind)
    if kind.entity and scope.allows(kind.operation, kind.entity, row.branch_id):
        return True
    if scope.allows(EVERYBODYS, ENTITY, row.branch_id):
        return True
    if scope.user_id is None or not scope.allows(Operation.UPDATE, ENTITY, row.branch_id):
        return False
    return row.owner_id in (None, scope.user_id) or row.owner_id in reached(
        session, scope.user_id, row.branch_id
    )


def reached(session: Session, user_id: int, branch_id: int) -> frozenset[int]:
    """The people whose activities are his to settle besides his own."""
    his = people_under(session, user_id)
    return his | stands_in_for(session, user_id, today_at(session, branch_id))


def refuse_strangers(session: Session, row: Activity) -> None:
    """Refuse who has nothing to do with the activity."""
    if not may_settle(session, row):
        raise Forbidden
